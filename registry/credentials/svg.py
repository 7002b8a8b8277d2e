"""What an SVG badge carries, read as a stream: no entities, nothing external, bounded depth and size.

Source: Open Badges 3.0, document format: one `<openbadges:credential>`, text in CDATA or a JWS in `verify`.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax import SAXException
from xml.sax.handler import ContentHandler, ErrorHandler, feature_namespaces

from defusedxml.sax import make_parser  # type: ignore[import-untyped]  # it ships no types

from registry.core.canonical import MAX_TEXT_BYTES
from registry.core.errors import CredentialFormatError

if TYPE_CHECKING:
    from xml.sax.xmlreader import AttributesNSImpl

BADGE_NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
"""Namespace of the element that carries a credential."""
RECEIPTS_ID = "credanchorreceipts"
"""The `id` of the `<metadata>` element that carries our receipts."""
MAX_DEPTH = 100
"""Deepest nesting of elements that is read."""
MAX_ELEMENTS = 100_000
"""Most elements of one picture."""

_ACTIVE = frozenset({"script", "foreignobject", "iframe", "embed", "object", "handler"})
_CREDENTIAL = (BADGE_NAMESPACE, "credential")
_Name = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class SvgContents:
    """What was found in one SVG picture."""

    credential: str | None
    """Text of the credential element, or its `verify` attribute."""
    receipts: str | None
    """Text of our `<metadata>` element."""
    active: str | None
    """The first script, event handler or active link, None if the picture is only a picture."""


def read_svg(data: bytes) -> SvgContents:
    """Return what an SVG picture carries.

    Raises:
        CredentialFormatError: this is no SVG, it declares entities, it is too deep or too large, or it carries two
            credentials.

    """
    reader = _Reader()
    parser = make_parser()
    parser.setFeature(feature_namespaces, 1)
    parser.setContentHandler(reader)
    parser.setErrorHandler(ErrorHandler())
    try:
        parser.parse(io.BytesIO(data))
    except (SAXException, ValueError, LookupError) as error:  # defusedxml's own errors are ValueErrors
        raise CredentialFormatError(f"The SVG picture cannot be read: {str(error)[:200]}.") from error
    return SvgContents(reader.text(_CREDENTIAL), reader.text((None, RECEIPTS_ID)), reader.active)


class _Reader(ContentHandler):
    """Collects the two texts; everything else is forgotten as it passes."""

    def __init__(self) -> None:
        super().__init__()
        self.active: str | None = None
        self._texts: dict[_Name, list[str]] = {}
        self._collecting: tuple[_Name, int] | None = None
        self._depth = 0
        self._elements = 0
        self._characters = 0

    def text(self, key: _Name) -> str | None:
        return "".join(self._texts[key]).strip() or None if key in self._texts else None

    def startElementNS(self, name: _Name, qname: str | None, attrs: AttributesNSImpl) -> None:  # noqa: N802  SAX's name
        del qname
        self._depth += 1
        self._elements += 1
        if self._elements == 1 and name[1] != "svg":
            raise CredentialFormatError(f"The file is XML, but no SVG picture: it begins with <{name[1][:60]}>.")
        if self._depth > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise CredentialFormatError("The SVG picture has more elements, or deeper ones, than we read.")
        attributes: dict[_Name, str] = dict(attrs.items())
        self.active = self.active or _active(name[1], attributes)
        key = _carrier(name, attributes)
        if key and not self._collecting:
            self._begin(key, attributes.get((None, "verify")))

    def endElementNS(self, name: _Name, qname: str | None) -> None:  # noqa: N802  SAX's name
        del name, qname
        if self._collecting and self._collecting[1] == self._depth:
            self._collecting = None
        self._depth -= 1

    def characters(self, content: str) -> None:
        if self._collecting:
            self._characters += len(content)
            if self._characters > 2 * MAX_TEXT_BYTES:
                raise CredentialFormatError("The SVG picture carries more text than a credential may have.")
            self._texts[self._collecting[0]].append(content)

    def _begin(self, key: _Name, verify: str | None) -> None:
        if key in self._texts:
            raise CredentialFormatError("The SVG picture carries two credentials, or two sets of receipts.")
        self._texts[key] = [verify] if verify else []
        if not verify:
            self._collecting = key, self._depth


def _carrier(name: _Name, attributes: dict[_Name, str]) -> _Name | None:
    if name == _CREDENTIAL:
        return name
    receipts = name[1] == "metadata" and attributes.get((None, "id")) == RECEIPTS_ID
    return (None, RECEIPTS_ID) if receipts else None


def _active(element: str, attributes: dict[_Name, Any]) -> str | None:
    if element.lower() in _ACTIVE:
        return f"<{element}>"
    for (_, attribute), value in attributes.items():
        link = "".join(str(value).split()).lower()
        if attribute.lower().startswith("on") or link.startswith(("javascript:", "vbscript:", "data:text", "data:app")):
            return attribute
    return None
