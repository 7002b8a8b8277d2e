"""What the services need from the outside world, as Protocols; the packages beside them implement these.

Longer than other modules, so that all of it stands in one place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from registry.checks.facts import ChainFacts, DidService, NetworkRef
    from registry.core.account import Address
    from registry.core.batch import SealedBatch, Tile
    from registry.core.digest import Digest, Root
    from registry.core.receipt import AnchorHint, AnchorReceipt
    from registry.deliveries import Addressee, Delivery, Mail, Reply
    from registry.records import (
        AchievementRow,
        BatchRow,
        BatchState,
        IssuerRow,
        NewCredential,
        PathwayRow,
        Reissue,
        ShareLink,
        SigningKeyRow,
        StatusChange,
        StoredCredential,
        StoredDocument,
    )


class Clock(Protocol):
    """The time, read once per run."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class ChainQuestion:
    """What is asked of the contract about one credential: never its text, never its path."""

    issuer: Address
    """The on-chain issuer that the receipt names."""
    root: Root
    """The batch's root, as the receipt names it; that leaf and proof lead to it is checked elsewhere."""
    tree_size: int
    """The batch's number of leaves."""
    leaf_hash: Digest
    """The credential's leaf hash."""
    key_hash: Digest | None
    """Hash of the signing key, if known."""


@dataclass(frozen=True, slots=True)
class BatchQuestion:
    """What is asked of the contract about a whole batch: all that its credentials share, so nobody's status."""

    issuer: Address
    """The on-chain issuer."""
    root: Root
    """The batch's root."""
    tree_size: int
    """The batch's number of leaves."""
    key_hashes: tuple[Digest, ...]
    """Hashes of the keys that may have signed in it."""


class ChainReader(Protocol):
    """One accepted network's pinned contract, read at the finalized and the latest block."""

    @property
    def network(self) -> NetworkRef:
        """Return which network this is."""
        ...

    def facts(self, question: ChainQuestion) -> ChainFacts:
        """Return what the contract says; ChainUnavailableError if no endpoint gave a usable answer."""
        ...

    def facts_of(self, questions: Sequence[ChainQuestion]) -> list[ChainFacts]:
        """Return what the contract says of each, asked together; ChainUnavailableError as above, of all of them."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


@dataclass(frozen=True, slots=True)
class IssuerSite:
    """What an issuer's DID document says of its registry."""

    services: tuple[DidService, ...]
    """Chains, contracts and accounts it names as its own."""
    receipt_urls: tuple[str, ...]
    """Base URLs that answer `<base>/<credential id>` with a list of receipts."""


class IssuerDirectory(Protocol):
    """Issuers' own web sites, behind a guarded fetch."""

    def site(self, did: str) -> IssuerSite:
        """Return what a DID document says; ProfileUnavailableError if it cannot be had."""
        ...

    def receipts(self, url: str, credential_id: str) -> Sequence[AnchorReceipt]:
        """Return the receipts that a registry has of a credential; ProfileUnavailableError if it does not answer."""
        ...

    def document(self, url: str) -> Any:  # noqa: ANN401  any JSON value
        """Return the JSON behind a public URL (a status list); ProfileUnavailableError if it cannot be had."""
        ...

    def content(self, url: str) -> bytes:
        """Return what is behind a public URL (a share link), asked for as JSON; ProfileUnavailableError as above."""
        ...


class Sealing(Protocol):
    """A batch being sealed, locked against everybody else."""

    def documents(self) -> Generator[StoredDocument]:
        """Yield its documents in order of issue, streamed; close it if you stop before the end."""
        ...

    def finish(self, sealed: SealedBatch, order_digest: Digest, tiles: Iterator[Tile], now: datetime) -> None:
        """Write tiles and root; they take effect together when the sealing ends."""
        ...


class RawStore(Protocol):
    """Every table as it is stored, seen at one moment; nothing is parsed, so that no damaged value keeps from loading.

    A row maps its columns' names to numbers, texts, bytes or None.
    """

    def rows(self, table: str, order: Sequence[str] = ("id",), **equal: object) -> Iterator[Mapping[str, Any]]:
        """Yield the rows of a table, streamed; `equal` names columns and the values they must have."""
        ...

    def broken_references(self) -> Iterator[tuple[str, str, str]]:
        """Yield table, row and column of every reference to a row that is not there."""
        ...


class Importing(Protocol):
    """Where an import stores its credentials; every method raises StoreUnavailableError if it must."""

    def add_credentials(self, credentials: Sequence[NewCredential], now: datetime, max_leaves: int) -> None:
        """Store signed credentials of one issuer in its open batch, all or none; StoreConflictError if one is there."""
        ...


class CredentialStore(Protocol):
    """Issuers, achievements, credentials and batches; every method raises StoreUnavailableError if it must."""

    def issuers(self) -> list[IssuerRow]:
        """Return all issuers of this home."""
        ...

    def achievements(self, issuer_id: int | None = None) -> list[AchievementRow]:
        """Return the achievements of one issuer, or of all."""
        ...

    def put_achievements(
        self, achievements: Sequence[AchievementRow], receipts: Sequence[AnchorReceipt] = ()
    ) -> list[bool]:
        """Store achievements and receipts of endorsements in them, all or none; return of each whether it changed."""
        ...

    def known_row_keys(self, keys: Sequence[Digest]) -> set[Digest]:
        """Return which of these roster rows were issued already."""
        ...

    def credential_count(self, issuer_id: int) -> int:
        """Return how many credentials an issuer ever issued."""
        ...

    def status_indices(self, issuer_id: int, first: int, after: int) -> set[int]:
        """Return the taken status indices from `first` to just before `after`."""
        ...

    def add_credentials(self, credentials: Sequence[NewCredential], now: datetime, max_leaves: int) -> None:
        """Store signed credentials in the issuer's open batch, all or none."""
        ...

    def credential(self, uuid: str) -> StoredCredential | None:
        """Return one credential by the UUID of its id."""
        ...

    def credential_by_token(self, recipient_token: str) -> StoredCredential | None:
        """Return one credential by the secret part of its recipient's link."""
        ...

    def credential_by_row_key(self, row_key: Digest) -> StoredCredential | None:
        """Return one credential by the identity of what it was issued for."""
        ...

    def pathways(self) -> list[PathwayRow]:
        """Return all pathways."""
        ...

    def credentials_for(self, achievement_ids: Sequence[int]) -> list[StoredCredential]:
        """Return the credentials of these achievements that were not erased."""
        ...

    def credentials_of(self, recipient: str) -> list[StoredCredential]:
        """Return the credentials of a recipient, as the roster calls them, that were not erased."""
        ...

    def credentials_with(self, leaves: Sequence[Digest]) -> list[StoredCredential]:
        """Return the credentials with these leaf hashes that were not erased."""
        ...

    def statuses(self, leaves: Sequence[Digest]) -> dict[Digest, str]:
        """Return the newest kind of status change of those of the leaves that had any."""
        ...

    def add_stack(self, new: NewCredential, receipts: Sequence[AnchorReceipt], now: datetime, max_leaves: int) -> None:
        """Store a signed stack, and the receipts of others' components in it, both or neither."""
        ...

    def component_receipts(self, leaves: Sequence[Digest]) -> list[AnchorReceipt]:
        """Return the receipts that are kept of others' credentials with these leaf hashes."""
        ...

    def endorsement_receipts(self, leaves: Sequence[Digest]) -> list[AnchorReceipt]:
        """Return the receipts that are kept of endorsements in achievements, by their leaf hashes."""
        ...

    def importing(self) -> AbstractContextManager[Importing]:
        """Give what stores many credentials, transaction by transaction; another thread may use it."""
        ...

    def credentials(self, batch_id: int | None = None) -> Iterator[StoredCredential]:
        """Yield the credentials of one batch, or all, streamed."""
        ...

    def add_reissue(self, old_uuid: str, new: NewCredential, now: datetime, max_leaves: int) -> None:
        """Store a signed credential together with what it replaces, both or neither."""
        ...

    def reissue_of(self, old_uuid: str) -> Reissue | None:
        """Return what took the place of a credential."""
        ...

    def reissue_to(self, new_uuid: str) -> Reissue | None:
        """Return what a credential took the place of."""
        ...

    def share_link(self, token: str) -> ShareLink | None:
        """Return one share link, live or turned off, by the secret part of its address."""
        ...

    def live_share_links(self, credential_uuid: str) -> list[ShareLink]:
        """Return the live share links of a credential, oldest first."""
        ...

    def put_share_link(self, link: ShareLink, most_live: int, most_ever: int) -> ShareLink:
        """Store a share link, or return the live one that has its label; ShareLinksFullError if it is one too many."""
        ...

    def turn_off_share_link(self, credential_uuid: str, token: str, now: datetime) -> bool:
        """Turn a credential's share link off for good; tell whether it has a live one of this token."""
        ...

    def known_uuids(self, uuids: Sequence[str]) -> dict[str, bytes]:
        """Return the leaf hashes of those of the credentials that are stored, by `uuid`."""
        ...

    def signing_keys(self, issuer_id: int) -> list[SigningKeyRow]:
        """Return an issuer's signing keys, newest first."""
        ...

    def record_status(self, changes: Sequence[StatusChange]) -> None:
        """Append status changes."""
        ...

    def revoked_indices(self, issuer_id: int, first: int, after: int) -> list[int]:
        """Return the status indices of revoked credentials from `first` to just before `after`."""
        ...

    def batches(self, state: BatchState | None = None) -> list[BatchRow]:
        """Return all batches, or those in one state."""
        ...

    def batch(self, batch_id: int) -> BatchRow | None:
        """Return one batch."""
        ...

    def sealing(self, batch_id: int) -> AbstractContextManager[Sealing]:
        """Lock an open batch for sealing; BatchSealedError if it is closed, BatchBusyError if others hold it."""
        ...

    def tiles_near(self, batch_id: int, level: int, position: int) -> dict[tuple[int, int], bytes]:
        """Return a tile, its next neighbours and those above it, by level and position; what is missing is left out."""
        ...

    def anchored_batch(self, batch_id: int) -> tuple[BatchRow | None, list[AnchorHint]]:
        """Return one batch and, as of the same moment, where it is anchored or will be; empty while that is unknown."""
        ...


class DeliveryStore(Protocol):
    """Mails that bring recipients their links; every method raises StoreUnavailableError if it must."""

    def addressees(self, batch_id: int | None = None, uuid: str | None = None) -> Iterator[Addressee]:
        """Yield the credentials of one batch, or one, or all, in order of issue, without their documents."""
        ...

    def record(self, before: Delivery | None, after: Delivery) -> bool:
        """Keep `after` in the place of `before`, None for no mail yet; False if that is not what stands."""
        ...


class Mailer(Protocol):
    """A mail server, behind whatever it takes to reach it."""

    def deliver(self, mail: Mail, begin: Callable[[], bool]) -> Reply | None:
        """Hand one mail over and return what became of it.

        `begin` is called once, when the server took sender and recipient and before the text leaves. If it returns
        False the mail is dropped, and None returned. A refusal of the recipient comes without that call.

        Raises:
            MailRefusedError: the server does not deal with us; this mail was not begun.
            MailUnavailableError: nobody answers, after several tries; this mail was not begun.

        """
        ...
