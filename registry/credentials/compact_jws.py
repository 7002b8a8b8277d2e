"""A compact JWS, taken apart strictly: what its three parts hold, before anything is believed of it.

Source: RFC 7515, 3.1, 5.2 and appendix C; RFC 8725 (best practices).
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from registry.core.canonical import MAX_TEXT_BYTES, canonical_bytes, parse_json
from registry.core.errors import CanonicalFormError, CredentialFormatError

MAX_HEADER_CHARACTERS = 8 * 1024
"""Longest encoded header that is read: room for an RSA key of 4096 bits."""
MAX_COMPACT_CHARACTERS = MAX_TEXT_BYTES * 4 // 3 + 16 * 1024
"""Longest compact JWS that is read."""

_PARTS = 3


@dataclass(frozen=True, slots=True)
class CompactJws:
    """A compact JWS whose header and payload are JSON objects."""

    header: dict[str, Any]
    """Its protected header; nothing in it is checked yet."""
    payload: dict[str, Any]
    """Its payload."""
    signature: bytes
    """Its signature; empty where the text has none."""
    signed: bytes
    """The bytes that the signature covers."""


def parse_compact(compact: str) -> CompactJws:
    """Return the parts of a compact JWS.

    Raises:
        CredentialFormatError: not three parts in canonical base64url, too long, or header or payload is no JSON object.

    """
    if len(compact) > MAX_COMPACT_CHARACTERS:
        raise CredentialFormatError(f"The compact JWS has more than {MAX_COMPACT_CHARACTERS:,} characters.")
    parts = compact.split(".")
    if len(parts) != _PARTS:
        raise CredentialFormatError(f"A compact JWS has {_PARTS} parts, this text has {len(parts)}.")
    if len(parts[0]) > MAX_HEADER_CHARACTERS:
        raise CredentialFormatError(f"The compact JWS has a header of more than {MAX_HEADER_CHARACTERS:,} characters.")
    header, payload = (_object(part, name) for part, name in zip(parts, ("header", "payload"), strict=False))
    return CompactJws(header, payload, from_base64url(parts[2]), f"{parts[0]}.{parts[1]}".encode("ascii"))


def signing_bytes(header: dict[str, Any], payload: dict[str, Any]) -> bytes:
    """Return what a signature covers: both in RFC 8785 form; CanonicalFormError if one has none."""
    return b".".join(base64url(canonical_bytes(part)).encode("ascii") for part in (header, payload))


def base64url(data: bytes) -> str:
    """Return unpadded base64url text (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """Read unpadded base64url text; CredentialFormatError unless it is what `base64url` writes."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise CredentialFormatError(f"The compact JWS holds {text[:40]!r}, which is not base64url.") from error
    if base64url(data) != text:  # the last character may hold bits that nobody reads
        raise CredentialFormatError(f"The compact JWS holds {text[-40:]!r}, which is not base64url as it is written.")
    return data


def _object(part: str, name: str) -> dict[str, Any]:
    try:
        value = parse_json(from_base64url(part))
    except CanonicalFormError as error:
        raise CredentialFormatError(f"The {name} of the compact JWS cannot be read: {error}.") from error
    if not isinstance(value, dict):
        raise CredentialFormatError(f"The {name} of the compact JWS holds no JSON object, so it is no credential.")
    return value
