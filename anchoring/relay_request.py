"""Relay requests: an anchor delegate's signature under a batch, so that somebody else can pay for anchoring it.

They travel as one JSON file, strictly parsed. A request holds no secret, and whoever has it can do one
thing with it: anchor exactly this batch.

Source: contracts/ICredentialRegistry.sol, `anchorFor`; EIP-712.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from anchoring import contract_calls
from anchoring.sender import TypedData
from registry.core.account import Address
from registry.core.canonical import parse_json
from registry.core.digest import Digest, Root
from registry.core.errors import CanonicalFormError, InputError
from registry.core.receipt import AddressHex, ChainId, DigestHex  # noqa: TC001  Pydantic reads them at run time
from registry.core.submission import BatchRef

MAX_REQUESTS = 1000
"""Most requests in one file."""
MAX_FILE_BYTES = 2 * 1024 * 1024
"""Largest file that is read: room for that many requests, each with a wallet's long signature."""
MAX_SIGNATURE_BYTES = 4096
"""Longest signature: an account's has 65 bytes, a wallet's as many as it likes."""

DOMAIN_NAME = "Credanchor CredentialRegistry"
"""The contract's `eip712Domain`."""
DOMAIN_VERSION = "1"
_MEMBERS = {"issuer": "address", "root": "bytes32", "treeSize": "uint64", "signer": "address", "deadline": "uint64"}
ANCHOR_TYPE = {"Anchor": [{"name": name, "type": kind} for name, kind in _MEMBERS.items()]}
"""What is signed, in the contract's order."""


def _whole(value: object) -> object:
    """Return an integer that the strict parser took for a fraction, as it does where both are written alike."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) >= 2**53 else value


Whole = Annotated[int, BeforeValidator(_whole)]
SignatureHex = Annotated[str, StringConstraints(pattern=r"^0x([0-9a-f]{2})+$", max_length=2 + 2 * MAX_SIGNATURE_BYTES)]


class RelayFormatError(InputError):
    """The file is no file of relay requests; nothing was sent."""

    code = "relay-format"


@dataclass(frozen=True, slots=True)
class RelayTerms:
    """What an anchor delegate signs: this batch, on this chain, by this contract, until then."""

    chain_id: int
    """EIP-155 chain id."""
    contract: Address
    """The contract that anchors."""
    batch: BatchRef
    """Issuer, root and tree size; the row number is not signed, and 0 for whoever reads the request."""
    signer: Address
    """Who signs; must hold the issuer's anchor role when the transaction is mined."""
    deadline_seconds: int
    """The last Unix time at which the signature is good; 0 to 2^64 - 1."""

    def typed_data(self) -> TypedData:
        """Return what is signed, with the domain that keeps it to one contract on one chain."""
        domain = {
            "name": DOMAIN_NAME,
            "version": DOMAIN_VERSION,
            "chainId": self.chain_id,
            "verifyingContract": self.contract.checksummed(),
        }
        message = {
            "issuer": self.batch.issuer.checksummed(),
            "root": bytes(self.batch.root),
            "treeSize": self.batch.tree_size,
            "signer": self.signer.checksummed(),
            "deadline": self.deadline_seconds,
        }
        return TypedData(domain, ANCHOR_TYPE, message)


@dataclass(frozen=True, slots=True)
class RelayRequest:
    """Terms with their signature."""

    terms: RelayTerms
    """What was signed."""
    signature: bytes
    """65 bytes r, s, v, or whatever the signing contract takes (EIP-1271)."""

    def call_data(self) -> bytes:
        """Return the call that anchors the batch; anybody may send it."""
        terms = self.terms
        return contract_calls.anchor_for(terms.batch, terms.signer, terms.deadline_seconds, self.signature)


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class RequestForm(_Form):
    """One request on the wire: hex with lower-case digits, `deadline` in seconds since 1970."""

    chain: ChainId
    contract: AddressHex
    issuer: AddressHex
    root: DigestHex
    treeSize: Annotated[Whole, Field(ge=1, lt=2**64)]  # noqa: N815  wire name
    signer: AddressHex
    deadline: Annotated[Whole, Field(ge=0, lt=2**64)]
    signature: SignatureHex

    def to_core(self) -> RelayRequest:
        """Return the value inside; InputError if an address has a wrong checksum."""
        terms = RelayTerms(
            chain_id=int(self.chain.removeprefix("eip155:")),
            contract=Address(self.contract),
            batch=BatchRef(0, Address(self.issuer), Root(Digest.from_hex(self.root)), self.treeSize),
            signer=Address(self.signer),
            deadline_seconds=self.deadline,
        )
        return RelayRequest(terms, bytes.fromhex(self.signature[2:]))

    @classmethod
    def from_core(cls, request: RelayRequest) -> RequestForm:
        """Return the wire form."""
        terms = request.terms
        return cls(
            chain=f"eip155:{terms.chain_id}",
            contract=terms.contract.checksummed(),
            issuer=terms.batch.issuer.checksummed(),
            root=terms.batch.root.to_hex(),
            treeSize=terms.batch.tree_size,
            signer=terms.signer.checksummed(),
            deadline=terms.deadline_seconds,
            signature="0x" + request.signature.hex(),
        )


class FileForm(_Form):
    """A file of requests."""

    type: Literal["AnchorRelayRequests"]
    version: int = Field(ge=1, le=1)
    requests: list[RequestForm] = Field(min_length=1, max_length=MAX_REQUESTS)


def parse_requests(data: bytes) -> tuple[RelayRequest, ...]:
    """Read a file of relay requests; RelayFormatError says which member is wrong, as the rest of a sentence."""
    if len(data) > MAX_FILE_BYTES:
        raise RelayFormatError(f"it has more than {MAX_FILE_BYTES:,} bytes")
    try:
        return tuple(form.to_core() for form in FileForm.model_validate(parse_json(data)).requests)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise RelayFormatError(f"{place[:200]}: {first['msg']}") from error
    except CanonicalFormError as error:
        raise RelayFormatError(str(error)) from error
    except InputError as error:
        raise RelayFormatError(str(error)) from error


def requests_json(requests: tuple[RelayRequest, ...]) -> dict[str, Any]:
    """Return the JSON value of a file of requests."""
    forms = [RequestForm.from_core(request) for request in requests]
    return FileForm(type="AnchorRelayRequests", version=1, requests=forms).model_dump(mode="json")
