"""Getting the answers that describe an achievement: from a file, from standard input, or by asking at the terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import typer

from registry.cli.achievement_paths import content_of_file
from registry.cli.output import say, warn
from registry.core.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from registry.credentials.questions import Question


def answered(path: Path | None) -> dict[str, list[str]]:
    """Return answers by the keys of their questions; InputError if the file that holds them cannot be read."""
    if path is not None:
        return _from_file(path)
    from registry.credentials.questions import QUESTIONS  # noqa: PLC0415  keeps --help fast

    if not sys.stdin.isatty():
        return {one.key: _lines(one) for one in QUESTIONS}
    say("An empty answer leaves a thing out; after a list, an empty line goes on.")
    return {one.key: _asked(one) for one in QUESTIONS}


def _from_file(path: Path) -> dict[str, list[str]]:
    import tomllib  # noqa: PLC0415  keeps --help fast

    from registry.core.canonical import parse_json  # noqa: PLC0415

    content = content_of_file(path)
    try:
        value = tomllib.loads(content.decode()) if path.suffix == ".toml" else parse_json(content)
    except (ValueError, InputError) as error:
        raise InputError(f"{path} cannot be read as {path.suffix[1:].upper() or 'JSON'}: {error}") from error
    if not isinstance(value, dict):
        raise InputError(f"{path} is no object with an answer for each key.")
    return {key: _texts(path, key, answer) for key, answer in value.items()}


def _texts(path: Path, key: str, answer: Any) -> list[str]:  # noqa: ANN401  any JSON or TOML value
    listed = answer if isinstance(answer, list) else [answer]
    if any(isinstance(one, bool | dict | list) or one is None for one in listed):
        raise InputError(f"{path}: {key} is no text, number, date or list of them.")
    return [str(one) for one in listed]


def _lines(question: Question) -> list[str]:
    """Return the next lines of standard input: one, or as many as there are before an empty one."""
    found: list[str] = []
    while line := sys.stdin.readline().strip():
        found.append(line)
        if not question.many:
            break
    return found


def _asked(question: Question) -> list[str]:
    """Ask at the terminal until the answer can be read; several times where several answers may be given."""
    found: list[str] = []
    while (answer := _asked_once(question, found)) and question.many:
        found.append(answer)
    return found if question.many else [answer]


def _asked_once(question: Question, found: list[str]) -> str:
    from registry.credentials.draft import read_answer  # noqa: PLC0415  keeps --help fast

    needed = question.needed and not found
    while True:
        hint = "" if found else f" (for example: {question.example})"
        answer = str(typer.prompt(f"{question.text}{hint}", default="", show_default=False)).strip()
        if not answer and needed:
            warn("There is no achievement without it.")
            continue
        try:
            return read_answer(question.key, answer) if answer else ""
        except InputError as error:
            warn(str(error))
