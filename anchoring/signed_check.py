"""What a signer returned, held against what it was asked to sign: every field, the account and the hash.

Only what passes here is stored and sent, whoever holds the key.

Source: EIP-1559 (the transaction's form), EIP-2 (of the two values of s, the lower).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eth_hash.auto import keccak

from anchoring.sender import signer_of
from registry.core.account import Address
from registry.core.errors import VerificationError
from registry.core.rlp_items import decode_item, encode_item
from registry.core.state_proof_errors import StateProofError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anchoring.sender import Signed, TypedData, UnsignedTransaction
    from registry.core.rlp_items import Item

_TYPE = b"\x02"
_ASKED = ("chain id", "nonce", "tip", "fee cap", "gas limit", "recipient", "value", "call data", "access list")
_SIGNATURE = ("parity", "r", "s")
_SPARE_BYTES = 256
"""What may be longer than the call data: three numbers of 32 bytes, and all else together."""
_HALF_ORDER = 0x7FFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFF_5D576E73_57A4501D_DFE92F46_681B20A0
_SHOWN = 40


class SignedOtherwiseError(VerificationError):
    """A signer returned another transaction than it was asked to sign; nothing was stored or sent."""

    code = "signed-otherwise"

    def __init__(self, account: Address, differs: str, why: str) -> None:
        """Keep what differs, so that a caller never parses the message."""
        super().__init__(
            f"The signer of {account.checksummed()} did not sign what it was asked to: {why}. Nothing was stored or "
            "sent, and no nonce is spent; find out what the signer does before you run again."
        )
        self.differs = differs


def require_as_asked(signed: Signed, asked: UnsignedTransaction, account: Address) -> None:
    """Return if `signed` is `asked`, signed by `account`, and its hash is right.

    Raises:
        SignedOtherwiseError: it is not; `differs` is the field, or `form`, `signature`, `account` or `hash`.

    """
    fields, signature = _parts(signed.raw, asked, account)
    wanted = _fields(asked)
    for name, want, got in zip(_ASKED, wanted, fields, strict=True):
        if want != got:
            raise SignedOtherwiseError(account, name, f"its {name} is {_shown(got)}, not {_shown(want)}")
    signer = _signer(keccak(_TYPE + encode_item(wanted)), signature)
    if signer is None:
        raise SignedOtherwiseError(account, "signature", "its signature is none that a node takes")
    if signer != account:
        raise SignedOtherwiseError(account, "account", f"it is signed by {signer.checksummed()}")
    if keccak(signed.raw) != signed.tx_hash:
        raise SignedOtherwiseError(account, "hash", f"its hash is 0x{keccak(signed.raw).hex()}, not the one it told")


def require_signed_by(signature: bytes, typed: TypedData, account: Address) -> None:
    """Return if `signature` is the account's over `typed`; SignedOtherwiseError if it is not."""
    if signer_of(typed, signature) != account:
        raise SignedOtherwiseError(account, "account", "its signature is not its own over these values")


def _parts(raw: bytes, asked: UnsignedTransaction, account: Address) -> tuple[Sequence[Item], list[int]]:
    """Return the nine fields that are signed, and parity, r and s."""
    if raw[:1] != _TYPE or len(raw) > len(asked.data) + _SPARE_BYTES:
        raise SignedOtherwiseError(account, "form", "it is no transaction of type 2 of that length")
    try:
        items = decode_item(raw[1:], "it")
    except StateProofError as error:
        raise SignedOtherwiseError(account, "form", str(error)) from error
    if isinstance(items, bytes) or len(items) != len(_ASKED) + len(_SIGNATURE):
        raise SignedOtherwiseError(account, "form", "it has not the twelve parts of a transaction of type 2")
    return items[: len(_ASKED)], [_number(item, account) for item in items[len(_ASKED) :]]


def _number(item: Item, account: Address) -> int:
    if not isinstance(item, bytes) or item[:1] == b"\x00":
        raise SignedOtherwiseError(account, "form", "its signature is not made of numbers")
    return int.from_bytes(item)


def _fields(asked: UnsignedTransaction) -> list[Item]:
    numbers = (asked.chain_id, asked.nonce, asked.fees.tip_wei, asked.fees.cap_wei, asked.gas_limit)
    return [*(_shortest(number) for number in numbers), asked.to.to_bytes(), b"", asked.data, []]


def _shortest(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8)


def _signer(digest: bytes, signature: list[int]) -> Address | None:
    from eth_keys.datatypes import Signature  # noqa: PLC0415  takes 0.2 s to import
    from eth_keys.exceptions import BadSignature  # noqa: PLC0415

    parity, r, s = signature
    if s > _HALF_ORDER:
        return None
    try:
        return Address(Signature(vrs=(parity, r, s)).recover_public_key_from_msg_hash(digest).to_address())
    except BadSignature:
        return None


def _shown(item: Item) -> str:
    if not isinstance(item, bytes):
        return f"a list of {len(item)}"
    text = "0x" + item.hex()
    return text if len(text) <= _SHOWN * 2 else f"{text[:_SHOWN]}… ({len(item):,} bytes)"
