"""The relayer's side: look at a request before anything is spent, then pay for the anchor that it asks for.

A relayer trusts nobody: chain and contract are those of its own networks.toml, and the contract itself is
asked whether it would take the request. Sending goes through `anchoring.calls`, so that signed bytes are
stored before they leave and an interrupted command can be repeated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from anchoring.calls import quote_call, submit_call
from anchoring.drive import LEASE_SECONDS
from anchoring.job import WAIT_SECONDS
from anchoring.sender import signer_of
from anchoring.steps import Wait
from registry.core.errors import AnchorMismatchError, SignatureError, StateError, VerificationError, WrongChainError
from registry.core.submission import Purpose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anchoring.chain import Quote
    from anchoring.drive import Desk
    from anchoring.relay_request import RelayRequest, RelayTerms
    from registry.core.account import Address
    from registry.core.submission import Mined, Standing, Submission

SECONDS_TO_SPARE = {"local": 0, "test": 60, "main": 60}
"""How long before its deadline a request is refused, by kind of network: a late transaction is paid for and fails."""


class RequestExpiredError(StateError):
    """The request's deadline has passed, or is too near for a block."""

    code = "request-expired"


class RoleMissingError(StateError):
    """The request's signer does not hold the issuer's anchor role now."""

    code = "role-missing"


class Outcome(StrEnum):
    """What became of a request."""

    RELAYED = "relayed"
    """Our transaction anchored it, or was mined after somebody else's did; either way it stands."""
    STANDS = "already-anchored"
    """The contract held the batch before we sent anything; nothing was paid."""
    WAITS = "on-its-way"
    """Our transaction is sent and not mined yet."""
    REFUSED = "refused"
    """It cannot be anchored; nothing was sent or paid."""
    QUOTED = "quoted"
    """It could be anchored now; it was a dry run."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was found about a request before anything was spent."""

    request: RelayRequest
    """The request."""
    standing: Standing | None = None
    """Where the contract holds the batch already."""
    quote: Quote | None = None
    """What it would cost; only if it can be relayed."""
    refusal: str = ""
    """Why it cannot be, as sentences; empty if it can."""


@dataclass(frozen=True, slots=True)
class Relayed:
    """What became of a request."""

    request: RelayRequest
    """The request."""
    outcome: Outcome
    """How it ended."""
    standing: Standing | None = None
    """Where the contract holds the batch; None while it does not."""
    mined: Mined | None = None
    """Our transaction, if there was one."""
    why: str = ""
    """What it waits for, or why it was refused, as sentences."""


def look_at(desk: Desk, payer: Address, request: RelayRequest) -> Look:
    """Return what relaying a request would cost, that it stands already, or why it is refused; nothing is sent.

    Raises:
        ChainUnavailableError: the chain does not answer, or holds no contract.

    """
    try:
        require_own_contract(desk, request.terms)
        desk.chain.require_contract()
        (standing,) = desk.chain.standings([request.terms.batch])
        if standing is not None:
            return Look(request, standing)
        _require_time(desk, request.terms)
        _require_signer(desk, request)
        return Look(request, quote=quote_call(desk, payer, request.call_data()))
    except (StateError, VerificationError) as error:
        return Look(request, refusal=str(error))


def total_cost(looks: Sequence[Look]) -> Quote | None:
    """Return what all requests that can be relayed cost together; None if there is none."""
    quotes = [look.quote for look in looks if look.quote is not None]
    if not quotes:
        return None
    return replace(
        quotes[-1],
        gas=sum(one.gas for one in quotes),
        likely_fee_wei=sum(one.likely_fee_wei for one in quotes),
        max_fee_wei=sum(one.max_fee_wei for one in quotes),
    )


def relay(desk: Desk, payer: Address, request: RelayRequest, wait_seconds: float = WAIT_SECONDS) -> Relayed:
    """Anchor a request's batch at the payer's cost, unless it stands by now; repeat it to go on after an interruption.

    Raises:
        FundsError, TransactionRevertedError, StateError, UnavailableError, InputError: as `submit_call` says.

    """
    if not _begun(desk, payer, request, signed=True):
        (standing,) = desk.chain.standings([request.terms.batch])
        if standing is not None:
            _give_up_unsigned(desk, payer, request)
            return Relayed(request, Outcome.STANDS, standing)
    progress = submit_call(desk, payer, relay_label(request.terms), request.call_data(), wait_seconds)
    mined = progress.submission.mined
    if mined is None:
        why = progress.step.why if isinstance(progress.step, Wait) else progress.submission.note
        return Relayed(request, Outcome.WAITS, why=why)
    (standing,) = desk.chain.standings([request.terms.batch])
    return Relayed(request, Outcome.RELAYED, standing, mined)


def relay_label(terms: RelayTerms) -> str:
    """Return what relaying is called: `relay the anchor of 3 credentials of 0x…`."""
    count = terms.batch.tree_size
    return f"relay the anchor of {count:,} credential{'' if count == 1 else 's'} of {terms.batch.issuer.checksummed()}"


def require_own_contract(desk: Desk, terms: RelayTerms) -> None:
    """Return if a request is for this desk's chain and contract.

    Raises:
        WrongChainError: it is for another chain.
        AnchorMismatchError: it is for another contract.

    """
    network = desk.chain.network
    if terms.chain_id != network.chain_id:
        raise WrongChainError(
            f"It is for chain {terms.chain_id}, and {network.title} is chain {network.chain_id}: name the request's "
            "network with --network."
        )
    if terms.contract != network.contract:
        raise AnchorMismatchError(
            f"It is for the contract {terms.contract.checksummed()}, and networks.toml says that the contract on "
            f"{network.title} is {network.contract.checksummed()}: ask the issuer for a request for that one."
        )


def _require_time(desk: Desk, terms: RelayTerms) -> None:
    network = desk.chain.network
    now = int(max(desk.clock.now(), desk.chain.now()).timestamp())
    left = terms.deadline_seconds - now
    if left < 0:
        raise RequestExpiredError(f"It expired {-left:,} seconds ago: ask the issuer for a new one.")
    if left < SECONDS_TO_SPARE[network.kind]:
        raise RequestExpiredError(
            f"It expires in {left} seconds, before {network.title} can be expected to take it: ask the issuer for a "
            "new one."
        )


def _require_signer(desk: Desk, request: RelayRequest) -> None:
    terms = request.terms
    signer, issuer = terms.signer, terms.batch.issuer
    if not desk.chain.may_anchor(issuer, signer):
        raise RoleMissingError(
            f"Its signer {signer.checksummed()} does not hold the anchor role of the issuer {issuer.checksummed()}, or "
            "not any more: ask the issuer for one that a present delegate signed."
        )
    # A wallet contract is asked by the contract (EIP-1271), which the quote does.
    if signer_of(terms.typed_data(), request.signature) != signer and not desk.chain.code_at(signer):
        raise SignatureError(
            f"Its signature is not {signer.checksummed()}'s over these values: the request was changed, or signed for "
            "another chain or contract. Ask the issuer for a new one."
        )


def _begun(desk: Desk, payer: Address, request: RelayRequest, *, signed: bool) -> list[Submission]:
    """Return this request's submissions that are not mined: those with bytes that may have left, or those without."""
    data = request.call_data()
    return [
        one
        for one in desk.rows.submissions(desk.chain.network.chain_id, unfinished=True)
        if one.what.purpose is Purpose.CALL
        and (one.what.sender, one.what.call_data) == (payer, data)
        and one.mined is None
        and (one.nonce is not None) == signed
    ]


def _give_up_unsigned(desk: Desk, payer: Address, request: RelayRequest) -> None:
    """End what was planned for a request that somebody else has relayed, so that no later run pays for it."""
    for planned in _begun(desk, payer, request, signed=False):
        now = desk.clock.now()
        claimed = desk.rows.claim(planned.id, desk.owner, now, LEASE_SECONDS)
        desk.rows.finalized(claimed, (), now, keep_nonce=False)
        # A crash here leaves it ended, under a lease that runs out.
        desk.rows.unclaim(planned.id, desk.owner)
