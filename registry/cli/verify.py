"""`credanchor verify`: judge credentials against the chain."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registry.cli.output import json_line, progress_bar, say
from registry.core.errors import CanonicalFormError, InputError
from registry.core.state_proof_errors import StateProofError, StateProofFormatError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.core.digest import Digest
    from registry.services.verify import Verifier
    from registry.services.verify_offline import OfflineVerifier

Inputs = Annotated[
    list[str],
    typer.Argument(help="Bundle, credential, badge or certificate: files, folders of them, URLs, or - for stdin."),
]
AsJson = Annotated[bool, typer.Option("--json", help="One report a line, as JSON.")]
Recipient = Annotated[str | None, typer.Option("--recipient", help="E-mail, id or name of whom it should belong to.")]
Offline = Annotated[bool, typer.Option("--offline", help="Ask nobody: judge by the state proof given with --state.")]
State = Annotated[Path | None, typer.Option("--state", help="State proof from `export --with-state`.")]
TrustBlock = Annotated[
    str | None,
    typer.Option("--trust-block", help="Hash of the state proof's block, from a source you trust."),
]

Workers = Annotated[
    int | None, typer.Option("--workers", min=1, max=64, help="Processes to judge in, for many files; else this one.")
]
Dask = Annotated[
    str | None,
    typer.Option("--dask", metavar="URL", help="Dask scheduler whose workers judge instead, as tcp://HOST:8786."),
]

EXIT_CODES = {"verified": 0, "not-verified": 1, "not-a-credential": 2, "undecided": 3}
NOBODY = "somebody whom nobody you trust confirms"
WORST_FIRST = ("not-verified", "not-a-credential", "undecided", "verified")
MARKS = {"passed": "✓", "failed": "✗", "undecided": "?", "skipped": "-"}


def verify(
    inputs: Inputs,
    *,
    as_json: AsJson = False,
    recipient: Recipient = None,
    offline: Offline = False,
    state: State = None,
    trust_block: TrustBlock = None,
    workers: Workers = None,
    dask: Dask = None,
) -> None:
    """Judge credentials: whether they are what was anchored, by whom, and whether they still stand.

    Exit code: 0 all verified, 1 one is not, 2 one is not a credential, 3 one cannot be decided yet.

    Of a folder, every file that can carry a credential is judged, and only what is not verified is told in full.
    Without --recipient and --offline many are judged together: the clock and each web site are then asked once.

    With --offline nobody is asked: a state proof says what the contract held as of its block. It proves as much as the
    hash of that block is worth; without --trust-block nothing is called verified.

    Example: credanchor verify bundle.json --recipient ada@example.org
    """
    from registry.cli.inputs import sources_of  # noqa: PLC0415  keeps --help fast

    sources = sources_of(inputs)
    is_alone = bool(recipient or offline or state or trust_block)
    if is_alone and dask:
        raise InputError(
            "--dask judges many together, and --recipient, --offline and --state each alone; leave one out."
        )
    alone = _alone(sources, recipient, state, trust_block, offline=offline) if is_alone else None
    verdicts: Counter[str] = Counter()
    with progress_bar(len(sources), "Verifying") as advance:
        for value in alone or _together(sources, workers, dask):
            verdicts[value["verdict"]] += 1
            advance(verdicts.total())
            if as_json:
                json_line(value)
            elif len(sources) == len(inputs) or value["verdict"] != "verified":
                say_report(value)
    if not as_json and len(sources) > len(inputs):
        say(", ".join(f"{count:,} {verdict}" for verdict, count in verdicts.items()) + ".")
    raise typer.Exit(EXIT_CODES[next(verdict for verdict in WORST_FIRST if verdict in verdicts)])


def _together(sources: list[str], workers: int | None, dask: str | None) -> Iterator[dict[str, Any]]:
    from registry.cli.judging import TOGETHER, judged_together  # noqa: PLC0415  keeps --help fast
    from registry.services.workers import open_workers  # noqa: PLC0415

    groups = -(-len(sources) // TOGETHER)
    with open_workers(None if workers is None else min(workers, groups), dask) as opened:
        yield from judged_together(sources, opened)


def _alone(
    sources: list[str], recipient: str | None, state: Path | None, trust_block: str | None, *, offline: bool
) -> Iterator[dict[str, Any]]:
    from registry.cli.judging import judged_alone  # noqa: PLC0415  keeps --help fast

    with closing(_verifier(state, trust_block, offline=offline)) as verifier:
        yield from (judged_alone(verifier, source, recipient) for source in sources)


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


def say_report(value: dict[str, Any], indent: str = "") -> None:
    """Print a report for a person, with those of its parts."""
    say(_printable(f"{indent}{value['input']}: {value['summary']}"))
    for check in value["checks"]:
        say(_printable(f"{indent}  {MARKS[check['outcome']]} {check['check']}: {check['detail']}"))
    for part in value.get("parts", []):
        say(_printable(f"{indent}  {part['kind']}: {part['title']}, by {part['issuedBy'] or NOBODY}"))
        if part["kind"] == "endorsement":
            say(_printable(f"{indent}    “{' '.join(part['comment'].split())}” {part['standing']}"))
        say_report(part, indent + "    ")


def _printable(text: str) -> str:
    # Names come from strangers; a terminal would obey control characters in them.
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)
