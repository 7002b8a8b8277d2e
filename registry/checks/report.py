"""What a verifier says: the outcome of every check, and the verdict that follows.

Source: design.md, Judging a credential.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from registry.core.errors import InputError


class Outcome(StrEnum):
    """How one check ended."""

    PASSED = "passed"
    FAILED = "failed"
    UNDECIDED = "undecided"
    SKIPPED = "skipped"


class Verdict(StrEnum):
    """What the checks add up to."""

    VERIFIED = "verified"
    NOT_VERIFIED = "not-verified"
    UNDECIDED = "undecided"
    NOT_A_CREDENTIAL = "not-a-credential"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One finding."""

    check: str
    """Name of the check, as in design.md's table."""
    outcome: Outcome
    """How it ended."""
    code: str
    """Stable public code of the finding, for example `revoked`."""
    detail: str
    """A finished sentence for a person."""


@dataclass(frozen=True, slots=True)
class Report:
    """All findings about one credential, and the verdict."""

    verdict: Verdict
    """What they add up to."""
    reason: str
    """Code of the finding that decided, or `verified`."""
    summary: str
    """The verdict as one sentence, with the network in it."""
    network: str | None
    """Name of the network whose contract was asked, if any was."""
    network_kind: str | None
    """`local`, `test` or `main`."""
    checks: tuple[CheckResult, ...]
    """Every check, in order."""
    parts: tuple[Part, ...] = ()
    """Reports of embedded endorsements and components."""


@dataclass(frozen=True, slots=True)
class Part:
    """The report of one embedded credential."""

    kind: str
    """`endorsement` or `component`."""
    place: str
    """Where it stands in the outer document, for example `credentialSubject.achievement.endorsement[0]`."""
    title: str
    """Its name, or its id."""
    report: Report
    """Its own report."""


def report_json(report: Report, source: str) -> dict[str, Any]:
    """Return the public JSON form of a report; `source` says what was judged (file, URL, row)."""
    value: dict[str, Any] = {
        "input": source,
        "verdict": report.verdict.value,
        "reason": report.reason,
        "summary": report.summary,
        "network": report.network,
        "checks": [
            {"check": result.check, "outcome": result.outcome.value, "code": result.code, "detail": result.detail}
            for result in report.checks
        ],
    }
    if report.parts:
        value["parts"] = [
            {"kind": part.kind, "title": part.title, **report_json(part.report, part.place)} for part in report.parts
        ]
    return value


def unjudged_json(source: str, verdict: Verdict, reason: str, summary: str) -> dict[str, Any]:
    """Return the same form for what no check was run on: it is no credential, or could not be had."""
    said = {"input": source, "verdict": verdict.value, "reason": reason, "summary": summary}
    return {**said, "network": None, "checks": []}


def refusal_json(source: str, error: InputError) -> dict[str, Any]:
    """Return the same form for what is no credential; its summary says what it is instead, where that can be told."""
    words = str(error)
    summary = words if words.endswith(".") else f"This is not a credential: {words}."
    return unjudged_json(source, Verdict.NOT_A_CREDENTIAL, error.code, summary)
