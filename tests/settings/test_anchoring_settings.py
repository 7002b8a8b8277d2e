"""anchoring.toml: every member is optional, and a wrong one is refused with its place."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from anchoring.sender import EnvironmentSender, KeystoreSender
from anchoring.settings import anchoring_signer, policy_of
from anchoring.steps import Policy
from registry.anchoring_settings import AnchoringSettings, SignerSettings, load_anchoring_settings
from registry.core.errors import SettingsError
from registry.settings import load_settings, write_home_file

if TYPE_CHECKING:
    from pathlib import Path

KEY = "0x" + "7" * 64


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("CREDANCHOR_")]:
        monkeypatch.delenv(name)


def loaded(home: Path, text: str) -> AnchoringSettings:
    (home / "anchoring.toml").write_text(text, "utf-8")
    return load_anchoring_settings(home)


def test_without_a_file_the_job_does_as_it_always_did(tmp_path: Path) -> None:
    allowed = load_anchoring_settings(tmp_path)

    assert allowed == AnchoringSettings()
    assert policy_of(allowed) == Policy()
    assert (allowed.max_wait_seconds, allowed.confirm_depth, allowed.signer.kind) == (0, None, "keystore")


def test_every_member_of_the_file_is_taken(tmp_path: Path) -> None:
    allowed = loaded(
        tmp_path,
        "max_batch_size = 5000\nmax_wait_seconds = 3600\nmax_fee_gwei = 2.5\nconfirm = 12\n"
        'bump_after_seconds = [60, 90]\nresend_after_seconds = 10\nlog = "json"\nmetrics_port = 9464\n'
        '[signer]\nkind = "http"\nurl = "https://signer.example/x"\ntimeout_seconds = 5\n',
    )

    assert (allowed.max_batch_size, allowed.max_wait_seconds, allowed.confirm_depth) == (5000, 3600, 12)
    assert (allowed.log, allowed.metrics_port) == ("json", 9464)
    assert policy_of(allowed) == Policy(2_500_000_000, 10, (60, 90))
    assert allowed.signer == SignerSettings(kind="http", url="https://signer.example/x", timeout_seconds=5.0)


WRONG = {
    "max_batch_size": "max_batch_size = 0",
    "max_batch_size too large": "max_batch_size = 1048577",
    "max_wait_seconds": "max_wait_seconds = -1",
    "max_fee_gwei": "max_fee_gwei = 0",
    "max_fee_gwei infinite": "max_fee_gwei = inf",
    "confirm": "confirm = 0",
    "confirm by yes or no": "confirm = true",
    "confirm by another word": 'confirm = "safe"',
    "bump_after_seconds": "bump_after_seconds = []",
    "bump_after_seconds.1": "bump_after_seconds = [60, 0]",
    "resend_after_seconds": 'resend_after_seconds = "30"',
    "log": 'log = "loud"',
    "metrics_port": "metrics_port = 70000",
    "rpc_urls, which belongs elsewhere": "rpc_urls = []",
    "signer": "signer = 7",
    "signer.kind": '[signer]\nkind = "ledger"',
    "signer.key, which belongs nowhere": f'[signer]\nkey = "{KEY}"',
    "signer without url": '[signer]\nkind = "http"',
    "signer with needless url": '[signer]\nurl = "https://signer.example"',
    "signer with needless account": f'[signer]\naccount = "0x{"1" * 40}"',
    "signer.account": '[signer]\nkind = "http"\nurl = "https://a.example"\naccount = "0x12"',
    "signer.timeout_seconds": '[signer]\nkind = "http"\nurl = "https://a.example"\ntimeout_seconds = 0',
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_member_is_refused_with_file_and_place(tmp_path: Path, case: str) -> None:
    with pytest.raises(SettingsError, match=r"anchoring\.toml: ") as refused:
        loaded(tmp_path, WRONG[case])

    member = case.split(maxsplit=1)[0].rstrip(",")
    assert f"anchoring.toml: {member}: " in str(refused.value)
    assert KEY not in str(refused.value)


URLS = {
    "http://signer.example:9000/": False,
    "http://10.0.0.7:9000/": False,
    "http://127.0.0.1.example/": False,
    "http://localhost.example/": False,
    "http://127.0.0.1@signer.example/": False,
    "ftp://127.0.0.1/": False,
    "//127.0.0.1/": False,
    "https://": False,
    "http://[::1": False,
    "http://127.0.0.1:9000/": True,
    "http://127.8.8.8:9000/": True,
    "http://[::1]:9000/": True,
    "http://localhost:9000/": True,
    "https://signer.example/": True,
}


@pytest.mark.parametrize("url", URLS)
def test_a_signer_is_reached_encrypted_or_on_this_machine_alone(tmp_path: Path, url: str) -> None:
    text = f'[signer]\nkind = "http"\nurl = "{url}"\n'
    if URLS[url]:
        assert loaded(tmp_path, text).signer.url == url
    else:
        with pytest.raises(SettingsError, match="https URL, or http to this machine"):
            loaded(tmp_path, text)


def test_a_file_that_is_no_toml_is_refused_with_the_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"anchoring\.toml is not TOML: .*line 2"):
        loaded(tmp_path, "max_wait_seconds = 1\nmax_fee_gwei\n")


def test_the_environment_comes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "MAX_BATCH_SIZE": "7",
        "MAX_FEE_GWEI": "1.5",
        "CONFIRM": "3",
        "BUMP_AFTER_SECONDS": "5,10",
        "LOG": "json",
        "MAX_WAIT_SECONDS": "",
        "SIGNER_URL": "http://127.0.0.1:9000",
        "SIGNER_ACCOUNT": "0x" + "1" * 40,
    }
    for name, value in given.items():
        monkeypatch.setenv(f"CREDANCHOR_{name}", value)

    allowed = loaded(tmp_path, 'max_batch_size = 9\nmax_wait_seconds = 60\n[signer]\nkind = "http"\n')

    assert (allowed.max_batch_size, allowed.max_fee_gwei, allowed.confirm) == (7, 1.5, 3)
    assert (allowed.bump_after_seconds, allowed.log, allowed.max_wait_seconds) == ((5, 10), "json", 60)
    assert (allowed.signer.kind, allowed.signer.url) == ("http", "http://127.0.0.1:9000")
    assert allowed.signer.account == "0x" + "1" * 40


@pytest.mark.parametrize("name", ["MAX_FEE_GWEI", "SIGNER_TIMEOUT_SECONDS", "CONFIRM"])
def test_a_wrong_variable_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"CREDANCHOR_{name}", "plenty")

    with pytest.raises(SettingsError, match=f"the variable CREDANCHOR_{name}: "):
        load_anchoring_settings(tmp_path)


def test_a_keystore_is_the_usual_signer(tmp_path: Path) -> None:
    write_home_file(tmp_path, base_url="http://localhost:1", network="local")

    signer = anchoring_signer(load_settings(tmp_path), AnchoringSettings())

    assert isinstance(signer, KeystoreSender)
    assert signer.keystore == tmp_path / "keys" / "anchoring.json"


def test_a_key_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_home_file(tmp_path, base_url="http://localhost:1", network="local")
    monkeypatch.setenv("CREDANCHOR_ANCHORING_KEY", KEY)

    signer = anchoring_signer(load_settings(tmp_path), loaded(tmp_path, '[signer]\nkind = "environment"\n'))

    assert isinstance(signer, EnvironmentSender)
    assert "777" not in repr(signer)


NO_TOKENS = {"missing": None, "empty": b"\n", "two lines": b"one\ntwo\n", "no ASCII": "schlüssel".encode()}


@pytest.mark.parametrize("case", NO_TOKENS)
def test_a_token_file_that_holds_no_token_is_refused_without_showing_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    write_home_file(tmp_path, base_url="http://localhost:1", network="local")
    data = NO_TOKENS[case]
    if data is not None:
        (tmp_path / "token").write_bytes(data)
    monkeypatch.setenv("CREDANCHOR_SIGNER_TOKEN_FILE", str(tmp_path / "token"))
    allowed = loaded(tmp_path, '[signer]\nkind = "http"\nurl = "https://signer.example/"\n')

    with pytest.raises(SettingsError, match="CREDANCHOR_SIGNER_TOKEN") as refused:
        anchoring_signer(load_settings(tmp_path), allowed)

    assert not any(word in str(refused.value) for word in ("one", "schl"))
