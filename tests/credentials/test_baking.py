from __future__ import annotations

import json
import tracemalloc
import zlib
from functools import cache

import png
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openbadgeslib import baking as other

from registry.core.errors import CredentialFormatError
from registry.credentials.badge import default_badge
from registry.credentials.baking import MAX_IMAGE_BYTES, bake_png, bake_svg, unbake
from registry.credentials.png_chunks import MAX_CHUNKS, Chunk, chunks_of, joined, text_chunk

CREDENTIAL = '{"id": "urn:uuid:1", "name": "Zoë ]]> <b>&amp;"}'
RECEIPTS = '[{"type": "AnchorReceipt"}]'
JWS = "eyJhbGciOiJFZERTQSJ9.eyJpZCI6MX0.c2lnbmF0dXJl"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><title>Badge</title><circle r="4"/></svg>'
SVG_NAMES = {"element": other.SVG_ELEMENT_OB3, "text_fallback": True}

json_texts = st.recursive(
    st.text(st.characters(exclude_categories=["Cs"])) | st.integers() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
).flatmap(lambda value: st.sampled_from([json.dumps({"c": value}), json.dumps({"c": value}, ensure_ascii=False)]))


@cache
def badge() -> bytes:
    return default_badge(b"data-foundations")


def png_with(*chunks: Chunk) -> bytes:
    *body, end = chunks_of(badge())
    return joined([*body, *chunks, end])


def itxt(text: bytes, keyword: bytes = b"openbadgecredential", flags: bytes = b"\0\0") -> bytes:
    return png_with(Chunk(b"iTXt", keyword + b"\0" + flags + b"\0\0" + text))


def svg_with(inside: str, before: str = "") -> bytes:
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:ob="https://purl.imsglobal.org/ob/v3p0"'
    return f"{before}<svg {names}>{inside}</svg>".encode()


@settings(deadline=None, max_examples=50)
@given(credential=json_texts, receipts=json_texts)
def test_what_is_baked_into_a_png_comes_out_again(credential: str, receipts: str) -> None:
    assert unbake(bake_png(badge(), credential, receipts)) == (credential, receipts)


@settings(deadline=None, max_examples=50)
@given(credential=json_texts, receipts=json_texts)
def test_what_is_baked_into_an_svg_comes_out_as_the_same_json(credential: str, receipts: str) -> None:
    text, beside = unbake(bake_svg(SVG, credential, receipts))
    assert json.loads(text) == json.loads(credential)
    assert json.loads(beside or "") == json.loads(receipts)


@settings(deadline=None, max_examples=25)
@given(credential=json_texts)
def test_another_implementation_extracts_the_credential_from_our_png(credential: str) -> None:
    assert other.extract_png(bake_png(badge(), credential, RECEIPTS), keyword=other.ITXT_KEYWORD_OB3) == credential


@settings(deadline=None, max_examples=25)
@given(credential=json_texts)
def test_another_implementation_extracts_the_credential_from_our_svg(credential: str) -> None:
    extracted = other.extract_svg(bake_svg(SVG, credential, RECEIPTS), **SVG_NAMES)
    assert json.loads(extracted or "") == json.loads(credential)


def test_what_another_implementation_baked_comes_out_without_receipts() -> None:
    baked = other.bake_png(badge(), CREDENTIAL, keyword=other.ITXT_KEYWORD_OB3)
    drawn = other.bake_svg(SVG, JWS, element=other.SVG_ELEMENT_OB3, namespace=other.SVG_NS_OB3)
    assert unbake(baked) == (CREDENTIAL, None)
    assert unbake(drawn) == (JWS, None)


@pytest.mark.parametrize("bake", [bake_png, bake_svg])
def test_a_compact_jws_comes_out_as_it_went_in(bake: object) -> None:
    picture = bake_png(badge(), JWS, RECEIPTS) if bake is bake_png else bake_svg(SVG, JWS, RECEIPTS)
    assert unbake(picture) == (JWS, RECEIPTS)


def test_a_jws_stands_in_the_verify_attribute_of_an_svg() -> None:
    assert f'verify="{JWS}"'.encode() in bake_svg(SVG, JWS, RECEIPTS)


def test_a_baked_png_shows_the_same_picture() -> None:
    before = list(png.Reader(bytes=badge()).asRGBA8()[2])
    after = list(png.Reader(bytes=bake_png(badge(), CREDENTIAL, RECEIPTS)).asRGBA8()[2])
    assert after == before


def test_the_credential_chunk_is_uncompressed_and_ours_follows_it() -> None:
    chunks = [chunk.content for chunk in chunks_of(bake_png(badge(), CREDENTIAL, RECEIPTS)) if chunk.kind == b"iTXt"]
    assert chunks == [
        b"openbadgecredential\0\0\0\0\0" + CREDENTIAL.encode(),
        b"credanchorreceipts\0\0\0\0\0" + RECEIPTS.encode(),
    ]


def test_the_credential_stands_right_after_the_svg_element_and_the_drawing_stays() -> None:
    baked = bake_svg(SVG, CREDENTIAL, RECEIPTS).decode()
    root, _, rest = baked.partition("<openbadges:credential")
    assert root.endswith('height="9">')
    assert rest.endswith('<title>Badge</title><circle r="4"/></svg>')


def test_the_svg_carries_one_unbroken_cdata_section_for_readers_that_take_the_first() -> None:
    baked = bake_svg(SVG, CREDENTIAL, RECEIPTS).decode()
    inside = baked.partition("<openbadges:credential")[2].partition("</openbadges:credential>")[0]
    assert inside.count("<![CDATA[") == inside.count("]]>") == 1


def test_an_svg_whose_elements_have_a_prefix_keeps_it() -> None:
    drawing = b'<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:circle r="4"/></s:svg>'
    assert b'<s:metadata id="credanchorreceipts">' in bake_svg(drawing, CREDENTIAL, RECEIPTS)


def test_baking_again_replaces_what_the_picture_carried() -> None:
    assert unbake(bake_png(bake_png(badge(), CREDENTIAL, RECEIPTS), JWS, "[]")) == (JWS, "[]")
    assert unbake(bake_svg(bake_svg(SVG, CREDENTIAL, RECEIPTS), JWS, "[]")) == (JWS, "[]")


def test_a_compressed_chunk_is_read() -> None:
    assert unbake(itxt(zlib.compress(CREDENTIAL.encode()), flags=b"\1\0")) == (CREDENTIAL, None)


@pytest.mark.parametrize(
    ("picture", "says"),
    [
        (b"", "neither a PNG nor an SVG"),
        (b"%PDF-1.7", "neither a PNG nor an SVG"),
        (b"\0" * (MAX_IMAGE_BYTES + 1), "at most 16,777,216"),
        (b"\x89PNG\r\n\x1a\n", "cut off"),
        (b"<html><body/></html>", "no SVG picture"),
        (b"<svg", "cannot be read"),
        (b'<?xml version="1.0" encoding="utf-7"?><svg/>', "cannot be read"),
        (b'<?xml version="1.0" encoding="nonsense"?><svg/>', "cannot be read"),
        (SVG, "screenshot"),
    ],
)
def test_a_file_without_a_credential_is_refused_in_words(picture: bytes, says: str) -> None:
    with pytest.raises(CredentialFormatError, match=says):
        unbake(picture)


def test_a_badge_without_a_credential_is_refused_in_words() -> None:
    with pytest.raises(CredentialFormatError, match="screenshot"):
        unbake(badge())


@pytest.mark.parametrize(
    "inside", ["<ob:credential/>", "<ob:credential> </ob:credential>", "<credential>x</credential>"]
)
def test_an_svg_with_an_empty_or_foreign_credential_element_carries_none(inside: str) -> None:
    with pytest.raises(CredentialFormatError, match="carries no credential"):
        unbake(svg_with(inside))


def test_a_badge_of_an_older_standard_is_named_as_such() -> None:
    with pytest.raises(CredentialFormatError, match="Open Badges 2"):
        unbake(itxt(b"x", keyword=b"openbadges"))


def test_two_credentials_in_one_picture_are_refused() -> None:
    chunk = text_chunk(b"openbadgecredential", CREDENTIAL)
    with pytest.raises(CredentialFormatError, match="one is allowed"):
        unbake(png_with(chunk, chunk))
    with pytest.raises(CredentialFormatError, match="two credentials"):
        unbake(svg_with("<ob:credential>{}</ob:credential>" * 2))


@pytest.mark.parametrize("flags", [b"\0\0", b"\1\0"])
def test_a_text_beyond_the_limit_is_refused_before_it_is_held(flags: bytes) -> None:
    text = b" " * (4 * 1024 * 1024 + 1)
    with pytest.raises(CredentialFormatError, match="more than 4,194,304"):
        unbake(itxt(zlib.compress(text) if flags[0] else text, flags=flags))


def test_a_small_chunk_that_would_inflate_to_much_is_not_inflated() -> None:
    picture = itxt(zlib.compress(bytes(64 * 1024 * 1024)), flags=b"\1\0")
    tracemalloc.start()
    with pytest.raises(CredentialFormatError, match="more than 4,194,304"):
        unbake(picture)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 * 1024 * 1024


def test_only_a_png_is_baked_as_png() -> None:
    with pytest.raises(CredentialFormatError, match="not a PNG"):
        bake_png(SVG, CREDENTIAL, RECEIPTS)


@pytest.mark.parametrize(
    ("text", "flags", "says"),
    [
        (b"x", b"\2\0", "malformed"),
        (b"x", b"\1\1", "malformed"),
        (b"not zlib", b"\1\0", "cannot be decompressed"),
        (zlib.compress(b"x" * 100)[:-5], b"\1\0", "cut off"),
        (b"\xff", b"\0\0", "not UTF-8"),
    ],
)
def test_a_chunk_that_cannot_be_read_is_refused(text: bytes, flags: bytes, says: str) -> None:
    with pytest.raises(CredentialFormatError, match=says):
        unbake(itxt(text, flags=flags))


def test_a_chunk_without_its_fields_is_refused() -> None:
    with pytest.raises(CredentialFormatError, match="malformed"):
        unbake(png_with(Chunk(b"iTXt", b"openbadgecredential\0\0\0x")))


@settings(deadline=None, max_examples=60)
@given(place=st.integers(8, 1_000_000), bit=st.integers(0, 7))
def test_any_flipped_bit_after_the_signature_is_noticed(place: int, bit: int) -> None:
    picture = bytearray(bake_png(badge(), CREDENTIAL, RECEIPTS))
    picture[8 + place % (len(picture) - 8)] ^= 1 << bit
    with pytest.raises(CredentialFormatError):
        unbake(bytes(picture))


@settings(deadline=None, max_examples=40)
@given(length=st.integers(0, 1_000_000))
def test_a_cut_off_picture_is_refused(length: int) -> None:
    picture = bake_png(badge(), CREDENTIAL, RECEIPTS)
    with pytest.raises(CredentialFormatError):
        unbake(picture[: length % len(picture)])


def test_a_png_that_does_not_begin_with_its_header_is_refused() -> None:
    with pytest.raises(CredentialFormatError, match="header"):
        unbake(joined([text_chunk(b"openbadgecredential", "{}"), Chunk(b"IEND", b"")]))


def test_a_png_of_endless_chunks_is_refused() -> None:
    with pytest.raises(CredentialFormatError, match="20,000 chunks"):
        unbake(png_with(*[Chunk(b"tEXt", b"")] * MAX_CHUNKS))


def test_entities_are_never_expanded() -> None:
    bomb = '<!DOCTYPE svg [<!ENTITY a "{}"><!ENTITY b "&a;&a;&a;">]>'
    with pytest.raises(CredentialFormatError, match="cannot be read"):
        unbake(svg_with("<ob:credential>&b;</ob:credential>", before=bomb))


def test_an_svg_that_is_too_deep_or_has_too_many_elements_is_refused() -> None:
    for inside in ("<g>" * 200 + "</g>" * 200, "<g/>" * 100_001):
        with pytest.raises(CredentialFormatError, match="more elements, or deeper"):
            unbake(svg_with(inside + "<ob:credential>{}</ob:credential>"))


def test_an_svg_with_more_text_than_a_credential_may_have_is_refused() -> None:
    for spaces in (5_000_000, 9_000_000):
        with pytest.raises(CredentialFormatError, match=r"at most|more text"):
            unbake(svg_with("<ob:credential>x" + "x" * spaces + "</ob:credential>"))


@pytest.mark.parametrize(
    "inside",
    [
        "<script>1</script>",
        "<foreignObject/>",
        '<circle onload="1"/>',
        '<a href=" java&#10;script:1"/>',
        '<image href="data:text/html,x"/>',
    ],
)
def test_a_drawing_that_would_run_something_is_not_baked(inside: str) -> None:
    with pytest.raises(CredentialFormatError, match="run something"):
        bake_svg(svg_with(inside), CREDENTIAL, RECEIPTS)


def test_a_badge_that_would_run_something_is_not_read_although_its_credential_is_whole() -> None:
    baked = bake_svg(SVG, CREDENTIAL, RECEIPTS)
    changed = baked.replace(b"</svg>", b"<script>steal()</script></svg>")
    assert unbake(baked)
    with pytest.raises(CredentialFormatError, match=r"run something when opened \(<script>\)"):
        unbake(changed)


@pytest.mark.parametrize("text", ["\ud800", "x\0y", "x" * (4 * 1024 * 1024 + 1)])
def test_a_text_that_no_picture_can_carry_is_refused(text: str) -> None:
    with pytest.raises(CredentialFormatError):
        bake_png(badge(), text, "[]")
    with pytest.raises(CredentialFormatError):
        bake_svg(SVG, "{}", text)
