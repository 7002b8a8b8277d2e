"""What stands on the printed report, as values: cut so that a stranger's text can neither bloat nor reorder it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.checks.sentences import moment
from registry.services.recheck import ANCHOR_OF, STATUS_OF
from verifier_web import labels as label
from verifier_web import report_wording as keep
from verifier_web import wording as say
from verifier_web.credential import Fact
from verifier_web.pages import verdict_page
from verifier_web.report_data import report_limits
from verifier_web.text import line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.chain.networks import Network
    from verifier_web.desk import Judged
    from verifier_web.pages import CheckView, PartView, VerdictPage
    from verifier_web.report_data import ReportHead

MAX_DETAIL = 400
"""Most characters of one finding."""
MAX_PARTS = 8
"""Most embedded endorsements and components that are listed."""
KEPT = (
    label.LEAF_SHOWN,
    label.ROOT,
    label.CHAIN,
    label.CONTRACT,
    label.ACCOUNT,
    label.FINALIZED,
    label.LATEST,
    label.ANCHORED_AT,
    label.ANCHORED_IN,
)
"""Which raw facts of the page are printed."""


@dataclass(frozen=True, slots=True)
class Party:
    """What was earned, by whom, or from whom."""

    label: str
    """Which of them."""
    name: str
    """The name, as far as it is proven."""
    notes: tuple[str, ...]
    """Who confirms it, and what to do with it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check, or one embedded credential."""

    tone: str
    """Its icon."""
    title: str
    """What was checked."""
    outcome: str
    """How it ended, in words; of an embedded credential its issuer."""
    detail: str
    """A finished sentence."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do in order to repeat the check."""

    text: str
    """What to do."""
    code: str = ""
    """A line for a shell."""
    got: str = ""
    """What it printed when the report was made."""


@dataclass(frozen=True, slots=True)
class ReportPage:
    """Everything on the printed report, verdict first."""

    tone: str
    """Icon and colour."""
    headline: str
    """The verdict as a sentence."""
    meaning: str
    """What that means, and what to do."""
    made: str
    """When, by what and where it was judged."""
    parties: tuple[Party, ...]
    """What was earned, by whom and from whom."""
    checks: tuple[Finding, ...]
    """Every check, in order."""
    parts: tuple[Finding, ...]
    """What it contains."""
    more_parts: str
    """How many of these are not listed; empty if all are."""
    limits: tuple[str, ...]
    """What it is not worth."""
    facts: tuple[Fact, ...]
    """What was read, to compare with."""
    steps: tuple[Step, ...]
    """How to repeat the check."""


def report_page(judged: Judged, head: ReportHead, networks: Mapping[str, Network]) -> ReportPage:
    """Return the printed report on one judged credential, `networks` being the verifier's own, by name."""
    page = verdict_page(judged, networks)
    at = moment(judged.facts.now)
    more = len(judged.report.parts) - MAX_PARTS
    return ReportPage(
        tone=page.tone,
        headline=page.headline,
        meaning=line(page.meaning, MAX_DETAIL),
        made=keep.REPORT_MADE.format(time=at, software=head.software, verifier=head.verifier),
        parties=_parties(page),
        checks=tuple(_finding(check) for check in page.checks),
        parts=tuple(_part(part) for part in page.parts[:MAX_PARTS]),
        more_parts=say.MORE.format(count=more) if more > 0 else "",
        limits=report_limits(judged),
        facts=(
            Fact(label.HANDED_IN, keep.REPORT_BYTES.format(count=f"{head.size_bytes:,}")),
            Fact(label.SHA256, head.sha256),
            *(fact for fact in page.raw if fact.label in KEPT),
        ),
        steps=_steps(page, head),
    )


def _parties(page: VerdictPage) -> tuple[Party, ...]:
    claim = () if page.proven else (say.CLAIMS_UNPROVEN,)
    issuer = page.issuer
    return (
        Party(keep.REPORT_EARNED, page.credential.title, claim),
        Party(page.holder.label, page.holder.name, (page.holder.hint,)),
        Party(issuer.label, issuer.name, (issuer.explanation, f"{say.ISSUER_ID}: {issuer.did}")),
    )


def _finding(check: CheckView) -> Finding:
    return Finding(check.tone, check.title, check.outcome, line(check.detail, MAX_DETAIL))


def _part(part: PartView) -> Finding:
    issuer = f"{part.issuer.label}: {part.issuer.name}"
    return Finding(part.tone, f"{part.kind}: {part.title}", issuer, line(part.summary, MAX_DETAIL))


def _steps(page: VerdictPage, head: ReportHead) -> tuple[Step, ...]:
    # These two show whether it still stands; the line that proves inclusion carries the whole path.
    asked = [one for one in page.recheck.commands if ANCHOR_OF in one.text or STATUS_OF in one.text]
    return (
        Step(keep.REPEAT_FILE),
        Step(keep.REPEAT_VERIFIER.format(verifier=head.verifier)),
        *([Step(keep.REPEAT_CONTRACT)] if asked else []),
        *(Step(line(one.purpose, MAX_DETAIL), one.text, one.got) for one in asked),
    )
