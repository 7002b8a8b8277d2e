"""`credanchor verify`: judge credentials against the chain."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from registry.cli.output import json_line, say
from registry.core.errors import CanonicalFormError, InputError, ProfileUnavailableError
from registry.core.state_proof_errors import StateProofError, StateProofFormatError

if TYPE_CHECKING:
    from registry.core.digest import Digest
    from registry.services.verify import Verifier
    from registry.services.verify_offline import OfflineVerifier

Inputs = Annotated[list[str], typer.Argument(help="Bundle, credential or badge: files, URLs, or - for standard input.")]
AsJson = Annotated[bool, typer.Option("--json", help="One report a line, as JSON.")]
Recipient = Annotated[str | None, typer.Option("--recipient", help="E-mail, id or name of whom it should belong to.")]
Offline = Annotated[bool, typer.Option("--offline", help="Ask nobody: judge by the state proof given with --state.")]
State = Annotated[Path | None, typer.Option("--state", help="State proof from `export --with-state`.")]
TrustBlock = Annotated[
    str | None,
    typer.Option("--trust-block", help="Hash of the state proof's block, from a source you trust."),
]

EXIT_CODES = {"verified": 0, "not-verified": 1, "not-a-credential": 2, "undecided": 3}
NOBODY = "somebody whom nobody you trust confirms"
WORST_FIRST = ("not-verified", "not-a-credential", "undecided", "verified")
MARKS = {"passed": "✓", "failed": "✗", "undecided": "?", "skipped": "-"}
MAX_INPUT_BYTES = 16 * 1024 * 1024
"""Largest file that is read; pictures may be larger than the JSON in them."""


def verify(
    inputs: Inputs,
    *,
    as_json: AsJson = False,
    recipient: Recipient = None,
    offline: Offline = False,
    state: State = None,
    trust_block: TrustBlock = None,
) -> None:
    """Judge credentials: whether they are what was anchored, by whom, and whether they still stand.

    Exit code: 0 all verified, 1 one is not, 2 one is not a credential, 3 one cannot be decided yet.

    With --offline nobody is asked: a state proof says what the contract held as of its block. It proves as much as the
    hash of that block is worth; without --trust-block nothing is called verified.

    Example: credanchor verify bundle.json --recipient ada@example.org
    """
    with closing(_verifier(state, trust_block, offline=offline)) as verifier:
        verdicts = [_judged(verifier, source, recipient, as_json=as_json) for source in inputs]
    worst = next(verdict for verdict in WORST_FIRST if verdict in verdicts)
    raise typer.Exit(EXIT_CODES[worst])


def _verifier(state: Path | None, trust_block: str | None, *, offline: bool) -> Verifier | OfflineVerifier:
    from registry.settings import build_offline_verifier, build_verifier  # noqa: PLC0415  keeps --help fast

    if not offline and (state is not None or trust_block is not None):
        raise InputError("--state and --trust-block belong to --offline; add it, or leave them out to ask the chain.")
    if not offline:
        return build_verifier()
    if state is None:
        raise InputError("--offline needs --state FILE; `credanchor export --with-state` writes such files.")
    try:
        data = state.read_bytes()
    except OSError as error:
        raise InputError(f"The state proof {state} cannot be read ({error.strerror}).") from error
    try:
        return build_offline_verifier(data, _block_hash(trust_block))
    except (CanonicalFormError, StateProofFormatError, StateProofError) as error:
        raise InputError(f"The state proof {state} is refused: {error}. Nothing was judged by it.") from error


def _block_hash(text: str | None) -> Digest | None:
    from registry.core.digest import Digest  # noqa: PLC0415  keeps --help fast

    if text is None:
        return None
    try:
        return Digest.from_hex(text.strip().lower())
    except InputError as error:
        raise InputError("--trust-block takes a block hash: 0x and 64 hex digits.") from error


def _judged(verifier: Verifier | OfflineVerifier, source: str, recipient: str | None, *, as_json: bool) -> str:
    from registry.checks.report import report_json  # noqa: PLC0415  keeps --help fast

    try:
        report = verifier.verify(content_of(source), recipient).report
    except InputError as error:
        value = _unjudged(source, "not-a-credential", error.code, _sentence(str(error)))
    except ProfileUnavailableError as error:
        value = _unjudged(source, "undecided", error.code, f"Cannot tell: {error}.")
    else:
        value = report_json(report, source)
    if as_json:
        json_line(value)
    else:
        _say(value)
    return str(value["verdict"])


def content_of(source: str) -> bytes:
    """Return what a file, a URL or standard input (`-`) holds; InputError or ProfileUnavailableError if it cannot."""
    if source == "-":
        return sys.stdin.buffer.read(MAX_INPUT_BYTES)
    if source.startswith(("https://", "http://")):
        from registry.identity.fetch import fetch_bytes  # noqa: PLC0415  keeps --help fast
        from registry.settings import has_local_chain, home_folder  # noqa: PLC0415

        return fetch_bytes(source, allow_loopback=has_local_chain(home_folder()))
    try:
        with Path(source).open("rb") as file:
            return _bounded(file)
    except OSError as error:
        raise InputError(f"It cannot be read ({error.strerror}).") from error
    except ValueError as error:  # a NUL in the name
        raise InputError(f"It cannot be read ({error}).") from error


def content_named(source: str) -> bytes:
    """Return the same for a command that changes something; the error names the source."""
    try:
        return content_of(source)
    except InputError as error:
        raise InputError(f"{source}: {error} Nothing was changed.") from error


def _bounded(file: BinaryIO) -> bytes:
    data = file.read(MAX_INPUT_BYTES + 1)
    if len(data) > MAX_INPUT_BYTES:
        raise InputError(f"It has more than {MAX_INPUT_BYTES:,} bytes, so it is not read.")
    return data


def _unjudged(source: str, verdict: str, reason: str, summary: str) -> dict[str, Any]:
    said = {"input": source, "verdict": verdict, "reason": reason, "summary": summary}
    return {**said, "network": None, "checks": []}


def _sentence(words: str) -> str:
    return words if words.endswith(".") else f"This is not a credential: {words}."


def _say(value: dict[str, Any], indent: str = "") -> None:
    say(_printable(f"{indent}{value['input']}: {value['summary']}"))
    for check in value["checks"]:
        say(_printable(f"{indent}  {MARKS[check['outcome']]} {check['check']}: {check['detail']}"))
    for part in value.get("parts", []):
        say(_printable(f"{indent}  {part['kind']}: {part['title']}, by {part['issuedBy'] or NOBODY}"))
        if part["kind"] == "endorsement":
            say(_printable(f"{indent}    “{' '.join(part['comment'].split())}” {part['standing']}"))
        _say(part, indent + "    ")


def _printable(text: str) -> str:
    # Names come from strangers; a terminal would obey control characters in them.
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)
