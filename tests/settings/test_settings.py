"""Environment and home folder: read once, refused with a reason."""

from __future__ import annotations

import getpass
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from registry import settings as configured
from registry.core.errors import HomeVersionError, PassphraseError, SettingsError

if TYPE_CHECKING:
    from pathlib import Path


class Terminal:
    """A standard input that is, or is not, a terminal."""

    def __init__(self, *, at_one: bool) -> None:
        self._at_one = at_one

    def isatty(self) -> bool:
        return self._at_one


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "PASSPHRASE", "PASSPHRASE_FILE", "DATABASE_URL", "NETWORK"):
        monkeypatch.delenv(f"CREDANCHOR_{name}", raising=False)
    monkeypatch.setattr(sys, "stdin", Terminal(at_one=False))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    configured.write_home_file(tmp_path, base_url="https://uni.example/", network="local")
    return tmp_path


# --- Passphrase


def test_the_passphrase_in_the_environment_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from the file")
    monkeypatch.setenv("CREDANCHOR_PASSPHRASE_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("CREDANCHOR_PASSPHRASE", "from the environment")
    assert configured.passphrase("the keys") == "from the environment"


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_passphrase_file_ends_at_its_line_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ending: str) -> None:
    (tmp_path / "secret").write_bytes(f" two words {ending}".encode())
    monkeypatch.setenv("CREDANCHOR_PASSPHRASE_FILE", str(tmp_path / "secret"))
    assert configured.passphrase("the keys") == " two words "


@pytest.mark.parametrize("data", [None, b"\xff\xfe", b"", b"\n"])
def test_a_passphrase_file_that_is_missing_empty_or_no_text_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, data: bytes | None
) -> None:
    path = tmp_path / "secret"
    if data is not None:
        path.write_bytes(data)
    monkeypatch.setenv("CREDANCHOR_PASSPHRASE_FILE", str(path))
    monkeypatch.setattr(sys, "stdin", Terminal(at_one=True))
    with pytest.raises(PassphraseError, match=r"CREDANCHOR_PASSPHRASE_FILE names .*secret"):
        configured.passphrase("the keys")


def test_without_environment_and_terminal_the_ways_to_give_one_are_said() -> None:
    with pytest.raises(PassphraseError, match="set CREDANCHOR_PASSPHRASE or CREDANCHOR_PASSPHRASE_FILE"):
        configured.passphrase("the keys")


def typed(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    prompts: list[str] = []
    given = iter(answers)

    def ask(prompt: str) -> str:
        prompts.append(prompt)
        return next(given)

    monkeypatch.setattr(sys, "stdin", Terminal(at_one=True))
    monkeypatch.setattr(getpass, "getpass", ask)
    return prompts


def test_at_a_terminal_it_is_asked_for_by_its_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    prompts = typed(monkeypatch, "secret")
    assert configured.passphrase("the anchoring key") == "secret"
    assert prompts == ["Passphrase for the anchoring key: "]


def test_a_new_passphrase_is_asked_for_twice_and_must_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "secret", "secret")
    assert configured.passphrase("the new keys", confirm=True) == "secret"
    typed(monkeypatch, "secret", "sekret")
    with pytest.raises(PassphraseError, match="differ"):
        configured.passphrase("the new keys", confirm=True)


def test_an_empty_answer_is_no_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "")
    with pytest.raises(PassphraseError):
        configured.passphrase("the keys")


# --- Home


def test_an_initialised_home_is_read(home: Path) -> None:
    settings = configured.load_settings(home)
    assert (settings.base_url, settings.network) == ("https://uni.example", "local")
    assert settings.database_url == f"sqlite:///{home / 'credanchor.db'}"
    assert settings.chosen_network().name == "local"
    assert settings.keys() == home / "keys"


def test_the_environment_names_home_database_and_network(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDANCHOR_HOME", str(home))
    monkeypatch.setenv("CREDANCHOR_DATABASE_URL", "postgresql+psycopg://db/x")
    monkeypatch.setenv("CREDANCHOR_NETWORK", "sepolia")
    settings = configured.load_settings()
    assert (settings.home, settings.database_url) == (home, "postgresql+psycopg://db/x")
    assert settings.chosen_network().name == "sepolia"


def test_without_a_named_home_it_is_in_the_users_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert configured.home_folder() == tmp_path / ".credanchor"


def test_a_folder_that_is_no_home_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="run `credanchor init`"):
        configured.load_settings(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": "new"}', '{"version": null}', "\x00"])
def test_a_damaged_home_file_is_named(home: Path, text: str) -> None:
    (home / "home.json").write_text(text)
    with pytest.raises(SettingsError, match=r"home\.json is damaged"):
        configured.load_settings(home)


def test_a_home_of_a_newer_version_is_refused(home: Path) -> None:
    stored = json.loads((home / "home.json").read_text())
    (home / "home.json").write_text(json.dumps({**stored, "version": configured.HOME_VERSION + 1}))
    with pytest.raises(HomeVersionError, match="upgrade Credanchor"):
        configured.load_settings(home)


def test_an_unknown_network_is_told_with_those_there_are(home: Path) -> None:
    with pytest.raises(SettingsError, match=r"no network 'mars' .* known are local"):
        configured.load_settings(home).chosen_network("mars")


def test_writing_the_home_file_leaves_nothing_half_written(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (home / "home.json").read_text()

    def dies(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pathlib.Path.replace", dies)
    with pytest.raises(KeyboardInterrupt):
        configured.write_home_file(home, base_url="https://other.example", network="local")
    assert (home / "home.json").read_text() == before


# --- Verifier


def test_a_verifier_works_without_any_home(tmp_path: Path) -> None:
    verifier = configured.build_verifier(tmp_path / "nowhere")
    assert {reader.network.name for reader in verifier._readers} >= {"local", "sepolia"}
    verifier.close()


def test_loopback_is_read_only_on_behalf_of_a_home_with_a_local_chain(home: Path) -> None:
    assert configured.has_local_chain(home) is False
    (home / "devnet").mkdir()
    (home / "devnet" / "network.toml").write_text("")
    assert configured.has_local_chain(home) is True
    verifier = configured.build_verifier(home)
    assert verifier._directory._directory._allow_loopback is True  # type: ignore[attr-defined]
    verifier.close()
