"""The forms that verifiers differ on: what other people's verifiers say of each, and what ours says."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

import pytest

worlds = sys.modules["services_world"]
judges = sys.modules["interop_judges"]
made = sys.modules["interop_variants"]
expected = sys.modules["interop_expected"]
JUDGES, EXPECTED = expected.JUDGES, expected.VARIANTS

LIST = "https://uni.example/status/0"
WORLD = worlds.World()
SIGNED_AT = datetime(2026, 11, 1, tzinfo=UTC)
VARIANTS = made.variants(worlds.unsigned_badge(WORLD.issuer, status_url=LIST), WORLD.issuer, SIGNED_AT)


def web() -> Any:
    issuer = WORLD.issuer
    method = f"{issuer.did}#{issuer.public.multibase}"
    key = {"id": method, "type": "Multikey", "controller": issuer.did, "publicKeyMultibase": issuer.public.multibase}
    contexts = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]
    document = {"@context": contexts, "id": issuer.did, "verificationMethod": [key], "assertionMethod": [method]}
    listed = issuer.signed(worlds.status_list_credential(issuer.did, LIST, [], now=SIGNED_AT))
    return judges.Web({judges.did_url(issuer.did): document, LIST: {**listed, "proof": listed["proof"][0]}})


@pytest.fixture(scope="module")
def said() -> dict[str, dict[str, Any]]:
    """Return what each judge says of each variant; one node process for all."""
    known = web()
    both = judges.by_node(VARIANTS, known)
    for name, credential in VARIANTS.items():
        shown = credential if "in an array" in name else judges.unwrapped(credential)
        both[name]["openbadgeslib"] = judges.by_openbadgeslib(credential, WORLD.issuer.did, known)
        both[name]["openvc"] = judges.by_openvc(shown, known)
    return both


@pytest.mark.parametrize("name", EXPECTED)
def test_other_verifiers_say_what_they_said_before(name: str, said: dict[str, dict[str, Any]]) -> None:
    accepted = {judge: said[name][judge].accepted for judge in JUDGES}

    assert accepted == dict(zip(JUDGES, EXPECTED[name][0], strict=True)), said[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_ours_says_what_follows_from_what_the_issuer_signed(name: str) -> None:
    credential = VARIANTS[name]
    proofs = credential["proof"] if isinstance(credential["proof"], list) else [credential["proof"]]
    own = [one for one in proofs if one.get("cryptosuite") == "eddsa-rdfc-2022"]
    entry = {**credential, "proof": own[:1]}
    if name.startswith("altered"):
        entry["name"] = worlds.unsigned_badge(WORLD.issuer)["name"]
    receipts = WORLD.chain.anchor([entry], WORLD.issuer) if own else ()

    assert worlds.told(WORLD.judge(credential, receipts)) == EXPECTED[name][1]


def test_every_variant_is_expected() -> None:
    assert list(VARIANTS) == list(EXPECTED)


def test_the_tables_in_the_docs_are_those_of_these_tests() -> None:
    written = expected.DOCUMENT.read_text("utf-8").partition(expected.BEGIN)[2].partition(expected.END)[0]

    assert written == expected.tables(), "run python tests/interop/expected.py"
