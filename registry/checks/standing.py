"""Check 9: whether what was issued still stands, or its issuer has taken it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.checks.facts import ChainFacts, Status, StatusListAnswer, Unreachable
from registry.checks.report import CheckResult, Outcome
from registry.checks.sentences import day, reason_of
from registry.checks.without_chain import without_chain
from registry.core.sentence import Sentence

if TYPE_CHECKING:
    from registry.checks.facts import ChainView, Facts, StatusRecord


def check_status(facts: Facts) -> CheckResult:
    """9. Neither suspended nor revoked on chain, at the finalized block or the latest; the status list agrees."""
    chain = facts.chain
    if isinstance(chain, ChainFacts):
        for view in (chain.latest, chain.finalized):
            bad = _bad_status(view)
            if bad is not None:
                return bad
    listed = facts.status_list
    if isinstance(listed, StatusListAnswer) and listed.trusted and listed.revoked:
        text = Sentence("The issuer's status list says that it is revoked.")
        return CheckResult("status", Outcome.FAILED, "revoked", text)
    if not isinstance(chain, ChainFacts):
        return without_chain("status", facts)
    if chain.finalized.status is None:
        text = Sentence(
            "The state proof is that of the whole batch: it does not say whether this credential was revoked."
        )
        return CheckResult("status", Outcome.UNDECIDED, "status-not-proven", text)
    return CheckResult("status", Outcome.PASSED, "active", _active(facts))


def _bad_status(view: ChainView) -> CheckResult | None:
    if view.anchor is not None and view.anchor.revoked_at is not None:
        text = Sentence("The issuer revoked the whole batch on {day}.", day=day(view.anchor.revoked_at))
        return CheckResult("status", Outcome.FAILED, "batch-revoked", text)
    status = view.status
    if status is None:
        return None
    if status.status is Status.REVOKED:
        return CheckResult("status", Outcome.FAILED, "revoked", _revoked(status))
    if status.status is Status.SUSPENDED:
        return CheckResult("status", Outcome.FAILED, "suspended", _suspended(status))
    return None


def _revoked(status: StatusRecord) -> Sentence:
    reason = reason_of(status.reason)
    if status.revoked_at is None:
        return (
            Sentence("The issuer revoked it: {reason}.", reason=reason)
            if reason
            else Sentence("The issuer revoked it.")
        )
    on = day(status.revoked_at)
    if reason is None:
        return Sentence("The issuer revoked it on {day}.", day=on)
    return Sentence("The issuer revoked it on {day}: {reason}.", day=on, reason=reason)


def _suspended(status: StatusRecord) -> Sentence:
    if status.suspended_at is None:
        return Sentence("The issuer has suspended it; a suspension can be lifted.")
    return Sentence(
        "The issuer has suspended it since {day}; a suspension can be lifted.", day=day(status.suspended_at)
    )


def _active(facts: Facts) -> Sentence:
    """Return that it stands, with a note on a status list that was of no use."""
    listed = facts.status_list
    if isinstance(listed, Unreachable):
        return Sentence(
            "The issuer has neither revoked nor suspended it. (Its status list could not be read: {why}; the chain "
            "decides.)",
            why=listed.why,
        )
    if isinstance(listed, StatusListAnswer) and not listed.trusted:
        return Sentence(
            "The issuer has neither revoked nor suspended it. (Its status list is not signed by the issuer with a key "
            "it has now; it was ignored, the chain decides.)"
        )
    return Sentence("The issuer has neither revoked nor suspended it.")
