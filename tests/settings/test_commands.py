"""Commands that need no chain, on a home of their own: what they refuse, and that they then change nothing."""

from __future__ import annotations

import base64
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from registry.core.account import Address
from registry.credentials.badge import default_badge
from registry.records import IssuerRow
from registry.settings import load_settings, open_store

if TYPE_CHECKING:
    from pathlib import Path

homes = sys.modules["tests_homes"]  # loaded by tests/conftest.py
pytestmark = pytest.mark.xdist_group("home")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Give a home with an issuer, without a chain. Copy it before writing to it."""
    home = homes.Home(tmp_path_factory.mktemp("commands") / "home", "")
    home.do("init", "--base-url", "https://uni.example/badges")
    store = open_store(load_settings(home.folder))
    store.add_issuer(IssuerRow("uni", "did:web:uni.example", Address("0x" + "1" * 40), {"name": "U"}))
    store.engine.dispose()
    return home


def test_init_makes_three_encrypted_keys_and_never_a_second_time(made: Any) -> None:
    keys = made.folder / "keys"
    assert sorted(path.name for path in keys.iterdir()) == ["admin.json", "anchoring.json", "signing.pem"]
    assert {path.stat().st_mode & 0o777 for path in keys.iterdir()} == {0o600}
    before = {path.name: path.read_bytes() for path in keys.iterdir()}
    outcome = made.run("init")
    assert (outcome.code, "nothing was changed" in outcome.err) == (2, True)
    assert {path.name: path.read_bytes() for path in keys.iterdir()} == before


@pytest.mark.parametrize(
    "url",
    [
        "uni.example",
        "ftp://uni.example",
        "http://uni.example",
        "https://",
        "https://uni.example:port",
        "https://uni.example:99999",
        "https://user:secret@uni.example",
        "https://uni.example?x=1",
        "https://uni.example#x",
        "https://uni.example/a b",
        "https://uni.example/%2e%2e",
        "https://[",
    ],
)
def test_init_refuses_a_base_url_that_makes_no_did_and_makes_nothing(tmp_path: Path, url: str) -> None:
    home = homes.Home(tmp_path / "home", "")
    outcome = home.run("init", "--base-url", url)
    assert (outcome.code, "--base-url" in outcome.err) == (2, True)
    assert not home.folder.exists()


def test_init_refuses_a_network_that_does_not_exist_and_makes_nothing(tmp_path: Path) -> None:
    home = homes.Home(tmp_path / "home", "")
    outcome = home.run("init", "--network", "mars")
    assert (outcome.code, "'mars'" in outcome.err) == (2, True)
    assert not home.folder.exists()


def test_init_over_keys_of_an_interrupted_one_keeps_them(tmp_path: Path) -> None:
    home = homes.Home(tmp_path / "home", "")
    (home.folder / "keys").mkdir(parents=True)
    (home.folder / "keys" / "admin.json").write_text("a key")
    outcome = home.run("init")
    assert (outcome.code, "move it away" in outcome.err) == (2, True)
    assert (home.folder / "keys" / "admin.json").read_text() == "a key"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "Say which credentials"),
        (["--all", "--batch", "1"], "Say which credentials"),
        (["--batch", "7"], "There is no batch 7"),
        (["--credential", "urn:uuid:7"], "There is no credential"),
    ],
)
def test_export_refuses_what_is_not_there_and_makes_no_folder(
    made: Any, tmp_path: Path, options: list[str], words: str
) -> None:
    outcome = made.run("export", "--out", str(tmp_path / "out"), *options)
    assert (outcome.code, words in outcome.err) == (2, True)
    assert not (tmp_path / "out").exists()


def achievement(folder: Path, name: str = "data.json", **members: Any) -> str:
    document = json.loads((homes.EXAMPLE / "data-foundations.json").read_text("utf-8"))
    (folder / name).write_text(json.dumps({**document, **members}))
    return str(folder / name)


def test_an_achievement_with_a_picture_of_its_own_is_taken_if_it_can_carry_a_credential(
    made: Any, tmp_path: Path
) -> None:
    home = made.copied(tmp_path / "home")
    address = "data:image/png;base64," + base64.b64encode(default_badge(b"own")).decode()
    home.do("achievement", "add", achievement(tmp_path, image={"id": address, "type": "Image"}))
    [row] = [json.loads(line) for line in home.do("achievement", "list", "--json").splitlines()]
    assert (row["id"], row["issuer"]) == ("data", "uni")
    shown = json.loads(home.do("achievement", "show", "data"))
    assert shown["id"] == "https://uni.example/badges/issuers/uni/achievements/data"


@pytest.mark.parametrize("data", ["AAAA", "not base64!", base64.b64encode(default_badge(b"cut")[:99]).decode()])
def test_an_achievement_with_a_damaged_picture_is_refused_by_file(made: Any, tmp_path: Path, data: str) -> None:
    home = made.copied(tmp_path / "home")
    picture = {"id": f"data:image/png;base64,{data}", "type": "Image"}
    outcome = home.run("achievement", "add", achievement(tmp_path, image=picture))
    assert (outcome.code, "data.json" in outcome.err) == (2, True)
    assert home.do("achievement", "list") == ""


def test_one_wrong_achievement_among_several_adds_none(made: Any, tmp_path: Path) -> None:
    home = made.copied(tmp_path / "home")
    wrong = achievement(tmp_path, "wrong.json", criteria={})
    outcome = home.run("achievement", "add", achievement(tmp_path), wrong)
    assert (outcome.code, "wrong.json" in outcome.err) == (2, True)
    assert home.do("achievement", "list") == ""


@pytest.mark.parametrize("name", ["with space.json", ".json", "-x.json", "x" * 90 + ".json"])
def test_a_file_name_that_makes_no_short_id_is_refused(made: Any, tmp_path: Path, name: str) -> None:
    outcome = made.run("achievement", "add", "--", achievement(tmp_path, name))
    assert (outcome.code, "short id" in outcome.err) == (2, True)


@pytest.mark.parametrize(("size", "words"), [(16 * 1024 * 1024 + 1, "16,777,216 bytes"), (0, "nothing in it")])
def test_verify_says_of_a_file_that_it_is_too_large_or_empty(made: Any, tmp_path: Path, size: int, words: str) -> None:
    (tmp_path / "file").write_bytes(b" " * size)
    outcome = made.run("verify", str(tmp_path / "file"))
    assert (outcome.code, words in outcome.out) == (2, True)


def test_verify_says_of_a_file_that_it_cannot_be_read(made: Any) -> None:
    outcome = made.run("verify", "--json", "nowhere.json")
    value = json.loads(outcome.out)
    assert (outcome.code, value["verdict"], "cannot be read" in value["summary"]) == (2, "not-a-credential", True)


def test_verify_says_of_a_folder_that_nothing_in_it_can_carry_a_credential(made: Any, tmp_path: Path) -> None:
    for name in ("notes.txt", ".hidden.json", "one.state.json"):
        (tmp_path / name).write_text("{}")
    outcome = made.run("verify", str(tmp_path))
    assert (outcome.code, outcome.out) == (2, "")
    assert f"The folder {tmp_path} holds no file" in outcome.err


def test_verify_cannot_tell_of_an_address_that_does_not_answer(made: Any) -> None:
    outcome = made.run("verify", "--json", "https://127.0.0.1/c/x")
    assert (outcome.code, json.loads(outcome.out)["verdict"]) == (3, "undecided")


def test_a_terminal_is_shown_no_control_characters_of_strangers(made: Any, tmp_path: Path) -> None:
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": "did:example:\x1b[2J\x07",
        "proof": {"type": "\x1b]0;owned\x07"},
    }
    (tmp_path / "evil.json").write_text(json.dumps(document))
    outcome = made.run("verify", str(tmp_path / "evil.json"))
    assert outcome.code in {1, 3}
    assert all(one.isprintable() or one == "\n" for one in outcome.out)
