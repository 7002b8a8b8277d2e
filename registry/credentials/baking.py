"""Badges that carry their own proof: a credential and its receipts inside a PNG or SVG picture, in and out.

Source: Open Badges 3.0, document format ("baking"); design.md, Formats: "Bundle". The receipts stand in a part of
their own, which other readers pass over.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from defusedxml.minidom import parseString  # type: ignore[import-untyped]  # it ships no types

from registry.core.canonical import MAX_TEXT_BYTES
from registry.core.errors import CredentialFormatError
from registry.credentials.png_chunks import SIGNATURE, Chunk, chunks_of, joined, keyword_of, text_chunk, text_of
from registry.credentials.svg import BADGE_NAMESPACE, RECEIPTS_ID, read_svg

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.dom.minidom import Document, Element

CREDENTIAL_KEYWORD = b"openbadgecredential"
"""Keyword of the standard iTXt chunk."""
RECEIPTS_KEYWORD = b"credanchorreceipts"
"""Keyword of our own iTXt chunk."""
MAX_IMAGE_BYTES = 16 * 1024 * 1024
"""Largest picture that is read."""

_OLDER_KEYWORD = b"openbadges"
_JWS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+")
# XML cannot carry these, and `]]>` ends a CDATA section; in JSON all of them can only stand inside strings.
_NOT_IN_CDATA = re.compile("(?<=]])>|[\ufffe\uffff]")


def bake_png(image: bytes, credential_text: str, receipts_json: str) -> bytes:
    """Return a PNG picture that carries a credential (JSON or compact JWS) and its receipts (a JSON array).

    What the picture carried before is replaced; its pixels stay as they are.

    Raises:
        CredentialFormatError: the picture is no PNG or damaged, or a text is too long or no Unicode.

    """
    _require_readable(image)
    ours = (CREDENTIAL_KEYWORD, RECEIPTS_KEYWORD)
    *body, end = (chunk for chunk in chunks_of(image) if keyword_of(chunk) not in ours)
    texts = (_checked(credential_text), _checked(receipts_json))
    return joined([*body, *map(text_chunk, ours, texts), end])


def bake_svg(image: bytes, credential_text: str, receipts_json: str) -> bytes:
    """Return an SVG picture that carries a credential (JSON or compact JWS) and its receipts (a JSON array).

    What the picture carried before is replaced. The JSON that comes out again is the same JSON, though a few of its
    characters may be escaped.

    Raises:
        CredentialFormatError: the picture is no SVG or would run something when opened, or a text is too long.

    """
    _require_readable(image)
    active = read_svg(image).active
    if active:
        raise CredentialFormatError(f"The SVG picture would run something when opened ({active}); remove it first.")
    document = parseString(image)
    root = document.documentElement
    _remove_carriers(root)
    first = root.firstChild
    root.insertBefore(_credential_element(document, _checked(credential_text)), first)
    root.insertBefore(_receipts_element(document, root, _checked(receipts_json)), first)
    baked: bytes = document.toxml(encoding="utf-8")
    return baked


def unbake(data: bytes) -> tuple[str, str | None]:
    """Return the credential text in a PNG or SVG picture, and the receipts if there are any.

    Raises:
        CredentialFormatError: the file is no such picture, is damaged or beyond our limits, would run something when
            opened, or carries no credential.

    """
    _require_readable(data)
    if data.startswith(SIGNATURE):
        return _unbake_png(data)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _unbake_svg(data)
    raise CredentialFormatError("The file is neither a PNG nor an SVG picture.")


def _unbake_png(data: bytes) -> tuple[str, str | None]:
    chunks = [chunk for chunk in chunks_of(data) if keyword_of(chunk)]
    credential, receipts = _text_under(CREDENTIAL_KEYWORD, chunks), _text_under(RECEIPTS_KEYWORD, chunks)
    if credential:
        return credential, receipts
    if any(keyword_of(chunk) == _OLDER_KEYWORD for chunk in chunks):
        raise CredentialFormatError("The picture carries a badge of Open Badges 2 or older; only version 3 is read.")
    raise _no_credential("PNG")


def _unbake_svg(data: bytes) -> tuple[str, str | None]:
    contents = read_svg(data)
    if contents.active:
        raise CredentialFormatError(
            f"The SVG picture would run something when opened ({contents.active}), which no badge does: it was changed "
            "after it was issued. Ask for the badge as it was downloaded."
        )
    if not contents.credential:
        raise _no_credential("SVG")
    return _checked(contents.credential), contents.receipts


def _text_under(keyword: bytes, chunks: Sequence[Chunk]) -> str | None:
    found = [chunk for chunk in chunks if keyword_of(chunk) == keyword]
    if len(found) > 1:
        raise CredentialFormatError(f"The picture carries {len(found)} chunks {keyword.decode()}; one is allowed.")
    return text_of(found[0], max_bytes=MAX_TEXT_BYTES) if found else None


def _require_readable(image: bytes) -> None:
    if len(image) > MAX_IMAGE_BYTES:
        raise CredentialFormatError(f"The picture has {len(image):,} bytes; at most {MAX_IMAGE_BYTES:,} are read.")


def _checked(text: str) -> str:
    try:
        length = len(text.encode("utf-8"))
    except UnicodeEncodeError as error:
        raise CredentialFormatError(f"The text holds half a surrogate pair at character {error.start}.") from error
    if length > MAX_TEXT_BYTES or "\0" in text:
        raise CredentialFormatError(f"A picture carries at most {MAX_TEXT_BYTES:,} bytes of text, without NUL.")
    return text


def _no_credential(kind: str) -> CredentialFormatError:
    return CredentialFormatError(
        f"The {kind} picture carries no credential. Use the badge as it was downloaded: a screenshot or an edited copy "
        "shows the badge, but the credential in it is lost."
    )


def _remove_carriers(root: Any) -> None:  # noqa: ANN401  defusedxml's element, untyped
    credentials = root.getElementsByTagNameNS(BADGE_NAMESPACE, "credential")
    ours = [node for node in root.getElementsByTagName("*") if node.getAttribute("id") == RECEIPTS_ID]
    for node in {*credentials, *ours}:
        node.parentNode.removeChild(node)


def _credential_element(document: Document, text: str) -> Element:
    element = document.createElementNS(BADGE_NAMESPACE, "openbadges:credential")
    element.setAttribute("xmlns:openbadges", BADGE_NAMESPACE)
    if _JWS.fullmatch(text):
        element.setAttribute("verify", text)
    else:
        element.appendChild(document.createCDATASection(_in_cdata(text)))
    return element


def _receipts_element(document: Document, root: Element, text: str) -> Element:
    prefix = root.tagName.rpartition("svg")[0]
    element = document.createElementNS(root.namespaceURI, f"{prefix}metadata")
    element.setAttribute("id", RECEIPTS_ID)
    element.appendChild(document.createCDATASection(_in_cdata(text)))
    return element


def _in_cdata(text: str) -> str:
    return _NOT_IN_CDATA.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found.group()):04x}"
