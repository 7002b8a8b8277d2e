"""`credanchor verify`: judge credentials against the chain."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from registry.cli.output import json_line, say
from registry.core.errors import InputError, ProfileUnavailableError

if TYPE_CHECKING:
    from registry.services.verify import Verifier

Inputs = Annotated[list[str], typer.Argument(help="Bundle, credential or badge: files, URLs, or - for standard input.")]
AsJson = Annotated[bool, typer.Option("--json", help="One report a line, as JSON.")]
Recipient = Annotated[str | None, typer.Option("--recipient", help="E-mail, id or name of whom it should belong to.")]

EXIT_CODES = {"verified": 0, "not-verified": 1, "not-a-credential": 2, "undecided": 3}
WORST_FIRST = ("not-verified", "not-a-credential", "undecided", "verified")
MARKS = {"passed": "✓", "failed": "✗", "undecided": "?", "skipped": "-"}
MAX_INPUT_BYTES = 16 * 1024 * 1024
"""Largest file that is read; pictures may be larger than the JSON in them."""


def verify(inputs: Inputs, *, as_json: AsJson = False, recipient: Recipient = None) -> None:
    """Judge credentials: whether they are what was anchored, by whom, and whether they still stand.

    Exit code: 0 all verified, 1 one is not, 2 one is not a credential, 3 one cannot be decided yet.

    Example: credanchor verify bundle.json --recipient ada@example.org
    """
    from registry.settings import build_verifier  # noqa: PLC0415  keeps --help fast

    with closing(build_verifier()) as verifier:
        verdicts = [_judged(verifier, source, recipient, as_json=as_json) for source in inputs]
    worst = next(verdict for verdict in WORST_FIRST if verdict in verdicts)
    raise typer.Exit(EXIT_CODES[worst])


def _judged(verifier: Verifier, source: str, recipient: str | None, *, as_json: bool) -> str:
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
        say(_printable(f"{indent}  {part['kind']}: {part['title']}"))
        _say(part, indent + "    ")


def _printable(text: str) -> str:
    # Names come from strangers; a terminal would obey control characters in them.
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)
