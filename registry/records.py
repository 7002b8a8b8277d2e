"""Values that cross the store's port: what is kept of issuers, achievements, credentials and batches."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from registry.core.account import Address
    from registry.core.digest import Digest, Root
    from registry.core.proof import InclusionProof
    from registry.core.receipt import AnchorHint


class BatchState(StrEnum):
    """Where a batch stands (design.md, Anchoring)."""

    OPEN = "open"
    SEALED = "sealed"
    ANCHORED = "anchored"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class IssuerRow:
    """One issuer that this home issues for."""

    slug: str
    """Short name, unique in this home; part of URLs and key folders."""
    did: str
    """Its DID."""
    account: Address
    """Its on-chain id: the address of its first admin key."""
    profile: dict[str, Any]
    """Its Open Badges Profile, as it stands in every credential."""
    id: int = 0
    """Row number; 0 before it is stored."""


@dataclass(frozen=True, slots=True)
class SigningKeyRow:
    """One signing key of an issuer."""

    issuer_id: int
    """Whose key."""
    multibase: str
    """Public key, `z6Mk…`."""
    key_file: str
    """File name below the issuer's key folder."""
    created_at: datetime
    """When it was made, UTC."""
    retired_since: datetime | None = None
    """From when on it does not count, as ordered of the chain; None if it was never retired."""
    stolen: bool = False
    """Whether it was retired from a time that had passed: somebody else may have signed with it."""


@dataclass(frozen=True, slots=True)
class AchievementRow:
    """One achievement that credentials are awarded for."""

    issuer_id: int
    """Who awards it."""
    short_id: str
    """What rosters call it, unique for the issuer."""
    document: dict[str, Any]
    """The Open Badges Achievement, with its `id`."""
    id: int = 0
    """Row number; 0 before it is stored."""


@dataclass(frozen=True, slots=True)
class NewCredential:
    """A signed credential on its way into the store."""

    issuer_id: int
    """Who issued it."""
    achievement_id: int | None
    """What for; None of an adopted credential."""
    uuid: str
    """The UUID of its `id`; of an adopted credential with an id of another kind, that id."""
    row_key: Digest
    """Identity of its roster row: issuer, achievement, recipient, award date; unique."""
    entry: bytes
    """The exact entry bytes."""
    leaf_hash: Digest
    """Leaf hash of the entry."""
    recipient_token: str
    """Secret part of its recipient's own link, `/r/...`: whoever has it makes and turns off share links."""
    status_index: int | None
    """Position in the issuer's status lists, counted through all of them; unique for the issuer. None if adopted."""
    recipient: str
    """What the roster calls the recipient, for the registrar's eyes only."""
    issued_at: datetime
    """When it was signed, UTC."""


@dataclass(frozen=True, slots=True)
class StoredCredential:
    """A credential as it is kept."""

    uuid: str
    """The UUID of its `id`; of an adopted credential with an id of another kind, that id."""
    issuer_id: int
    """Who issued it."""
    achievement_id: int | None
    """What for; None of an adopted credential."""
    batch_id: int
    """Its batch."""
    entry: bytes | None
    """The exact entry bytes; None once erased."""
    leaf_hash: Digest
    """Leaf hash of the entry."""
    recipient_token: str
    """Secret part of its recipient's own link, `/r/...`: whoever has it makes and turns off share links."""
    status_index: int | None
    """Position in the issuer's status lists; None of an adopted credential, which has a status of its own if any."""
    recipient: str
    """What the roster calls the recipient."""
    issued_at: datetime
    """When it was signed, UTC."""

    @property
    def credential_id(self) -> str:
        """Return its `id`."""
        return self.uuid if ":" in self.uuid else f"urn:uuid:{self.uuid}"

    @property
    def file_stem(self) -> str:
        """Return what its files are called, without their endings."""
        return self.leaf_hash.hex() if ":" in self.uuid else self.uuid


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A credential as far as sealing needs it."""

    uuid: str
    """The UUID of its `id`."""
    entry: bytes | None
    """The exact entry bytes; None once erased."""
    leaf_hash: Digest
    """Leaf hash of the entry, as it was stored with it."""


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One batch."""

    id: int
    """Row number."""
    issuer_id: int
    """Whose credentials."""
    state: BatchState
    """Where it stands."""
    root: Root | None
    """Its root once sealed."""
    tree_size: int
    """Number of leaves: those issued so far while it is open, all of them once it is sealed."""
    created_at: datetime
    """When it was opened, UTC."""
    sealed_at: datetime | None
    """When it was sealed, UTC."""


@dataclass(frozen=True, slots=True)
class StoredProof:
    """What a receipt is made of."""

    proof: InclusionProof
    """Derived from tiles."""
    root: Root
    """The sealed root."""
    anchors: tuple[AnchorHint, ...]
    """Where the batch is anchored; empty while it is not."""
    final: bool
    """Whether the anchor is in a finalized block."""


@dataclass(frozen=True, slots=True)
class SavedProof:
    """A state proof that was saved when a batch became final."""

    chain_id: int
    """EIP-155 chain id of the anchor."""
    contract: Address
    """The contract that holds it."""
    block_number: int
    """The block that it is as of."""
    block_hash: Digest
    """Hash of that block."""
    document: str
    """The state proof as JSON."""


@dataclass(frozen=True, slots=True)
class Reissue:
    """A credential that took another one's place."""

    old: str
    """`uuid` of the credential that was replaced."""
    new: str
    """`uuid` of the one that took its place."""
    recorded_at: datetime
    """When it was issued, UTC."""


@dataclass(frozen=True, slots=True)
class ShareLink:
    """A link that a recipient made, so that others see a credential."""

    token: str
    """Secret part of its address, `/c/...`."""
    credential_uuid: str
    """`uuid` of the credential that it shows."""
    label: str
    """What the recipient calls it, up to 60 characters; empty if nothing, and once it is turned off."""
    created_at: datetime
    """When it was made, UTC."""
    revoked_at: datetime | None = None
    """When the recipient turned it off, UTC; None while it is live."""


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A change of one credential's status, as the registrar ordered it."""

    issuer_id: int
    """Whose credential."""
    leaf_hash: Digest
    """Which leaf."""
    kind: Literal["revoked", "suspended", "reinstated"]
    """What was ordered."""
    reason: int
    """Public reason code."""
    note: str
    """The registrar's own words; kept here, never on the chain."""
    recorded_at: datetime
    """When it was ordered, UTC."""
