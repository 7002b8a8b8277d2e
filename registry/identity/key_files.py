"""Encrypted key files: made, opened, never printed.

Signing keys are encrypted PKCS#8 PEM (Ed25519, or RSA for VC-JWTs); Ethereum keys are keystores of version 3.
A passphrase arrives as an argument of a function, never of a command.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from registry.core.account import Address
from registry.core.errors import InputError, KeyFileError, PassphraseError

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

RSA_BITS = 2048
"""Length of the RSA keys that are made; Open Badges asks for at least this."""
_ENCRYPTED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"
_ENCRYPTED_END = b"-----END ENCRYPTED PRIVATE KEY-----"


def create_signing_key(path: Path, passphrase: str) -> Ed25519PrivateKey:
    """Make an Ed25519 key, write it encrypted and return it; KeyFileError if the file stands already."""
    key = Ed25519PrivateKey.generate()
    encryption = BestAvailableEncryption(passphrase.encode("utf-8"))
    _write_new(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
    return key


def create_rsa_key(path: Path, passphrase: str) -> RSAPrivateKey:
    """Make an RSA key for VC-JWTs, write it encrypted and return it; KeyFileError if the file stands already."""
    key = generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    encryption = BestAvailableEncryption(passphrase.encode("utf-8"))
    _write_new(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
    return key


def open_signing_key(path: Path, passphrase: str) -> Ed25519PrivateKey:
    """Return the Ed25519 key in an encrypted PEM file.

    Raises:
        KeyFileError: the file is missing, not encrypted, or holds no Ed25519 key.
        PassphraseError: the passphrase does not open it.

    """
    key = _opened(path, passphrase)
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(f"{path} holds no Ed25519 key; restore the file from a backup.")
    return key


def open_rsa_key(path: Path, passphrase: str) -> RSAPrivateKey:
    """Return the RSA key in an encrypted PEM file; errors as `open_signing_key` has them."""
    key = _opened(path, passphrase)
    if not isinstance(key, RSAPrivateKey):
        raise KeyFileError(f"{path} holds no RSA key; restore the file from a backup.")
    return key


def _opened(path: Path, passphrase: str) -> PrivateKeyTypes:
    data = _read(path)
    if not data.lstrip().startswith(_ENCRYPTED):
        raise KeyFileError(f"{path} is no encrypted private key (PKCS#8, PEM); restore the file from a backup.")
    try:
        return load_pem_private_key(data, passphrase.encode("utf-8"))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise PassphraseError(
            f"The passphrase does not open {path}, or the file is damaged; nothing was changed."
        ) from error


def create_account(path: Path, passphrase: str) -> Address:
    """Make an Ethereum key, write its keystore and return its address; KeyFileError if the file stands already."""
    from eth_account import Account  # noqa: PLC0415  slow to import; reading never needs it

    account = Account.create()
    keystore = Account.encrypt(account.key, passphrase)
    _write_new(path, json.dumps(keystore, indent=2).encode("utf-8"))
    return Address(account.address)


def account_address(path: Path) -> Address:
    """Return the address of a keystore without opening it; KeyFileError if it is none."""
    try:
        return Address("0x" + json.loads(_read(path))["address"].removeprefix("0x"))
    except (ValueError, KeyError, TypeError, AttributeError, InputError) as error:
        raise KeyFileError(f"{path} is not an Ethereum keystore; restore the file from a backup.") from error


def is_encrypted_key(content: bytes) -> bool:
    """Tell whether a file's content is an encrypted signing key or an Ethereum keystore; needs no passphrase."""
    if content.lstrip().startswith(_ENCRYPTED):
        return b"PRIVATE KEY" not in content.replace(_ENCRYPTED, b"", 1).replace(_ENCRYPTED_END, b"", 1)
    try:
        keystore = json.loads(content)
    except ValueError:
        return False
    crypto = keystore.get("crypto") if isinstance(keystore, dict) else None
    return isinstance(crypto, dict) and {"ciphertext", "kdf", "mac"} <= crypto.keys() and "privatekey" not in keystore


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyFileError(
            f"The key file {path} cannot be read ({error.strerror}); bring it back, or correct its permissions."
        ) from error


def _write_new(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeyFileError(
            f"The key file {path} stands already and is never overwritten; move it away if it is not needed."
        ) from error
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
