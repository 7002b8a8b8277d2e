"""What an issuer's admin does on the chain: register, hand out roles and keys, accredit, change status.

Each verb can be repeated after an interruption: it looks at the chain first and sends only what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from anchoring import contract_calls
from anchoring.calls import quote_call, submit_call
from registry.checks.facts import AccreditationStatus
from registry.core.account import Address
from registry.core.did import did_hash
from registry.core.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from anchoring.chain import Quote
    from anchoring.drive import Desk, Progress
    from registry.core.digest import Digest
    from registry.credentials.keys import PublicKey
    from registry.credentials.rsa_keys import RsaPublicKey
    from registry.records import IssuerRow

ANCHOR_ROLE = 1
"""The contract's bit for whoever may anchor."""
SHOWN = 48
"""How many characters of a key are shown: all of an Ed25519 key, the beginning of an RSA key."""
StatusKind = Literal["revoked", "suspended", "reinstated"]
"""What a registrar orders of a credential."""


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


def key_addition(desk: Desk, issuer: IssuerRow, key: PublicKey | RsaPublicKey) -> Iterator[PlannedCall]:
    """Yield the call that adds a signing key, unless the chain has it."""
    added_at, _ = desk.chain.read("signingKeyOf", (issuer.account, key.key_hash))
    if not added_at:
        data = contract_calls.add_signing_key(issuer.account, key.multikey)
        yield PlannedCall(f"add the signing key {key.multibase[:SHOWN]} of {issuer.slug}", data)


def accreditation(desk: Desk, issuer: Address, until: datetime, name: str, uri: str) -> Iterator[PlannedCall]:
    """Yield the call by which an accreditor vouches for an issuer until a time, unless it does so already."""
    (accreditor,) = desk.signers
    now, end = int(desk.clock.now().timestamp()), int(until.timestamp())
    status, _, stands_until, stands_as = desk.chain.read("accreditationAt", (accreditor, issuer, now))
    if (AccreditationStatus(status), stands_until, stands_as) != (AccreditationStatus.ACTIVE, end, name):
        data = contract_calls.accredit(issuer, end, name, uri)
        yield PlannedCall(f"accredit {issuer.checksummed()} as {name}", data)


def withdrawal(desk: Desk, issuer: Address) -> Iterator[PlannedCall]:
    """Yield the call by which an accreditor stops vouching for an issuer, unless it does not vouch now."""
    (accreditor,) = desk.signers
    status, *_ = desk.chain.read("accreditationAt", (accreditor, issuer, int(desk.chain.now().timestamp())))
    if AccreditationStatus(status) is AccreditationStatus.ACTIVE:
        yield PlannedCall(f"vouch for {issuer.checksummed()} no longer", contract_calls.withdraw_accreditation(issuer))


def delegation(desk: Desk, issuer: IssuerRow, delegate: Address, roles: int) -> Iterator[PlannedCall]:
    """Yield the call that gives an account exactly these roles, a sum of bits, unless it has them."""
    (held,) = desk.chain.read("rolesOf", (issuer.account, delegate))
    if held != roles:
        words = f"give {delegate.checksummed()} the roles {roles:03b} (revoke, suspend, anchor) for {issuer.slug}"
        yield PlannedCall(words, contract_calls.set_delegate(issuer.account, delegate, roles))


def proposal(desk: Desk, issuer: Address, successor: Address) -> Iterator[PlannedCall]:
    """Yield the call that proposes an issuer's next admin, unless it is proposed or admin already."""
    _, admin, pending, _ = desk.chain.read("issuerOf", (issuer,))
    if successor not in {Address(admin), Address(pending)}:
        data = contract_calls.propose_admin(issuer, successor)
        yield PlannedCall(f"propose {successor.checksummed()} as the admin of {issuer.checksummed()}", data)


def acceptance(desk: Desk, issuer: Address, successor: Address) -> Iterator[PlannedCall]:
    """Yield the call by which a proposed admin takes an issuer over, unless it has."""
    _, admin, *_ = desk.chain.read("issuerOf", (issuer,))
    if Address(admin) != successor:
        data = contract_calls.accept_admin(issuer)
        yield PlannedCall(f"make {successor.checksummed()} the admin of {issuer.checksummed()}", data)


def status_change(
    desk: Desk, kind: StatusKind, issuer: IssuerRow, leaves: Sequence[Digest], reason: int
) -> Iterator[PlannedCall]:
    """Yield the call that revokes, suspends or reinstates those leaves of which the chain does not say so yet."""
    wanted = [leaf for leaf in leaves if not _is_done(desk, kind, issuer.account, leaf)]
    if wanted:
        verb, data = _status_call(kind, issuer.account, wanted, reason)
        count = f"{len(wanted):,} credential{'' if len(wanted) == 1 else 's'} of {issuer.slug}"
        yield PlannedCall(f"{verb} {count}", data)


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


def _is_done(desk: Desk, kind: StatusKind, account: Address, leaf: Digest) -> bool:
    _, revoked_at, suspended_at, _ = desk.chain.read("statusOf", (account, leaf))
    return {"revoked": bool(revoked_at), "suspended": bool(suspended_at), "reinstated": not suspended_at}[kind]


def _status_call(kind: StatusKind, account: Address, leaves: Sequence[Digest], reason: int) -> tuple[str, bytes]:
    if kind == "revoked":
        return "revoke", contract_calls.revoke(account, leaves, reason)
    if kind == "suspended":
        return "suspend", contract_calls.suspend(account, leaves, reason)
    return "reinstate", contract_calls.reinstate(account, leaves)


def _is_registered(desk: Desk, issuer: IssuerRow) -> bool:
    known, *_, registered_at = desk.chain.read("issuerOf", (issuer.account,))
    if registered_at and bytes(known) != did_hash(issuer.did):
        raise StateError(
            f"The account {issuer.account.checksummed()} is registered on {desk.chain.network.title} under another DID "
            f"than {issuer.did}, for ever; register the issuer with a key of its own."
        )
    return bool(registered_at)
