"""Set a PDF certificate: one page for people, with the bundle attached for verifiers.

Source: PDF/A-3 (ISO 19005-3) for the attached file, PDF/UA-1 (ISO 14289-1) for readers who listen. The typesetter
refuses a page with a missing glyph under the first, which stands behind the check made here.
"""

from __future__ import annotations

import dataclasses
import io
import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import segno
import typst

from registry.core.errors import InputError
from registry.core.receipt import bundle_json
from registry.credentials.times import parse_time
from registry.services import certificate_words as words
from registry.services.certificate_page import certificate_page, document_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from registry.core.receipt import Bundle
    from registry.services.fonts import Fonts

ATTACHMENT = "credential.json"
"""Name of the attached bundle."""
STANDARDS: list[typst.PDFStandard] = ["a-3a", "ua-1"]
"""What the file conforms to."""
TEMPLATES = Path(__file__).with_name("templates")
"""Where the templates of what an issuer prints lie."""
# Marks that turn the direction of text could make a printed name read as another one.
_TURNING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}


@dataclass(frozen=True, slots=True)
class Press:
    """What certificates are set with."""

    fonts: Fonts
    """Where glyphs come from."""
    networks: Mapping[int, str]
    """Titles of the networks, by EIP-155 chain id."""


def bundle_text(bundle: Bundle) -> str:
    """Return a bundle's JSON as it is exported and attached."""
    return json.dumps(bundle_json(bundle), ensure_ascii=False, indent=2) + "\n"


def certificate_pdf(bundle: Bundle, *, link: str | None, press: Press) -> bytes:
    """Return the certificate of a bundle, the same bytes each time.

    `link` is where the QR code leads; with None there is no QR code. No text of the credential is markup: all of it
    reaches the typesetter as data.

    Raises:
        InputError: a printed text holds a character that no font has, or one that turns the direction of text; or the
            link is too long for a QR code.

    """
    page = certificate_page(bundle, press.networks, link)
    credential_id = str(document_of(bundle).get("id"))[:80]
    require_printable(dataclasses.asdict(page), press.fonts, credential_id)
    inputs = {
        "page": json.dumps(directed(dataclasses.asdict(page)), ensure_ascii=False),
        "words": json.dumps(_words(), ensure_ascii=False),
        "families": json.dumps(press.fonts.families),
        "bundle": bundle_text(bundle),
        "link": link or "",
        "qr": _qr_svg(link) if link else "",
        "qr_alt": words.QR_ALT.format(link=link),
    }
    what = f"The certificate of {credential_id}"
    return typeset(TEMPLATES / "certificate.typ", inputs, press.fonts, written_at(bundle), what)


def typeset(template: Path, inputs: dict[str, str], fonts: Fonts, at: int, what: str) -> bytes:
    """Return what a template makes of its data, as of `at` (Unix seconds); `what` begins a sentence about it.

    The typesetter reads from the template's own folder alone.

    Raises:
        InputError: it cannot be set.

    """
    try:
        return typst.compile(
            template,
            root=template.parent,
            font_paths=fonts.faces,
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=STANDARDS,
            timestamp=at,
        )
    except typst.TypstError as error:
        raise InputError(f"{what} cannot be set: {error.message}. Nothing was written for it.") from error


def require_printable(page: dict[str, Any], fonts: Fonts, credential_id: str) -> None:
    """Raise InputError if a text that is to be printed holds what no font has, or what turns its direction."""
    for text in _texts(page):
        turning = next((one for one in text if ord(one) in _TURNING), None)
        if turning:
            raise InputError(
                f"The certificate of {credential_id} cannot be set: {text[:60]!r} holds {_named(turning)}, which turns "
                "the direction of text, so that a name could be printed as another; reissue the credential without it."
            )
        missing = fonts.lack(text)
        if missing:
            raise InputError(
                f"The certificate of {credential_id} cannot be set: no font has a glyph for {_named(missing)}, which "
                f"stands in {text[:60]!r}. Put a font that has it into a folder, and name the folder by "
                "CREDANCHOR_FONTS."
            )


def _named(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, 'without a name')}"


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401  any value of a page
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def directed(value: Any) -> Any:  # noqa: ANN401  any value of a page
    """Return a page with each text as an object that says whether it is read from the right."""
    if isinstance(value, dict):
        return {name: directed(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [directed(one) for one in value]
    return {"text": value, "rtl": _reads_from_right(value)} if isinstance(value, str) else value


def _reads_from_right(text: str) -> bool:
    """Tell the base direction of a text from its first strong character (Unicode Standard Annex 9, P2 and P3)."""
    directions = (unicodedata.bidirectional(one) for one in text)
    return next((one for one in directions if one in {"L", "R", "AL"}), "L") != "L"


def _words() -> dict[str, str]:
    names = ("LEAD", "EARNED", "OUTCOMES", "SHORTENED", "CHECK_TITLE", "CHECK", "ATTACHED")
    return {name.lower(): getattr(words, name) for name in names}


def _qr_svg(link: str) -> str:
    try:
        code = segno.make(link, error="m", micro=False)
    except segno.DataOverflowError as error:
        raise InputError(
            f"The link has {len(link):,} characters, too many for a QR code; give a shorter one."
        ) from error
    out = io.BytesIO()
    code.save(out, kind="svg", border=0, xmldecl=False)
    return out.getvalue().decode("utf-8")


def written_at(bundle: Bundle) -> int:
    """Return the file's own time in Unix seconds: that of its newest fact, not the clock's."""
    anchored = [anchor.anchored_at for receipt in bundle.receipts for anchor in receipt.anchors if anchor.anchored_at]
    newest = max(anchored, default=None) or parse_time(document_of(bundle).get("validFrom"), "validFrom")
    return int(newest.timestamp())
