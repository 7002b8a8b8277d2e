"""`credanchor achievement new`: asking what a micro-credential must say, and writing the file."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Annotated, Any

import typer

from registry.cli.achievement_answers import answered
from registry.cli.achievement_check import report_of_file
from registry.cli.achievement_paths import content_of_file, require_short_id
from registry.cli.framework_report import AgainstFramework  # noqa: TC001  typer reads the annotations
from registry.cli.output import say
from registry.cli.whole_file import write_whole
from registry.core.errors import InputError

Target = Annotated[Path | None, typer.Argument(help="Where to write it; else named after its name.")]
Answers = Annotated[
    Path | None, typer.Option("--answers", help="TOML or JSON with the answers, by the questions' keys.")
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite the file if it is there.")]


def new(
    file: Target = None, *, answers: Answers = None, framework: AgainstFramework = None, force: Force = False
) -> None:
    """Ask what an achievement must say, and write its file.

    An empty answer leaves a thing out. Without a terminal, the answers come from --answers or, a line each in the order
    of the questions, from standard input; after a question that can be answered several times an empty line goes on.

    Example: credanchor achievement new data-foundations.json
    """
    from registry.credentials.frameworks import FRAMEWORKS  # noqa: PLC0415  keeps --help fast

    if file is not None:
        _require_free(file, force=force)
    document = _document(answered(answers))
    target = file or Path(f"{_slug(document['name'])}.json")
    _require_free(target, force=force)
    data = (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
    _require_sound(data)
    write_whole(target, data)
    say(f"Wrote {target}.")
    for each in FRAMEWORKS if framework is None else (framework,):
        report = report_of_file(document, each)
        say(report.headline)
    say(f"Next: credanchor achievement add {target}")


def _require_free(target: Path, *, force: bool) -> None:
    require_short_id(target)
    if target.exists() and not force:
        raise InputError(f"{target} is there already; add --force to overwrite it, or name another file.")


def _document(answers: dict[str, list[str]]) -> dict[str, Any]:
    from registry.credentials.draft import draft_of  # noqa: PLC0415  keeps --help fast

    pictures = answers.get("image", [])
    return draft_of({**answers, "image": [_picture(one) for one in pictures if one]})


def _picture(named: str) -> str:
    """Return an address as it is, and a file as a data URL."""
    import base64  # noqa: PLC0415  keeps --help fast

    from registry.credentials.pictures import media_type_of  # noqa: PLC0415

    if named.startswith(("https://", "http://", "data:")):
        return named
    data = content_of_file(Path(named))
    kind = media_type_of(data)
    if kind not in {"image/png", "image/svg+xml"}:
        raise InputError(f"{named} is neither a PNG nor an SVG picture; export it as one of them.")
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"


def _require_sound(data: bytes) -> None:
    from registry.services.achievement_file import judge_file  # noqa: PLC0415  keeps --help fast

    problems = judge_file(data).problems
    if problems:
        said = " ".join(problem.sentence for problem in problems)
        raise InputError(f"With these answers it could not be issued, so nothing was written. {said}")


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60] or "achievement"
