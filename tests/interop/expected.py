"""What each verifier is expected to say, and the tables of docs/interop.md, which this file writes: run it.

The tests hold the verifiers to these expectations, and the document to these tables.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

DOCUMENT = Path(__file__).parents[2] / "docs" / "interop.md"
BEGIN, END = "<!-- tables: python tests/interop/expected.py -->\n", "<!-- end of tables -->\n"
NAMES = {
    "vc": "Digital Bazaar vc 7.3.0",
    "dcc": "DCC verifier-core 1.0.0-beta.11",
    "openbadgeslib": "openbadgeslib",
    "openvc": "openvc-core",
    "schema": "1EdTech schema, 2026",
    "strict": "strict schema (arrays)",
}
JUDGES = ("vc", "dcc", "openbadgeslib", "openvc")
OUTPUT_JUDGES = (*JUDGES, "schema", "strict")
TITLES = {
    "data-integrity": "Data Integrity, eddsa-rdfc-2022",
    "jwt": "VC-JWT, EdDSA",
    "jwt-rs256": "VC-JWT, RS256",
}
CARRIERS = ("json", "png", "svg")
EVERYBODY = dict.fromkeys(OUTPUT_JUDGES, True)
JWT = {**EVERYBODY, "vc": False, "dcc": False, "openvc": False}
OUTPUT = {"data-integrity": EVERYBODY, "jwt": JWT, "jwt-rs256": JWT}
"""What each judge accepts of our output. The npm verifiers read no VC-JWT; openvc-core wants the older claim vc."""

ALL, NONE = (True, True, True, True), (False, False, False, False)
NOT_OPENVC = (True, True, True, False)
VARIANTS: dict[str, tuple[tuple[bool, bool, bool, bool], tuple[str, str]]] = {
    "one eddsa-rdfc-2022 proof, as an object": (ALL, ("verified", "verified")),
    "one eddsa-rdfc-2022 proof, in an array": (NOT_OPENVC, ("verified", "verified")),
    "with a proof of an unknown type": (NOT_OPENVC, ("verified", "verified")),
    "with a proof of an unknown cryptosuite": (NOT_OPENVC, ("verified", "verified")),
    "the same, the unknown one first": (NOT_OPENVC, ("verified", "verified")),
    "with an eddsa-jcs-2022 proof": (NOT_OPENVC, ("verified", "verified")),
    "eddsa-jcs-2022 alone": ((False, False, False, True), ("undecided", "unknown-proof-type")),
    "a chain: the second proof names the first": ((True, True, False, False), ("verified", "verified")),
    "an unsigned extra member": (NONE, ("not-verified", "undefined-term")),
    "a signed but undefined term": (NONE, ("not-verified", "undefined-term")),
    "a signed but undefined type": (NONE, ("not-verified", "undefined-term")),
    "a context of its own, elsewhere": (NONE, ("undecided", "unknown-context")),
    "a context written inside, and termsOfUse": ((True, True, False, False), ("not-verified", "inline-context")),
    "termsOfUse of an IRI type, extra evidence": (ALL, ("verified", "verified")),
    "a credentialStatus of a type of its own": ((False, False, True, False), ("verified", "verified")),
    "altered, with one proof": (NONE, ("not-verified", "altered")),
    "altered, with a set of proofs": (NONE, ("not-verified", "altered")),
}
"""What each judge accepts, in the order of JUDGES, and our verdict with its reason."""


def tables() -> str:
    """Return both tables as Markdown."""
    head = ["| our output | carrier |" + _cells(NAMES.values()) + " Credanchor |"]
    head.append("|" + " --- |" * (len(OUTPUT_JUDGES) + 3))
    rows = [
        f"| {TITLES[form]} | {carrier.upper()} |" + _cells(map(_word, told.values())) + " verified |"
        for form, told in OUTPUT.items()
        for carrier in CARRIERS
    ]
    second = ["| variant |" + _cells(NAMES[judge] for judge in JUDGES) + " Credanchor |"]
    second.append("|" + " --- |" * (len(JUDGES) + 2))
    for name, (accepted, (verdict, reason)) in VARIANTS.items():
        ours = verdict if verdict == reason else f"{verdict} (`{reason}`)"
        second.append(f"| {name} |" + _cells(map(_word, accepted)) + f" {ours} |")
    return "\n".join([*head, *rows, "", *second, ""])


def _cells(words: Iterable[str]) -> str:
    return "".join(f" {word} |" for word in words)


def _word(accepted: bool) -> str:  # noqa: FBT001  a cell
    return "accepts" if accepted else "refuses"


if __name__ == "__main__":
    before, _, rest = DOCUMENT.read_text("utf-8").partition(BEGIN)
    DOCUMENT.write_text(before + BEGIN + tables() + END + rest.partition(END)[2], "utf-8")
