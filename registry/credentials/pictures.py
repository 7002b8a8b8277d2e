"""Pictures inside a document: what a data URL holds, and whether that is the kind of picture it says."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from registry.core.errors import CredentialFormatError
from registry.credentials.svg import read_svg

_DATA_URL = re.compile(r"(?P<type>[^;,]*)(?P<parameters>(;[^;,]*)*),(?P<data>.*)", re.DOTALL)
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
)
_SVG = re.compile(rb"\s*(<\?xml|<!--|<!DOCTYPE svg|<svg)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class EmbeddedPicture:
    """A picture that travels inside the document."""

    media_type: str
    """What the data URL says that it is, in lower case."""
    data: bytes
    """The picture itself."""


def media_type_of(data: bytes) -> str | None:
    """Return the media type of a picture as its first bytes tell it, None if they tell none."""
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    known = next((kind for signature, kind in _SIGNATURES if data.startswith(signature)), None)
    return known or ("image/svg+xml" if _SVG.match(data.removeprefix(b"\xef\xbb\xbf")) else None)


def embedded_picture(of: dict[str, Any]) -> EmbeddedPicture | None:
    """Return the picture that an achievement or profile carries; None if it has none, or it lies elsewhere.

    Raises:
        CredentialFormatError: its data URL cannot be read.

    """
    image = of.get("image")
    address = image.get("id") if isinstance(image, dict) else image
    if not isinstance(address, str) or address[:5].lower() != "data:":
        return None
    found = _DATA_URL.fullmatch(address, 5)
    if found is None:
        raise CredentialFormatError(f"The picture of {_name(of)} is a data URL without a comma before its data.")
    try:
        return EmbeddedPicture(found["type"].lower(), _decoded(found["data"], found["parameters"]))
    except ValueError as error:
        raise CredentialFormatError(f"The picture of {_name(of)} is not base64.") from error


def require_honest_picture(of: dict[str, Any]) -> None:
    """Raise CredentialFormatError if an achievement's or profile's picture is not what it says, or would run something.

    Browsers go by what a picture says or by what it holds, each in its own way; it must not matter which.
    """
    picture = embedded_picture(of)
    if picture is None:
        return
    held = media_type_of(picture.data)
    if held != picture.media_type:
        raise CredentialFormatError(
            f"The picture of {_name(of)} says that it is {picture.media_type or 'plain text'}, but it holds "
            f"{held or 'no picture that we know'}; write what it holds, or put the right picture in."
        )
    active = read_svg(picture.data).active if held == "image/svg+xml" else None
    if active:
        raise CredentialFormatError(
            f"The picture of {_name(of)} would run something when opened ({active}); export it as a plain SVG or a PNG."
        )


def _name(of: dict[str, Any]) -> str:
    return str(of.get("name"))[:80]


def _decoded(data: str, parameters: str) -> bytes:
    raw = unquote_to_bytes(data)
    return base64.b64decode(raw, validate=True) if ";base64" in parameters.lower() else raw
