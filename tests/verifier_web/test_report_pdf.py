"""The report as a PDF: readable by eye and ear, two pages as a rule, and a stranger's text is never markup."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import combinations, zip_longest
from typing import TYPE_CHECKING, Any

import pypdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.services.fonts import load_fonts
from verifier_web import report_wording as keep
from verifier_web import wording as say
from verifier_web.errors import ReportNotSetError
from verifier_web.report_data import report_head
from verifier_web.report_page import MAX_PARTS, ReportPage, report_page
from verifier_web.report_pdf import report_pdf
from verifier_web.text import REPLACEMENT

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from registry.checks.facts import Facts
    from registry.services.fonts import Fonts

FONTS = load_fonts()
HEAD = report_head(b"what was handed in", "credanchor 9.9", "https://verifier.example")
MARKUP = '#read("/etc/passwd") *bold* _x_ $x^2$ <b> \\n `raw` @ref // no'


def _page(made: ModuleType, change: str | Callable[[Facts], Facts], document: dict[str, Any] | None = None) -> Any:
    changed = getattr(made, change) if isinstance(change, str) else change
    judged = made.judged_of(changed(made.good_facts(document or made.credential_document())))
    return report_page(judged, HEAD, {"sepolia": made.SEPOLIA})


def _set(page: ReportPage, made: ModuleType) -> bytes:
    return report_pdf(page, FONTS, made.NOW)


def _words(data: bytes) -> str:
    pages = pypdfium2.PdfDocument(data)
    return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in pages).split())


@pytest.mark.parametrize(
    "change",
    ["with_endorsements", "altered", "revoked", "not_final", "unreachable", "unconfirmed", "on_main_network"],
)
def test_it_says_all_that_a_reader_needs_on_two_pages(made: ModuleType, change: str) -> None:
    page = _page(made, change)
    data = _set(page, made)
    said = _words(data)
    expected = [
        page.headline,
        "Checked on 22 November 2026, 10:00 UTC, by credanchor 9.9 at https://verifier.example.",
        *(one.name for one in page.parties),
        *(note for one in page.parties for note in one.notes),
        *(f"{one.title} {one.outcome} {one.detail}" for one in (*page.checks, *page.parts)),
        *page.limits,
        HEAD.sha256,
        *(fact.value for fact in page.facts),
        *(step.text for step in page.steps),
    ]
    assert [words for words in expected if words not in said] == []
    assert len(pypdfium2.PdfDocument(data)) <= 2


def test_the_credentials_own_text_stays_out(made: ModuleType) -> None:
    said = _words(_set(_page(made, "with_endorsements"), made))
    for private in ("20451", "1.3", "Four projects", "bus arrivals", "urn:uuid", "Applied Data", "ECTS"):
        assert private not in said


def test_an_issuer_is_named_by_what_is_proven_alone(made: ModuleType) -> None:
    assert "Issued by An unconfirmed issuer" in _words(_set(_page(made, "unconfirmed"), made))
    assert "Issued by Not proven" in _words(_set(_page(made, "altered"), made))


def test_the_lines_that_ask_the_contract_are_printed_with_what_they_answered(made: ModuleType) -> None:
    page = _page(made, "revoked")
    said = _words(_set(page, made))
    asked = [step for step in page.steps if step.code]
    assert len(asked) == 2
    assert all(f"{step.code} {keep.REPORT_GOT} {step.got}" in said for step in asked)
    assert "2, 1788393600, 0, 2" in said
    assert [step for step in _page(made, "unreachable").steps if step.code] == []


def test_markup_in_names_is_printed_as_it_stands(made: ModuleType) -> None:
    document = made.credential_document()
    document["credentialSubject"]["identifier"][0]["identityHash"] = MARKUP
    document["credentialSubject"]["achievement"]["name"] = "#panic()"
    said = _words(_set(_page(made, "expired", document), made))
    assert MARKUP in said
    assert "What was earned #panic()" in said


def test_marks_that_reorder_text_and_letters_without_a_glyph_are_replaced_and_explained(made: ModuleType) -> None:
    document = made.credential_document()
    document["credentialSubject"]["identifier"][0]["identityHash"] = "Ada \u202erofakO 김 \U0001f600"
    said = _words(_set(_page(made, "expired", document), made))
    assert f"Ada {REPLACEMENT}rofakO {REPLACEMENT} {REPLACEMENT}" in said
    assert keep.REPORT_LETTERS.format(mark=REPLACEMENT) in said
    assert REPLACEMENT not in _words(_set(_page(made, "expired"), made))


def test_the_longest_texts_stay_on_the_page_and_few_pages(made: ModuleType) -> None:
    def long(facts: Facts) -> Facts:
        accreditation = replace(facts.chain.accreditations[0], name="M" * 900, accreditor_name="Q" * 900)
        parts = made.with_endorsements(facts).parts * 20
        return replace(made.with_chain(facts, accreditations=(accreditation,)), parts=parts)

    document = made.credential_document()
    document["credentialSubject"]["identifier"][0]["identityHash"] = "W" * 5000
    document["credentialSubject"]["achievement"]["name"] = "深" * 5000
    page = _page(made, long, document)
    pages = pypdfium2.PdfDocument(_set(page, made))
    assert (len(page.parts), page.more_parts) == (MAX_PARTS, say.MORE.format(count=40 - MAX_PARTS))
    assert len(pages) <= 4
    for one in pages:
        text = one.get_textpage()
        boxes = [text.get_charbox(at) for at in range(text.count_chars())]
        assert min(left for left, _, _, _ in boxes) > 0
        assert max(right for _, _, right, _ in boxes) < one.get_width()
        assert min(bottom for _, bottom, _, _ in boxes) > 0


@settings(max_examples=25)
@given(name=st.text(min_size=1, max_size=40))
def test_no_name_keeps_a_report_from_being_made(made: ModuleType, name: str) -> None:
    document = made.credential_document()
    document["credentialSubject"]["identifier"][0]["identityHash"] = name
    document["credentialSubject"]["achievement"]["name"] = name
    assert _set(_page(made, "expired", document), made).startswith(b"%PDF")


def test_what_the_typesetter_refuses_is_told_with_the_way_out(made: ModuleType, boastful: Fonts) -> None:
    page = replace(_page(made, "expired"), headline="\U0001f600")
    with pytest.raises(ReportNotSetError, match=r"^The report cannot be set: .*😀.* Ask for it as data"):
        report_pdf(page, boastful, made.NOW)


def test_the_same_judgement_gives_the_same_bytes_dated_by_it(made: ModuleType) -> None:
    data = _set(_page(made, "revoked"), made)
    assert data == _set(_page(made, "revoked"), made)
    metadata = pypdf.PdfReader(io.BytesIO(data)).metadata
    assert metadata is not None
    assert metadata.creation_date == made.NOW
    assert metadata.title == "Verification report: Not verified: the issuer revoked it."


def test_the_file_is_tagged_and_calls_itself_archivable_and_accessible(made: ModuleType) -> None:
    reader = pypdf.PdfReader(io.BytesIO(_set(_page(made, "revoked"), made)), strict=True)
    root = reader.trailer["/Root"]
    assert (root["/MarkInfo"]["/Marked"], root["/Lang"]) == (True, keep.REPORT_LANGUAGE)
    assert root["/StructTreeRoot"]["/K"]
    assert reader.xmp_metadata is not None
    text = reader.xmp_metadata.stream.get_data()
    assert b"<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in text
    assert b"<pdfuaid:part>1</pdfuaid:part>" in text


def test_every_verdict_has_a_shape_of_its_own_beside_its_words(made: ModuleType) -> None:
    drawn = [_drawn(_set(_page(made, change), made)) for change in ("unreachable", "on_main_network", "expired")]
    for one, other in combinations(drawn, 2):
        differing = sum(a != b for a, b in zip_longest(b"".join(one), b"".join(other)))
        assert differing > len(b"".join(one)) / 20


def _drawn(data: bytes) -> list[bytes]:
    """Return the icon of the verdict in black and white, a row of pixels each, without the empty rows around it."""
    [top, left, right, bottom] = [round(millimetres / 25.4 * 72 * 2) for millimetres in (18, 24, 39, 45)]
    bitmap = pypdfium2.PdfDocument(data)[0].render(scale=2, grayscale=True)
    pixels = bytes(bitmap.buffer)
    rows = [pixels[at * bitmap.stride :][left:right] for at in range(top, bottom)]
    return [bytes(level < 128 for level in row) for row in rows if min(row) < 128]
