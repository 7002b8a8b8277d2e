"""From facts to a report: run every check, judge the parts, and say what it adds up to.

Any failed check: not verified, with which. Else any undecided one: cannot tell yet. Else verified.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.checks.checks import CHECKS
from registry.checks.endorsed import endorsed_results
from registry.checks.facts import ChainFacts
from registry.checks.proven import proven_name
from registry.checks.report import CheckResult, Outcome, Part, Report, Verdict
from registry.credentials.endorsement import comment_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registry.checks.facts import Facts, NetworkRef, PartFacts

# A document that was altered, or is not the issuer's, is refused for that before anything it says of itself.
WEIGHT = (
    "format",
    "signature",
    "inclusion",
    "anchor",
    "issuer-identity",
    "issuer-key",
    "status",
    "validity-period",
    "recipient",
    "endorsed",
    "components",
    "finality",
    "endorsements",
)
"""Which failed or undecided check gives the reason, when there are several."""

SENTENCES = {
    "altered": "Not verified: the content was altered after it was signed.",
    "leaf-mismatch": "Not verified: what is shown is not what was anchored.",
    "revoked": "Not verified: the issuer revoked it.",
    "batch-revoked": "Not verified: the issuer revoked the batch it was anchored in.",
    "suspended": "Not verified: the issuer has suspended it.",
    "expired": "Not verified: it has expired.",
    "not-yet-valid": "Not verified: it is not valid yet.",
    "not-anchored": "Not verified: the issuer did not anchor it.",
    "not-the-issuer": "Not verified: it was anchored by somebody other than the named issuer.",
    "key-retired": "Not verified: it was anchored after the issuer had retired the signing key.",
    "endorses-something-else": "Not verified: it endorses something else than what it stands in.",
    "endorsed-by-id-alone": "Cannot tell: it names what it endorses by an id alone, and does not fix its text.",
    "another-recipient": "Not verified for this person: it was issued to somebody else.",
    "component-failed": "Not verified: a credential it is made of does not hold.",
    "waiting-for-finality": "Cannot tell yet: the anchor waits to become final; this resolves by itself.",
    "waiting-for-anchor": "Cannot tell yet: it is signed and waits to be anchored; this resolves by itself.",
    "no-receipt": "Cannot tell: signed, but not anchored as far as we can see.",
    "receipt-unreachable": "Cannot tell: signed, but the issuer's registry gave no receipt.",
    "chain-unreachable": "Cannot tell: the chain could not be reached. This says nothing against the credential.",
    "chain-behind": "Cannot tell: the chain's endpoints are behind the block that the receipt names.",
    "wrong-network": "Cannot tell: it was anchored on a network that this verifier does not accept.",
    "status-not-proven": "Cannot tell: the state proof does not cover whether the issuer revoked or suspended it.",
    "issuer-unconfirmed": "Cannot tell: nobody you trust confirms who the issuer is.",
}
"""One sentence for each cause that people meet; other causes speak through their check's own sentence."""


def judge(facts: Facts) -> Report:
    """Return the report on one credential and everything embedded in it."""
    parts = tuple(_judged(part) for part in facts.parts)
    results = [check(facts) for check in CHECKS]
    results += endorsed_results(facts)
    results += _endorsements(parts), _components(parts)
    network = facts.chain.network if isinstance(facts.chain, ChainFacts) else None
    return _report(tuple(results), parts, network)


def _judged(part: PartFacts) -> Part:
    document = part.facts.presented.document
    title, report = document.get("name"), judge(part.facts)
    return Part(
        kind=part.kind,
        place=part.place,
        title=title if isinstance(title, str) else part.facts.presented.credential_id,
        report=report,
        issuer=proven_name(report.checks, part.facts),
        comment=comment_of(document),
    )


def _report(results: tuple[CheckResult, ...], parts: tuple[Part, ...], network: NetworkRef | None) -> Report:
    failed = _weightiest(result for result in results if result.outcome is Outcome.FAILED)
    undecided = _weightiest(result for result in results if result.outcome is Outcome.UNDECIDED)
    verdict = Verdict.NOT_VERIFIED if failed else Verdict.UNDECIDED if undecided else Verdict.VERIFIED
    decisive = failed or undecided
    return Report(
        verdict=verdict,
        reason=decisive.code if decisive else "verified",
        summary=_sentence(verdict, decisive, network),
        network=network.name if network else None,
        network_kind=network.kind if network else None,
        checks=results,
        parts=parts,
    )


def _weightiest(results: Iterable[CheckResult]) -> CheckResult | None:
    return min(results, key=lambda result: WEIGHT.index(result.check), default=None)


def _sentence(verdict: Verdict, decisive: CheckResult | None, network: NetworkRef | None) -> str:
    if decisive is None:
        return f"Verified on {network.title}." if network else "Verified."
    lead = "Not verified" if verdict is Verdict.NOT_VERIFIED else "Cannot tell"
    return SENTENCES.get(decisive.code, f"{lead}: {decisive.detail[0].lower()}{decisive.detail[1:]}")


def _endorsements(parts: tuple[Part, ...]) -> CheckResult:
    """11a. A failed endorsement is shown as withdrawn; it never spoils what it endorsed."""
    mine = [part for part in parts if part.kind == "endorsement"]
    if not mine:
        return CheckResult("endorsements", Outcome.SKIPPED, "none", "It carries no endorsements.")
    standing = [part for part in mine if part.report.verdict is Verdict.VERIFIED]
    code = "endorsed" if len(standing) == len(mine) else "endorsement-not-standing"
    text = f"{len(standing)} of {len(mine)} endorsements stand; one that does not is shown as such."
    return CheckResult("endorsements", Outcome.PASSED, code, text)


def _components(parts: tuple[Part, ...]) -> CheckResult:
    """11b. A failed component fails the stack; an undecided one leaves it undecided."""
    mine = [part for part in parts if part.kind == "component"]
    if not mine:
        return CheckResult("components", Outcome.SKIPPED, "none", "It is not made of other credentials.")
    for verdict, outcome, code in (
        (Verdict.NOT_VERIFIED, Outcome.FAILED, "component-failed"),
        (Verdict.UNDECIDED, Outcome.UNDECIDED, "component-undecided"),
    ):
        bad = [part for part in mine if part.report.verdict is verdict]
        if bad:
            text = f"Of its {len(mine)} components, {bad[0].title} does not hold up: {bad[0].report.summary}"
            return CheckResult("components", outcome, code, text)
    return CheckResult("components", Outcome.PASSED, "components-verified", f"All {len(mine)} components verify.")
