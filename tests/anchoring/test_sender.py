"""The sender: opens its keystore with the right passphrase only, and signs exactly what it was given."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from eth_account import Account
from eth_account.typed_transactions import TypedTransaction
from hexbytes import HexBytes

from anchoring.sender import EnvironmentSender, KeystoreSender, UnsignedTransaction
from registry.core.account import Address
from registry.core.errors import AnchorMismatchError, KeyFileError, PassphraseError, SettingsError
from registry.core.submission import Fees

if TYPE_CHECKING:
    from pathlib import Path

KEY = "0x" + "11" * 32
ACCOUNT = Address(Account.from_key(KEY).address)
CALL = UnsignedTransaction(31337, Address("0x" + "2" * 40), b"\x01\x02", 5, 80_000, Fees(10**10, 10**9))


@pytest.fixture
def keystore(tmp_path: Path) -> Path:
    path = tmp_path / "anchoring.json"
    path.write_text(json.dumps(Account.encrypt(KEY, "right", kdf="pbkdf2", iterations=2)), "utf-8")
    return path


def test_the_account_is_known_without_the_passphrase(keystore: Path) -> None:
    def never() -> str:
        raise AssertionError

    assert KeystoreSender(keystore, never).address == ACCOUNT


def test_the_signed_bytes_say_exactly_what_was_asked(keystore: Path) -> None:
    signed = KeystoreSender(keystore, lambda: "right").sign(CALL)

    fields = TypedTransaction.from_bytes(HexBytes(signed.raw)).as_dict()
    assert {
        name: fields[name] for name in ("chainId", "nonce", "gas", "maxFeePerGas", "maxPriorityFeePerGas", "value")
    } == {
        "chainId": 31337,
        "nonce": 5,
        "gas": 80_000,
        "maxFeePerGas": 10**10,
        "maxPriorityFeePerGas": 10**9,
        "value": 0,
    }
    assert (fields["to"].hex(), bytes(fields["data"])) == ("2" * 40, b"\x01\x02")
    assert Address(Account.recover_transaction(signed.raw)) == ACCOUNT


def test_signing_twice_gives_the_same_bytes_and_asks_for_the_passphrase_once(keystore: Path) -> None:
    asked = []
    sender = KeystoreSender(keystore, lambda: asked.append(1) or "right")

    assert sender.sign(CALL) == sender.sign(CALL)
    assert asked == [1]


def test_a_wrong_passphrase_is_told_with_the_file(keystore: Path) -> None:
    with pytest.raises(PassphraseError, match=r"does not open .*anchoring\.json"):
        KeystoreSender(keystore, lambda: "wrong").sign(CALL)


def test_the_key_is_never_shown(keystore: Path) -> None:
    sender = KeystoreSender(keystore, lambda: "right")
    sender.sign(CALL)

    assert "11" * 16 not in repr(sender)
    assert "right" not in repr(sender)


def test_a_missing_file_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="credanchor init"):
        _ = KeystoreSender(tmp_path / "none.json", lambda: "right").address


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"address": "12"}', '{"address": 7}'])
def test_a_file_that_is_no_keystore_is_refused(keystore: Path, content: str) -> None:
    keystore.write_text(content, "utf-8")

    with pytest.raises(KeyFileError):
        _ = KeystoreSender(keystore, lambda: "right").address


@pytest.mark.parametrize("member", ["crypto", "version"])
def test_a_keystore_without_its_parts_is_refused(keystore: Path, member: str) -> None:
    content = json.loads(keystore.read_text("utf-8"))
    del content[member]
    keystore.write_text(json.dumps(content), "utf-8")

    with pytest.raises(KeyFileError):
        KeystoreSender(keystore, lambda: "right").sign(CALL)


def test_a_file_that_names_another_account_than_its_key_is_refused(keystore: Path) -> None:
    content = json.loads(keystore.read_text("utf-8")) | {"address": "3" * 40}
    keystore.write_text(json.dumps(content), "utf-8")

    with pytest.raises(AnchorMismatchError):
        KeystoreSender(keystore, lambda: "right").sign(CALL)


def test_a_key_from_the_environment_signs_like_one_from_a_file(keystore: Path) -> None:
    given = EnvironmentSender.from_text(KEY, "THE_KEY")

    assert given.address == ACCOUNT
    assert given.sign(CALL) == KeystoreSender(keystore, lambda: "right").sign(CALL)
    assert "11" * 16 not in repr(given)


NO_KEYS = {
    "nothing": "",
    "too short": "11" * 31,
    "too long": "11" * 33,
    "no hex": "11" * 31 + "zz",
    "spaces": f" {KEY}",
    "zero": "00" * 32,
    "not below the curve's order": "ff" * 32,
}


@pytest.mark.parametrize("case", NO_KEYS)
def test_what_is_no_key_is_refused_and_never_shown(case: str) -> None:
    text = NO_KEYS[case]

    with pytest.raises(SettingsError, match="THE_KEY must be the anchoring key") as refused:
        EnvironmentSender.from_text(text, "THE_KEY")

    assert refused.value.__cause__ is None
    assert not text or text not in str(refused.value)
