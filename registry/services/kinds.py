"""What something is that is no credential of ours: told from its first bytes and a few members."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any

from registry.core.canonical import parse_json
from registry.core.errors import InputError

_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"II*\x00", b"MM\x00*")
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")
_LINK = re.compile(rb"https?://[!-~]{1,2048}")
_WEB_PAGE = re.compile(rb"<!doctype html|<html", re.IGNORECASE)
_BLOCKCERTS_PROOFS = {"MerkleProof2017", "MerkleProof2019"}
# A byte string that every document of another system we recognise contains; without one nothing is parsed twice.
_HINTS = (b"blockcerts", b"MerkleProof20", b"ttestation", b"openbadges/v2", b"AnchorReceipt")


class Kind(StrEnum):
    """What was handed in instead of a credential."""

    EMPTY = "empty"
    PDF = "pdf"
    PICTURE = "picture"
    DRAWING = "drawing"
    WEB_PAGE = "web-page"
    ARCHIVE = "archive"
    LINK = "link"
    DEAD_LINK = "dead-link"
    HALF_JSON = "half-json"
    OTHER_JSON = "other-json"
    RECEIPT_ONLY = "receipt-only"
    BLOCKCERTS = "blockcerts"
    OPEN_ATTESTATION = "open-attestation"
    OPEN_BADGES_2 = "open-badges-2"
    TEXT = "text"
    BINARY = "binary"


def kind_of(data: bytes) -> Kind:
    """Return what `data` most likely is, given that it is not a credential we can read."""
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        return Kind.EMPTY
    if start.startswith(b"%PDF-"):
        return Kind.PDF
    if data.startswith(_PICTURES):
        return Kind.PICTURE
    if data.startswith(_ARCHIVES):
        return Kind.ARCHIVE
    if start.startswith((b"{", b"[", b'"')):
        return foreign_kind(start) or _json_kind(start)
    return _text_kind(start)


def foreign_kind(data: bytes) -> Kind | None:
    """Return which other system's document, or which lone part of ours, `data` is; None for anything else."""
    if not any(hint in data for hint in _HINTS):
        return None
    try:
        return foreign_value(parse_json(data))
    except InputError:
        return None


def foreign_value(value: Any) -> Kind | None:  # noqa: ANN401  any JSON value
    """Return the same for JSON that was parsed already."""
    inner = value.get("credential", value) if isinstance(value, dict) else value
    return _foreign_object(inner) if isinstance(inner, dict) else None


def link_in(data: bytes) -> str | None:
    """Return the web address that `data` consists of, blanks around it aside; None for everything else."""
    text = data.removeprefix(b"\xef\xbb\xbf").strip()
    return text.decode("ascii") if _LINK.fullmatch(text) else None


def _foreign_object(value: dict[str, Any]) -> Kind | None:
    contexts = " ".join(part for part in _listed(value.get("@context")) if isinstance(part, str))
    proofs = [str(part.get("type")) for part in _listed(value.get("proof")) if isinstance(part, dict)]
    if "DataIntegrityProof" in proofs:
        return None
    if value.get("type") == "AnchorReceipt":
        return Kind.RECEIPT_ONLY
    if "blockcerts" in contexts or _BLOCKCERTS_PROOFS.intersection(proofs):
        return Kind.BLOCKCERTS
    schema = f"{value.get('version')} {value.get('schema')} {contexts}".lower()
    if "openattestation" in schema or any(proof.startswith("OpenAttestation") for proof in proofs):
        return Kind.OPEN_ATTESTATION
    if "openbadges/v2" in contexts:
        return Kind.OPEN_BADGES_2
    return None


def _listed(value: Any) -> list[Any]:  # noqa: ANN401  any JSON value
    return value if isinstance(value, list) else [value]


def _json_kind(data: bytes) -> Kind:
    try:
        parse_json(data)
    except InputError:
        return Kind.HALF_JSON
    return Kind.OTHER_JSON


def _text_kind(start: bytes) -> Kind:
    if _WEB_PAGE.match(start):
        return Kind.WEB_PAGE
    if b"<svg" in start[:4096]:
        return Kind.DRAWING
    if link_in(start) is not None:
        return Kind.LINK
    try:
        text = start.decode("utf-8")
    except UnicodeDecodeError:
        return Kind.BINARY
    return Kind.BINARY if "\x00" in text else Kind.TEXT
