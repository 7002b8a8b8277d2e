"""Addresses in a stranger's document: which of them become links, and what of them is shown."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from verifier_web.text import line

MAX_URL = 2048
"""Longest address that becomes a link."""
MAX_SHOWN = 80
"""Most characters shown of a link's address."""
MAX_PICTURE = 512 * 1024
"""Longest data URL, in characters, that is shown as a picture."""

_PLAIN_URL = re.compile(r"https://[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?(?:[/?#][!-~]*)?")
_PICTURE = re.compile(r"data:image/(png|jpeg);base64,([A-Za-z0-9+/]+={0,2})")
_MAGIC = {"png": b"\x89PNG\r\n\x1a\n", "jpeg": b"\xff\xd8\xff"}


@dataclass(frozen=True, slots=True)
class Link:
    """An address that may be followed."""

    url: str
    """https, ASCII, without credentials in it."""
    shown: str
    """Host first, then as much of the path as fits."""


def link(value: object) -> Link | None:
    """Return a link for an https address in plain ASCII, and nothing for any other value.

    A host with other letters must come in its ASCII form (`xn--`), so that it cannot pass for a look-alike.
    """
    if not isinstance(value, str) or len(value) > MAX_URL or not _PLAIN_URL.fullmatch(value):
        return None
    try:
        parts = urlsplit(value)
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return None
    shown = (parts.hostname or "") + port + parts.path.rstrip("/")
    return Link(value, shown if len(shown) <= MAX_SHOWN else shown[:MAX_SHOWN] + "…")


def picture(value: object) -> str | None:
    """Return an embedded PNG or JPEG as its data URL; None for a remote picture, another kind or a large one."""
    address = value.get("id") if isinstance(value, dict) else value
    if not isinstance(address, str) or len(address) > MAX_PICTURE:
        return None
    match = _PICTURE.fullmatch(address)
    if match is None:
        return None
    kind, encoded = match.groups()
    try:
        data = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return None
    return address if data.startswith(_MAGIC[kind]) else None


def name_or_address(value: object) -> str:
    """Return how a profile is called: its name, else its address or id, else nothing."""
    if isinstance(value, dict):
        return line(value.get("name")) or line(value.get("id"))
    return line(value)
