"""The registrar's orders on the chain, and what the issuer API then publishes of them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from registry.api import office as office_module
from registry.credentials.status_list import is_revoked

pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("home")]
ACCOUNT = re.compile(r"account\s+(0x[0-9a-fA-F]{40})")


@pytest.fixture(autouse=True)
def _fresh_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_module, "STATUS_LIST_SECONDS", 0)


def is_listed(site: Any, credential: Any) -> bool:
    return is_revoked(site.get("/issuers/northfield/status/0").json(), credential.status_index)


def test_an_order_with_a_wrong_passphrase_is_neither_sent_nor_published(site: Any) -> None:
    [credential] = site.issue("passphrase@x.example")
    outcome = site.home.run("revoke", credential.uuid, "--reason", "error", CREDANCHOR_PASSPHRASE="swordfish")
    assert (outcome.code, "admin.json" in outcome.err) == (2, True)
    assert not is_listed(site, credential)


def test_a_dry_run_shows_the_cost_and_publishes_nothing(site: Any) -> None:
    [credential] = site.issue("dry@x.example")
    said = site.home.do("revoke", credential.uuid, "--reason", "error", "--dry-run")
    assert "gas" in said
    assert "nothing was sent" in said
    assert not is_listed(site, credential)


def test_revoking_again_sends_nothing_and_stays_published(site: Any) -> None:
    first, second = site.issue("again@x.example", "fresh@x.example")
    assert "To revoke 1 credential of northfield" in site.home.do("revoke", first.uuid, "--reason", "error")
    assert "costs" not in site.home.do("revoke", first.uuid, "--reason", "error")
    assert "To revoke 1 credential of" in site.home.do("revoke", first.uuid, second.uuid, "--reason", "error")
    assert (is_listed(site, first), is_listed(site, second)) == (True, True)


def test_the_list_catches_up_with_the_chain_when_the_command_is_run_again(
    site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """The process dies here."""

    def dies(*_: Any) -> None:
        raise Killed

    [credential] = site.issue("killed@x.example")
    with monkeypatch.context() as patched:
        patched.setattr(type(site.store), "record_status", dies)
        with pytest.raises(Killed):
            site.home.run("revoke", credential.uuid, "--reason", "error")
    assert not is_listed(site, credential)
    assert "costs" not in site.home.do("revoke", credential.uuid, "--reason", "error")
    assert is_listed(site, credential)


def test_a_suspension_is_on_the_chain_alone_and_lifted_once(site: Any) -> None:
    [credential] = site.issue("suspended@x.example")
    site.home.do("suspend", credential.uuid, "--reason", "appeal")
    assert "costs" not in site.home.do("suspend", credential.uuid, "--reason", "appeal")
    assert not is_listed(site, credential)
    assert "To reinstate" in site.home.do("reinstate", credential.uuid)
    assert "costs" not in site.home.do("reinstate", credential.uuid)


def test_one_unknown_credential_among_several_changes_none(site: Any) -> None:
    [credential] = site.issue("known@x.example")
    outcome = site.home.run("revoke", credential.uuid, "urn:uuid:nobody", "--reason", "error")
    assert (outcome.code, "nothing was changed" in outcome.err) == (2, True)
    assert not is_listed(site, credential)


def test_accrediting_again_sends_nothing_and_a_new_name_or_end_does(site: Any) -> None:
    found = ACCOUNT.search(site.home.do("issuer", "show"))
    assert found is not None
    named = ("issuer", "accredit", found[1], "--name", "Northfield")
    assert "costs" in site.home.do(*named, "--until", "2031-12-31")
    assert "costs" not in site.home.do(*named, "--until", "2031-12-31")
    assert "costs" in site.home.do(*named, "--until", "2032-12-31")
    assert "costs" in site.home.do(*named[:-1], "The North Field", "--until", "2032-12-31")


@pytest.mark.parametrize(
    ("account", "until", "words"),
    [
        ("0x12", "2031-12-31", "40 hex digits"),
        ("0x" + "1" * 40, "31.12.2031", "YYYY-MM-DD"),
        ("0x" + "1" * 40, "2031-12-31", "0x1111"),
    ],
)
def test_accrediting_nobody_or_for_no_time_is_refused(site: Any, account: str, until: str, words: str) -> None:
    outcome = site.home.run("issuer", "accredit", account, "--name", "N", "--until", until)
    assert outcome.code == 2
    assert words in outcome.err


def test_an_account_that_is_registered_under_another_did_is_not_gone_on_with(site: Any, tmp_path: Any) -> None:
    moved = site.home.copied(tmp_path / "moved")
    stored = json.loads((moved.folder / "home.json").read_text())
    (moved.folder / "home.json").write_text(json.dumps({**stored, "base_url": "https://new.example"}))
    (moved.folder / "credanchor.db").unlink()
    for path in moved.folder.glob("credanchor.db-*"):
        path.unlink()
    outcome = moved.run("issuer", "register", "--name", "Northfield University", "--issuer", "northfield")
    assert (outcome.code, "under another DID" in outcome.err) == (2, True)
