"""`credanchor achievement` on a home of its own: what it judges, refuses and reports."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from registry.core.account import Address
from registry.records import IssuerRow
from registry.settings import load_settings, open_store

if TYPE_CHECKING:
    from pathlib import Path

homes = sys.modules["tests_homes"]  # loaded by tests/conftest.py
pytestmark = pytest.mark.xdist_group("home")

PROFILE = {
    "id": "did:web:uni.example",
    "type": ["Profile"],
    "name": "U",
    "address": {"type": ["Address"], "addressCountryCode": "NL"},
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Give a home with an issuer, without a chain. Copy it before writing to it."""
    home = homes.Home(tmp_path_factory.mktemp("achievements") / "home", "")
    home.do("init", "--base-url", "https://uni.example/badges")
    store = open_store(load_settings(home.folder))
    store.add_issuer(IssuerRow("uni", "did:web:uni.example", Address("0x" + "1" * 40), PROFILE))
    store.engine.dispose()
    return home


def achievement(folder: Path, name: str = "data.json", **members: Any) -> str:
    document = json.loads((homes.EXAMPLE / "data-foundations.json").read_text("utf-8"))
    (folder / name).write_text(json.dumps({**document, **members}))
    return str(folder / name)


def aligned(kind: str, url: str = "https://uni.example/x") -> dict[str, Any]:
    return {"type": ["Alignment"], "targetName": "Some", "targetType": kind, "targetUrl": url}


def test_check_needs_no_home_and_takes_the_example(tmp_path: Path) -> None:
    home = homes.Home(tmp_path / "nowhere", "")
    said = home.do("achievement", "check", str(homes.EXAMPLE / "data-foundations.json"))
    assert "Data Foundations can be issued" in said
    assert not home.folder.exists()


@pytest.mark.parametrize(
    ("members", "place"),
    [
        ({"alignment": [aligned("ext:LearningOutcome", "ftp://uni.example/1")]}, "alignment[0].targetUrl is"),
        ({"criteria": {}}, "criteria says nothing"),
        ({"colour": "red"}, "colour is not a member"),
        ({"creditsAvailable": -1}, "creditsAvailable is -1"),
        ({"image": {"id": "data:image/png;base64,AAAA", "type": "Image"}}, "image.id cannot be used"),
        ({"type": ["Achievement", "Nonsense"]}, "Nonsense"),
    ],
)
def test_add_refuses_what_check_refuses_and_both_name_file_and_member(
    made: Any, tmp_path: Path, members: dict[str, Any], place: str
) -> None:
    home = made.copied(tmp_path / "home")
    path = achievement(tmp_path, **members)
    checked, added = home.run("achievement", "check", path), home.run("achievement", "add", path)
    assert (checked.code, added.code) == (2, 2)
    assert checked.out.startswith(f"{path}: ")
    assert added.err.startswith(f"{path}: ")
    assert place in checked.out
    assert place in added.err
    assert home.do("achievement", "list") == ""


def test_check_judges_every_file_though_one_is_refused(made: Any, tmp_path: Path) -> None:
    wrong, right = achievement(tmp_path, "wrong.json", description=" "), achievement(tmp_path)
    (tmp_path / "none.json").write_text("{")
    outcome = made.run("achievement", "check", "--json", wrong, right, str(tmp_path / "none.json"))
    first, second, third = (json.loads(line) for line in outcome.out.splitlines())
    assert (outcome.code, first["accepted"], second["accepted"], third["accepted"]) == (2, False, True, False)
    assert (first["file"], first["problems"]) == (wrong, [{"where": "description", "detail": "is empty."}])
    assert "not JSON" in third["problems"][0]["detail"]


def test_check_refuses_a_file_that_lacks_what_the_framework_wants_of_it(made: Any, tmp_path: Path) -> None:
    outcome = made.run("achievement", "check", "--framework", "eu", achievement(tmp_path, alignment=[]))
    assert (outcome.code, "can be issued" in outcome.out) == (2, True)
    assert "lacking: learning outcomes (weak), notional workload (weak)" in outcome.out
    assert "awarding body" not in outcome.out


def test_check_says_of_a_file_that_it_cannot_be_read(made: Any) -> None:
    outcome = made.run("achievement", "check", "nowhere.json")
    assert (outcome.code, "nowhere.json cannot be read" in outcome.err) == (2, True)


def test_show_reports_what_an_achievement_has_of_a_framework_and_where(made: Any, tmp_path: Path) -> None:
    home = made.copied(tmp_path / "home")
    home.do("achievement", "add", achievement(tmp_path, alignment=[aligned("ext:AssessmentType")]))
    value = json.loads(home.do("achievement", "show", "data", "--framework", "eu", "--json"))
    assert value["framework"] == "eu"
    found = {one["name"]: (one["state"], one["where"]) for one in value["descriptors"]}
    assert len(found) == 16
    assert found["country or region of the issuer"] == ("present", "/issuer/address/addressCountryCode")
    assert found["type of assessment"] == ("present", "/credentialSubject/achievement/alignment/0")
    assert found["learning outcomes"] == ("weak", "/credentialSubject/achievement/criteria/narrative")
    assert found["form of participation"] == ("missing", None)


@pytest.mark.parametrize(("framework", "says"), [("eu", False), ("au", True), ("trusted", True)])
def test_a_report_on_a_list_that_could_not_be_confirmed_says_so(
    made: Any,
    tmp_path: Path,
    framework: str,
    says: bool,  # noqa: FBT001  a pytest parameter
) -> None:
    home = made.copied(tmp_path / "home")
    home.do("achievement", "add", achievement(tmp_path))
    said = home.do("achievement", "show", "data", "--framework", framework)
    assert ("This list could not be confirmed at its source" in said) is says
    assert "Source: " in said


def test_show_without_a_framework_prints_the_achievement(made: Any, tmp_path: Path) -> None:
    home = made.copied(tmp_path / "home")
    home.do("achievement", "add", achievement(tmp_path))
    [line] = home.do("achievement", "show", "data", "--json").splitlines()
    assert json.loads(line) == json.loads(home.do("achievement", "show", "data"))
