"""The checks, in the order of design.md's table: each takes the facts and gives one result.

1 format  2 signature  3 inclusion  4 anchor  5 finality  6 issuer-key  7 issuer-identity
8 validity-period  9 status  10 recipient  10a endorsed (of an endorsement alone, in endorsed.py)
11 endorsements and components (in verdict.py)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.checks.facts import (
    NOT_ASKED,
    ChainFacts,
    Status,
    StatusListAnswer,
    UnknownNetwork,
    Unreachable,
)
from registry.checks.proven import voucher
from registry.checks.recipient import recipient_matches
from registry.checks.report import CheckResult, Outcome
from registry.checks.sentences import day, moment, reason_words
from registry.core.did import did_hash
from registry.core.errors import ProofLengthError, RootMismatchError
from registry.core.proof import require_inclusion

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.checks.facts import AnchorRecord, ChainView, Facts

PASSED, FAILED, UNDECIDED, SKIPPED = Outcome.PASSED, Outcome.FAILED, Outcome.UNDECIDED, Outcome.SKIPPED


def check_format(facts: Facts) -> CheckResult:
    """1. The document is a strict Open Badges 3.0 credential with contexts we serve and no undefined term."""
    problems = facts.presented.format_problems
    refused = [problem for problem in problems if not problem.undecided]
    for problem in refused or problems:
        outcome = UNDECIDED if problem.undecided else FAILED
        return CheckResult("format", outcome, problem.code, problem.detail)
    return CheckResult("format", PASSED, "well-formed", "The document is a well-formed Open Badges 3.0 credential.")


def check_signature(facts: Facts) -> CheckResult:
    """2. The issuer's proof verifies under the key it names, and that key's DID is the issuer's."""
    finding = facts.presented.signature
    return CheckResult("signature", Outcome(finding.outcome), finding.code, finding.detail)


def check_inclusion(facts: Facts) -> CheckResult:
    """3. The leaf recomputed from the shown JSON leads to the receipt's root; no RPC is asked."""
    receipt, leaf = facts.receipt, facts.presented.leaf_hash
    if receipt is None:
        return _no_receipt(facts)
    if leaf != receipt.leaf_hash:
        text = "The receipt belongs to other content: what is shown is not what was anchored."
        return CheckResult("inclusion", FAILED, "leaf-mismatch", text)
    try:
        require_inclusion(receipt.leaf_hash, receipt.proof, receipt.root)
    except (ProofLengthError, RootMismatchError) as error:
        text = f"The receipt does not prove that the credential is in its batch: {error}."
        return CheckResult("inclusion", FAILED, error.code, text)
    size = receipt.proof.tree_size
    text = f"Exactly this content is in the issuer's sealed batch of {size:,} credential{'s' if size > 1 else ''}."
    return CheckResult("inclusion", PASSED, "included", text)


def check_anchor(facts: Facts) -> CheckResult:
    """4. The pinned contract of an accepted chain holds (issuer, root, tree size)."""
    chain = facts.chain
    if not isinstance(chain, ChainFacts):
        return _without_chain("anchor", facts)
    anchor = _anchor(chain)
    if anchor is None:
        if facts.receipt is not None and facts.receipt.state == "pending":
            text = "Its receipt says that anchoring is under way, but the chain does not show it yet."
            return CheckResult("anchor", UNDECIDED, "waiting-for-anchor", text)
        named = _block_named(facts, chain)
        if named > chain.latest.block_number:
            text = (
                f"The receipt names block {named:,}, and the endpoints of {chain.network.title} show none newer than "
                f"{chain.latest.block_number:,}: they are behind, or the receipt is wrong."
            )
            return CheckResult("anchor", UNDECIDED, "chain-behind", text)
        text = f"The registry contract on {chain.network.title} holds no such batch of this issuer."
        return CheckResult("anchor", FAILED, "not-anchored", text)
    text = f"The batch was anchored on {chain.network.title} on {moment(anchor.anchored_at)}."
    return CheckResult("anchor", PASSED, "anchored", text)


def check_finality(facts: Facts) -> CheckResult:
    """5. The anchor is in a finalized block."""
    chain = facts.chain
    if not isinstance(chain, ChainFacts):
        return _without_chain("finality", facts)
    if chain.finalized.anchor is not None:
        text = f"Its block {chain.finalized.anchor.block_number:,} is final and cannot be undone."
        return CheckResult("finality", PASSED, "final", text)
    if chain.latest.anchor is None:
        return CheckResult("finality", SKIPPED, "no-anchor", "There is no anchor whose block could be final.")
    text = "The anchor's block is not final yet; this resolves by itself, usually within 15 minutes."
    return CheckResult("finality", UNDECIDED, "waiting-for-finality", text)


def check_issuer_key(facts: Facts) -> CheckResult:
    """6. The signing key was the issuer's on chain at anchoring time."""
    chain = facts.chain
    if not isinstance(chain, ChainFacts):
        return _without_chain("issuer-key", facts)
    anchor, key = _anchor(chain), chain.key
    if anchor is None:
        return CheckResult(
            "issuer-key", SKIPPED, "no-anchor", "There is no anchor whose date the key could be judged at."
        )
    if facts.presented.signature.key_hash is None:
        text = "The credential does not say which key signed it in a way we can read."
        return CheckResult("issuer-key", UNDECIDED, "key-unknown", text)
    if key is None:
        text = "The key that signed the credential was never one of this issuer's keys on the chain."
        return CheckResult("issuer-key", FAILED, "not-the-issuers-key", text)
    if anchor.anchored_at < key.added_at:
        text = f"The signing key became the issuer's only on {day(key.added_at)}, after the credential was anchored."
        return CheckResult("issuer-key", FAILED, "key-not-yet-added", text)
    if key.retired_since is not None and anchor.anchored_at >= key.retired_since:
        text = f"The issuer retired the signing key from {day(key.retired_since)}, before the credential was anchored."
        return CheckResult("issuer-key", FAILED, "key-retired", text)
    text = "The key that signed it was the issuer's when the credential was anchored."
    return CheckResult("issuer-key", PASSED, "key-active", text)


def check_issuer_identity(facts: Facts) -> CheckResult:
    """7. The on-chain DID is `issuer.id`, and a trusted accreditor or the DID document confirms the account."""
    chain = facts.chain
    if not isinstance(chain, ChainFacts):
        return _without_chain("issuer-identity", facts)
    did = facts.presented.issuer_did
    if chain.issuer is None or chain.issuer.did_hash != did_hash(did):
        text = f"On the chain, the batch belongs to somebody other than {did}."
        return CheckResult("issuer-identity", FAILED, "not-the-issuer", text)
    said = voucher(facts)
    if said is not None:
        who = said.accreditor_name
        text = f"{who[:1].upper()}{who[1:]} vouches on the chain that this issuer is {said.name}."
        return CheckResult("issuer-identity", PASSED, "accredited", text)
    return _identity_by_did_document(facts, chain)


def check_validity_period(facts: Facts) -> CheckResult:
    """8. Now is within validFrom..validUntil, both inclusive (VCDM 2.0, 4.9)."""
    start, end = facts.presented.valid_from, facts.presented.valid_until
    if start is not None and facts.now < start:
        return CheckResult("validity-period", FAILED, "not-yet-valid", f"It becomes valid only on {day(start)}.")
    if end is not None and facts.now > end:
        return CheckResult("validity-period", FAILED, "expired", f"It expired on {day(end)}.")
    text = f"It is valid until {day(end)}." if end else "It has no end date."
    return CheckResult("validity-period", PASSED, "in-period", text)


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
        return CheckResult("status", FAILED, "revoked", "The issuer's status list says that it is revoked.")
    if not isinstance(chain, ChainFacts):
        return _without_chain("status", facts)
    if chain.finalized.status is None:
        text = "The state proof is that of the whole batch: it does not say whether this credential was revoked."
        return CheckResult("status", UNDECIDED, "status-not-proven", text)
    text = "The issuer has neither revoked nor suspended it." + _note_on_list(facts)
    return CheckResult("status", PASSED, "active", text)


def check_recipient(facts: Facts) -> CheckResult:
    """10. Asked for an e-mail, id or name: it matches the (hashed) identifier or name."""
    if facts.expected is NOT_ASKED:
        text = "Nobody asked whose it is: compare the name shown with the person before you."
        return CheckResult("recipient", SKIPPED, "not-asked", text)
    if recipient_matches(facts.presented.document, facts.expected.text):
        text = "It was issued to the person you asked about."
        return CheckResult("recipient", PASSED, "recipient-matches", text)
    text = f"It was not issued to {facts.expected.text}."
    return CheckResult("recipient", FAILED, "another-recipient", text)


CHECKS: tuple[Callable[[Facts], CheckResult], ...] = (
    check_format,
    check_signature,
    check_inclusion,
    check_anchor,
    check_finality,
    check_issuer_key,
    check_issuer_identity,
    check_validity_period,
    check_status,
    check_recipient,
)
"""All checks of a single credential, in order."""


def _no_receipt(facts: Facts) -> CheckResult:
    if facts.receipt_unreachable is not None:
        text = f"No receipt came with it, and the issuer's registry gave none: {facts.receipt_unreachable.why}."
        return CheckResult("inclusion", UNDECIDED, "receipt-unreachable", text)
    text = "No receipt came with it: signed, but not anchored as far as we can see."
    return CheckResult("inclusion", UNDECIDED, "no-receipt", text)


def _without_chain(check: str, facts: Facts) -> CheckResult:
    chain = facts.chain
    if isinstance(chain, Unreachable):
        text = f"The chain could not be asked, so this is not known: {chain.why}."
        return CheckResult(check, UNDECIDED, "chain-unreachable", text)
    if isinstance(chain, UnknownNetwork):
        if not chain.chains:
            text = "Its batch is sealed, but its receipt names no chain yet: it waits to be anchored."
            return CheckResult(check, UNDECIDED, "waiting-for-anchor", text)
        text = f"The receipt names {', '.join(chain.chains)}, which this verifier does not accept."
        return CheckResult(check, UNDECIDED, "wrong-network", text)
    return CheckResult(check, UNDECIDED, "no-receipt", "Without a receipt there is nothing to ask the chain about.")


def _block_named(facts: Facts, chain: ChainFacts) -> int:
    """Return the block in which the receipt says that the batch was anchored on this chain; 0 if it names none.

    It is a hint, and so it can never make anything verified; but what an endpoint has not seen yet, it cannot deny.
    """
    anchors = facts.receipt.anchors if facts.receipt else ()
    return max((one.block_number or 0 for one in anchors if one.chain_id == chain.network.chain_id), default=0)


def _anchor(chain: ChainFacts) -> AnchorRecord | None:
    return chain.finalized.anchor or chain.latest.anchor


def _bad_status(view: ChainView) -> CheckResult | None:
    if view.anchor is not None and view.anchor.revoked_at is not None:
        text = f"The issuer revoked the whole batch on {day(view.anchor.revoked_at)}."
        return CheckResult("status", FAILED, "batch-revoked", text)
    status = view.status
    if status is None:
        return None
    if status.status is Status.REVOKED:
        when = f" on {day(status.revoked_at)}" if status.revoked_at else ""
        text = f"The issuer revoked it{when}{reason_words(status.reason)}."
        return CheckResult("status", FAILED, "revoked", text)
    if status.status is Status.SUSPENDED:
        since = f" since {day(status.suspended_at)}" if status.suspended_at else ""
        text = f"The issuer has suspended it{since}; a suspension can be lifted."
        return CheckResult("status", FAILED, "suspended", text)
    return None


def _note_on_list(facts: Facts) -> str:
    listed = facts.status_list
    if isinstance(listed, Unreachable):
        return f" (Its status list could not be read: {listed.why}; the chain decides.)"
    if isinstance(listed, StatusListAnswer) and not listed.trusted:
        return (
            " (Its status list is not signed by the issuer with a key it has now; it was ignored, the chain decides.)"
        )
    return ""


def _identity_by_did_document(facts: Facts, chain: ChainFacts) -> CheckResult:
    services = facts.did_services
    did = facts.presented.issuer_did
    if isinstance(services, Unreachable):
        text = f"No accreditor you trust vouches for it, and its DID document could not be read: {services.why}."
        return CheckResult("issuer-identity", UNDECIDED, "issuer-unconfirmed", text)
    if services is NOT_ASKED or not services:
        text = f"The key is right, but nobody you trust confirms who is behind {did}."
        return CheckResult("issuer-identity", UNDECIDED, "issuer-unconfirmed", text)
    named = {(one.chain_id, one.contract): one.issuer for one in services}
    account = named.get((chain.network.chain_id, chain.network.contract))
    if account == chain.issuer_account:
        text = f"The issuer's own web site confirms this account on the chain ({did})."
        return CheckResult("issuer-identity", PASSED, "domain-confirmed", text)
    if account is None:
        text = f"The DID document of {did} names no account on {chain.network.title}."
        return CheckResult("issuer-identity", UNDECIDED, "issuer-unconfirmed", text)
    text = f"The DID document of {did} names another account than the one that anchored this."
    return CheckResult("issuer-identity", FAILED, "not-the-issuer", text)
