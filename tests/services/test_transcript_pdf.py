"""A learner record as a PDF: all of it on as many pages as it takes, and no text of it is markup."""

from __future__ import annotations

import io
import sys

import pytest
from pypdf import PdfReader

from registry.core.errors import InputError
from registry.core.receipt import Bundle
from registry.services.certificate import Press
from registry.services.fonts import load_fonts
from registry.services.transcript_pdf import transcript_pdf

worlds = sys.modules["services_world"]  # loaded by conftest.py


@pytest.fixture(scope="module")
def press() -> Press:
    return Press(load_fonts(None), {})


def record(*names: str) -> Bundle:
    """Return a record of badges of these names, as a bundle."""
    issuer, badges = worlds.new_issuer(), []
    for name in names:
        unsigned = worlds.unsigned_badge(issuer)
        unsigned["credentialSubject"]["achievement"]["name"] = name
        badges.append(issuer.signed(unsigned))
    return Bundle(worlds.stack(issuer, badges))


def read(data: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(data)).pages]


def test_a_long_record_runs_over_pages_and_loses_nothing(press: Press) -> None:
    pages = read(transcript_pdf(record(*(f"Course {number}." for number in range(60))), press))

    assert len(pages) > 1
    assert all(f"Course {number}." in " ".join(pages) for number in range(60))
    assert all("What was earned" in page for page in pages[:2])


def test_the_same_record_is_the_same_file_with_the_bundle_inside(press: Press) -> None:
    bundle = record("Law")

    data = transcript_pdf(bundle, press)

    assert data == transcript_pdf(bundle, press)
    assert list(PdfReader(io.BytesIO(data)).attachments) == ["credential.json"]


@pytest.mark.parametrize("name", ['#panic("x")', "= Heading $x$ *b*", "أساسيات البيانات"])
def test_names_are_printed_and_never_obeyed(name: str, press: Press) -> None:
    data = transcript_pdf(record(name), press)

    assert name.isascii() is False or name in " ".join(read(data))


def test_a_name_that_no_font_has_is_refused(press: Press) -> None:
    with pytest.raises(InputError, match="no font has a glyph"):
        transcript_pdf(record("\U00012000"), press)
