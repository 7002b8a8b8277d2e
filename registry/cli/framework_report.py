"""Printing what a credential has of a framework."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.output import json_line, say
from registry.credentials.framework_keys import FrameworkKey

if TYPE_CHECKING:
    from registry.credentials.described import Described
    from registry.credentials.framework import FrameworkReport, Line

AgainstFramework = Annotated[
    FrameworkKey | None,
    typer.Option(
        "--framework",
        help="What it has of the EU recommendation, the Australian framework, or 1EdTech's TrustEd framework.",
    ),
]


def say_report(framework: FrameworkKey, described: Described, *, as_json: bool) -> None:
    """Print the whole report on one framework."""
    from registry.credentials.framework import report_on, report_value  # noqa: PLC0415  keeps --help fast
    from registry.credentials.frameworks import FRAMEWORKS  # noqa: PLC0415

    report = report_on(FRAMEWORKS[framework], described)
    if as_json:
        json_line(report_value(report))
    else:
        say("\n".join(report_lines(report)))


def report_lines(report: FrameworkReport) -> list[str]:
    """Return a report as lines for people."""
    framework = report.framework
    said = [line for each in report.lines for line in _descriptor_lines(each)]
    return [f"{framework.title}: {report.summary}", *said, f"Source: {framework.source}.", framework.note]


def _descriptor_lines(line: Line) -> list[str]:
    asked, finding = line.descriptor, line.finding
    head = f"  {finding.state:8} {asked.name} ({asked.level})"
    where = f"{head}: {finding.where}" if finding.where else head
    return [where, f"           {finding.why}"] if finding.why else [where]
