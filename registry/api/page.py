"""What the credential page shows: a plain view of one judged credential."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.checks.recipient import recipient_name
from registry.checks.report import Outcome, Verdict

if TYPE_CHECKING:
    from registry.services.verify import Judged

TONES = {
    Verdict.VERIFIED: "good",
    Verdict.NOT_VERIFIED: "bad",
    Verdict.UNDECIDED: "unsure",
    Verdict.NOT_A_CREDENTIAL: "bad",
}
MARKS = {Outcome.PASSED: "✓", Outcome.FAILED: "✗", Outcome.UNDECIDED: "?", Outcome.SKIPPED: "·"}
MAX_LISTED = 40


@dataclass(frozen=True, slots=True)
class Page:
    """All the words on a credential page."""

    token: str
    """Secret part of the link, for the files below it."""
    tone: str
    """`good`, `bad` or `unsure`."""
    summary: str
    """The verdict as a sentence."""
    title: str
    """What was earned."""
    holder: str | None
    """Who earned it, if the credential says so openly."""
    issuer: str
    """Who awards it, as it names itself."""
    description: str
    """What it is about."""
    criteria: str
    """What it takes to earn it."""
    outcomes: tuple[str, ...]
    """Skills, levels and the like."""
    awarded_on: str
    """Award date."""
    checks: tuple[tuple[str, str, str], ...]
    """Mark, name and sentence of each check."""


def page_of(judged: Judged, token: str) -> Page:
    """Return the page of a judged credential."""
    document = judged.facts.presented.document
    achievement = _object(_object(document.get("credentialSubject")).get("achievement"))
    report = judged.report
    return Page(
        token=token,
        tone=TONES[report.verdict],
        summary=report.summary,
        title=_text(achievement.get("name")) or _text(document.get("name")),
        holder=recipient_name(document),
        issuer=_text(_object(document.get("issuer")).get("name")),
        description=_text(achievement.get("description")),
        criteria=_text(_object(achievement.get("criteria")).get("narrative")),
        outcomes=_outcomes(achievement),
        awarded_on=_text(document.get("awardedDate") or document.get("validFrom"))[:10],
        checks=tuple((MARKS[one.outcome], one.check, one.detail) for one in report.checks),
    )


def _outcomes(achievement: dict[str, Any]) -> tuple[str, ...]:
    listed = achievement.get("alignment")
    names = [_text(_object(one).get("targetName")) for one in (listed if isinstance(listed, list) else [listed])]
    return tuple(name for name in names if name)[:MAX_LISTED]


def _object(value: Any) -> dict[str, Any]:  # noqa: ANN401  any JSON value
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:  # noqa: ANN401  any JSON value
    return value if isinstance(value, str) else ""
