"""Who a recipient is: e-mail addresses, DIDs and student numbers, and how a credential names them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from registry.core.errors import InputError

MAX_EMAIL_CHARACTERS = 254
"""Longest e-mail address (RFC 5321, 4.5.3.1.3, less the angle brackets)."""
MAX_LOCAL_BYTES = 64
"""Longest part before the @ (RFC 5321, 4.5.3.1.1)."""
MAX_LABEL_BYTES = 63
"""Longest label of a domain name."""
STUDENT_NUMBER_TYPE = "ext:studentNumber"
"""The identity type of a student number, by the `ext:` rule of Open Badges 3.0 for terms outside its list."""

_LOCAL = re.compile(r"[^\s@\x00-\x20\x7f\"(),:;<>\[\\\]]+")
_DID = re.compile(r"did:[a-z0-9]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._-]")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a credential is for; at least one of e-mail address, DID and student number is there."""

    email: str | None = None
    """E-mail address, NFC, in lower case."""
    did: str | None = None
    """Decentralized identifier."""
    student_id: str | None = None
    """The issuer's own number for the student."""
    name: str | None = None
    """Name as the roster writes it."""

    @property
    def identifier(self) -> str:
        """Return what tells recipients apart: the DID, or else the e-mail address, or else the student number."""
        if self.did:
            return self.did
        return f"mailto:{self.email}" if self.email else f"student:{self.student_id}"


def email_of(text: str) -> str:
    """Return an e-mail address in NFC and lower case, as it is compared and hashed.

    Letters beyond ASCII are taken on both sides of the @ (RFC 6531), quoted local parts are not.

    Raises:
        InputError: with what is wrong.

    """
    address = unicodedata.normalize("NFC", text.removeprefix("mailto:")).lower()
    local, at, domain = address.rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or local[0] == "." or local[-1] == "." or ".." in local:
        raise InputError(f"{text[:80]!r} is not an e-mail address; write it as name@school.example")
    _require_visible(address)
    if len(address) > MAX_EMAIL_CHARACTERS or len(local.encode()) > MAX_LOCAL_BYTES:
        raise InputError(f"the e-mail address {text[:40]!r}… is longer than addresses may be; correct it")
    if not _is_domain(domain):
        raise InputError(f"{domain[:80]!r} is not a domain name; correct what follows the @")
    return address


def did_of(text: str) -> str:
    """Return a DID as written; InputError if its syntax is wrong (DID Core, 3.1)."""
    if not _DID.fullmatch(text):
        raise InputError(f"{text[:80]!r} is not a DID; write it as did:method:identifier, without path or fragment")
    return text


def full_name(given: str, family: str) -> str:
    """Join two name columns: family name first and unspaced for Chinese, Korean and Japanese script, else last."""
    if given and family and all(map(_is_east_asian, given + family)):
        return family + given
    return " ".join(part for part in (given, family) if part)


def plain_identity(identity_type: str, value: str) -> dict[str, Any]:
    """Return an IdentityObject that shows `value`."""
    return {"type": "IdentityObject", "hashed": False, "identityHash": value, "identityType": identity_type}


def hashed_identity(identity_type: str, value: str, salt: str) -> dict[str, Any]:
    """Return an IdentityObject that only matches `value`.

    Source: Open Badges 3.0, IdentityObject: "sha256$" and the hex of SHA-256(value then salt).
    """
    digest = hashlib.sha256((value + salt).encode()).hexdigest()
    return {**plain_identity(identity_type, f"sha256${digest}"), "hashed": True, "salt": salt}


def _require_visible(address: str) -> None:
    if address.isascii():  # control characters are not in _LOCAL, and no domain has any
        return
    for character in address:
        if unicodedata.category(character)[0] in "CZ":
            name = unicodedata.name(character, f"U+{ord(character):04X}")
            raise InputError(f"the e-mail address holds an invisible character ({name}); type it anew")


@lru_cache(maxsize=256)  # most recipients of a roster share a few domains
def _is_domain(domain: str) -> bool:
    labels = domain.split(".")
    return len(labels) > 1 and all(map(_is_label, labels))


def _is_label(label: str) -> bool:
    letters = label.replace("-", "")
    right = all(unicodedata.category(character)[0] in "LMN" for character in letters)
    return bool(letters) and right and label[0] != "-" and label[-1] != "-" and len(label.encode()) <= MAX_LABEL_BYTES


def _is_east_asian(character: str) -> bool:
    return unicodedata.name(character, "").startswith(("CJK UNIFIED", "HANGUL SYLLABLE", "HIRAGANA"))
