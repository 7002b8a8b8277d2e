"""`credanchor issue` on a home without a chain: what it refuses before anything is signed, and what it discloses."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from registry.core.account import Address
from registry.credentials.keys import PublicKey
from registry.identity.key_files import open_signing_key
from registry.records import IssuerRow, SigningKeyRow
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
HEADER = "Badge Class ID,Identifier,Student Number,First Name,Issue Date,Grade\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Give a home with an issuer that signs, without a chain. Copy it before writing to it."""
    home = homes.Home(tmp_path_factory.mktemp("issuing") / "home", "")
    home.do("init", "--base-url", "https://uni.example/badges")
    settings = load_settings(home.folder)
    store = open_store(settings)
    issuer = store.add_issuer(IssuerRow("uni", "did:web:uni.example", Address("0x" + "1" * 40), PROFILE))
    key = PublicKey.of(open_signing_key(settings.keys() / "signing.pem", homes.PASSPHRASE))
    store.add_signing_key(SigningKeyRow(issuer.id, key.multibase, "signing.pem", datetime(2026, 1, 1, tzinfo=UTC)))
    store.engine.dispose()
    return home


@pytest.fixture
def home(made: Any, tmp_path: Path) -> Any:
    return made.copied(tmp_path / "home")


def offer(home: Any, **members: Any) -> None:
    document = json.loads((homes.EXAMPLE / "data-foundations.json").read_text("utf-8"))
    path = home.folder / "data.json"
    path.write_text(json.dumps({**document, **members}))
    home.do("achievement", "add", str(path))


def roster(home: Any, *, day: str = "2026-06-30", grade: str = "") -> str:
    path = home.folder / "roster.csv"
    path.write_text(f"{HEADER}data,ada@x.example,4711,Ada,{day},{grade}\n")
    return str(path)


def issued(home: Any) -> list[dict[str, Any]]:
    store = open_store(load_settings(home.folder))
    try:
        return [json.loads(one.entry) for one in store.credentials()]
    finally:
        store.engine.dispose()


SCALE = {"id": "urn:x:1", "type": ["ResultDescription"], "name": "Grade", "resultType": "Result"}


@pytest.mark.parametrize(
    ("scale", "grade", "column", "says"),
    [
        ({"allowedValue": ["B", "A"]}, "C", "Grade", "knows no result 'C'"),
        ({"valueMin": "1", "valueMax": "10"}, "10.5", "Grade", "outside the achievement's scale"),
        ({"allowedValue": ["C", "B", "A"], "requiredValue": "B"}, "C", "Grade", "below 'B'"),
        ({"resultType": "Status"}, "Done", "Grade", "knows no result 'Done'"),
    ],
)
def test_a_result_outside_its_scale_is_refused_by_row_and_column_before_anything_is_signed(
    home: Any, scale: dict[str, Any], grade: str, column: str, says: str
) -> None:
    offer(home, resultDescription=[SCALE | scale])
    outcome = home.run("issue", roster(home, grade=grade))
    assert (outcome.code, issued(home)) == (2, [])
    assert f'roster.csv, row 2, column "{column}": ' in outcome.err
    assert says in outcome.err


def test_a_date_before_the_achievement_was_offered_is_refused_by_row_and_column(home: Any) -> None:
    offer(home)
    outcome = home.run("issue", roster(home, day="2024-08-31"))
    assert (outcome.code, issued(home)) == (2, [])
    assert 'row 2, column "Issue Date": it was awarded on 2024-08-31, but' in outcome.err
    assert "offered from 2024-09-01" in outcome.err
    home.do("issue", roster(home, day="2024-09-01"))
    assert len(issued(home)) == 1


def test_an_achievement_that_lacks_what_a_required_framework_asks_is_refused_with_what_it_lacks(home: Any) -> None:
    offer(home, alignment=[])
    outcome = home.run("issue", roster(home), "--require", "eu")
    assert (outcome.code, issued(home)) == (2, [])
    assert "data, by uni: " in outcome.err
    assert "form of participation (missing)" in outcome.err
    assert "achievement show data --framework eu" in outcome.err


def test_without_requiring_it_the_lack_is_a_warning_said_once(home: Any) -> None:
    offer(home, alignment=[])
    path = roster(home)
    with (home.folder / "roster.csv").open("a") as file:
        file.write("data,eve@x.example,4712,Eve,2026-06-30,\n")
    outcome = home.run("issue", path)
    assert (outcome.code, len(issued(home))) == (0, 2)
    assert outcome.err.count("form of participation (missing)") == 1


@pytest.mark.parametrize("members", [{}, {"alignment": [], "achievementType": "Course"}])
def test_what_lacks_nothing_and_what_is_no_micro_credential_is_issued_without_a_warning(
    home: Any, members: dict[str, Any]
) -> None:
    offer(home, **members)
    assert home.run("issue", roster(home), "--dry-run").err == ""


def test_the_issuers_own_profile_counts_for_a_required_framework(home: Any) -> None:
    offer(home)
    home.do("issue", roster(home), "--require", "eu", "--dry-run")
    store = open_store(load_settings(home.folder))
    nowhere = {name: value for name, value in PROFILE.items() if name != "address"}
    store.add_issuer(IssuerRow("bare", "did:web:bare.example", Address("0x" + "2" * 40), nowhere))
    store.engine.dispose()
    home.do("achievement", "add", str(home.folder / "data.json"), "--issuer", "bare")
    outcome = home.run("issue", roster(home), "--issuer", "bare", "--require", "eu", "--dry-run")
    assert (outcome.code, "country or region of the issuer (missing)" in outcome.err) == (2, True)


def test_identifiers_are_hashed_and_the_name_is_readable_unless_told_otherwise(home: Any) -> None:
    offer(home)
    home.do("issue", roster(home))
    [document] = issued(home)
    text = json.dumps(document)
    assert ("ada@x.example" in text, "4711" in text, '"Ada"' in text) == (False, False, True)
    assert [one["hashed"] for one in document["credentialSubject"]["identifier"]] == [True, True, False]


def test_an_issuer_may_have_identifiers_readable_and_names_left_out(home: Any) -> None:
    offer(home)
    home.do("issue", roster(home), "--identifiers", "plain", "--name", "omitted")
    [document] = issued(home)
    shown = [(one["identityType"], one["identityHash"]) for one in document["credentialSubject"]["identifier"]]
    assert shown == [("emailAddress", "ada@x.example"), ("ext:studentNumber", "4711")]
