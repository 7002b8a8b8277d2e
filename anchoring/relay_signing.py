"""The issuer's side of relaying: sign for every sealed batch that neither stands on the chain nor is on its way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from anchoring.job import by_standing, permitted
from anchoring.relay_request import MAX_REQUESTS, RelayRequest, RelayTerms
from anchoring.signed_check import require_signed_by
from registry.core.submission import SubmissionState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from anchoring.drive import Desk
    from registry.core.account import Address
    from registry.core.submission import BatchRef

NOTHING_SENT = frozenset({SubmissionState.PLANNED, SubmissionState.STUCK})
"""States of a submission whose batches may wait long for their own account's ether."""


@dataclass(frozen=True, slots=True)
class SignedBatches:
    """What was signed, and what was not."""

    requests: tuple[RelayRequest, ...]
    """One for each batch, oldest batch first."""
    standing: tuple[BatchRef, ...]
    """Batches that the contract holds already; the next run adopts them."""
    skipped: tuple[str, ...]
    """Batches that were left alone and why, as sentences."""


def sign_batches(desk: Desk, signer: Address, seal: Callable[[], object], deadline_seconds: int) -> SignedBatches:
    """Seal, and sign a relay request for every batch that still has to be anchored; at most 1,000 of them.

    Nothing is sent, and the account needs no ether. Signing again later is harmless: the same batch is
    never anchored twice.

    Raises:
        ChainUnavailableError: the chain does not answer, or holds no contract.
        WrongChainError: an endpoint answers for another chain.
        PassphraseError, KeyFileError: the key cannot be opened; nothing was signed.
        SignedOtherwiseError: the signer returned something else than its signature over the request.

    """
    seal()
    # A crash here leaves sealed batches; signing again, or the next run, finds them.
    desk.chain.require_contract()
    standing, missing = by_standing(desk, waiting_batches(desk))
    allowed, skipped = permitted(desk, signer, missing)
    if len(allowed) > MAX_REQUESTS:
        skipped.append(f"Only the oldest {MAX_REQUESTS:,} of {len(allowed):,} batches were signed; relay those first.")
    requests = tuple(_signed(desk, signer, batch, deadline_seconds) for batch in allowed[:MAX_REQUESTS])
    return SignedBatches(requests, tuple(standing), tuple(skipped))


def waiting_batches(desk: Desk) -> Sequence[BatchRef]:
    """Return the sealed batches that no submission carries, or one of which nothing is on its way, oldest first."""
    begun = desk.rows.submissions(desk.chain.network.chain_id, unfinished=True)
    idle = [batch for one in begun if one.state in NOTHING_SENT for batch in one.what.batches]
    return sorted([*desk.rows.unclaimed_batches(), *idle], key=lambda batch: batch.batch_id)


def _signed(desk: Desk, signer: Address, batch: BatchRef, deadline_seconds: int) -> RelayRequest:
    network = desk.chain.network
    terms = RelayTerms(network.chain_id, network.contract, batch, signer, deadline_seconds)
    signature = desk.signers[signer].sign_typed_data(terms.typed_data())
    require_signed_by(signature, terms.typed_data(), signer)
    return RelayRequest(terms, signature)
