"""Replacing and retiring signing keys: what a retirement invalidates, and what of it still has to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from anchoring import contract_calls
from anchoring.registrar import PlannedCall
from registry.core.errors import InputError, StateError
from registry.credentials.rsa_keys import any_public_key
from registry.records import BatchState
from registry.services.signed_by import credentials_signed_with

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from anchoring.drive import Desk
    from registry.records import BatchRow, IssuerRow, SigningKeyRow
    from registry.store.repository import Store

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Invalidated:
    """A credential that a retirement invalidates."""

    credential_id: str
    """Its id."""
    anchored_at: datetime | None
    """When it was anchored, UTC; None if it is not anchored yet, so that it will be invalid from the start."""


def key_retirement(desk: Desk, issuer: IssuerRow, key: SigningKeyRow, since: datetime) -> Iterator[PlannedCall]:
    """Yield the call that retires a key from a time on, unless the chain has it retired from then or earlier.

    Raises:
        InputError: the chain never had the key, or got it after that time.

    """
    public, at = any_public_key(key.multibase), int(since.timestamp())
    added_at, retired_since = desk.chain.read("signingKeyOf", (issuer.account, public.key_hash))
    if not added_at:
        raise InputError(f"{desk.chain.network.title} has no key {key.multibase} of {issuer.slug}; nothing was sent.")
    if at < added_at:
        raise InputError(
            f"The key was added on {datetime.fromtimestamp(added_at, UTC):%Y-%m-%dT%H:%M:%SZ}; it cannot be retired "
            "from an earlier time. From that time on, nothing that it signed counts. Nothing was sent."
        )
    if at < retired_since:
        data = contract_calls.retire_signing_key(issuer.account, public.key_hash, at)
        yield PlannedCall(
            f"retire the signing key {key.multibase} of {issuer.slug} from {since:%Y-%m-%dT%H:%M:%SZ}", data
        )


def from_now(desk: Desk) -> datetime:
    """Return the first second that no block has yet: a key retired from then on keeps all that it signed so far.

    A chain's time may run ahead of the clock's.
    """
    return max(desk.clock.now(), desk.chain.now()).replace(microsecond=0) + _SECOND


def unfinished(desk: Desk, issuer: IssuerRow, keys: Sequence[SigningKeyRow]) -> list[SigningKeyRow]:
    """Return the keys that this home counts as retired and the chain does not: a rotation was interrupted there."""
    return [key for key in keys if key.retired_since is not None and not _is_retired(desk, issuer, key)]


def require_settled(store: Store, issuer: IssuerRow, keys: Sequence[SigningKeyRow]) -> None:
    """Raise StateError while credentials that these keys signed wait to be anchored: retired, they never could be."""
    for batch in _batches(store, issuer):
        for key in keys if batch.state is not BatchState.FINAL else ():
            waiting = sum(1 for _ in credentials_signed_with(store, batch, key.multibase))
            if waiting:
                raise StateError(
                    f"{waiting:,} credential{'s' if waiting > 1 else ''} signed with {key.multibase} "
                    f"wait{'' if waiting > 1 else 's'} for an anchor that is final; a retired key's never get one. "
                    "Run `credanchor anchor run`, then this command again: it goes on from here."
                )


def invalidated(
    desk: Desk, store: Store, issuer: IssuerRow, key: SigningKeyRow, since: datetime
) -> Iterator[Invalidated]:
    """Yield the credentials signed with a key that were anchored at `since` or later, or are not anchored yet."""
    for batch in _batches(store, issuer):
        anchored_at = _anchored_at(desk, issuer, batch)
        if anchored_at is None or anchored_at >= since:
            for credential in credentials_signed_with(store, batch, key.multibase):
                yield Invalidated(credential.credential_id, anchored_at)


def _anchored_at(desk: Desk, issuer: IssuerRow, batch: BatchRow) -> datetime | None:
    if batch.root is None:
        return None
    seconds, *_ = desk.chain.read("anchorOf", (issuer.account, batch.root, batch.tree_size))
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _is_retired(desk: Desk, issuer: IssuerRow, key: SigningKeyRow) -> bool:
    key_hash = any_public_key(key.multibase).key_hash
    _, retired_since = desk.chain.read("signingKeyOf", (issuer.account, key_hash))
    return bool(retired_since != contract_calls.FOR_EVER)


def _batches(store: Store, issuer: IssuerRow) -> list[BatchRow]:
    return [batch for batch in store.batches() if batch.issuer_id == issuer.id]
