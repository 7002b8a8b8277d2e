"""What the credential page shows of a stack: each component with its own verdict, and who vouches for its issuer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.api import labels
from registry.checks.proven import PROVING, voucher
from registry.checks.report import Outcome, Verdict
from registry.credentials.pathway_words import clean
from registry.credentials.recognition import GENRE

if TYPE_CHECKING:
    from registry.checks.facts import Facts
    from registry.checks.report import Report
    from registry.services.judged import Judged

MAX_SHOWN = 200
"""Most components that are shown; no more are judged."""
_TONES = {Verdict.VERIFIED: "good", Verdict.NOT_VERIFIED: "bad", Verdict.UNDECIDED: "open"}


@dataclass(frozen=True, slots=True)
class ComponentView:
    """One component."""

    tone: str
    """`good`, `bad` or `open`."""
    title: str
    """What it was awarded for."""
    verdict: str
    """Its own verdict as a sentence."""
    vouched: str
    """Who vouches for whom, or whose name nobody confirms."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """Prior learning that the issuer recognises, which nobody can verify."""

    title: str
    """Name of the evidence."""
    words: str
    """In whose place, on what basis, and who assessed it."""
    url: str
    """Where the evidence is to be found, shown and never linked."""


def components_of(judged: Judged) -> tuple[ComponentView, ...]:
    """Return the components of a judged credential; none if it is no stack."""
    pairs = zip(judged.report.parts, judged.facts.parts, strict=True)
    return tuple(
        ComponentView(
            tone=_TONES.get(part.report.verdict, "bad"),
            title=clean(part.title),
            verdict=part.report.summary,
            vouched=vouched_for(part.report, read.facts),
        )
        for part, read in pairs
        if part.kind == "component"
    )[:MAX_SHOWN]


def recognised_in(document: dict[str, Any]) -> tuple[Recognised, ...]:
    """Return the prior learning that a credential's issuer recognises, from its evidence."""
    listed = document.get("evidence")
    entries = [one for one in (listed if isinstance(listed, list) else [listed]) if isinstance(one, dict)]
    return tuple(
        Recognised(_text(one.get("name")), _text(one.get("description")), _text(one.get("id")))
        for one in entries
        if one.get("genre") == GENRE
    )[:MAX_SHOWN]


def vouched_for(report: Report, facts: Facts) -> str:
    """Return who vouches on the chain for the issuer of a credential, by what is proven; else that nobody does."""
    results = {result.check: result for result in report.checks}
    if all(results[name].outcome is Outcome.PASSED for name in PROVING):
        said = voucher(facts)
        if said is not None:
            return labels.VOUCHED.format(accreditor=clean(said.accreditor_name), issuer=clean(said.name))
        return labels.OWN_SITE.format(did=clean(facts.presented.issuer_did))
    return labels.UNVOUCHED.format(did=clean(facts.presented.issuer_did))


def _text(value: object) -> str:
    return clean(value) if isinstance(value, str) else ""
