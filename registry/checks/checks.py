"""The checks, in the order of design.md's table: each takes the facts and gives one result.

1 format  2 signature  3 inclusion  4 anchor  5 finality  6 issuer-key  7 issuer-identity
8 validity-period  9 status (in standing.py)  10 recipient  10a endorsed (of an endorsement alone, in endorsed.py)
11 endorsements and components (in verdict.py)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.checks.facts import (
    NOT_ASKED,
    ChainFacts,
    Unreachable,
)
from registry.checks.proven import voucher
from registry.checks.recipient import recipient_matches
from registry.checks.report import CheckResult, Outcome
from registry.checks.sentences import day, moment
from registry.checks.standing import check_status
from registry.checks.without_chain import without_chain
from registry.core.did import did_hash
from registry.core.errors import ProofLengthError, RootMismatchError
from registry.core.proof import require_inclusion
from registry.core.sentence import Number, Sentence, counted, technical

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.checks.facts import AnchorRecord, Facts

PASSED, FAILED, UNDECIDED, SKIPPED = Outcome.PASSED, Outcome.FAILED, Outcome.UNDECIDED, Outcome.SKIPPED


def check_format(facts: Facts) -> CheckResult:
    """1. The document is a strict Open Badges 3.0 credential with contexts we serve and no undefined term."""
    problems = facts.presented.format_problems
    refused = [problem for problem in problems if not problem.undecided]
    for problem in refused or problems:
        outcome = UNDECIDED if problem.undecided else FAILED
        return CheckResult("format", outcome, problem.code, technical(problem.detail))
    text = Sentence("The document is a well-formed Open Badges 3.0 credential.")
    return CheckResult("format", PASSED, "well-formed", text)


def check_signature(facts: Facts) -> CheckResult:
    """2. The issuer's proof verifies under the key it names, and that key's DID is the issuer's."""
    finding = facts.presented.signature
    return CheckResult("signature", Outcome(finding.outcome), finding.code, technical(finding.detail))


def check_inclusion(facts: Facts) -> CheckResult:
    """3. The leaf recomputed from the shown JSON leads to the receipt's root; no RPC is asked."""
    receipt, leaf = facts.receipt, facts.presented.leaf_hash
    if receipt is None:
        return _no_receipt(facts)
    if leaf != receipt.leaf_hash:
        text = Sentence("The receipt belongs to other content: what is shown is not what was anchored.")
        return CheckResult("inclusion", FAILED, "leaf-mismatch", text)
    try:
        require_inclusion(receipt.leaf_hash, receipt.proof, receipt.root)
    except (ProofLengthError, RootMismatchError) as error:
        text = Sentence("The receipt does not prove that the credential is in its batch: {why}.", why=str(error))
        return CheckResult("inclusion", FAILED, error.code, text)
    text = counted(
        "Exactly this content is in the issuer's sealed batch of {number} credentials.",
        receipt.proof.tree_size,
        one="Exactly this content is in the issuer's sealed batch of {number} credential.",
    )
    return CheckResult("inclusion", PASSED, "included", text)


def check_anchor(facts: Facts) -> CheckResult:
    """4. The pinned contract of an accepted chain holds (issuer, root, tree size)."""
    chain = facts.chain
    if not isinstance(chain, ChainFacts):
        return without_chain("anchor", facts)
    anchor, network = _anchor(chain), Sentence(chain.network.title)
    if anchor is None:
        if facts.receipt is not None and facts.receipt.state == "pending":
            text = Sentence("Its receipt says that anchoring is under way, but the chain does not show it yet.")
            return CheckResult("anchor", UNDECIDED, "waiting-for-anchor", text)
        named = _block_named(facts, chain)
        if named > chain.latest.block_number:
            return _chain_behind(chain, named)
        text = Sentence("The registry contract on {network} holds no such batch of this issuer.", network=network)
        return CheckResult("anchor", FAILED, "not-anchored", text)
    text = Sentence("The batch was anchored on {network} on {at}.", network=network, at=moment(anchor.anchored_at))
    return CheckResult("anchor", PASSED, "anchored", text)


def check_finality(facts: Facts) -> CheckResult:
    """5. The anchor is in a finalized block."""
    chain = facts.chain
    if not isinstance(chain, ChainFacts):
        return without_chain("finality", facts)
    if chain.finalized.anchor is not None:
        block = Number(chain.finalized.anchor.block_number)
        text = Sentence("Its block {block} is final and cannot be undone.", block=block)
        return CheckResult("finality", PASSED, "final", text)
    if chain.latest.anchor is None:
        text = Sentence("There is no anchor whose block could be final.")
        return CheckResult("finality", SKIPPED, "no-anchor", text)
    text = Sentence("The anchor's block is not final yet; this resolves by itself, usually within 15 minutes.")
    return CheckResult("finality", UNDECIDED, "waiting-for-finality", text)


def check_issuer_key(facts: Facts) -> CheckResult:
    """6. The signing key was the issuer's on chain at anchoring time."""
    chain = facts.chain
    if not isinstance(chain, ChainFacts):
        return without_chain("issuer-key", facts)
    anchor, key = _anchor(chain), chain.key
    if anchor is None:
        text = Sentence("There is no anchor whose date the key could be judged at.")
        return CheckResult("issuer-key", SKIPPED, "no-anchor", text)
    if facts.presented.signature.key_hash is None:
        text = Sentence("The credential does not say which key signed it in a way we can read.")
        return CheckResult("issuer-key", UNDECIDED, "key-unknown", text)
    if key is None:
        text = Sentence("The key that signed the credential was never one of this issuer's keys on the chain.")
        return CheckResult("issuer-key", FAILED, "not-the-issuers-key", text)
    if anchor.anchored_at < key.added_at:
        text = Sentence(
            "The signing key became the issuer's only on {day}, after the credential was anchored.",
            day=day(key.added_at),
        )
        return CheckResult("issuer-key", FAILED, "key-not-yet-added", text)
    if key.retired_since is not None and anchor.anchored_at >= key.retired_since:
        text = Sentence(
            "The issuer retired the signing key from {day}, before the credential was anchored.",
            day=day(key.retired_since),
        )
        return CheckResult("issuer-key", FAILED, "key-retired", text)
    text = Sentence("The key that signed it was the issuer's when the credential was anchored.")
    return CheckResult("issuer-key", PASSED, "key-active", text)


def check_issuer_identity(facts: Facts) -> CheckResult:
    """7. The on-chain DID is `issuer.id`, and a trusted accreditor or the DID document confirms the account."""
    chain = facts.chain
    if not isinstance(chain, ChainFacts):
        return without_chain("issuer-identity", facts)
    did = facts.presented.issuer_did
    if chain.issuer is None or chain.issuer.did_hash != did_hash(did):
        text = Sentence("On the chain, the batch belongs to somebody other than {did}.", did=did)
        return CheckResult("issuer-identity", FAILED, "not-the-issuer", text)
    said = voucher(facts)
    if said is not None:
        who = said.accreditor_name
        text = Sentence(
            "{accreditor} vouches on the chain that this issuer is {name}.",
            accreditor=f"{who[:1].upper()}{who[1:]}",
            name=said.name,
        )
        return CheckResult("issuer-identity", PASSED, "accredited", text)
    return _identity_by_did_document(facts, chain)


def check_validity_period(facts: Facts) -> CheckResult:
    """8. Now is within validFrom..validUntil, both inclusive (VCDM 2.0, 4.9)."""
    start, end = facts.presented.valid_from, facts.presented.valid_until
    if start is not None and facts.now < start:
        text = Sentence("It becomes valid only on {day}.", day=day(start))
        return CheckResult("validity-period", FAILED, "not-yet-valid", text)
    if end is not None and facts.now > end:
        return CheckResult("validity-period", FAILED, "expired", Sentence("It expired on {day}.", day=day(end)))
    text = Sentence("It is valid until {day}.", day=day(end)) if end else Sentence("It has no end date.")
    return CheckResult("validity-period", PASSED, "in-period", text)


def check_recipient(facts: Facts) -> CheckResult:
    """10. Asked for an e-mail, id or name: it matches the (hashed) identifier or name."""
    if facts.expected is NOT_ASKED:
        text = Sentence("Nobody asked whose it is: compare the name shown with the person before you.")
        return CheckResult("recipient", SKIPPED, "not-asked", text)
    if recipient_matches(facts.presented.document, facts.expected.text):
        text = Sentence("It was issued to the person you asked about.")
        return CheckResult("recipient", PASSED, "recipient-matches", text)
    text = Sentence("It was not issued to {whom}.", whom=facts.expected.text)
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
        text = Sentence(
            "No receipt came with it, and the issuer's registry gave none: {why}.", why=facts.receipt_unreachable.why
        )
        return CheckResult("inclusion", UNDECIDED, "receipt-unreachable", text)
    text = Sentence("No receipt came with it: signed, but not anchored as far as we can see.")
    return CheckResult("inclusion", UNDECIDED, "no-receipt", text)


def _chain_behind(chain: ChainFacts, named: int) -> CheckResult:
    text = Sentence(
        "The receipt names block {named}, and the endpoints of {network} show none newer than {newest}: they are "
        "behind, or the receipt is wrong.",
        named=Number(named),
        network=Sentence(chain.network.title),
        newest=Number(chain.latest.block_number),
    )
    return CheckResult("anchor", UNDECIDED, "chain-behind", text)


def _block_named(facts: Facts, chain: ChainFacts) -> int:
    """Return the block in which the receipt says that the batch was anchored on this chain; 0 if it names none.

    It is a hint, and so it can never make anything verified; but what an endpoint has not seen yet, it cannot deny.
    """
    anchors = facts.receipt.anchors if facts.receipt else ()
    return max((one.block_number or 0 for one in anchors if one.chain_id == chain.network.chain_id), default=0)


def _anchor(chain: ChainFacts) -> AnchorRecord | None:
    return chain.finalized.anchor or chain.latest.anchor


def _identity_by_did_document(facts: Facts, chain: ChainFacts) -> CheckResult:
    services = facts.did_services
    did = facts.presented.issuer_did
    if isinstance(services, Unreachable):
        text = Sentence(
            "No accreditor you trust vouches for it, and its DID document could not be read: {why}.", why=services.why
        )
        return CheckResult("issuer-identity", UNDECIDED, "issuer-unconfirmed", text)
    if services is NOT_ASKED or not services:
        text = Sentence("The key is right, but nobody you trust confirms who is behind {did}.", did=did)
        return CheckResult("issuer-identity", UNDECIDED, "issuer-unconfirmed", text)
    named = {(one.chain_id, one.contract): one.issuer for one in services}
    account = named.get((chain.network.chain_id, chain.network.contract))
    if account == chain.issuer_account:
        text = Sentence("The issuer's own web site confirms this account on the chain ({did}).", did=did)
        return CheckResult("issuer-identity", PASSED, "domain-confirmed", text)
    if account is None:
        network = Sentence(chain.network.title)
        text = Sentence("The DID document of {did} names no account on {network}.", did=did, network=network)
        return CheckResult("issuer-identity", UNDECIDED, "issuer-unconfirmed", text)
    text = Sentence("The DID document of {did} names another account than the one that anchored this.", did=did)
    return CheckResult("issuer-identity", FAILED, "not-the-issuer", text)
