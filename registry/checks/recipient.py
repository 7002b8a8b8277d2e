"""Whose credential it is: matching an e-mail, id or name against plain and hashed identifiers.

Source: Open Badges 3.0, IdentityObject: hash = algorithm, "$", hex of H(identifier then salt).
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from typing import Any

MAX_IDENTIFIERS = 32
"""Most identifiers of one subject that are looked at."""
MAX_COMPARED = 1024
"""Longest name, address or number that is put in its plain form, in characters."""


def recipient_matches(document: dict[str, Any], expected: str) -> bool:
    """Return whether the credential's subject is the person named by an e-mail address, id or name."""
    subject = document.get("credentialSubject")
    if not isinstance(subject, dict):
        return False
    wanted = plain_form(expected)
    if not wanted:
        return False
    if isinstance(subject.get("id"), str) and subject["id"].strip() in {expected.strip(), "mailto:" + expected.strip()}:
        return True
    identifiers = subject.get("identifier")
    entries = identifiers if isinstance(identifiers, list) else [identifiers]
    return any(_entry_matches(entry, expected.strip(), wanted) for entry in entries[:MAX_IDENTIFIERS])


def _entry_matches(entry: Any, expected: str, wanted: str) -> bool:  # noqa: ANN401  any JSON value
    if not isinstance(entry, dict) or not isinstance(entry.get("identityHash"), str):
        return False
    value: str = entry["identityHash"]
    if not entry.get("hashed"):
        return plain_form(value) == wanted
    salt = entry.get("salt")
    ending = salt if isinstance(salt, str) else ""
    # Issuers differ in whether they lower-case an address before hashing; a match of either is a match.
    return any(_hash_matches(value, spelling + ending) for spelling in {expected, wanted, expected.lower()})


def _hash_matches(value: str, clear: str) -> bool:
    name, _, digest = value.partition("$")
    algorithm = {"sha256": hashlib.sha256, "md5": hashlib.md5}.get(name.lower())
    if algorithm is None:
        return False
    actual = algorithm(clear.encode("utf-8", "surrogatepass")).hexdigest()
    return hmac.compare_digest(actual.encode(), digest.lower().encode("utf-8", "surrogatepass"))


def recipient_name(document: dict[str, Any]) -> str | None:
    """Return the recipient's name if the credential states it openly, else None."""
    subject = document.get("credentialSubject")
    identifiers = subject.get("identifier") if isinstance(subject, dict) else None
    for entry in (identifiers if isinstance(identifiers, list) else [identifiers])[:MAX_IDENTIFIERS]:
        if isinstance(entry, dict) and entry.get("identityType") == "name" and not entry.get("hashed"):
            name = entry.get("identityHash")
            return name if isinstance(name, str) else None
    return None


def plain_form(text: str) -> str:
    """Return a name, address or number as it is compared: composed, case folded, with single blanks.

    What is longer than any of these stays as it is: to put marks in order takes time that grows with the square.
    """
    if len(text) > MAX_COMPARED:
        return text
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
