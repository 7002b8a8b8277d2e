"""mail.toml: host and sender must be there, a wrong member is refused with its place, no password gets in or out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from registry.core.errors import SettingsError
from registry.mail.connection import MailServer
from registry.mail_settings import MailSettings, load_mail_settings, mail_password
from registry.services.letter import Letterhead

LEAST = 'host = "mail.uni.example"\nfrom_address = "office@uni.example"\n'
PASSWORD = "Tr0ub4dor&3"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("CREDANCHOR_")]:
        monkeypatch.delenv(name)


def loaded(home: Path, text: str = LEAST) -> MailSettings:
    (home / "mail.toml").write_text(text, "utf-8")
    return load_mail_settings(home)


def test_host_and_sender_are_enough(tmp_path: Path) -> None:
    allowed = loaded(tmp_path)

    assert allowed.server(mail_password(allowed)) == MailServer("mail.uni.example", 587, "starttls", 120.0)
    assert allowed.letterhead("https://b.example") == Letterhead("https://b.example", "office@uni.example")
    assert allowed.per_minute == 60


def test_every_member_of_the_file_is_taken(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(PASSWORD + "\n", "utf-8")
    allowed = loaded(
        tmp_path,
        'host = "::1"\nport = 2525\nsecurity = "tls"\nca_file = "/ca.pem"\nusername = "me"\n'
        f'password_file = "{tmp_path / "password"}"\nfrom_address = "office@süd.example"\nfrom_name = "Badges"\n'
        'reply_to = "help@uni.example"\nper_minute = 12.5\ntimeout_seconds = 5\nallow_unencrypted = true\n',
    )

    server = allowed.server(mail_password(allowed))
    assert server == MailServer("::1", 2525, "tls", 5.0, "me", PASSWORD, Path("/ca.pem"))
    head = allowed.letterhead("https://b.example")
    assert (head.from_address, head.from_name, head.reply_to) == (
        "office@xn--sd-xka.example",
        "Badges",
        "help@uni.example",
    )
    assert allowed.per_minute == 12.5
    assert PASSWORD not in repr(server) + repr(allowed)


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_each_kind_of_security_has_its_usual_port(tmp_path: Path, security: str, port: int) -> None:
    text = f'{LEAST}security = "{security}"\nallow_unencrypted = true\n'
    assert loaded(tmp_path, text).server(None).port == port


WRONG = {
    "host": LEAST.replace("mail.uni.example", "smtp://mail.uni.example"),
    "host empty": LEAST.replace("mail.uni.example", ""),
    "host with a line break": LEAST.replace("mail.uni.example", "a\\r\\nb"),
    "host missing": 'from_address = "office@uni.example"',
    "from_address missing": 'host = "mail.uni.example"',
    "from_address": LEAST.replace("office@", ""),
    "from_address with a line break": LEAST.replace("office@", "office\\r\\nBcc: x@y.example\\r\\n@"),
    "from_address beyond ASCII": LEAST.replace("office@", "büro@"),
    "reply_to": LEAST + 'reply_to = "nobody"',
    "port": LEAST + "port = 70000",
    "port as text": LEAST + 'port = "587"',
    "security": LEAST + 'security = "ssl"',
    "username": LEAST + 'username = ""',
    "per_minute": LEAST + "per_minute = 0",
    "per_minute infinite": LEAST + "per_minute = inf",
    "timeout_seconds": LEAST + "timeout_seconds = 301",
    "smtp_host, which does not exist": LEAST + 'smtp_host = "x"',
    "password": LEAST + f'password = "{PASSWORD}"',
    "the file": LEAST + 'security = "none"',
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_member_is_refused_with_its_place(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(SettingsError) as refused:
        loaded(tmp_path, WRONG[wrong])

    place = wrong.split(" ", maxsplit=1)[0].rstrip(",") if wrong != "the file" else wrong
    assert f"mail.toml: {place}: " in str(refused.value)
    assert PASSWORD not in str(refused.value)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_this_machine_may_be_spoken_to_in_the_clear(tmp_path: Path, host: str) -> None:
    text = LEAST.replace("mail.uni.example", host) + 'security = "none"\n'
    assert loaded(tmp_path, text).server(None).security == "none"


def test_the_environment_comes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"HOST": "other.example", "PORT": "2525", "SECURITY": "none", "ALLOW_UNENCRYPTED": "true", "USERNAME": "7"}
    for name, value in {**given, "PER_MINUTE": "90", "FROM_NAME": "", "PASSWORD": PASSWORD}.items():
        monkeypatch.setenv(f"CREDANCHOR_SMTP_{name}", value)

    allowed = loaded(tmp_path, LEAST + 'from_name = "Badges"\n')

    assert allowed.server(mail_password(allowed)) == MailServer(
        "other.example", 2525, "none", 120.0, "7", PASSWORD, None
    )
    assert (allowed.per_minute, allowed.from_name) == (90, "Badges")


def test_a_wrong_variable_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDANCHOR_SMTP_ALLOW_UNENCRYPTED", "perhaps")
    with pytest.raises(SettingsError, match="the variable CREDANCHOR_SMTP_ALLOW_UNENCRYPTED: allow_unencrypted"):
        loaded(tmp_path)


def test_user_name_and_password_go_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="go together"):
        mail_password(loaded(tmp_path, LEAST + 'username = "me"\n'))
    monkeypatch.setenv("CREDANCHOR_SMTP_PASSWORD", PASSWORD)
    with pytest.raises(SettingsError, match="go together"):
        mail_password(loaded(tmp_path))


@pytest.mark.parametrize(("content", "said"), [(b"\n", "empty"), (None, "cannot be read"), (b"\xff", "cannot be read")])
def test_a_password_file_that_holds_none_is_refused(tmp_path: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / "password").write_bytes(content)
    with pytest.raises(SettingsError, match=said):
        mail_password(loaded(tmp_path, f'{LEAST}username = "me"\npassword_file = "{tmp_path / "password"}"\n'))


def test_a_password_that_servers_would_read_differently_is_refused_and_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDANCHOR_SMTP_PASSWORD", "pässword")
    with pytest.raises(SettingsError, match="ASCII") as refused:
        mail_password(loaded(tmp_path, LEAST + 'username = "me"\n'))
    assert "pässword" not in str(refused.value)
