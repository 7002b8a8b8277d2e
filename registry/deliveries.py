"""Mails that bring recipients their links: what is kept of each, whose turn it is, and what a mail server says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from registry.core.errors import InputError
from registry.credentials.recipient_id import email_of
from registry.records import BatchState

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from datetime import datetime

UNDER_WAY = timedelta(minutes=15)
"""How long a mail may be on its way; whoever began it earlier and kept no answer has died.

No wait of one mail is longer: it has three waits for the server, each of at most `MAX_TIMEOUT_SECONDS`.
"""
MAX_TIMEOUT_SECONDS = 300
"""Longest that a mail server may be waited for at a time."""


class DeliveryState(StrEnum):
    """How the newest mail of a credential stands."""

    SENDING = "sending"
    """Its text may have left; what the server said is not known yet, or never will be."""
    SENT = "sent"
    """The server took it."""
    REFUSED = "refused"
    """The server refused it for good (5xx)."""
    DEFERRED = "deferred"
    """The server did not take it now (4xx)."""
    UNKNOWN = "unknown"
    """The connection was lost before the server's answer to the text: it may have taken it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """The newest mail of a credential to its recipient."""

    uuid: str
    """`uuid` of the credential."""
    attempt: int
    """Which mail of this credential it is, from 1."""
    message_id: str
    """Its Message-ID, with the angle brackets; it follows from leaf hash, attempt and the sender's domain."""
    state: DeliveryState
    """How it stands."""
    code: int
    """The server's reply code; 0 if there was no reply."""
    answer: str
    """The server's own words, one line."""
    attempted_at: datetime
    """When it began, UTC."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """A credential as far as it matters whether its link is mailed."""

    uuid: str
    """`uuid` of the credential."""
    recipient: str
    """What the roster calls the recipient; empty if nobody said."""
    erased: bool
    """Whether the document is gone."""
    revoked: bool
    """Whether it was ordered to be revoked."""
    suspended: bool
    """Whether it is suspended by the newest order."""
    replaced: bool
    """Whether another credential took its place."""
    batch_state: BatchState
    """Where its batch stands."""
    delivery: Delivery | None
    """Its newest mail, None if it never had one."""

    @property
    def credential_id(self) -> str:
        """Return its `id`."""
        return self.uuid if ":" in self.uuid else f"urn:uuid:{self.uuid}"

    @property
    def address(self) -> str | None:
        """Return the e-mail address that the roster names, None if it names none."""
        try:
            return email_of(self.recipient) if self.recipient.startswith("mailto:") else None
        except InputError:
            return None


class Standing(StrEnum):
    """Whether a credential's link is mailed, or why not; the names are public."""

    DUE = "due"
    NO_ADDRESS = "no-address"
    ERASED = "erased"
    REVOKED = "revoked"
    REPLACED = "replaced"
    SUSPENDED = "suspended"
    NOT_FINAL = "not-final"
    SENT_BEFORE = "sent-before"
    REFUSED_BEFORE = "refused-before"
    UNDER_WAY = "under-way"
    UNKNOWN_BEFORE = "unknown-before"


REPEATED: AbstractSet[Standing] = frozenset({Standing.REFUSED_BEFORE})
"""What `--again` lets be mailed once more where many are chosen."""
REPEATED_BY_NAME: AbstractSet[Standing] = REPEATED | {Standing.SENT_BEFORE, Standing.UNKNOWN_BEFORE}
"""The same where one credential is named."""


def standing_of(one: Addressee, now: datetime, *, pending: bool, again: AbstractSet[Standing]) -> Standing:
    """Return whether a credential's link is to be mailed now, or the first reason why not.

    `pending` lets go those whose anchor is not final; `again` are standings that count as due.
    """
    reasons = (
        (one.erased, Standing.ERASED),
        (one.revoked, Standing.REVOKED),
        (one.replaced, Standing.REPLACED),
        (one.address is None, Standing.NO_ADDRESS),
        (one.suspended, Standing.SUSPENDED),
        (one.batch_state is not BatchState.FINAL and not pending, Standing.NOT_FINAL),
    )
    found = next((reason for holds, reason in reasons if holds), None) or _standing_of_mail(one.delivery, now)
    return Standing.DUE if found in again else found


def _standing_of_mail(delivery: Delivery | None, now: datetime) -> Standing:
    if delivery is None or delivery.state is DeliveryState.DEFERRED:
        return Standing.DUE
    if delivery.state is DeliveryState.SENDING:
        return Standing.UNDER_WAY if now - delivery.attempted_at < UNDER_WAY else Standing.UNKNOWN_BEFORE
    return {
        DeliveryState.SENT: Standing.SENT_BEFORE,
        DeliveryState.REFUSED: Standing.REFUSED_BEFORE,
        DeliveryState.UNKNOWN: Standing.UNKNOWN_BEFORE,
    }[delivery.state]


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it goes to a mail server."""

    sender: str
    """Envelope sender, ASCII."""
    recipient: str
    """Envelope recipient; its domain as ASCII (RFC 5890), its local part as it is."""
    content: bytes
    """Headers and body."""

    @property
    def needs_utf8(self) -> bool:
        """Return whether only a server with SMTPUTF8 (RFC 6531) can take it."""
        return not self.recipient.isascii()


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of one mail."""

    state: DeliveryState
    """Any but SENDING."""
    code: int
    """The server's reply code; 0 if there was no reply."""
    text: str
    """The server's words on one line, or ours where it said nothing."""
