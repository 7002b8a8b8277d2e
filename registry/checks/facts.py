"""Everything a verifier gathered before judging: one frozen value, no I/O left."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from registry.core.account import Address
    from registry.core.receipt import AnchorReceipt
    from registry.credentials.endorsement import Endorsed
    from registry.credentials.presented import Presented


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Somebody did not answer; says nothing about the credential."""

    why: str
    """A clause for a sentence, for example `http://127.0.0.1:8545 did not answer within 5 seconds`."""


class Status(Enum):
    """Status of a leaf on chain, numbered as in the contract."""

    ACTIVE = 0
    SUSPENDED = 1
    REVOKED = 2


class AccreditationStatus(Enum):
    """Standing of an accreditation at a time, numbered as in the contract."""

    NONE = 0
    ACTIVE = 1
    EXPIRED = 2
    WITHDRAWN = 3


@dataclass(frozen=True, slots=True)
class AnchorRecord:
    """The contract's record of one batch."""

    anchored_at: datetime
    """Time of the anchoring block, UTC."""
    block_number: int
    """Number of that block."""
    revoked_at: datetime | None
    """When the issuer's admin revoked the whole batch, if so."""


@dataclass(frozen=True, slots=True)
class StatusRecord:
    """The contract's record of one leaf's status."""

    status: Status
    """Active unless something was written."""
    revoked_at: datetime | None = None
    """When it was revoked."""
    suspended_at: datetime | None = None
    """Since when it is suspended."""
    reason: int = 0
    """Public reason code; see REASONS in sentences.py."""


@dataclass(frozen=True, slots=True)
class IssuerRecord:
    """The contract's record of an issuer."""

    did_hash: bytes
    """Keccak-256 of the UTF-8 bytes of its DID."""
    admin: Address
    """The account that administers it."""
    registered_at: datetime
    """When it was registered."""


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """The contract's record of a signing key: active from `added_at` until just before `retired_since`."""

    added_at: datetime
    """When it was added."""
    retired_since: datetime | None
    """From when on it counts as retired, which may lie before the retirement was written; None if never."""


@dataclass(frozen=True, slots=True)
class Accreditation:
    """What one trusted accreditor said on chain of the issuer, at anchoring time."""

    accreditor: Address
    """Who vouches; the verifier's settings list it as trusted."""
    accreditor_name: str
    """The verifier's own word for the accreditor."""
    status: AccreditationStatus
    """Standing at anchoring time."""
    name: str
    """The accreditor's word for the issuer."""
    since: datetime | None
    """Start of the interval."""
    until: datetime | None
    """End of the interval."""


@dataclass(frozen=True, slots=True)
class ChainView:
    """What the contract said at one block."""

    block_number: int
    """The block that was asked."""
    anchor: AnchorRecord | None
    """None if the contract does not hold the batch."""
    status: StatusRecord | None
    """Status of the leaf; None if the state proof that answers does not cover it."""


@dataclass(frozen=True, slots=True)
class NetworkRef:
    """The network that was asked, from the verifier's own settings."""

    name: str
    """Its short name, for example `sepolia`."""
    title: str
    """Its name in a sentence, for example `the Sepolia test network`."""
    kind: Literal["local", "test", "main"]
    """A local chain and a test network prove nothing to a stranger; the verdict says so."""
    chain_id: int
    """EIP-155 chain id."""
    contract: Address
    """The pinned contract."""


@dataclass(frozen=True, slots=True)
class ChainFacts:
    """All that the pinned contract said about one credential."""

    network: NetworkRef
    """Who was asked."""
    issuer_account: Address
    """The on-chain issuer that the receipt names."""
    finalized: ChainView
    """At the newest finalized block."""
    latest: ChainView
    """At the newest block."""
    issuer: IssuerRecord | None
    """None if no such issuer is registered."""
    key: KeyRecord | None
    """The signing key, None if the issuer never added it."""
    accreditations: tuple[Accreditation, ...]
    """One for each trusted accreditor that was asked."""


@dataclass(frozen=True, slots=True)
class UnknownNetwork:
    """A receipt names only chains that this verifier does not accept."""

    chains: tuple[str, ...]
    """CAIP-2 ids, for example `eip155:5`."""


@dataclass(frozen=True, slots=True)
class DidService:
    """What the issuer's DID document says of its registry on chain."""

    chain_id: int
    """EIP-155 chain id."""
    contract: Address
    """The contract."""
    issuer: Address
    """The issuer's account."""


@dataclass(frozen=True, slots=True)
class StatusListAnswer:
    """What the issuer's signed status list said."""

    revoked: bool
    """The credential's bit."""
    trusted: bool
    """Whether the list's own signature is the issuer's."""


class NotAsked(Enum):
    """A fact nobody needed to look for."""

    NOT_ASKED = "not-asked"


NOT_ASKED = NotAsked.NOT_ASKED


@dataclass(frozen=True, slots=True)
class Expected:
    """Whom the person who asks expects the credential to belong to."""

    text: str
    """An e-mail address, id or name, as typed."""


@dataclass(frozen=True, slots=True)
class Facts:
    """One credential with everything the checks look at."""

    presented: Presented
    """The document itself."""
    receipt: AnchorReceipt | None
    """The receipt whose leaf hash is the credential's; else one that names its id; else None."""
    receipt_unreachable: Unreachable | None
    """Set if a receipt was looked for elsewhere and the place did not answer."""
    chain: ChainFacts | Unreachable | UnknownNetwork | NotAsked
    """What the contract said; not asked without a receipt."""
    did_services: tuple[DidService, ...] | Unreachable | NotAsked
    """Service entries of the issuer's DID document; not asked if an accreditor vouched."""
    status_list: StatusListAnswer | Unreachable | NotAsked
    """Not asked if the credential names none."""
    expected: Expected | NotAsked
    """Whom it should belong to, if anybody said."""
    parts: tuple[PartFacts, ...]
    """Embedded endorsements and components."""
    now: datetime
    """Read once per run, UTC."""
    endorsed: Endorsed | NotAsked = NOT_ASKED
    """What it stands in as an endorsement; not asked of what stands alone, or as a component."""


@dataclass(frozen=True, slots=True)
class PartFacts:
    """An embedded credential with its own facts."""

    kind: Literal["endorsement", "component"]
    """What it is to the outer credential."""
    place: str
    """Where it stands in the outer document."""
    facts: Facts
    """Its own facts."""
