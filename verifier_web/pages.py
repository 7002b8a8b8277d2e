"""What the verdict page shows, as values: pure functions from a judgement to what the templates lay out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from registry.checks.facts import ChainFacts
from registry.checks.report import Outcome, Verdict, standing
from registry.checks.sentences import moment
from registry.core.sentence import Sentence, then
from verifier_web import labels as label
from verifier_web import wording as say
from verifier_web.credential import CredentialView, Fact, credential_view
from verifier_web.holder import HolderView, holder_view
from verifier_web.issuer import IssuerView, is_proven, issuer_view
from verifier_web.path_tree import PathTree, path_tree
from verifier_web.recheck import RecheckView, recheck_view
from verifier_web.text import identifier, json_text, line, paragraph

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.chain.networks import Network
    from registry.checks.facts import Facts
    from registry.checks.report import CheckResult, Part, Report
    from verifier_web.desk import Judged

MAX_PARTS = 24
"""Most embedded endorsements and components that are shown."""
TONES = {
    Verdict.VERIFIED: "good",
    Verdict.NOT_VERIFIED: "bad",
    Verdict.UNDECIDED: "open",
    Verdict.NOT_A_CREDENTIAL: "none",
}
"""Colour and icon of a verdict; the words never depend on them."""
OUTCOME_TONES = {
    Outcome.PASSED: "good",
    Outcome.FAILED: "bad",
    Outcome.UNDECIDED: "open",
    Outcome.SKIPPED: "none",
}
"""Colour and icon of a check's outcome."""


@dataclass(frozen=True, slots=True)
class CheckView:
    """One check."""

    title: str
    """What was checked."""
    tone: str
    """Icon and colour."""
    outcome: str
    """How it ended, in words."""
    detail: str
    """A finished sentence."""
    code: str
    """The stable code of the finding."""


@dataclass(frozen=True, slots=True)
class PartView:
    """An embedded endorsement or component with its own verdict."""

    kind: str
    """Which of the two."""
    title: str
    """Its name."""
    tone: str
    """Icon and colour of its verdict."""
    summary: str
    """Its verdict as a sentence; of an endorsement, whether it stands."""
    comment: str
    """What an endorser says."""
    issuer: IssuerView
    """Who issued it, by what is proven."""
    checks: tuple[CheckView, ...]
    """Its own checks."""


@dataclass(frozen=True, slots=True)
class VerdictPage:
    """Everything on the verdict page, verdict first."""

    tone: str
    """Icon and colour."""
    word: str
    """The verdict in one or two words."""
    headline: str
    """The verdict as a sentence, with the network in it."""
    meaning: str
    """What that means, and what to do."""
    network_note: str
    """What a test or local network is worth, where a verdict stands on it; else empty."""
    may_compare: bool
    """Whether asking whose it is can add anything."""
    proven: bool
    """Whether the text is proven to be the issuer's; if not, it is labelled as a claim."""
    holder: HolderView
    """Whose it is."""
    issuer: IssuerView
    """From whom."""
    credential: CredentialView
    """What it says."""
    checks: tuple[CheckView, ...]
    """Every check, in order."""
    parts: tuple[PartView, ...]
    """What it contains."""
    more_parts: int
    """How many of these are not shown."""
    recheck: RecheckView
    """How to ask the contract oneself."""
    tree: PathTree | None
    """The way from the leaf to the root; None where there is none."""
    raw: tuple[Fact, ...]
    """What was read from the chain and the receipt."""
    document: str
    """The credential's JSON."""


def verdict_page(judged: Judged, networks: Mapping[str, Network]) -> VerdictPage:
    """Return the page for one judged credential, `networks` being the verifier's own, by name."""
    report, facts = judged.report, judged.facts
    proven = is_proven(report)
    asked = asked_of(report)
    parts = _parts(report, facts)
    headline, rest = sentences(report.summary)
    meaning = _meaning(report, proven=proven)
    return VerdictPage(
        tone=TONES[report.verdict],
        word=say.VERDICT_WORDS[report.verdict],
        headline=headline,
        meaning=meaning if rest is None else then(rest, meaning),
        network_note=_network_note(report),
        may_compare=report.verdict is not Verdict.NOT_VERIFIED or asked is not None,
        proven=proven,
        holder=holder_view(facts.presented.document, asked, proven=proven),
        issuer=issuer_view(report, facts),
        credential=credential_view(facts),
        checks=_checks(report),
        parts=parts[:MAX_PARTS],
        more_parts=max(0, len(parts) - MAX_PARTS),
        recheck=recheck_view(judged, networks),
        tree=_tree(facts),
        raw=_raw(facts),
        document=_document(judged),
    )


def asked_of(report: Report) -> CheckResult | None:
    """Return the check of whose it is, if somebody asked."""
    asked = (one for one in report.checks if one.check == "recipient" and one.outcome is not Outcome.SKIPPED)
    return next(asked, None)


def sentences(summary: Sentence) -> tuple[str, Sentence | None]:
    """Return the first sentence, which is the headline, and what is said beside it, if anything is."""
    first, rest = summary.values.get("first"), summary.values.get("rest")
    if isinstance(first, Sentence) and isinstance(rest, Sentence):
        return line(first), rest
    return line(summary), None


def _meaning(report: Report, *, proven: bool) -> Sentence:
    if proven and report.reason in say.MEANINGS_GENUINE:
        return Sentence(say.MEANINGS_GENUINE[report.reason])
    return Sentence(say.MEANINGS.get(report.reason, say.MEANINGS_ELSE[report.verdict]))


def _network_note(report: Report) -> str:
    if report.verdict is not Verdict.VERIFIED or report.network_kind is None:
        return ""
    return say.NETWORK_NOTES.get(report.network_kind, "")


def _checks(report: Report) -> tuple[CheckView, ...]:
    return tuple(_check(result) for result in report.checks)


def _check(result: CheckResult) -> CheckView:
    return CheckView(
        title=say.CHECK_TITLES.get(result.check, result.check),
        tone=OUTCOME_TONES[result.outcome],
        outcome=say.OUTCOME_WORDS[result.outcome],
        detail=paragraph(result.detail),
        code=result.code,
    )


def _parts(report: Report, facts: Facts) -> tuple[PartView, ...]:
    return tuple(_part(part, read.facts) for part, read in zip(report.parts, facts.parts, strict=True))


def _part(part: Part, facts: Facts) -> PartView:
    endorses = part.kind == "endorsement"
    issuer = issuer_view(part.report, facts)
    return PartView(
        kind=say.PART_KINDS.get(part.kind, part.kind),
        title=line(part.title),
        tone=TONES[part.report.verdict],
        summary=line(standing(part.report) if endorses else part.report.summary),
        comment=paragraph(part.comment),
        issuer=replace(issuer, label=say.ENDORSED_BY) if endorses else issuer,
        checks=_checks(part.report),
    )


def _tree(facts: Facts) -> PathTree | None:
    leaf = facts.presented.leaf_hash
    return path_tree(leaf, facts.receipt.proof) if leaf is not None and facts.receipt is not None else None


def _raw(facts: Facts) -> tuple[Fact, ...]:
    presented, receipt, chain = facts.presented, facts.receipt, facts.chain
    found: list[tuple[str, Any]] = [
        (label.CHECKED_AT, moment(facts.now)),
        (label.CREDENTIAL, identifier(presented.credential_id)),
        (label.ISSUER, identifier(presented.issuer_did)),
        (label.LEAF_SHOWN, presented.leaf_hash and presented.leaf_hash.to_hex()),
        (label.KEY_HASH, presented.signature.key_hash and presented.signature.key_hash.to_hex()),
    ]
    if receipt is not None:
        found += [
            (label.LEAF_RECEIPT, receipt.leaf_hash.to_hex()),
            (label.ROOT, receipt.root.to_hex()),
            (label.INDEX, str(receipt.proof.index)),
            (label.SIZE, str(receipt.proof.tree_size)),
            (label.PATH, "\n".join(sibling.to_hex() for sibling in receipt.proof.path)),
        ]
    if isinstance(chain, ChainFacts):
        found += _raw_chain(chain)
    return tuple(Fact(label, paragraph(value, 8192)) for label, value in found if value)


def _raw_chain(chain: ChainFacts) -> list[tuple[str, Any]]:
    anchor = chain.finalized.anchor or chain.latest.anchor
    found = [
        (label.CHAIN, f"eip155:{chain.network.chain_id}"),
        (label.CONTRACT, chain.network.contract.checksummed()),
        (label.ACCOUNT, chain.issuer_account.checksummed()),
        (label.FINALIZED, str(chain.finalized.block_number)),
        (label.LATEST, str(chain.latest.block_number)),
    ]
    if anchor is not None:
        found += [(label.ANCHORED_AT, moment(anchor.anchored_at)), (label.ANCHORED_IN, str(anchor.block_number))]
    return found


def _document(judged: Judged) -> str:
    return json_text(judged.facts.presented.document)
