"""`credanchor achievement check`: judging achievement files before anything is issued."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registry.cli.achievement_paths import content_of_file
from registry.cli.framework_report import AgainstFramework, report_lines
from registry.cli.output import json_line, say

if TYPE_CHECKING:
    from registry.credentials.framework import FrameworkReport
    from registry.credentials.framework_keys import FrameworkKey
    from registry.services.achievement_file import JudgedFile

Files = Annotated[list[Path], typer.Argument(help="Open Badges Achievement as JSON.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]

EXIT_REFUSED = 2


def check(files: Files, *, framework: AgainstFramework = None, as_json: AsJson = False) -> None:
    """Judge achievement files: their shape, what verifiers would refuse, and what would mislead a reader.

    With --framework also what the file itself must say for that framework; what the issuer's profile and the roster
    give is left out. No home is needed. The exit code is 2 if a file is refused, or lacks something mandatory.

    Example: credanchor achievement check data-foundations.json --framework eu
    """
    passed = [_checked(path, framework, as_json=as_json) for path in files]
    if not all(passed):
        raise typer.Exit(EXIT_REFUSED)


def _checked(path: Path, framework: FrameworkKey | None, *, as_json: bool) -> bool:
    from registry.services.achievement_file import judge_file  # noqa: PLC0415  keeps --help fast

    judged = judge_file(content_of_file(path))
    report = report_of_file(judged.document, framework) if framework and not judged.problems else None
    if as_json:
        json_line(_value(path, judged, report))
    else:
        _say(path, judged, report)
    return not judged.problems and not (report and report.lacking)


def report_of_file(document: dict[str, Any], framework: FrameworkKey) -> FrameworkReport:
    """Return what an achievement's file has of a framework: of the descriptors that stand in the achievement alone."""
    from registry.credentials.described import Described  # noqa: PLC0415  keeps --help fast
    from registry.credentials.framework import report_on  # noqa: PLC0415
    from registry.credentials.frameworks import FRAMEWORKS  # noqa: PLC0415

    return report_on(FRAMEWORKS[framework], Described.offer(document, {}), about="achievement")


def _value(path: Path, judged: JudgedFile, report: FrameworkReport | None) -> dict[str, Any]:
    from registry.credentials.framework import report_value  # noqa: PLC0415  keeps --help fast

    problems = [{"where": one.where, "detail": one.detail} for one in judged.problems]
    accepted = not judged.problems and not (report and report.lacking)
    value = {"file": str(path), "accepted": accepted, "problems": problems}
    return {**value, "report": report_value(report)} if report else value


def _say(path: Path, judged: JudgedFile, report: FrameworkReport | None) -> None:
    for problem in judged.problems:
        say(f"{path}: {problem.sentence}")
    if not judged.problems:
        say(f"{path}: {judged.document['name']} can be issued.")
    if report:
        say("\n".join(report_lines(report)))
