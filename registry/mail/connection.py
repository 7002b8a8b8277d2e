"""A connection to a mail server: opened, encrypted, logged in; smtplib's exceptions are mapped in this one place."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from registry.core.errors import MailRefusedError, MailUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Security = Literal["starttls", "tls", "none"]
"""Encrypted after the greeting, encrypted from the first byte, or not at all."""
MAX_ANSWER = 200
"""Most characters that are kept of a server's words."""
FIRST_PERMANENT = 500
"""From this code on a refusal is for good (RFC 5321, 4.2.1)."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Which server takes the mails, and how it is spoken to."""

    host: str
    """Its name, which its certificate must carry."""
    port: int
    """TCP port."""
    security: Security
    """How the connection is encrypted."""
    timeout_seconds: float
    """Longest wait for each of its answers."""
    username: str | None = None
    """Whom to log in as; None sends without logging in."""
    password: str | None = field(default=None, repr=False)
    """The password for it."""
    ca_file: Path | None = None
    """PEM file of the only authorities to trust; None for those that the system trusts."""

    @property
    def name(self) -> str:
        """Return what it is called in messages."""
        return f"the mail server {self.host}:{self.port}"


def connected(server: MailServer) -> smtplib.SMTP:
    """Return an open connection, encrypted and logged in as `server` says.

    Raises:
        MailRefusedError: it is not to be trusted, does not do TLS, or does not take user name and password.
        MailUnavailableError: it does not answer.

    """
    with mapped_errors(server):
        connection = _opened(server)
        try:
            if server.security == "starttls":
                connection.starttls(context=_context(server))
            connection.ehlo_or_helo_if_needed()
            if server.username is not None:
                _log_in(connection, server)
        except BaseException:
            connection.close()
            raise
    return connection


@contextmanager
def mapped_errors(server: MailServer) -> Iterator[None]:
    """Turn what smtplib raises into MailRefusedError, or MailUnavailableError where another try may do."""
    try:
        yield
    except smtplib.SMTPServerDisconnected as error:
        raise MailUnavailableError(f"{_begun(server)} ended the connection ({line_of(str(error))}).") from error
    except smtplib.SMTPResponseException as error:
        raise not_taken(server, error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPException as error:
        raise MailRefusedError(f"{_begun(server)} cannot be used as mail.toml says: {_said(str(error))}") from error
    except ssl.SSLCertVerificationError as error:
        raise MailRefusedError(
            f"The certificate of {server.name} is not to be trusted ({error.verify_message}); correct host, or name "
            "the authority's certificate with ca_file, in mail.toml."
        ) from error
    except ssl.SSLError as error:
        raise MailRefusedError(
            f"{_begun(server)} does not do TLS here ({error.strerror or error}); correct port or security in mail.toml."
        ) from error
    except OSError as error:
        raise MailUnavailableError(f"{_begun(server)} does not answer ({error.strerror or error}).") from error


def not_taken(server: MailServer, code: int, words: bytes | str) -> MailRefusedError | MailUnavailableError:
    """Return the error for a server that will not deal with us, now or ever."""
    said = f"{_begun(server)} answered {code} {_said(words)}"
    if code >= FIRST_PERMANENT:
        return MailRefusedError(f"{said} Correct mail.toml, or ask whoever runs that server.")
    return MailUnavailableError(said)


def line_of(words: bytes | str) -> str:
    """Return a server's words as one bounded line."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:MAX_ANSWER]


def _said(words: bytes | str) -> str:
    return line_of(words).rstrip(".") + "."


def _opened(server: MailServer) -> smtplib.SMTP:
    place, timeout = (server.host, server.port), server.timeout_seconds
    if server.security == "tls":
        return smtplib.SMTP_SSL(*place, timeout=timeout, context=_context(server))
    return smtplib.SMTP(*place, timeout=timeout)


def _context(server: MailServer) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=server.ca_file)
    except OSError as error:
        raise MailRefusedError(
            f"ca_file names {server.ca_file}, which holds no certificate ({error.strerror or error}); correct it in "
            "mail.toml."
        ) from error


def _log_in(connection: smtplib.SMTP, server: MailServer) -> None:
    try:
        connection.login(server.username or "", server.password or "")
    except smtplib.SMTPAuthenticationError as error:
        # The server's own words stay out: some repeat what they were given.
        said = f"{_begun(server)} answered {error.smtp_code} to the user name"
        if error.smtp_code >= FIRST_PERMANENT:
            raise MailRefusedError(
                f"{said}: user name or password are wrong; docs/delivery.md says where they stand."
            ) from None
        raise MailUnavailableError(f"{said}: it cannot tell now whether the password is right.") from None
    except ValueError:  # a challenge that is no base64
        raise MailRefusedError(f"{_begun(server)} does not speak the protocol of logging in.") from None


def _begun(server: MailServer) -> str:
    return server.name[:1].upper() + server.name[1:]
