"""What an issuer's admin does on the chain: register, hand out roles and keys, accredit, change status.

Each verb can be repeated after an interruption: it looks at the chain first and sends only what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from anchoring import contract_calls
from anchoring.calls import quote_call, submit_call
from registry.core.did import did_hash
from registry.core.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from anchoring.chain import Quote
    from anchoring.drive import Desk, Progress
    from registry.core.account import Address
    from registry.core.digest import Digest
    from registry.credentials.keys import PublicKey
    from registry.records import IssuerRow

ANCHOR_ROLE = 1
"""The contract's bit for whoever may anchor."""


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One transaction that still has to happen."""

    label: str
    """What it does, as the rest of a sentence that begins with `to`."""
    data: bytes
    """Call data."""
    target: Address | None = None
    """What is called; None for the network's contract."""


def registration(desk: Desk, issuer: IssuerRow, delegate: Address, key: PublicKey) -> Iterator[PlannedCall]:
    """Yield what is missing for an issuer to anchor: its registration, its delegate, its signing key.

    Raises:
        StateError: the account is registered under another DID, which the contract never changes.

    """
    account = issuer.account
    if not _is_registered(desk, issuer):
        yield PlannedCall(f"register {issuer.did}", contract_calls.register_issuer(issuer.did))
    if not desk.chain.may_anchor(account, delegate):
        data = contract_calls.set_delegate(account, delegate, ANCHOR_ROLE)
        yield PlannedCall(f"let {delegate.checksummed()} anchor for {issuer.slug}", data)
    yield from key_addition(desk, issuer, key)


def key_addition(desk: Desk, issuer: IssuerRow, key: PublicKey) -> Iterator[PlannedCall]:
    """Yield the call that adds a signing key, unless the chain has it."""
    added_at, _ = desk.chain.read("signingKeyOf", (issuer.account, key.key_hash))
    if not added_at:
        data = contract_calls.add_signing_key(issuer.account, key.multikey)
        yield PlannedCall(f"add the signing key {key.multibase} of {issuer.slug}", data)


def accreditation(issuer: Address, until: datetime, name: str, uri: str) -> PlannedCall:
    """Return the call by which an accreditor vouches for an issuer until a time."""
    data = contract_calls.accredit(issuer, int(until.timestamp()), name, uri)
    return PlannedCall(f"accredit {issuer.checksummed()} as {name}", data)


def status_change(kind: str, issuer: IssuerRow, leaves: Sequence[Digest], reason: int) -> PlannedCall:
    """Return the call that revokes, suspends or reinstates leaves."""
    count = f"{len(leaves):,} credential{'' if len(leaves) == 1 else 's'} of {issuer.slug}"
    if kind == "reinstated":
        return PlannedCall(f"reinstate {count}", contract_calls.reinstate(issuer.account, leaves))
    if kind == "suspended":
        return PlannedCall(f"suspend {count}", contract_calls.suspend(issuer.account, leaves, reason))
    return PlannedCall(f"revoke {count}", contract_calls.revoke(issuer.account, leaves, reason))


def carry_out(
    desk: Desk, calls: Iterator[PlannedCall], announce: Callable[[PlannedCall, Quote], None]
) -> Iterator[tuple[PlannedCall, Progress]]:
    """Send the calls one after another, announcing the cost of each first.

    Raises:
        FundsError, TransactionRevertedError, StateError, UnavailableError: as `submit_call` says; calls
            before the failing one stand, and repeating the command goes on with the rest.
    """
    (sender,) = desk.signers
    for call in calls:
        announce(call, quote_call(desk, sender, call.data, call.target))
        yield call, submit_call(desk, sender, call.label, call.data, target=call.target)


def _is_registered(desk: Desk, issuer: IssuerRow) -> bool:
    known, *_, registered_at = desk.chain.read("issuerOf", (issuer.account,))
    if registered_at and bytes(known) != did_hash(issuer.did):
        raise StateError(
            f"The account {issuer.account.checksummed()} is registered on {desk.chain.network.title} under another DID "
            f"than {issuer.did}, for ever; register the issuer with a key of its own."
        )
    return bool(registered_at)
