"""How mails leave: `mail.toml` in the home folder, then the environment, read once.

The password is in neither place's way: it stands in a file of its own or in a variable, so that mail.toml can be
backed up.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from registry.core.errors import InputError, SettingsError
from registry.credentials.recipient_id import email_of
from registry.deliveries import MAX_TIMEOUT_SECONDS
from registry.mail.connection import MailServer
from registry.services.letter import Letterhead, envelope_address, one_line
from registry.settings_file import is_this_machine, number_or_text, read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

MAIL_FILE = "mail.toml"
PREFIX = "CREDANCHOR_SMTP_"
"""`host` is overridden by CREDANCHOR_SMTP_HOST, and so on; CREDANCHOR_SMTP_PASSWORD is the password itself."""
PORTS = {"starttls": 587, "tls": 465, "none": 25}
"""The usual port of each kind of security (RFC 8314, RFC 5321)."""
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9a-fA-F:]{2,39}")


class MailSettings(BaseModel):
    """Everything that is configured of mail; host and from_address must be there."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    host: str
    """The mail server's name or address."""
    port: int = Field(default=0, ge=0, le=65535)
    """Its TCP port; 0 for the usual one of its security."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """Encrypted after the greeting, from the first byte, or not at all."""
    allow_unencrypted: bool = False
    """Let `none` go to another machine."""
    ca_file: str | None = None
    """PEM file of the authorities to trust in place of the system's."""
    username: str | None = Field(default=None, min_length=1)
    """Whom to log in as; else mails go without logging in."""
    password_file: str | None = None
    """File that holds the password alone."""
    from_address: str
    """Whose address the mails come from."""
    from_name: str | None = Field(default=None, min_length=1)
    """Whose name they come from; else the issuer's."""
    reply_to: str | None = None
    """Where answers go; else to `from_address`."""
    per_minute: float = Field(default=60.0, gt=0, le=6000, allow_inf_nan=False)
    """Most mails a minute."""
    timeout_seconds: float = Field(default=120.0, gt=0, le=MAX_TIMEOUT_SECONDS)
    """Longest wait for each answer of the server; it may look through a mail before it gives the last one."""

    @field_validator("host")
    @classmethod
    def _reachable(cls, host: str) -> str:
        if not _HOST.fullmatch(host):
            raise ValueError("must be the name or the address of a mail server, without scheme and port")
        return host

    @field_validator("from_address", "reply_to")
    @classmethod
    def _everywhere(cls, address: str | None) -> str | None:
        if address is None:
            return None
        try:
            email_of(address)
            mailable = envelope_address(address)
        except InputError as error:
            raise ValueError(str(error)) from None
        if not mailable.isascii():
            raise ValueError("must be ASCII before the @, or many servers refuse it")
        return mailable

    @model_validator(mode="after")
    def _protected(self) -> MailSettings:
        if self.security == "none" and not (self.allow_unencrypted or is_this_machine(self.host)):
            raise ValueError(
                'security = "none" shows links and password to whoever listens; it is for this machine alone '
                "(127.0.0.1, localhost, ::1), or add allow_unencrypted = true"
            )
        return self

    def server(self, password: str | None) -> MailServer:
        """Return the server that is meant."""
        return MailServer(
            host=self.host,
            port=self.port or PORTS[self.security],
            security=self.security,
            timeout_seconds=self.timeout_seconds,
            username=self.username,
            password=password,
            ca_file=Path(self.ca_file).expanduser() if self.ca_file else None,
        )

    def letterhead(self, base_url: str) -> Letterhead:
        """Return what every mail has in common."""
        name = one_line(self.from_name) if self.from_name else None
        return Letterhead(base_url, self.from_address, name, self.reply_to)


def load_mail_settings(home: Path) -> MailSettings:
    """Read the home's mail.toml, if there is one, and the environment on top of it.

    Raises:
        SettingsError: a member is missing, unknown or wrong; names file or variable, and member.

    """
    path = home / MAIL_FILE
    members = read_toml(path)
    if "password" in members:
        raise SettingsError(
            f"{path}: password: mail.toml goes into backups; write the password into a file of its own and name that "
            f"with password_file, or set {PREFIX}PASSWORD. Nothing was done."
        )
    try:
        return MailSettings.model_validate_json(json.dumps(members | _given(os.environ), default=str))
    except ValidationError as error:
        raise SettingsError(_told(path, error)) from None  # pydantic's own words repeat the input


def mail_password(settings: MailSettings) -> str | None:
    """Return the password for the mail server: CREDANCHOR_SMTP_PASSWORD, or what `password_file` holds.

    Raises:
        SettingsError: there is none and a user name, or the other way round, or it cannot be read or sent.

    """
    given = os.environ.get(f"{PREFIX}PASSWORD") or _password_file(settings)
    if (settings.username is None) != (given is None):
        raise SettingsError(
            f"A user name and a password for the mail server go together: set username, and {PREFIX}PASSWORD or "
            "password_file, or none of them. Nothing was done."
        )
    if given is not None and not (given.isascii() and given.isprintable()):
        raise SettingsError(
            "The password for the mail server holds something else than printable ASCII characters, which not every "
            "server reads alike; choose another. Nothing was done."
        )
    return given


def _password_file(settings: MailSettings) -> str | None:
    if settings.password_file is None:
        return None
    try:
        given = Path(settings.password_file).expanduser().read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise SettingsError(
            f"password_file names {settings.password_file}, which cannot be read as text; nothing was done."
        ) from None
    if not given:
        raise SettingsError(f"password_file names {settings.password_file}, which is empty; nothing was done.")
    return given


def _given(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the members that the environment names; an empty variable says nothing."""
    names = {name: environment.get(f"{PREFIX}{name.upper()}", "") for name in MailSettings.model_fields}
    return {name: _value(name, text) for name, text in names.items() if text}


def _value(name: str, text: str) -> object:
    kind = MailSettings.model_fields[name].annotation
    if kind is bool:
        return {"true": True, "false": False}.get(text.lower(), text)
    return number_or_text(text) if kind in {int, float} else text


def _told(path: Path, error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    variable = PREFIX + place.upper()
    origin = f"the variable {variable}" if os.environ.get(variable) else str(path)
    words = "is missing" if first["type"] == "missing" else first["msg"].removeprefix("Value error, ")
    return f"{origin}: {place or 'the file'}: {words}. docs/delivery.md lists every setting; nothing was done."
