"""A PDF certificate prints what the credential says, in every script of the page, and carries the very bundle."""

# ruff: noqa: RUF001  every script is meant

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pylopdf_fonts_zh_cn
import pypdf
import pypdfium2
import pytest
from fontTools.subset import Subsetter
from fontTools.ttLib import TTFont

from registry.core.errors import InputError, SettingsError
from registry.core.receipt import Bundle
from registry.credentials.compact_jws import base64url, signing_bytes
from registry.services import certificate
from registry.services.certificate import Press, certificate_pdf
from registry.services.export import file_content
from registry.services.fonts import load_fonts

if TYPE_CHECKING:
    from pathlib import Path

worlds = sys.modules["services_world"]  # loaded by conftest.py
codes_in = sys.modules["tests_printed_codes"].codes_in
ISSUER = worlds.new_issuer()
LINK = "https://uni.example/s/3vQp1xW8t0m5rKzYb2cD7aFhJkLm"
PRESS = Press(load_fonts(), {11155111: "the Sepolia test network"})


def bundle_with(recipient: str = "Ada Okafor", state: str = "final", **members: Any) -> Bundle:
    """Return an anchored credential of somebody, with members of its achievement replaced after it was signed."""
    document = worlds.badge(ISSUER)
    [receipt] = worlds.receipts_for([document], ISSUER, 11155111)
    document["credentialSubject"]["identifier"][0]["identityHash"] = recipient
    document["credentialSubject"]["achievement"].update(members)
    return Bundle(document, (replace(receipt, state=state),))


def pdf_of(bundle: Bundle, link: str | None = None, press: Press = PRESS) -> bytes:
    return certificate_pdf(bundle, link=link, press=press)


def words_of(data: bytes) -> str:
    """Return the text of the only page, each run of blanks as one."""
    [page] = pypdfium2.PdfDocument(data)
    return " ".join(page.get_textpage().get_text_bounded().split())


def place_of(data: bytes, words: str) -> float:
    """Return how far to the right of the page some words begin, from 0 to 1."""
    [page] = pypdfium2.PdfDocument(data)
    at, _ = page.get_textpage().search(words).get_next()
    return float(page.get_textpage().get_charbox(at)[0] / page.get_width())


# --- What is printed


def test_the_page_says_who_earned_what_from_whom_and_where_it_is_anchored() -> None:
    bundle = bundle_with(
        achievementType="MicroCredential",
        creditsAvailable=2.5,
        humanCode="DATA-101",
        inLanguage="de-AT",
        alignment=[
            {"targetName": "Cleans a data set", "targetType": "ext:LearningOutcome"},
            {"targetName": "EQF level 5", "targetType": "ext:EQFLevel"},
            {"targetName": "No Latin", "targetType": "ext:Prerequisite"},
            {"targetName": "ECTS", "targetType": "ext:CreditSystem"},
        ],
        resultDescription=[{"id": "urn:x:1", "name": "Final grade"}],
    )
    bundle.credential["credentialSubject"]["result"] = [{"resultDescription": "urn:x:1", "value": "A"}]
    bundle.credential["validUntil"] = "2031-06-30T00:00:00Z"
    said = words_of(pdf_of(bundle))
    [receipt] = bundle.receipts
    for words in (
        "The University",
        "Micro-credential",
        "Ada Okafor",
        "Data Foundations",
        "Reads small data sets.",
        "Cleans a data set",
        "Level (EQF) EQF level 5",
        "Credits 2.5 ECTS",
        "Final grade A",
        "Language Deutsch",
        "DATA-101",
        "Awarded on 30 June 2026",
        "Valid until 30 June 2031",
        bundle.credential["id"],
        ISSUER.did,
        "the Sepolia test network",
        receipt.anchors[0].contract.checksummed(),
        "the credential and its proof are inside",
    ):
        assert words in said
    assert "No Latin" not in said


def test_what_a_credential_leaves_out_is_not_printed() -> None:
    said = words_of(pdf_of(bundle_with()))
    for label in ("Credits", "Level", "Valid until", "Result", "Language", "Learning outcomes", "None", "Its page"):
        assert label not in said


def test_a_recipient_without_an_open_name_is_called_so() -> None:
    bundle = bundle_with()
    del bundle.credential["credentialSubject"]["identifier"]
    assert "names only by a fingerprint" in words_of(pdf_of(bundle))


def test_a_network_without_a_name_is_given_by_its_number() -> None:
    assert "chain 11155111" in words_of(pdf_of(bundle_with(), press=Press(PRESS.fonts, {})))


@pytest.mark.parametrize(
    ("bundle", "words"),
    [
        (bundle_with(state="pending"), "Not anchored for good yet"),
        (Bundle(bundle_with().credential), "Not anchored yet"),
        (bundle_with(), ""),
    ],
)
def test_a_page_says_plainly_that_its_anchor_is_not_final(bundle: Bundle, words: str) -> None:
    said = words_of(pdf_of(bundle))
    assert words in said
    assert ("Not anchored" in said) is bool(words)


def test_markup_in_a_name_is_printed_as_it_stands() -> None:
    name = '#read("/etc/passwd") *bold* _x_ $x^2$ = <b> \\n `raw` @ref // no'
    data = pdf_of(bundle_with(name, description="#panic()", name='"#{1+1}"'))
    assert name in words_of(data)
    assert "#panic()" in words_of(data)
    assert '"#{1+1}"' in words_of(data)
    assert pypdf.PdfReader(io.BytesIO(data)).metadata["/Title"] == '"#{1+1}"'


def test_the_typesetter_reads_no_file_outside_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "certificate.typ").write_text('#read("../secret.txt")', "utf-8")
    monkeypatch.setattr(certificate, "TEMPLATES", folder)
    with pytest.raises(InputError, match="cannot be set"):
        pdf_of(bundle_with())


# --- One page


def test_the_longest_texts_fit_on_one_page_which_says_that_they_were_cut() -> None:
    bundle = bundle_with(
        "W" * 400,
        name="深度学习" * 200,
        description="Überaus lange Beschreibung " * 200,
        alignment=[
            {"targetName": "很长的学习成果 " * 40, "targetType": kind} for kind in ["x"] * 20 + ["ext:EQF"] * 20
        ],
    )
    said = words_of(pdf_of(bundle, "https://uni.example/" + "a" * 300))
    assert "W" * 159 in said.replace(" ", "").replace("\u200b", "")  # where a line may break
    assert "and 14 more" in said
    assert "Shortened to fit this page" in said
    assert "A print or a scan proves nothing by itself." in said


def test_the_longest_texts_run_neither_off_the_page_nor_into_each_other() -> None:
    outcomes = [{"targetName": "Sehr lange Lernergebnisse " * 20, "targetType": "x"}] * 20
    members = {"name": "Ö" * 400, "description": "Sehr lang " * 200, "alignment": outcomes}
    data = pdf_of(bundle_with("W" * 400, **members), "https://uni.example/" + "a" * 300)
    [page] = pypdfium2.PdfDocument(data)
    text = page.get_textpage()
    boxes = [text.get_charbox(at) for at in range(text.count_chars())]
    assert min(left for left, _, _, _ in boxes) > 0
    assert max(right for _, _, right, _ in boxes) < page.get_width()
    last, below = (text.search(words).get_next()[0] for words in ("and 14 more", "Check it"))
    assert boxes[last][1] > boxes[below][3]


def test_a_description_that_was_cut_ends_at_a_word_and_is_said_to_be_cut() -> None:
    said = words_of(pdf_of(bundle_with(description="alpha beta " * 100)))
    assert "alpha…" in said or "beta…" in said
    assert "Shortened to fit this page" in said


def test_a_title_of_200_characters_is_printed_whole() -> None:
    title = ("Applied Statistics for Public Administration and Health Services " * 4)[:200].strip()
    said = words_of(pdf_of(bundle_with(name=title)))
    assert title in said
    assert "Shortened" not in said


@pytest.mark.parametrize("issuer", ["The University", "北方大学", "جامعة الشمال"])
def test_an_issuers_short_name_is_set_large_in_every_script(issuer: str) -> None:
    bundle = bundle_with()
    bundle.credential["issuer"]["name"] = issuer
    [page] = pypdfium2.PdfDocument(pdf_of(bundle))
    texts = [one for one in page.get_objects() if isinstance(one, pypdfium2.PdfTextObj)]
    sizes = {round(one.get_font_size()) for one in texts if one.get_bounds()[1] > page.get_height() * 0.87}
    assert sizes == {16}


# --- Scripts

SENTENCES = {
    "English": "The quick brown fox jumps over the lazy dog: “naïve” – 50 %",
    "Spanish": "El veloz murciélago hindú comía feliz cardillo y kiwi. ¿Añil? ¡Sí! ñÑáéíóúü",
    "French": "Voix ambiguë d’un cœur qui, au zéphyr, préfère les jattes de kiwis. «Ÿ» ÀÂÇÈÊËÎÏÔŒÙÛ",
    "German": "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. ẞ „so“",
    "Portuguese": "À noite, vovô Kowalsky vê o ímã cair no pé do pinguim queixoso. ÃÕãõç",
    "Chinese": "收集、清理、描述和可视化数据，并说明数据能够说明什么、不能说明什么。《微证书》（二）",
    "Arabic": "صِف خَلقَ خَودِ كَمِثلِ الشَمسِ إِذ بَزَغَت ، ٠١٢٣٤٥٦٧٨٩ ؟",
    "Yoruba": "Ọ̀rúnmìlà Ẹ̀yẹ",
    "Polish, Czech, Turkish": "Łódź Příbram İzmir ğ",
    "Greek and Cyrillic": "Αθήνα Київ",
}


@pytest.mark.parametrize("language", SENTENCES)
def test_every_language_of_the_page_has_its_glyphs(language: str) -> None:
    assert PRESS.fonts.lack(SENTENCES[language]) is None
    pdf_of(bundle_with(SENTENCES[language], description=SENTENCES[language]))  # the typesetter refuses a missing glyph


def test_a_page_in_arabic_is_the_mirror_image_of_one_in_english() -> None:
    english, arabic = pdf_of(bundle_with()), pdf_of(bundle_with(name="أسس البيانات", inLanguage="ar"))
    assert place_of(english, "Awarded on") > 0.6
    assert place_of(arabic, "Awarded on") < 0.4
    assert "Awarded on 30 June 2026" in words_of(arabic)


def test_an_arabic_name_is_joined_and_read_from_the_right() -> None:
    joined, apart = pdf_of(bundle_with("محد هه")), pdf_of(bundle_with("م\u200cح\u200cد هه"))
    assert place_of(joined, "د") > place_of(joined, "ه")
    assert place_of(joined, "م") != place_of(apart, "م")  # a letter at the start of a word has another width


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ada \U0001f600", "U+1F600 GRINNING FACE"),
        ("김 Ada", "U+AE40 HANGUL SYLLABLE GIM"),
        ("नमस्ते", "U+0928 DEVANAGARI LETTER NA"),
        ("Ada \ue000", "U+E000 without a name"),
        ("e\u20e3", "U+20E3 COMBINING ENCLOSING KEYCAP"),
    ],
)
@pytest.mark.parametrize("member", ["recipient", "name", "description"])
def test_a_character_that_no_font_has_is_named(text: str, name: str, member: str) -> None:
    bundle = bundle_with(text) if member == "recipient" else bundle_with(**{member: text})
    with pytest.raises(InputError) as raised:
        pdf_of(bundle)
    assert name in str(raised.value)
    assert bundle.credential["id"] in str(raised.value)
    assert "CREDANCHOR_FONTS" in str(raised.value)


@pytest.mark.parametrize("mark", ["\u202a", "\u202e", "\u2066", "\u2069"])
def test_a_mark_that_turns_the_direction_of_text_is_refused_by_name(mark: str) -> None:
    with pytest.raises(InputError, match=rf"U\+{ord(mark):04X} .*turns the direction"):
        pdf_of(bundle_with(f"Ada {mark}rofakO"))


@pytest.mark.parametrize(
    "name", ["e\u0301", "می\u200cخواهم", "A\u200eB\u200f", "i\u0307\u0323", "A\ufe0e", "soft\u00adly"]
)
def test_combining_marks_joiners_and_direction_hints_are_set(name: str) -> None:
    pdf_of(bundle_with(name))


def test_what_the_typesetter_itself_refuses_is_an_input_error() -> None:
    with pytest.raises(InputError, match=r"cannot be set: .*feff"):
        pdf_of(bundle_with("A\ufeffB"))


# --- More fonts


def font_file(folder: Path, character: str) -> None:
    """Write a font whose only glyph, a stroke, is that of a character."""
    font = TTFont(pylopdf_fonts_zh_cn.serif_path())
    subsetter = Subsetter()
    subsetter.populate(text="一")
    subsetter.subset(font)
    for table in font["cmap"].tables:
        table.cmap = {ord(character): name for name in table.cmap.values()}
    for record in font["name"].names:
        if record.nameID in {1, 16}:
            record.string = "Strokes"
    font.save(folder / "strokes.otf")


def test_a_fonts_folder_adds_the_glyphs_that_were_missing(tmp_path: Path) -> None:
    font_file(tmp_path, "김")
    assert "김 Ada" in words_of(pdf_of(bundle_with("김 Ada"), press=Press(load_fonts(tmp_path), {})))


def test_a_folder_without_a_font_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    with pytest.raises(SettingsError, match=f"{tmp_path.name} holds no font"):
        load_fonts(tmp_path)


def test_a_font_that_cannot_be_read_is_refused_by_its_name(tmp_path: Path) -> None:
    font_file(tmp_path, "김")
    whole = (tmp_path / "strokes.otf").read_bytes()
    entry = whole.index(b"cmap")
    place = int.from_bytes(whole[entry + 8 : entry + 12])
    (tmp_path / "strokes.otf").write_bytes(whole[:place] + b"\xff" * 12 + whole[place + 12 :])
    with pytest.raises(SettingsError, match=r"strokes\.otf cannot be read"):
        load_fonts(tmp_path)


# --- The file


def test_the_attached_bundle_is_byte_for_byte_the_exported_one() -> None:
    bundle = bundle_with("Zoë 李伟 محمد")
    [attached] = pypdf.PdfReader(io.BytesIO(pdf_of(bundle, LINK)), strict=True).attachment_list
    assert attached.content == file_content(bundle, "json")
    assert attached.name == "credential.json"
    assert attached.subtype == "/application/json"
    assert attached.associated_file_relationship == "/Data"


def test_a_token_is_attached_and_printed_as_any_credential() -> None:
    signed = signing_bytes({"alg": "EdDSA"}, worlds.unsigned_badge(ISSUER))
    bundle = Bundle(f"{signed.decode()}.{base64url(bytes(64))}")
    data = pdf_of(bundle)
    assert "Ada Okafor" in words_of(data)
    [attached] = pypdf.PdfReader(io.BytesIO(data)).attachment_list
    assert json.loads(attached.content)["credential"] == bundle.credential


def test_the_same_bundle_gives_the_same_bytes() -> None:
    bundle = bundle_with()
    assert pdf_of(bundle, LINK) == pdf_of(bundle, LINK)


def test_the_file_is_dated_by_its_newest_fact_not_by_the_clock() -> None:
    bundle = bundle_with()
    [receipt] = bundle.receipts
    anchored = replace(receipt, anchors=(replace(receipt.anchors[0], anchored_at=worlds.ANCHORED_AT),))
    for one, at in ((bundle, datetime(2026, 6, 30, tzinfo=UTC)), (replace(bundle, receipts=(anchored,)), None)):
        metadata = pypdf.PdfReader(io.BytesIO(pdf_of(one))).metadata
        assert metadata is not None
        assert metadata.creation_date == (at or worlds.ANCHORED_AT)


def test_the_file_calls_itself_archivable_and_accessible() -> None:
    metadata = pypdf.PdfReader(io.BytesIO(pdf_of(bundle_with(), LINK))).xmp_metadata
    assert metadata is not None
    text = metadata.stream.get_data()
    assert b"<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in text
    assert b"<pdfuaid:part>1</pdfuaid:part>" in text


@pytest.mark.parametrize("link", [LINK, "https://credentials.northfield.example/s/" + "aB3_x-Yz" * 8])
def test_the_qr_code_leads_to_the_link_which_is_printed_too_as_people_copy_it(link: str) -> None:
    data = pdf_of(bundle_with(), link)
    assert codes_in(data) == [link]
    assert f"Itspage{link}" in words_of(data).replace(" ", "")


def test_without_a_link_there_is_no_qr_code() -> None:
    assert codes_in(pdf_of(bundle_with())) == []


def test_a_link_that_no_qr_code_can_hold_is_refused() -> None:
    with pytest.raises(InputError, match="too many for a QR code"):
        pdf_of(bundle_with(), "https://uni.example/" + "a" * 3000)
