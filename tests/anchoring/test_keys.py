"""Signing keys by the real commands on a real chain: replaced, stolen, retired as of a date."""

from __future__ import annotations

import json
import re
import secrets
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from anchoring import enrolment, registrar, retirement
from registry.identity.key_files import create_account
from registry.settings import load_settings, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

homes = sys.modules["tests_homes"]  # loaded by tests/conftest.py
pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("keys")]
HEADER = "Badge Class ID,Identifier,First Name,Last Name,Issue Date\n"


class Killed(BaseException):
    """The process dies here."""


@pytest.fixture(scope="module")
def home(devnet: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    made = homes.new_home(tmp_path_factory.mktemp("keys") / "home", devnet)
    made.do("issuer", "register", "--name", "Northfield University", "--issuer", "northfield")
    made.do("achievement", "add", str(homes.EXAMPLE / "data-foundations.json"))
    return made


@pytest.fixture
def store(home: Any) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patched:
        patched.delenv("CREDANCHOR_DATABASE_URL", raising=False)
        opened = open_store(load_settings(home.folder))
    yield opened
    opened.engine.dispose()


def issue(home: Any) -> str:
    """Issue one credential and return its UUID; it waits in an open batch."""
    address = f"{secrets.token_hex(4)}@learners.example"
    roster = home.folder / "roster.csv"
    roster.write_text(f"{HEADER}data-foundations,{address},New,Learner,2026-06-30\n")
    home.do("issue", str(roster))
    opened = open_store(load_settings(home.folder))
    found = [one.uuid for one in opened.credentials() if address in one.recipient]
    opened.engine.dispose()
    return found[0]


def finding(home: Any, uuid: str, folder: Path) -> tuple[str, str]:
    """Return what the verifier says of the key that signed a credential, and its reason for the verdict."""
    home.do("export", "--credential", uuid, "--out", str(folder))
    value = json.loads(home.run("verify", "--json", str(folder / f"{uuid}.json")).out)
    return next(one["code"] for one in value["checks"] if one["check"] == "issuer-key"), value["reason"]


def keys(store: Any) -> list[Any]:
    return list(store.signing_keys(1))


def document(home: Any) -> dict[str, Any]:
    return next(iter(json.loads(home.do("issuer", "show", "--did-documents")).values()))


def a_second_later(devnet: Any) -> datetime:
    """Return the first second that no block has yet, once the clock has reached it."""
    block = devnet.call("eth_getBlockByNumber", "latest", False)  # noqa: FBT003  JSON-RPC takes it by position
    next_second = datetime.fromtimestamp(int(block["timestamp"], 16) + 1, UTC)
    while datetime.now(UTC) < next_second:
        time.sleep(0.05)
    return next_second


def test_a_replaced_key_leaves_what_it_signed_standing_for_us_and_for_others(
    home: Any, store: Any, tmp_path: Path
) -> None:
    old = issue(home)
    home.do("anchor", "run")
    before = keys(store)[0].multibase

    home.do("issuer", "rotate-key", "northfield", "--retire-old")

    new = issue(home)
    home.do("anchor", "run")
    assert keys(store)[0].multibase != before
    assert [finding(home, one, tmp_path)[0] for one in (old, new)] == ["key-active", "key-active"]
    assert [key["publicKeyMultibase"] for key in document(home)["verificationMethod"]].count(before) == 1
    assert f"{document(home)['id']}#{before}" in document(home)["assertionMethod"]


def test_a_key_is_not_retired_while_what_it_signed_waits(home: Any, store: Any) -> None:
    issue(home)
    count = len(keys(store))

    outcome = home.run("issuer", "rotate-key", "northfield", "--retire-old")

    assert (outcome.code, "1 credential signed with" in outcome.err) == (2, True)
    assert "anchor run" in outcome.err
    assert len(keys(store)) == count
    home.do("anchor", "run")


def test_a_dry_run_shows_both_costs_and_makes_no_key(home: Any, store: Any) -> None:
    files = sorted(home.folder.rglob("*.pem"))
    said = home.do("issuer", "rotate-key", "northfield", "--retire-old", "--dry-run")
    assert said.count("costs about") == 2
    assert sorted(home.folder.rglob("*.pem")) == files
    assert keys(store)[0].retired_since is None


@pytest.mark.parametrize(
    ("module", "function"),
    [(registrar, "key_addition"), (enrolment, "record_key"), (retirement, "key_retirement")],
    ids=["key file made", "on the chain", "recorded"],
)
def test_a_rotation_that_died_goes_on_and_makes_one_key(
    home: Any, store: Any, monkeypatch: pytest.MonkeyPatch, module: Any, function: str
) -> None:
    count, before = len(keys(store)), keys(store)[0].multibase

    def dies(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(module, function, dies)
        with pytest.raises(Killed):
            home.run("issuer", "rotate-key", "northfield", "--retire-old")
    said = home.do("issuer", "rotate-key", "northfield", "--retire-old")

    assert len(keys(store)) == count + 1
    assert f"retire the signing key {before}" in said
    assert keys(store)[1].retired_since is not None
    assert home.do("issuer", "retire-key", "northfield", before, "--since", "now", "--yes").count("costs") == 0


def test_a_stolen_key_is_retired_as_of_a_date_and_what_that_invalidates_is_listed_first(
    home: Any, store: Any, devnet: Any, tmp_path: Path
) -> None:
    standing = issue(home)
    home.do("anchor", "run")
    theft = a_second_later(devnet)
    by_the_thief = issue(home)
    home.do("anchor", "run")
    waiting = issue(home)
    stolen = keys(store)[0].multibase
    retire = ("issuer", "retire-key", "northfield", stolen, "--since", f"{theft:%Y-%m-%dT%H:%M:%SZ}")
    refused = home.run(*retire, "--yes")
    home.do("issuer", "rotate-key", "northfield")

    listed = [json.loads(line)["credential"] for line in home.do(*retire, "--json").splitlines()]
    asked = home.run(*retire)
    unchanged = finding(home, by_the_thief, tmp_path)
    said = home.do(*retire, "--yes")

    assert (refused.code, "rotate-key" in refused.err) == (2, True)
    assert set(listed) == {f"urn:uuid:{by_the_thief}", f"urn:uuid:{waiting}"}
    assert (asked.code, "--yes" in asked.err, unchanged[0]) == (2, True, "key-active")
    assert "invalidates 2 credentials:" in said
    assert said.index(waiting) < said.index("costs about")
    home.do("anchor", "run")
    assert finding(home, standing, tmp_path)[0] == "key-active"
    assert finding(home, by_the_thief, tmp_path) == ("key-retired", "key-retired")
    assert finding(home, waiting, tmp_path) == ("key-retired", "key-retired")
    served = document(home)
    [method] = [one for one in served["verificationMethod"] if one["publicKeyMultibase"] == stolen]
    assert method["revoked"] == f"{theft:%Y-%m-%dT%H:%M:%SZ}"
    assert method["id"] not in served["assertionMethod"]
    assert "costs" not in home.do(*retire, "--yes")


def test_a_theft_whose_note_was_lost_is_noted_when_the_command_is_run_again(
    home: Any, store: Any, devnet: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    since = a_second_later(devnet)
    stolen = keys(store)[0].multibase
    home.do("issuer", "rotate-key", "northfield")
    a_second_later(devnet)
    home.do("issuer", "retire-key", "northfield", stolen, "--since", "now", "--yes")
    retire = ("issuer", "retire-key", "northfield", stolen, "--since", f"{since:%Y-%m-%dT%H:%M:%SZ}", "--yes")

    def dies(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(type(store), "retire_signing_key", dies)
        with pytest.raises(Killed):
            home.run(*retire)
    assert not keys(store)[1].stolen
    assert "costs" not in home.do(*retire)
    assert (keys(store)[1].retired_since, keys(store)[1].stolen) == (since, True)


@pytest.mark.parametrize(
    ("key", "since", "words"),
    [
        ("z6MkNobody", "now", "has no key"),
        ("", "yesterday", "write 2026-11-21T12:00:00Z"),
        ("", "2020-01-01", "it cannot be retired"),
    ],
)
def test_a_retirement_that_cannot_be_is_refused(home: Any, store: Any, key: str, since: str, words: str) -> None:
    home.do("issuer", "rotate-key", "northfield")
    outcome = home.run("issuer", "retire-key", "northfield", key or keys(store)[1].multibase, "--since", since, "--yes")
    assert (outcome.code, words in outcome.err) == (2, True), outcome


def test_a_key_of_other_software_is_added_and_never_signs_here(home: Any, store: Any) -> None:
    signing = keys(store)[0].multibase
    other = "z6MkfWK2KYTazoJPaD74WLaTWRYJoQHqhUahrTwJp6MR4MsS"
    home.do("issuer", "add-key", "northfield", other)
    assert "costs" not in home.do("issuer", "add-key", "northfield", other)
    assert keys(store)[0].multibase == other
    uuid = issue(home)
    assert signing.encode() in store.credential(uuid).entry
    assert home.run("issuer", "add-key", "northfield", "z6Mk0").code == 2


# --- Who acts for the issuer


def test_roles_are_given_exactly_and_taken_back(home: Any, devnet: Any) -> None:
    account, _ = devnet.new_account()
    give = ("issuer", "delegate", "northfield", account, "--roles")
    assert "the roles 110" in home.do(*give, "revoke,suspend")
    assert "costs" not in home.do(*give, "suspend,revoke")
    assert "the roles 000" in home.do(*give, "none")
    assert home.run(*give, "admin").code == 2


def test_after_a_move_the_new_admin_signs_and_the_old_one_is_not_needed(home: Any, store: Any) -> None:
    old = home.folder / "keys" / "admin.json"
    new = create_account(home.folder / "keys" / "northfield" / "admin-2.json", homes.PASSPHRASE)
    assert home.run("issuer", "accept-admin", store.issuers()[0].account).code == 2
    said = home.do("issuer", "move-admin", "northfield", new)
    assert said.index("propose") < said.index("make")
    assert "costs" not in home.do("issuer", "move-admin", "northfield", new)
    old.rename(old.with_suffix(".aside"))
    assert f"{new.checksummed()} holds" in home.do("issuer", "rotate-key", "northfield")
    old.with_suffix(".aside").rename(old)


def test_an_accreditation_is_withdrawn_once(home: Any, store: Any) -> None:
    account = store.issuers()[0].account
    home.do("issuer", "accredit", account, "--name", "Northfield", "--until", "2099-12-31")
    assert "no longer" in home.do("issuer", "withdraw", account)
    assert "costs" not in home.do("issuer", "withdraw", account)


def test_a_revocation_that_is_not_final_says_until_which_block_it_is_pending(home: Any, tmp_path: Path) -> None:
    uuid = issue(home)
    waiting = home.copied(tmp_path / "waiting")
    entry = (waiting.folder / "networks.toml").read_text() + 'kind = "test"\n'
    (waiting.folder / "networks.toml").write_text(entry)
    said = waiting.do("revoke", uuid, "--reason", "error")
    assert re.search(r"in block [0-9,]+, pending until a finalized block reaches it", said), said
    assert "status list" in said
