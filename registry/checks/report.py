"""What a verifier says: the outcome of every check, and the verdict that follows.

Source: design.md, Judging a credential.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from registry.core.errors import UnavailableError
from registry.core.sentence import Sentence, joined_on

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


WITHDRAWN = frozenset({"revoked", "batch-revoked", "suspended"})
"""Reasons for which the issuer itself does not let something stand."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One finding."""

    check: str
    """Name of the check, as in design.md's table."""
    outcome: Outcome
    """How it ended."""
    code: str
    """Stable public code of the finding, for example `revoked`."""
    detail: Sentence
    """For a person: finished, in English, and able to be said in another language."""


@dataclass(frozen=True, slots=True)
class Report:
    """All findings about one credential, and the verdict."""

    verdict: Verdict
    """What they add up to."""
    reason: str
    """Code of the finding that decided, or `verified`."""
    summary: Sentence
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
    issuer: str = ""
    """Who made it: the accredited name or the confirmed web address; empty if nobody confirms either."""
    comment: str = ""
    """What an endorser says of what is endorsed."""


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
        value["parts"] = [_part_json(part) for part in report.parts]
    return value


def standing(report: Report) -> Sentence:
    """Return how an endorsement stands, as a sentence: it does, it was withdrawn and when, or what else is wrong."""
    if report.verdict is Verdict.VERIFIED:
        return Sentence("It stands.")
    if report.reason in WITHDRAWN:
        said = next(result.detail for result in report.checks if result.check == "status")
        return Sentence("Withdrawn: {finding}", finding=joined_on(said))
    return Sentence("It does not stand. {summary}", summary=report.summary)


def _part_json(part: Part) -> dict[str, Any]:
    value = {"kind": part.kind, "title": part.title, "issuedBy": part.issuer or None}
    if part.kind == "endorsement":
        value |= {"comment": part.comment, "standing": standing(part.report)}
    return {**value, **report_json(part.report, part.place)}


def unjudged_json(source: str, verdict: Verdict, reason: str, summary: str) -> dict[str, Any]:
    """Return the same form for what no check was run on: it is no credential, or could not be had."""
    said = {"input": source, "verdict": verdict.value, "reason": reason, "summary": summary}
    return {**said, "network": None, "checks": []}


def refusal_json(source: str, error: InputError | UnavailableError) -> dict[str, Any]:
    """Return the same form for what could not be judged: no credential, or somebody did not answer.

    Its summary says what it is instead, or who did not answer, where that can be told.
    """
    words = str(error)
    is_open = isinstance(error, UnavailableError)
    verdict = Verdict.UNDECIDED if is_open else Verdict.NOT_A_CREDENTIAL
    clause = f"Cannot tell: {words}." if is_open else f"This is not a credential: {words}."
    return unjudged_json(source, verdict, error.code, words if words.endswith(".") else clause)
