"""The mail that brings a recipient their link: plain text and HTML, headers that hold nothing but what they should.

Names and titles are other people's words: each becomes one line of bounded length before it gets near a header, is
quoted there or encoded (RFC 5322, RFC 2047), and is escaped in the HTML by its template.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from email import policy
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime, quote
from functools import cache
from typing import TYPE_CHECKING, Any

import idna
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from registry.checks.recipient import recipient_name
from registry.core.canonical import parse_json
from registry.core.errors import InputError
from registry.credentials.compact_jws import parse_compact
from registry.deliveries import Mail
from registry.services.own_leaf import own_leaf
from registry.services.share_links import recipient_link

if TYPE_CHECKING:
    from datetime import datetime

    from registry.records import StoredCredential

MAX_WORDS = 150
"""Most characters of a name or title in a mail."""
_UNSEEN = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
# Marks that turn the direction of text could make a name read as another one.
_BIDI = frozenset(map(chr, [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]))


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What every mail of this home has in common."""

    base_url: str
    """Public base URL of the pages that links lead to."""
    from_address: str
    """Whose address the mails come from, ASCII."""
    from_name: str | None = None
    """Whose name they come from; None for the issuer's."""
    reply_to: str | None = None
    """Where answers go, ASCII; None for the sender."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What one mail is about."""

    credential: StoredCredential
    """Whose document stands."""
    issuer: str
    """The issuer's name."""
    address: str
    """The recipient's e-mail address."""
    pending: bool
    """Whether its anchor is not final yet."""


def compose(head: Letterhead, about: Occasion, message_id: str, now: datetime) -> Mail:
    """Return the mail that brings a recipient their link.

    Raises:
        InputError: no mail can go to the address's domain.
        DocumentDamagedError: the stored document is not the one that was issued.

    """
    recipient = envelope_address(about.address)
    document = _document(about.credential)
    issuer, name, title = one_line(about.issuer), one_line(recipient_name(document) or ""), _title(document)
    headers = {
        "From": _mailbox("From", one_line(head.from_name or issuer), head.from_address),
        "To": _mailbox("To", name, recipient),
        "Subject": _text("Subject", f"Your credential from {issuer}: {title}"),
        "Date": format_datetime(now),
        "Message-ID": message_id,
        "Auto-Submitted": "auto-generated",  # RFC 3834: no answering machine answers
    }
    if head.reply_to is not None:
        headers["Reply-To"] = head.reply_to
    words = {"issuer": issuer, "name": name, "title": title, "pending": about.pending}
    body = _body({**words, "link": recipient_link(head.base_url, about.credential)})
    return Mail(head.from_address, recipient, _lines(headers) + body)


def message_id_of(credential: StoredCredential, attempt: int, from_address: str) -> str:
    """Return the Message-ID of a credential's mail: the same for the same attempt, whoever makes it and when."""
    return f"<{credential.leaf_hash.hex()}.{attempt}@{from_address.rpartition('@')[2]}>"


def envelope_address(address: str) -> str:
    """Return an e-mail address as mail servers take it: its domain in ASCII; InputError if it has no such form.

    Source: RFC 5891; a local part beyond ASCII stays as it is (RFC 6531).
    """
    local, _, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode('ascii')}"
    except idna.IDNAError as error:
        raise InputError(f"{domain[:80]!r} is no domain that mail can go to ({error}); correct the address.") from error


def one_line(text: str) -> str:
    """Return somebody's words as one bounded line without control characters."""
    spaced = "".join(" " if unicodedata.category(one) in _UNSEEN else one for one in text if one not in _BIDI)
    line = " ".join(spaced.split())
    return line if len(line) <= MAX_WORDS else line[: MAX_WORDS - 1].rstrip() + "…"


def _lines(headers: dict[str, str]) -> bytes:
    # Written out here: folding a long name, EmailMessage drops its quotes, and decodes what looks like an encoded word.
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("utf-8")


def _mailbox(header: str, name: str, address: str) -> str:
    if not name:
        return address
    phrase = f'"{quote(name)}"' if _is_plain(name) else _encoded(header, name)
    return f"{phrase} <{address}>"


def _text(header: str, words: str) -> str:
    return words if _is_plain(words) else _encoded(header, words)


def _is_plain(words: str) -> bool:
    """Return whether no reader takes any of it for an encoded word (RFC 2047)."""
    return words.isascii() and "=?" not in words


def _encoded(header: str, words: str) -> str:
    return Header(words, "utf-8", header_name=header).encode(linesep="\r\n")


def _body(words: dict[str, object]) -> bytes:
    message = EmailMessage(policy.SMTP.clone(cte_type="7bit"))
    message.set_content(_templates().get_template("letter.txt").render(words))
    message.add_alternative(_templates().get_template("letter.html").render(words), subtype="html")
    return message.as_bytes()


def _document(credential: StoredCredential) -> dict[str, Any]:
    own_leaf(credential)
    entry = credential.entry or b"{}"
    found = parse_compact(entry.decode("ascii")).payload if entry.startswith(b"e") else parse_json(entry)
    return found if isinstance(found, dict) else {}


def _title(document: dict[str, Any]) -> str:
    subject = document.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    names = (one.get("name") for one in (achievement, document) if isinstance(one, dict))
    lines = (one_line(name) for name in names if isinstance(name, str))
    return next((line for line in lines if line), "A credential")


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("registry.services"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
