"""Anchor receipts and bundles: the JSON that travels beside a credential, strictly parsed.

Source: design.md, Formats: "Receipt" and "Bundle".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from registry.core.account import Address
from registry.core.digest import Digest, Root
from registry.core.errors import InputError, ReceiptFormatError
from registry.core.proof import MAX_TREE_SIZE, InclusionProof

MAX_RECEIPTS = 64
"""Most receipts in one bundle."""
MAX_ENDORSEMENTS = MAX_RECEIPTS - 1
"""Most endorsements beside a credential, so that all of them can have their receipts."""
MAX_ANCHORS = 16
"""Most anchors in one receipt."""
MAX_PATH = 64
"""Longest path of a tree whose size fits 64 bits."""

DigestHex = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-f]{64}$")]
AddressHex = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-fA-F]{40}$")]
ChainId = Annotated[str, StringConstraints(pattern=r"^eip155:[1-9][0-9]{0,19}$")]
_JWT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class AnchorHint:
    """Where a receipt says an anchor stands; all but chain, contract and issuer is re-read from the chain."""

    chain_id: int
    """EIP-155 chain id."""
    contract: Address
    """The registry contract the receipt names; the verifier uses its own pinned address."""
    issuer: Address
    """The issuer's on-chain id."""
    transaction: Digest | None = None
    """Hash of the transaction that wrote the anchor."""
    block_number: int | None = None
    """Block of that transaction."""
    block_hash: Digest | None = None
    """Hash of that block."""
    anchored_at: datetime | None = None
    """Time of that block, UTC."""


@dataclass(frozen=True, slots=True)
class AnchorReceipt:
    """The anchoring facts of one credential."""

    state: Literal["pending", "final"]
    """`pending` until the anchor is in a finalized block."""
    credential_id: str
    """The credential's `id`; a hint for people, the leaf hash decides."""
    leaf_hash: Digest
    """Leaf hash of the credential's entry."""
    proof: InclusionProof
    """From the leaf to the root."""
    root: Root
    """The root that was anchored; a hint, it follows from leaf and proof."""
    anchors: tuple[AnchorHint, ...]
    """Where the root was anchored."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A credential with its receipts."""

    credential: dict[str, Any] | str
    """The credential's JSON, or a compact VC-JWT."""
    receipts: tuple[AnchorReceipt, ...] = ()
    """Receipts of the credential, its components and endorsements, found by leaf hash."""
    endorsements: tuple[dict[str, Any] | str, ...] = ()
    """Endorsements of exactly this credential, which cannot stand inside of what they endorse; JSON or VC-JWT."""


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class AnchorForm(_Form):
    """One anchor on the wire."""

    chain: ChainId
    contract: AddressHex
    issuer: AddressHex
    transaction: DigestHex | None = None
    blockNumber: int | None = Field(default=None, ge=0, lt=2**64)  # noqa: N815  wire name
    blockHash: DigestHex | None = None  # noqa: N815  wire name
    anchoredAt: AwareDatetime | None = Field(default=None, strict=False)  # noqa: N815  wire name

    def to_core(self) -> AnchorHint:
        """Return the value inside; InputError if an address has a wrong checksum."""
        return AnchorHint(
            chain_id=int(self.chain.removeprefix("eip155:")),
            contract=Address(self.contract),
            issuer=Address(self.issuer),
            transaction=Digest.from_hex(self.transaction) if self.transaction else None,
            block_number=self.blockNumber,
            block_hash=Digest.from_hex(self.blockHash) if self.blockHash else None,
            anchored_at=self.anchoredAt.astimezone(UTC) if self.anchoredAt else None,
        )

    @classmethod
    def from_core(cls, anchor: AnchorHint) -> AnchorForm:
        """Return the wire form."""
        return cls(
            chain=f"eip155:{anchor.chain_id}",
            contract=anchor.contract.checksummed(),
            issuer=anchor.issuer.checksummed(),
            transaction=anchor.transaction.to_hex() if anchor.transaction else None,
            blockNumber=anchor.block_number,
            blockHash=anchor.block_hash.to_hex() if anchor.block_hash else None,
            anchoredAt=anchor.anchored_at,
        )


class ReceiptForm(_Form):
    """A receipt on the wire: digests as `0x` and 64 lower-case hex digits, times in UTC."""

    type: Literal["AnchorReceipt"]
    version: int = Field(ge=1, le=1)
    state: Literal["pending", "final"]
    credentialId: str = Field(max_length=2048)  # noqa: N815  wire name
    leafHash: DigestHex  # noqa: N815  wire name
    leafIndex: int = Field(ge=0, lt=MAX_TREE_SIZE)  # noqa: N815  wire name
    treeSize: int = Field(ge=1, le=MAX_TREE_SIZE)  # noqa: N815  wire name
    path: list[DigestHex] = Field(max_length=MAX_PATH)
    root: DigestHex
    anchors: list[AnchorForm] = Field(max_length=MAX_ANCHORS)

    def to_core(self) -> AnchorReceipt:
        """Return the value inside; ReceiptFormatError if the index is outside the tree."""
        path = tuple(Digest.from_hex(sibling) for sibling in self.path)
        return AnchorReceipt(
            state=self.state,
            credential_id=self.credentialId,
            leaf_hash=Digest.from_hex(self.leafHash),
            proof=InclusionProof(self.leafIndex, self.treeSize, path),
            root=Root(Digest.from_hex(self.root)),
            anchors=tuple(anchor.to_core() for anchor in self.anchors),
        )

    @classmethod
    def from_core(cls, receipt: AnchorReceipt) -> ReceiptForm:
        """Return the wire form."""
        return cls(
            type="AnchorReceipt",
            version=1,
            state=receipt.state,
            credentialId=receipt.credential_id,
            leafHash=receipt.leaf_hash.to_hex(),
            leafIndex=receipt.proof.index,
            treeSize=receipt.proof.tree_size,
            path=[sibling.to_hex() for sibling in receipt.proof.path],
            root=receipt.root.to_hex(),
            anchors=[AnchorForm.from_core(anchor) for anchor in receipt.anchors],
        )


def parse_receipt(value: Any) -> AnchorReceipt:  # noqa: ANN401  any JSON value
    """Read one receipt from its JSON value; ReceiptFormatError names the first member that is wrong."""
    try:
        return ReceiptForm.model_validate(value).to_core()
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the receipt"
        raise ReceiptFormatError(f"not an anchor receipt: {place}: {first['msg']}") from error
    except InputError as error:
        raise ReceiptFormatError(f"not an anchor receipt: {error}") from error


def receipt_json(receipt: AnchorReceipt) -> dict[str, Any]:
    """Return the JSON value of a receipt; hints that are not known yet are left out."""
    return ReceiptForm.from_core(receipt).model_dump(mode="json", exclude_none=True)


def parse_bundle(value: Any) -> Bundle:  # noqa: ANN401  any JSON value
    """Read a bundle, or a bare credential as a bundle without receipts.

    Raises:
        ReceiptFormatError: neither, or a bundle with other members than these three.

    """
    if isinstance(value, str):
        return Bundle(_jwt(value))
    if not isinstance(value, dict):
        raise ReceiptFormatError("a credential or a bundle is a JSON object")
    if "credential" not in value:
        return Bundle(value)
    unknown = sorted(value.keys() - {"credential", "receipts", "endorsements"})
    if unknown:
        raise ReceiptFormatError(
            f"a bundle has the members credential, receipts and endorsements, not {unknown[0][:80]!r}"
        )
    return Bundle(
        _document(value["credential"], "credential"),
        tuple(parse_receipt(receipt) for receipt in _listed(value, "receipts", MAX_RECEIPTS)),
        tuple(_document(one, "endorsement") for one in _listed(value, "endorsements", MAX_ENDORSEMENTS)),
    )


def bundle_json(bundle: Bundle) -> dict[str, Any]:
    """Return the JSON value of a bundle."""
    value = {"credential": bundle.credential, "receipts": [receipt_json(receipt) for receipt in bundle.receipts]}
    return {**value, "endorsements": list(bundle.endorsements)} if bundle.endorsements else value


def _document(value: Any, what: str) -> dict[str, Any] | str:  # noqa: ANN401  any JSON value
    if isinstance(value, str):
        return _jwt(value)
    if not isinstance(value, dict):
        raise ReceiptFormatError(f"the bundle's {what} is neither a JSON object nor a compact JWS")
    return value


def _listed(value: dict[str, Any], member: str, most: int) -> list[Any]:
    found = value.get(member, [])
    if not isinstance(found, list) or len(found) > most:
        raise ReceiptFormatError(f"the bundle's {member} are not a list of at most {most}")
    return found


def _jwt(text: str) -> str:
    compact = text.strip()
    if not _JWT.fullmatch(compact):
        raise ReceiptFormatError("the text is neither JSON nor a compact JWS")
    return compact
