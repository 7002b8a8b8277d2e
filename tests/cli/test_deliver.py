"""`credanchor deliver` against a real mail server: everybody who is due once, nobody twice, whatever dies when."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from registry.core.account import Address
from registry.core.digest import leaf_hash
from registry.mail import smtp
from registry.records import AchievementRow, IssuerRow, NewCredential, StatusChange
from registry.settings import write_home_file
from registry.store.engine import open_engine
from registry.store.repository import Store
from registry.store.session import writing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

homes = sys.modules["tests_homes"]  # loaded by tests/conftest.py
offices = sys.modules["tests_post_office"]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PATIENCE_SECONDS = 120
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")


@dataclass
class Mailing:
    """A home with credentials, and a mail server that its mail.toml names."""

    home: Any
    store: Store
    url: str
    office: Any

    def issue(self, recipients: Sequence[str], name: str = "Ada Okafor") -> None:
        """Put one credential for each into a batch of their own, which is final."""
        issuer = self.store.issuers()[0]
        achievement = self.store.achievements(issuer.id)[0].id
        first = self.store.credential_count(issuer.id)
        new = [self._credential(issuer.id, achievement, first + at, one, name) for at, one in enumerate(recipients)]
        self.store.add_credentials(new, NOW, 2**20)
        self.change("UPDATE batch SET state = 'final'")

    def change(self, statement: str) -> None:
        with writing(self.store.engine) as connection:
            connection.execute(text(statement))

    def settings(self, more: str = 'security = "none"\n') -> None:
        """Write mail.toml."""
        text = f'host = "{offices.HOST}"\nport = {self.office.port}\nfrom_address = "office@uni.example"\n'
        (self.home.folder / "mail.toml").write_text(text + "per_minute = 6000\n" + more, "utf-8")

    def order(self, uuid: str, kind: Any) -> None:
        """Record a change of status, as `revoke` and `suspend` do."""
        found = self.store.credential(uuid)
        assert found is not None
        self.store.record_status([StatusChange(found.issuer_id, found.leaf_hash, kind, 0, "", NOW)])

    def run(self, *arguments: str) -> Any:
        return self.home.run("deliver", *arguments, CREDANCHOR_DATABASE_URL=self.url)

    def lines(self, *arguments: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.run(*arguments, "--json").out.splitlines()]

    def states(self) -> dict[str, str]:
        """Return how each mail stands, by the UUID of its credential."""
        found = self.store.deliveries.addressees()
        return {one.uuid: one.delivery.state.value for one in found if one.delivery}

    def process(self) -> subprocess.Popen[str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("CREDANCHOR_")}
        mine = {"CREDANCHOR_HOME": str(self.home.folder), "CREDANCHOR_DATABASE_URL": self.url}
        command = [sys.executable, "-m", "registry", "deliver", "--all"]
        return subprocess.Popen(  # noqa: S603  our own interpreter and command
            command, env=own | mine, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def _credential(self, issuer_id: int, achievement_id: int, number: int, recipient: str, name: str) -> NewCredential:
        identity = {"identityType": "name", "identityHash": name, "hashed": False}
        subject = {"achievement": {"name": "Data Foundations"}, "identifier": [identity]}
        entry = json.dumps({"id": f"urn:uuid:{number}", "credentialSubject": subject}).encode()
        return NewCredential(
            issuer_id=issuer_id,
            achievement_id=achievement_id,
            uuid=f"{number}",
            row_key=leaf_hash(b"row" + entry),
            entry=entry,
            leaf_hash=leaf_hash(entry),
            recipient_token=f"token-{number}",
            status_index=number,
            recipient=recipient,
            issued_at=NOW,
        )


def addresses(count: int) -> list[str]:
    return [f"s{number}@uni.example" for number in range(count)]


def mailto(count: int) -> list[str]:
    return [f"mailto:{one}" for one in addresses(count)]


@pytest.fixture
def mailing(tmp_path: Path, database_url: str, post_office: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailing]:
    """Give a home, on SQLite and on PostgreSQL."""
    monkeypatch.setattr(smtp, "PAUSES", (0.01, 0.01))
    home = homes.Home(tmp_path / "home", "")
    home.folder.mkdir()
    write_home_file(home.folder, base_url="https://badges.uni.example", network="local")
    store = Store(open_engine(database_url))
    profile = {"name": "Northfield University"}
    issuer = store.add_issuer(IssuerRow("north", "did:web:north.example", Address(f"0x{1:040x}"), profile))
    store.put_achievement(AchievementRow(issuer.id, "data", {}))
    made = Mailing(home, store, database_url, post_office)
    made.settings()
    yield made
    store.engine.dispose()


sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_everybody_who_is_due_gets_one_mail_with_their_link(mailing: Mailing) -> None:
    mailing.issue(mailto(3))

    first, second = mailing.run("--all"), mailing.run("--all")

    assert (first.code, first.out, first.err) == (0, "Sent 3 mails of 3 due.\n", "")
    assert (second.code, second.out) == (0, "Nobody is due.\n  3 mailed before\n")
    assert mailing.office.recipients == addresses(3)
    for number, address in enumerate(addresses(3)):
        message = mailing.office.mail_to(address)
        lines = message.get_body(("plain",)).get_content().splitlines()
        assert f"https://badges.uni.example/r/token-{number}" in lines
    assert set(mailing.states().values()) == {"sent"}


@sqlite_only
def test_only_the_chosen_and_the_due_are_mailed_and_the_rest_is_counted(mailing: Mailing) -> None:
    mailing.issue([*mailto(5), "did:key:z6Mk", "student:4711", ""])
    for number, kind in enumerate(["revoked", "suspended"]):
        mailing.order(str(number), kind)
    mailing.change("INSERT INTO reissue VALUES ('2', '3', 0)")
    mailing.store.erase(["4"])

    dry, told = mailing.run("--all", "--dry-run"), mailing.run("--batch", "1")

    assert mailing.office.recipients == ["s3@uni.example"]
    assert (dry.code, told.code) == (0, 0)
    counted = "  3 without e-mail address\n  1 suspended\n  1 revoked\n  1 replaced\n  1 erased\n"
    assert dry.out.startswith("1 mail would go out; nothing was sent.\n" + counted)
    assert told.out == "Sent 1 mail of 1 due.\n" + counted
    assert "No address: student:4711 (urn:uuid:6)\nNo address: nobody named (urn:uuid:7)\n" in told.err


@sqlite_only
def test_what_is_not_final_waits_unless_it_is_asked_for(mailing: Mailing) -> None:
    mailing.issue(mailto(1))
    mailing.change("UPDATE batch SET state = 'anchored'")

    assert mailing.run("--all").out == "Nobody is due.\n  1 whose anchor is not final\n"
    assert mailing.run("--all", "--pending").code == 0

    message = mailing.office.mail_to("s0@uni.example")
    assert "not anchored for good yet" in message.get_body(("plain",)).get_content()


@sqlite_only
def test_a_dry_run_shows_the_first_mail_in_full_and_connects_to_nothing(mailing: Mailing) -> None:
    mailing.issue(mailto(2))

    told = mailing.run("--all", "--dry-run")

    assert told.code == 0
    for words in (
        "2 mails would go out; nothing was sent.",
        "The first, to s0@uni.example:",
        "From: Northfield University <office@uni.example>",
        "Subject: Your credential from Northfield University: Data Foundations",
        "https://badges.uni.example/r/token-0",
        "[text/html]",
    ):
        assert words in told.out
    assert (mailing.office.greeted, mailing.states()) == (0, {})
    assert [line["state"] for line in mailing.lines("--all", "--dry-run")] == ["due", "due"]


@sqlite_only
def test_one_recipient_who_is_refused_in_the_middle_is_named_and_the_rest_goes(mailing: Mailing) -> None:
    mailing.issue(mailto(5))
    mailing.office.answers = {"s2@uni.example": "550 5.1.1 No such user", "s3@uni.example": "451 4.7.1 Come back"}

    first = mailing.run("--all")
    mailing.office.answers = {}
    second = mailing.run("--all")
    third = mailing.run("--all", "--again")

    assert (first.code, first.out) == (1, "Sent 3 mails of 5 due.\n")
    assert first.err.splitlines() == [
        "Refused: s2@uni.example (urn:uuid:2): 550 5.1.1 No such user.",
        "Not taken now: s3@uni.example (urn:uuid:3): 451 4.7.1 Come back. The next run tries again.",
    ]
    assert (second.code, second.out) == (
        0,
        "Sent 1 mail of 1 due.\n  4 mailed before\n  1 refused before\n".replace("4", "3"),
    )
    assert "Refused before: s2@uni.example (urn:uuid:2): 550 5.1.1 No such user." in second.err
    assert (third.code, third.out) == (0, "Sent 1 mail of 1 due.\n  4 mailed before\n")
    assert Counter(mailing.office.recipients) == Counter(addresses(5))


@sqlite_only
def test_one_who_is_put_off_alone_lets_the_run_wait(mailing: Mailing) -> None:
    mailing.issue(mailto(1))
    mailing.office.answers = {"s0@uni.example": "451 4.7.1 Come back"}

    assert mailing.run("--all").code == 3


@sqlite_only
def test_a_mail_whose_answer_was_lost_goes_again_only_when_it_is_named(mailing: Mailing) -> None:
    mailing.issue(mailto(3))
    mailing.office.hangs_up_after_text = {"s1@uni.example"}

    first = mailing.run("--all")
    mailing.office.hangs_up_after_text = set()
    again = [mailing.run("--all"), mailing.run("--all", "--again")]

    assert (first.code, first.out) == (1, "Sent 2 mails of 3 due.\n")
    for told in (first, *again):
        assert "Not known: s1@uni.example (urn:uuid:1): " in told.err
        assert "credanchor deliver --credential urn:uuid:1 --again" in told.err
        assert told.code == 1
    assert mailing.office.recipients == addresses(3)

    named = mailing.run("--credential", "urn:uuid:1", "--again")
    assert (named.code, mailing.office.recipients[3:]) == (0, ["s1@uni.example"])
    ids = [mail for mail in mailing.office.mails if mail[0] == "s1@uni.example"]
    assert [b".1@uni.example>" in ids[0][1], b".2@uni.example>" in ids[1][1]] == [True, True]


@sqlite_only
def test_who_is_revoked_while_others_are_mailed_gets_none(mailing: Mailing) -> None:
    mailing.issue(mailto(3))
    mailing.office.at_text = lambda address: mailing.order("1", "revoked") if address == "s0@uni.example" else None

    told = mailing.run("--all")

    assert (told.code, told.out) == (0, "Sent 2 mails of 3 due.\n  1 revoked\n")
    assert mailing.office.recipients == ["s0@uni.example", "s2@uni.example"]


@sqlite_only
def test_nothing_is_kept_of_a_mail_to_somebody_who_is_erased_while_it_goes(mailing: Mailing) -> None:
    mailing.issue(mailto(2))
    mailing.office.at_text = lambda address: mailing.store.erase(["0"]) if address == "s0@uni.example" else None

    told = mailing.run("--all")

    assert (told.code, told.out, mailing.states()) == (0, "Sent 2 mails of 2 due.\n", {"1": "sent"})


@sqlite_only
def test_a_program_gets_one_object_for_each_recipient(mailing: Mailing) -> None:
    mailing.issue([*mailto(2), "student:4711"])
    mailing.office.answers = {"s1@uni.example": "550 5.1.1 No such user"}

    lines = mailing.lines("--all")

    assert [(line["credential"], line["address"], line["state"]) for line in lines] == [
        ("urn:uuid:0", "s0@uni.example", "sent"),
        ("urn:uuid:1", "s1@uni.example", "refused"),
        ("urn:uuid:2", None, "no-address"),
    ]
    assert (lines[1]["code"], lines[1]["answer"]) == (550, "5.1.1 No such user")
    assert lines[0]["messageId"] == mailing.office.mail_to("s0@uni.example")["Message-ID"]


@sqlite_only
def test_a_hostile_name_and_address_stay_in_their_place(mailing: Mailing) -> None:
    mailing.issue(["mailto:s0@uni.example"], name="Ada\r\nBcc: thief@evil.example")
    mailing.issue(["mailto:s1@uni.example\r\nRCPT TO:<thief@evil.example>"])

    told = mailing.run("--all")

    assert mailing.office.recipients == ["s0@uni.example"]
    message = mailing.office.mail_to("s0@uni.example")
    assert (message["Bcc"], message["To"].addresses[0].addr_spec) == (None, "s0@uni.example")
    assert "\r" not in told.err


@sqlite_only
def test_an_address_that_the_server_cannot_take_is_refused_by_name(
    mailing: Mailing, open_post_office: Callable[..., Any]
) -> None:
    mailing.office = open_post_office(enable_SMTPUTF8=False)
    mailing.settings()
    mailing.issue(["mailto:ümä@uni.example", "mailto:ada@süd.example"])

    told = mailing.run("--all")

    assert (told.code, mailing.office.recipients) == (1, ["ada@xn--sd-xka.example"])
    assert "Refused: ümä@uni.example (urn:uuid:0): The mail server takes no address" in told.err


@sqlite_only
def test_a_restored_home_knows_who_was_mailed_and_how(mailing: Mailing, tmp_path: Path) -> None:
    mailing.issue(mailto(3))
    mailing.office.hangs_up_after_text = {"s1@uni.example"}
    mailing.run("--all")

    mailing.home.do("backup", str(tmp_path / "backup.zip"), CREDANCHOR_DATABASE_URL=mailing.url)
    restored = homes.Home(tmp_path / "restored", "")
    restored.run("restore", str(tmp_path / "backup.zip"), "--home", str(restored.folder))
    told = restored.run("deliver", "--all")

    assert (told.code, told.out.splitlines()[1:]) == (
        1,
        ["  2 mailed before", "  1 whose mail is not known to have gone"],
    )
    assert mailing.office.recipients == addresses(3)
    assert (restored.folder / "mail.toml").read_text("utf-8") == (mailing.home.folder / "mail.toml").read_text("utf-8")


# --- The server


@sqlite_only
def test_nobody_there_changes_nothing(mailing: Mailing) -> None:
    mailing.issue(mailto(2))
    mailing.office.port = offices.free_port()
    mailing.settings()

    told = mailing.run("--all")

    assert (told.code, mailing.states()) == (3, {})
    assert "does not answer" in told.err
    assert "2 mails are left" in told.err


@sqlite_only
def test_a_wrong_password_changes_nothing_and_is_not_shown(
    mailing: Mailing, open_post_office: Callable[..., Any], certificate: Any
) -> None:
    wanted = {"authenticator": offices.authenticated, "auth_required": True, "require_starttls": True}
    mailing.office = open_post_office(tls_context=certificate.context(), **wanted)
    (mailing.home.folder / "password").write_text("s3cret", "utf-8")
    mailing.settings(
        f'username = "{offices.USER}"\npassword_file = "{mailing.home.folder / "password"}"\n'
        f'ca_file = "{certificate.file}"\n'
    )
    mailing.issue(mailto(2))

    told = mailing.run("--all")

    assert (told.code, mailing.states()) == (2, {})
    assert "answered 535 to the user name" in told.err
    assert "s3cret" not in told.err + told.out

    (mailing.home.folder / "password").write_text(offices.PASSWORD, "utf-8")
    assert mailing.run("--all").code == 0


@sqlite_only
def test_a_server_that_goes_away_in_the_middle_leaves_the_rest_for_the_next_run(mailing: Mailing) -> None:
    mailing.issue(mailto(5))
    mailing.office.hangs_up_at_recipient["s3@uni.example"] = 3

    first, second = mailing.run("--all"), mailing.run("--all")

    assert (first.code, first.out) == (3, "Sent 3 mails of 5 due.\n")
    assert "2 mails are left; run the command again" in first.err
    assert (second.code, mailing.office.recipients) == (0, addresses(5))


@sqlite_only
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Say whose links"),
        (("--all", "--batch", "1"), "Say whose links"),
        (("--batch", "9"), "There is no batch 9"),
        (("--credential", "urn:uuid:9"), "There is no credential '9'"),
    ],
)
def test_a_choice_that_is_none_is_refused(mailing: Mailing, arguments: tuple[str, ...], said: str) -> None:
    mailing.issue(mailto(1))
    told = mailing.run(*arguments)
    assert (told.code, mailing.office.greeted) == (2, 0)
    assert said in told.err


# --- Dying, and two at once


def test_a_run_that_is_killed_between_two_mails_is_resumed_and_nobody_is_mailed_twice_or_missed(
    mailing: Mailing,
) -> None:
    everybody = addresses(300)
    mailing.issue(mailto(300))
    running: list[subprocess.Popen[str]] = []

    def kill(address: str) -> None:
        if address == everybody[150] and running:
            running.pop().kill()

    mailing.office.at_recipient = kill
    process = mailing.process()
    running.append(process)
    process.communicate(timeout=PATIENCE_SECONDS)
    told = mailing.run("--all")

    assert process.returncode == -signal.SIGKILL
    assert (told.code, told.out) == (0, "Sent 150 mails of 150 due.\n  150 mailed before\n")
    assert Counter(mailing.office.recipients) == Counter(everybody)


def test_a_run_that_is_killed_before_the_answer_leaves_one_mail_that_a_person_decides_on(mailing: Mailing) -> None:
    mailing.issue(mailto(4))
    running: list[subprocess.Popen[str]] = []

    def kill(address: str) -> None:
        if address == "s2@uni.example" and running:
            running.pop().kill()

    mailing.office.at_text = kill
    process = mailing.process()
    running.append(process)
    process.communicate(timeout=PATIENCE_SECONDS)
    soon = mailing.run("--all")
    mailing.change("UPDATE delivery SET attempted_at = attempted_at - 900")
    later = mailing.run("--all")

    assert (soon.code, soon.out) == (3, "Sent 1 mail of 1 due.\n  2 mailed before\n  1 being mailed by another run\n")
    assert (later.code, later.out.splitlines()[-1]) == (1, "  1 whose mail is not known to have gone")
    assert "Not known: s2@uni.example (urn:uuid:2): begun at" in later.err
    assert Counter(mailing.office.recipients) == Counter(addresses(4))
    assert mailing.run("--credential", "2", "--again").code == 0
    assert mailing.office.recipients[4:] == ["s2@uni.example"]


def test_two_runs_at_once_mail_nobody_twice(mailing: Mailing) -> None:
    mailing.issue(mailto(60))
    mailing.office.at_recipient = lambda _: time.sleep(0.01)  # so that neither is done before the other starts

    processes = [mailing.process() for _ in range(2)]
    told = [process.communicate(timeout=PATIENCE_SECONDS) for process in processes]

    assert {process.returncode for process in processes} <= {0, 3}, told
    assert Counter(mailing.office.recipients) == Counter(addresses(60))
    assert set(mailing.states().values()) == {"sent"}


# --- A home made by the real commands


@pytest.mark.chain
@pytest.mark.xdist_group("home")
def test_what_was_issued_from_a_roster_and_is_final_is_mailed(
    issued_home: Any, post_office: Any, tmp_path: Path
) -> None:
    home = issued_home.copied(tmp_path / "home")
    settings = f'host = "{offices.HOST}"\nport = {post_office.port}\nsecurity = "none"\nper_minute = 6000\n'
    (home.folder / "mail.toml").write_text(settings + 'from_address = "office@uni.example"\n', "utf-8")

    told = home.run("deliver", "--all")

    assert (told.code, told.out) == (0, "Sent 3 mails of 3 due.\n"), told
    links = {
        json.loads(line)["recipient"]: json.loads(line)["link"]
        for line in home.do("links", "--all", "--json").splitlines()
    }
    for recipient, link in links.items():
        message = post_office.mail_to(recipient.removeprefix("mailto:"))
        assert link in message.get_body(("plain",)).get_content()
        assert str(message["Subject"]) == "Your credential from Northfield University: Data Foundations"
    assert home.run("fsck").code == 0
