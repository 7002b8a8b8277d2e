"""Key files: encrypted, private, never overwritten, and refused with a reason."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from registry.core.errors import KeyFileError, PassphraseError
from registry.credentials.keys import PublicKey
from registry.identity.key_files import account_address, create_account, create_signing_key, open_signing_key

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "correct horse"


def pem(key: Any, passphrase: str | None) -> bytes:
    encryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    data: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    return data


def test_a_signing_key_opens_again_with_its_passphrase(tmp_path: Path) -> None:
    made = create_signing_key(tmp_path / "keys" / "signing.pem", SECRET)
    assert PublicKey.of(open_signing_key(tmp_path / "keys" / "signing.pem", SECRET)) == PublicKey.of(made)


def test_a_key_file_is_encrypted_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "signing.pem"
    made = create_signing_key(path, SECRET)
    assert path.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert made.private_bytes_raw() not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_wrong_passphrase_names_the_file_and_not_the_passphrase(tmp_path: Path) -> None:
    create_signing_key(tmp_path / "signing.pem", SECRET)
    with pytest.raises(PassphraseError, match=r"signing\.pem") as raised:
        open_signing_key(tmp_path / "signing.pem", "swordfish")
    assert "swordfish" not in str(raised.value)


def test_a_missing_key_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match=r"signing\.pem cannot be read \(No such file"):
        open_signing_key(tmp_path / "signing.pem", SECRET)


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "signing.pem").write_bytes(pem(generate_private_key(SECP256R1()), SECRET))
    with pytest.raises(KeyFileError, match="holds no Ed25519 key"):
        open_signing_key(tmp_path / "signing.pem", SECRET)


def test_a_key_that_is_not_encrypted_is_refused(tmp_path: Path) -> None:
    (tmp_path / "signing.pem").write_bytes(pem(generate_private_key(SECP256R1()), None))
    with pytest.raises(KeyFileError, match="is no encrypted private key"):
        open_signing_key(tmp_path / "signing.pem", SECRET)


@pytest.mark.parametrize("data", [b"", b"hello", b"\xff\x00"])
def test_a_file_that_is_no_key_is_said_to_be_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "signing.pem").write_bytes(data)
    with pytest.raises(KeyFileError, match="restore the file from a backup"):
        open_signing_key(tmp_path / "signing.pem", SECRET)


def test_a_damaged_key_file_is_refused_like_a_wrong_passphrase(tmp_path: Path) -> None:
    (tmp_path / "signing.pem").write_bytes(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n")
    with pytest.raises(PassphraseError, match="damaged"):
        open_signing_key(tmp_path / "signing.pem", SECRET)


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "signing.pem"
    create_signing_key(path, SECRET)
    before = path.read_bytes()
    with pytest.raises(KeyFileError, match="never overwritten"):
        create_signing_key(path, SECRET)
    assert path.read_bytes() == before


def test_an_account_is_a_keystore_whose_address_needs_no_passphrase(tmp_path: Path) -> None:
    from eth_account import Account  # noqa: PLC0415  slow to import

    path = tmp_path / "admin.json"
    address = create_account(path, SECRET)
    assert account_address(path) == address
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    key = Account.decrypt(json.loads(path.read_text()), SECRET)
    assert Account.from_key(key).address == address.checksummed()
    with pytest.raises(KeyFileError, match="never overwritten"):
        create_account(path, SECRET)


@pytest.mark.parametrize("data", ["", "[]", "{}", '{"address": 7}', '{"address": "0x12"}', "null", "\udcff"])
def test_a_file_that_is_no_keystore_is_said_to_be_none(tmp_path: Path, data: str) -> None:
    (tmp_path / "admin.json").write_bytes(data.encode("utf-8", "surrogateescape"))
    with pytest.raises(KeyFileError, match="is not an Ethereum keystore"):
        account_address(tmp_path / "admin.json")
