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
from registry.checks.stacked import of_another, standing_twice, untied
from registry.core.sentence import Number, Sentence, counted, joined_on, then
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
    "altered": Sentence("Not verified: the content was altered after it was signed."),
    "leaf-mismatch": Sentence("Not verified: what is shown is not what was anchored."),
    "revoked": Sentence("Not verified: the issuer revoked it."),
    "batch-revoked": Sentence("Not verified: the issuer revoked the batch it was anchored in."),
    "suspended": Sentence("Not verified: the issuer has suspended it."),
    "expired": Sentence("Not verified: it has expired."),
    "not-yet-valid": Sentence("Not verified: it is not valid yet."),
    "not-anchored": Sentence("Not verified: the issuer did not anchor it."),
    "not-the-issuer": Sentence("Not verified: it was anchored by somebody other than the named issuer."),
    "key-retired": Sentence("Not verified: it was anchored after the issuer had retired the signing key."),
    "endorses-something-else": Sentence("Not verified: it endorses something else than what it stands in."),
    "endorsed-by-id-alone": Sentence(
        "Cannot tell: it names what it endorses by an id alone, and does not fix its text."
    ),
    "another-recipient": Sentence("Not verified for this person: it was issued to somebody else."),
    "component-twice": Sentence("Not verified: a credential that it is made of stands in it more than once."),
    "component-of-another": Sentence(
        "Cannot tell: a credential that it is made of names somebody else as its recipient."
    ),
    "component-failed": Sentence("Not verified: a credential it is made of does not hold."),
    "waiting-for-finality": Sentence("Cannot tell yet: the anchor waits to become final; this resolves by itself."),
    "waiting-for-anchor": Sentence("Cannot tell yet: it is signed and waits to be anchored; this resolves by itself."),
    "no-receipt": Sentence("Cannot tell: signed, but not anchored as far as we can see."),
    "receipt-unreachable": Sentence("Cannot tell: signed, but the issuer's registry gave no receipt."),
    "chain-unreachable": then(
        Sentence("Cannot tell: the chain could not be reached."),
        Sentence("This says nothing against the credential."),
    ),
    "chain-behind": Sentence("Cannot tell: the chain's endpoints are behind the block that the receipt names."),
    "wrong-network": Sentence("Cannot tell: it was anchored on a network that this verifier does not accept."),
    "status-not-proven": Sentence(
        "Cannot tell: the state proof does not cover whether the issuer revoked or suspended it."
    ),
    "issuer-unconfirmed": Sentence("Cannot tell: nobody you trust confirms who the issuer is."),
}
"""One sentence for each cause that people meet; other causes speak through their check's own sentence."""


def judge(facts: Facts) -> Report:
    """Return the report on one credential and everything embedded in it."""
    parts = tuple(_judged(part) for part in facts.parts)
    results = [check(facts) for check in CHECKS]
    results += endorsed_results(facts)
    results += _endorsements(parts), _components(parts, facts)
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


def _sentence(verdict: Verdict, decisive: CheckResult | None, network: NetworkRef | None) -> Sentence:
    if decisive is None:
        verified = Sentence("Verified on {network}.")
        return verified.format(network=Sentence(network.title)) if network else Sentence("Verified.")
    if decisive.code in SENTENCES:
        return SENTENCES[decisive.code]
    finding = joined_on(decisive.detail)
    if verdict is Verdict.NOT_VERIFIED:
        return Sentence("Not verified: {finding}", finding=finding)
    return Sentence("Cannot tell: {finding}", finding=finding)


def _endorsements(parts: tuple[Part, ...]) -> CheckResult:
    """11a. A failed endorsement is shown as withdrawn; it never spoils what it endorsed."""
    mine = [part for part in parts if part.kind == "endorsement"]
    if not mine:
        return CheckResult("endorsements", Outcome.SKIPPED, "none", Sentence("It carries no endorsements."))
    standing = [part for part in mine if part.report.verdict is Verdict.VERIFIED]
    code = "endorsed" if len(standing) == len(mine) else "endorsement-not-standing"
    text = counted(
        "{standing} of {number} endorsements stand; one that does not is shown as such.",
        len(mine),
        standing=Number(len(standing)),
    )
    return CheckResult("endorsements", Outcome.PASSED, code, text)


def _components(parts: tuple[Part, ...], facts: Facts) -> CheckResult:
    """11b. A failed component fails the stack; an undecided one leaves it undecided. None counts twice."""
    mine = [part for part in parts if part.kind == "component"]
    if not mine:
        text = Sentence("It is not made of other credentials.")
        return CheckResult("components", Outcome.SKIPPED, "none", text)
    inside = [part.facts for part in facts.parts if part.kind == "component"]
    twice, stranger = standing_twice(inside), of_another(facts, inside)
    if failed := _unsound(mine, Verdict.NOT_VERIFIED):
        return CheckResult("components", Outcome.FAILED, "component-failed", failed)
    if twice:
        text = counted(
            "{title} stands in it more than once, and none of its {number} components may count twice.",
            len(mine),
            title=twice,
        )
        return CheckResult("components", Outcome.FAILED, "component-twice", text)
    if undecided := _unsound(mine, Verdict.UNDECIDED):
        return CheckResult("components", Outcome.UNDECIDED, "component-undecided", undecided)
    if stranger:
        text = Sentence(
            "{title} names somebody else as its recipient, and nothing shows that they are the same person.",
            title=stranger,
        )
        return CheckResult("components", Outcome.UNDECIDED, "component-of-another", text)
    return CheckResult("components", Outcome.PASSED, "components-verified", _sound(len(mine), untied(facts, inside)))


def _sound(components: int, untied_ones: int) -> Sentence:
    if not untied_ones:
        return counted("All {number} components verify.", components)
    return counted(
        "All {number} components verify. That {untied} of them are this person's is the issuer's own word.",
        components,
        untied=Number(untied_ones),
    )


def _unsound(components: list[Part], verdict: Verdict) -> Sentence | None:
    """Return a sentence on the first component with this verdict; None if none has it."""
    bad = next((part for part in components if part.report.verdict is verdict), None)
    if bad is None:
        return None
    return counted(
        "Of its {number} components, {title} does not hold up: {summary}",
        len(components),
        title=bad.title,
        summary=bad.report.summary,
    )
