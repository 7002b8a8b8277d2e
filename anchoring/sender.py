"""The only code that sees an Ethereum key: from a keystore or the environment; signs a transaction or structured data.

web3 is not used: it re-sends by itself after a timeout (anchoring.md, 4), and eth-account signs without it.
Signed bytes are stored before `anchoring.chain` sends them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from registry.core.account import Address
from registry.core.digest import Digest
from registry.core.errors import AnchorMismatchError, InputError, KeyFileError, PassphraseError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from eth_account.messages import SignableMessage

    from registry.core.submission import Fees

TRANSACTION_TYPE = 2
"""EIP-1559."""
SIGNATURE_BYTES = 65
"""An ECDSA signature: r, s, v."""
_PARITIES = (27, 28)
_KEY = re.compile("(0x)?[0-9a-fA-F]{64}")
_CURVE_ORDER = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141
"""Of secp256k1; a key is below it."""


@dataclass(frozen=True, slots=True)
class UnsignedTransaction:
    """A call of a contract, complete but for the signature; it carries no ether."""

    chain_id: int
    """EIP-155 chain id: no other chain takes the signature."""
    to: Address
    """The contract."""
    data: bytes
    """Selector and arguments."""
    nonce: int
    """The account's nonce."""
    gas_limit: int
    """Units of gas."""
    fees: Fees
    """What a unit may cost."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed transaction."""

    raw: bytes
    """What is sent."""
    tx_hash: Digest
    """Keccak-256 of `raw`."""


@dataclass(frozen=True, slots=True)
class TypedData:
    """Structured data to be signed (EIP-712)."""

    domain: Mapping[str, Any]
    """What keeps the signature to one chain and one contract, as EIP-712 names it."""
    types: Mapping[str, Any]
    """The primary type's members, by its name; no other type."""
    message: Mapping[str, Any]
    """The members' values."""


@dataclass(slots=True)
class KeystoreSender:
    """One account, its key in an encrypted keystore (version 3) that is opened at the first signature."""

    keystore: Path
    """The file."""
    passphrase: Callable[[], str]
    """Asked once, when the first signature is wanted."""
    _key: bytes | None = field(default=None, repr=False)

    @property
    def address(self) -> Address:
        """Return the account, as the file names it; KeyFileError if there is none."""
        content = _read(self.keystore)
        try:
            return Address("0x" + str(content["address"]).removeprefix("0x"))
        except (KeyError, InputError) as error:
            raise KeyFileError(f"{self.keystore} names no account; it is not an Ethereum keystore.") from error

    def sign(self, transaction: UnsignedTransaction) -> Signed:
        """Return the signed transaction.

        Raises:
            KeyFileError: the file is missing or no keystore.
            PassphraseError: the passphrase does not open it.
            AnchorMismatchError: the file's key is not that of the account the file names.

        """
        return _signed(transaction, self._unlocked())

    def sign_typed_data(self, typed: TypedData) -> bytes:
        """Return the 65 bytes r, s, v; the errors are those of `sign`."""
        return _signature(typed, self._unlocked())

    def _unlocked(self) -> bytes:
        if self._key is None:
            key = _decrypted(self.keystore, self.passphrase())
            signer = _account_of(key)
            if signer != self.address:
                raise AnchorMismatchError(f"{self.keystore} says it is {self.address}, but its key signs as {signer}.")
            self._key = key
        return self._key


@dataclass(frozen=True, slots=True)
class EnvironmentSender:
    """One account, its key given by the environment: for containers whose secrets arrive so."""

    address: Address
    """The key's account."""
    _key: bytes = field(repr=False)

    @classmethod
    def from_text(cls, text: str, variable: str) -> EnvironmentSender:
        """Take 32 bytes in hex, with or without 0x; SettingsError names the variable and never what it holds."""
        if _KEY.fullmatch(text):
            key = bytes.fromhex(text.removeprefix("0x"))
            if 0 < int.from_bytes(key) < _CURVE_ORDER:
                return cls(_account_of(key), key)
        raise SettingsError(
            f"{variable} must be the anchoring key: 32 bytes as 64 hex digits, with or without 0x. What it holds now "
            f"is {'nothing' if not text else 'something else, which is not shown'}; nothing was signed."
        )

    def sign(self, transaction: UnsignedTransaction) -> Signed:
        """Return the signed transaction."""
        return _signed(transaction, self._key)

    def sign_typed_data(self, typed: TypedData) -> bytes:
        """Return the 65 bytes r, s, v."""
        return _signature(typed, self._key)


def signer_of(typed: TypedData, signature: bytes) -> Address | None:
    """Return the account whose key made an ECDSA signature over `typed`, or None if no key did; needs no key.

    Source: EIP-712; as in the contract, v is 27 or 28.
    """
    from eth_account import Account  # noqa: PLC0415  takes 0.3 s to import
    from eth_keys.exceptions import BadSignature  # noqa: PLC0415

    if len(signature) != SIGNATURE_BYTES or signature[-1] not in _PARITIES:
        return None
    try:
        return Address(Account.recover_message(_encoded(typed), signature=signature))
    except BadSignature:
        return None


def _signed(transaction: UnsignedTransaction, key: bytes) -> Signed:
    from eth_account import Account  # noqa: PLC0415  takes 0.3 s to import

    signed = Account.sign_transaction(_fields(transaction), key)
    return Signed(bytes(signed.raw_transaction), Digest(bytes(signed.hash)))


def _signature(typed: TypedData, key: bytes) -> bytes:
    from eth_account import Account  # noqa: PLC0415  takes 0.3 s to import

    return bytes(Account.sign_message(_encoded(typed), key).signature)


def _account_of(key: bytes) -> Address:
    from eth_account import Account  # noqa: PLC0415  takes 0.3 s to import

    return Address(Account.from_key(key).address)


def _encoded(typed: TypedData) -> SignableMessage:
    from eth_account.messages import encode_typed_data  # noqa: PLC0415  takes 0.3 s to import

    return encode_typed_data(dict(typed.domain), dict(typed.types), dict(typed.message))


def _decrypted(keystore: Path, passphrase: str) -> bytes:
    from eth_account import Account  # noqa: PLC0415  takes 0.3 s to import

    content = _read(keystore)
    try:
        return bytes(Account.decrypt(content, passphrase))
    except ValueError as error:
        raise PassphraseError(f"The passphrase does not open {keystore}. Nothing was signed.") from error
    except (KeyError, TypeError, NotImplementedError) as error:
        raise KeyFileError(f"{keystore} is not an Ethereum keystore of version 3; restore it from a backup.") from error


def _read(keystore: Path) -> dict[str, object]:
    try:
        content = json.loads(keystore.read_text("utf-8"))
    except OSError as error:
        raise KeyFileError(
            f"The key file {keystore} cannot be read: {error.strerror}. Run `credanchor init`."
        ) from error
    except ValueError as error:
        raise KeyFileError(f"{keystore} is not JSON; restore it from a backup.") from error
    if not isinstance(content, dict):
        raise KeyFileError(f"{keystore} is not an Ethereum keystore; restore it from a backup.")
    return content


def _fields(transaction: UnsignedTransaction) -> dict[str, object]:
    return {
        "type": TRANSACTION_TYPE,
        "chainId": transaction.chain_id,
        "to": transaction.to.checksummed(),
        "value": 0,
        "data": transaction.data,
        "nonce": transaction.nonce,
        "gas": transaction.gas_limit,
        "maxFeePerGas": transaction.fees.cap_wei,
        "maxPriorityFeePerGas": transaction.fees.tip_wei,
    }
