"""Mails over SMTP (RFC 5321), one at a time on one connection, at a bounded rate, reconnecting when it breaks."""

from __future__ import annotations

import contextlib
import smtplib
import time
from typing import TYPE_CHECKING

from registry.core.errors import MailUnavailableError
from registry.deliveries import DeliveryState, Reply
from registry.mail.connection import FIRST_PERMANENT, MailServer, connected, line_of, mapped_errors, not_taken

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.deliveries import Mail

PAUSES = (1.0, 5.0, 20.0)
"""Seconds before each new connection after one broke; when they are used up in a row, it is given up."""
_ACCEPTED = range(200, 300)
_TEMPORARY = range(400, FIRST_PERMANENT)
_PERMANENT = range(FIRST_PERMANENT, 600)
_CLOSING = 421
_NO_UTF8 = (
    "The mail server takes no address with letters beyond ASCII before the @ (it has no SMTPUTF8); mail this one "
    "through another server, or by hand."
)
_LOST = "The connection was lost before the server said whether it took the mail."


class SmtpMailer:
    """Hands mails to one server (ports.Mailer)."""

    def __init__(self, server: MailServer, per_minute: float) -> None:
        self._server = server
        self._seconds_apart = 60 / per_minute
        self._connection: smtplib.SMTP | None = None
        self._broken_in_a_row = 0
        self._next_at = 0.0

    def open(self) -> None:
        """Connect and log in.

        Raises:
            MailRefusedError: the server is not to be trusted, or does not take us.
            MailUnavailableError: it does not answer.

        """
        self._opened()

    def deliver(self, mail: Mail, begin: Callable[[], bool]) -> Reply | None:
        """Hand one mail over, see ports.Mailer."""
        while True:
            self._pause_after_breaks()
            try:
                reply = self._converse(self._opened(), mail, begin)
            except MailUnavailableError as error:
                self._broken(error)
                continue
            except BaseException:
                self._drop()
                raise
            if reply is None or reply.state is not DeliveryState.UNKNOWN:
                self._broken_in_a_row = 0
            return reply

    def close(self) -> None:
        """Take leave of the server."""
        if self._connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._connection.quit()
        self._drop()

    def _opened(self) -> smtplib.SMTP:
        if self._connection is None:
            self._connection = connected(self._server)
        return self._connection

    def _drop(self) -> None:
        """End the connection without a word, which would be taken for text in the middle of a mail."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _pause_after_breaks(self) -> None:
        if self._broken_in_a_row > len(PAUSES):  # each of the last mails is unknown; the next would be, too
            raise MailUnavailableError(f"Time after time {self._server.name} ended the connection during a mail.")
        if self._broken_in_a_row:
            time.sleep(PAUSES[self._broken_in_a_row - 1])

    def _broken(self, error: MailUnavailableError) -> None:
        self._drop()
        self._broken_in_a_row += 1
        if self._broken_in_a_row > len(PAUSES):
            raise error

    def _converse(self, connection: smtplib.SMTP, mail: Mail, begin: Callable[[], bool]) -> Reply | None:
        """Go through one mail on the open connection; MailUnavailableError if it breaks before the text leaves."""
        if mail.needs_utf8 and not connection.has_extn("smtputf8"):
            return Reply(DeliveryState.REFUSED, 0, _NO_UTF8)
        self._keep_apart()
        with mapped_errors(self._server):
            self._name_sender(connection, mail)
            code, words = connection.rcpt(mail.recipient)
        if code not in _ACCEPTED:
            return self._refusal(code, words)
        # What is begun here and has no end is told apart: a crash below leaves it so.
        return self._transmit(connection, mail) if begin() else None

    def _keep_apart(self) -> None:
        now = time.monotonic()
        if now < self._next_at:
            time.sleep(self._next_at - now)
        self._next_at = max(now, self._next_at) + self._seconds_apart

    def _name_sender(self, connection: smtplib.SMTP, mail: Mail) -> None:
        connection.rset()  # ends what the mail before may have left open, and shows whether anybody is there
        options = ("SMTPUTF8", "BODY=8BITMIME") if mail.needs_utf8 else ()
        code, words = connection.mail(mail.sender, options)
        if code not in _ACCEPTED:
            raise not_taken(self._server, code, words)

    def _refusal(self, code: int, words: bytes) -> Reply:
        """Return a refusal of this recipient; MailUnavailableError if the server speaks of itself."""
        if code in _PERMANENT:
            return Reply(DeliveryState.REFUSED, code, line_of(words))
        if code in _TEMPORARY and code != _CLOSING:
            return Reply(DeliveryState.DEFERRED, code, line_of(words))
        raise not_taken(self._server, code, words)

    def _transmit(self, connection: smtplib.SMTP, mail: Mail) -> Reply:
        try:
            code, words = connection.data(mail.content)
        except smtplib.SMTPDataError as error:  # to the command, so the text did not leave
            state = DeliveryState.REFUSED if error.smtp_code in _PERMANENT else DeliveryState.DEFERRED
            return Reply(state, error.smtp_code, line_of(error.smtp_error))
        except (smtplib.SMTPException, OSError):
            return self._unknown()
        if code in _ACCEPTED:
            return Reply(DeliveryState.SENT, code, line_of(words))
        if code in _PERMANENT or code in _TEMPORARY:
            state = DeliveryState.REFUSED if code in _PERMANENT else DeliveryState.DEFERRED
            return Reply(state, code, line_of(words))
        return self._unknown()

    def _unknown(self) -> Reply:
        self._drop()
        self._broken_in_a_row += 1
        return Reply(DeliveryState.UNKNOWN, 0, _LOST)
