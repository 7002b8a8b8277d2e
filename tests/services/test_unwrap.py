"""Whatever somebody hands in becomes a bundle or an InputError, and never anything else."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.checks.report import report_json
from registry.core.errors import InputError
from registry.core.receipt import MAX_RECEIPTS, Bundle, receipt_json
from registry.credentials.badge import default_badge
from registry.credentials.baking import bake_png, bake_svg
from registry.services.certificate import Press, certificate_pdf
from registry.services.fonts import load_fonts
from registry.services.kinds import Kind, foreign_kind, kind_of
from registry.services.unwrap import FOREIGN, unwrap

worlds = sys.modules["services_world"]  # loaded by conftest.py
ISSUER = worlds.new_issuer()
BADGE = worlds.badge(ISSUER)
TEXT = json.dumps(BADGE)
[RECEIPT] = worlds.receipts_for([BADGE], ISSUER, 1)
RECEIPTS = json.dumps([receipt_json(RECEIPT)])
TOKEN = "eyJhbGciOiJFZERTQSJ9.eyJpZCI6InVybjp1dWlkOjEifQ.c2ln"
PICTURE = default_badge(b"colour")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'
BUNDLE = worlds.bundle_bytes(BADGE, [RECEIPT])
PDF = certificate_pdf(Bundle(BADGE, (RECEIPT,)), link=None, press=Press(load_fonts(), {}))


def pdf_with(*files: tuple[str, bytes]) -> bytes:
    """Return a PDF with these files attached."""
    writer = pypdf.PdfWriter()
    writer.add_blank_page(9, 9)
    for name, content in files:
        writer.add_attachment(name, content)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


CARRIERS: dict[str, tuple[bytes, int]] = {
    "a bundle": (BUNDLE, 1),
    "a bundle with a byte order mark and blanks": (b"\xef\xbb\xbf\n " + BUNDLE + b"\r\n", 1),
    "a bare credential": (TEXT.encode(), 0),
    "a PNG badge": (bake_png(PICTURE, TEXT, RECEIPTS), 1),
    "a certificate": (PDF, 1),
    "a certificate with blanks before it": (b"\n" + PDF, 1),
    "a PDF with other files": (pdf_with(("a.txt", b"hello"), ("b.json", b'{"x":1}'), ("c", BUNDLE)), 1),
    "an SVG badge": (bake_svg(SVG, TEXT, RECEIPTS), 1),
    "an SVG badge with blanks before it": (b"\n" + bake_svg(SVG, TEXT, RECEIPTS), 1),
}


@pytest.mark.parametrize("name", CARRIERS)
def test_every_carrier_gives_the_credential_and_its_receipts(name: str) -> None:
    data, receipts = CARRIERS[name]
    bundle = unwrap(data)
    assert bundle.credential == BADGE
    assert bundle.receipts == (RECEIPT,) * receipts


@pytest.mark.parametrize(
    "data",
    [
        TOKEN.encode(),
        b" " + TOKEN.encode() + b"\n",
        bake_png(PICTURE, TOKEN, "[]"),
        bake_svg(SVG, TOKEN, "[]"),
        pdf_with(("credential.jwt", TOKEN.encode())),
    ],
)
def test_a_signed_token_is_taken_alone_and_out_of_pictures(data: bytes) -> None:
    assert unwrap(data).credential == TOKEN


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff\xd8\xff\xe0 a photograph called badge.png", "type image/jpeg, whatever its name says"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "type image/webp"),
        (b"", "nothing in it"),
        (b" \n\t", "nothing in it"),
        (b"hello", "neither JSON"),
        (b"\x00\x01\x02", "neither JSON"),
        (b"\xff\xfe{\x00}\x00", "neither JSON"),
        (b"null", "neither JSON"),
        (b"[]", "JSON object"),
        (b"{", "not JSON"),
        (b'{"a":1,"a":2}', "twice"),
        (b'{"type":"Person"}', "VerifiableCredential"),
        (b'{"type":{"VerifiableCredential":1}}', "VerifiableCredential"),
        (b'{"proof":{"type":["x"]},"words":"AnchorReceipt"}', "VerifiableCredential"),
        (b'{"proof":[{"type":{}}],"words":"MerkleProof2019"}', "VerifiableCredential"),
        (b'{"credential":{"type":["VerifiableCredential"]},"key":"x"}', "not 'key'"),
        (b'{"credential":7}', "neither a JSON object"),
        (b"<html><body>a page</body></html>", "SVG"),
        (SVG, "no credential"),
        (PICTURE, "no credential"),
        (PICTURE[:40], "cut off"),
        (bake_png(PICTURE, "hello", "[]"), "neither JSON"),
        (bake_png(PICTURE, TEXT, "{}"), "receipts are not a list"),
        (bake_png(PICTURE, TEXT, "[7]"), "not an anchor receipt"),
        (bake_png(PICTURE, TEXT, json.dumps([receipt_json(RECEIPT)] * (MAX_RECEIPTS + 1))), "at most 64"),
        (bake_svg(SVG, TEXT, json.dumps([receipt_json(RECEIPT)] * (MAX_RECEIPTS + 1))), "at most 64"),
        (b"%PDF-1.7", "The PDF is damaged"),
        (pdf_with(), "The PDF carries no credential"),
        (pdf_with(("a.txt", b"hello"), ("b", b"")), "The PDF carries no credential"),
        (pdf_with(("a.json", b'{"a":1}'), ("b.json", b"{")), "The PDF carries no credential"),
        (pdf_with(("a.json", b'{"type":"Person"}')), "'a.json' attached to the PDF: This JSON is not a verifiable"),
        (pdf_with(("a.json", b'{"a":1,"a":2}')), "'a.json' attached to the PDF: .*twice"),
        (pdf_with(("a.json", BUNDLE), ("b.json", BUNDLE)), r"carries 2 credentials \('a.json', 'b.json'\)"),
        (pdf_with(("a.json", BUNDLE), ("a.json", TOKEN.encode())), r"carries 2 credentials \('a.json', 'a.json'\)"),
        (pdf_with(("a.pdf", PDF)), "The PDF carries no credential"),
    ],
)
def test_nonsense_is_told_what_it_is(data: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        unwrap(data)


FOREIGN_DOCUMENTS: dict[Kind, Any] = {
    Kind.BLOCKCERTS: {"@context": ["https://w3id.org/blockcerts/v2"], "type": "Assertion"},
    Kind.OPEN_ATTESTATION: {"version": "https://schema.openattestation.com/2.0/schema.json", "data": {}},
    Kind.OPEN_BADGES_2: {"@context": "https://w3id.org/openbadges/v2", "type": "Assertion"},
    Kind.RECEIPT_ONLY: receipt_json(RECEIPT),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_other_systems_documents_are_called_by_their_name(kind: Kind) -> None:
    document = FOREIGN_DOCUMENTS[kind]
    assert kind_of(b"\xef\xbb\xbf" + json.dumps(document).encode()) is kind
    with pytest.raises(InputError) as raised:
        unwrap(json.dumps({"credential": document} if kind is not Kind.RECEIPT_ONLY else document).encode())
    assert str(raised.value) == FOREIGN[kind]


def test_a_merkle_proof_of_blockcerts_is_known_by_its_proof_alone() -> None:
    document = {"type": ["VerifiableCredential"], "proof": [{"type": "MerkleProof2019"}]}
    assert foreign_kind(json.dumps(document).encode()) is Kind.BLOCKCERTS


def test_a_credential_with_a_standard_proof_is_no_other_systems_whatever_contexts_it_has() -> None:
    document = {"@context": ["https://w3id.org/blockcerts/v3"], "proof": [{"type": "DataIntegrityProof"}]}
    assert foreign_kind(json.dumps(document).encode()) is None


def test_words_about_other_systems_inside_a_credential_change_nothing() -> None:
    unsigned = worlds.unsigned_badge(ISSUER)
    unsigned["name"] = "From blockcerts and openattestation to openbadges/v2, with an AnchorReceipt"
    assert unwrap(worlds.bundle_bytes(ISSUER.signed(unsigned))).receipts == ()


KINDS: dict[Kind, bytes] = {
    Kind.EMPTY: b" ",
    Kind.PDF: b"%PDF-1.7",
    Kind.PICTURE: PICTURE,
    Kind.DRAWING: SVG,
    Kind.WEB_PAGE: b"<!DOCTYPE html><p>hello",
    Kind.ARCHIVE: b"PK\x03\x04rest",
    Kind.LINK: b"https://uni.example/c/abc\n",
    Kind.HALF_JSON: b'{"type": ',
    Kind.OTHER_JSON: b'\xef\xbb\xbf{"type": "Person"}',
    Kind.TEXT: b"Dear Sir or Madam",
    Kind.BINARY: b"\x7fELF\x00\xff",
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_credential_is_sorted_by_kind(kind: Kind) -> None:
    assert kind_of(KINDS[kind]) is kind


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["AnchorReceipt", "MerkleProof2019"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "proof", "@context", "credential", "receipts", "version", "issuer", "x"]), inner
        )
    ),
    max_leaves=12,
)


def _ends_well(data: bytes) -> None:
    kind_of(data)
    try:
        worlds.World().verifier.verify(data)
    except InputError as error:
        assert str(error)  # noqa: PT017  anything else must fail this test


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_end_in_a_judgement_or_an_input_error(data: bytes) -> None:
    _ends_well(data)


@given(JSON)
def test_any_json_ends_in_a_judgement_or_an_input_error(value: Any) -> None:
    _ends_well(json.dumps(value).encode())


@given(JSON, st.sampled_from(sorted(BADGE)))
def test_a_credential_with_any_member_replaced_ends_in_a_judgement_or_an_input_error(value: Any, member: str) -> None:
    _ends_well(json.dumps({**BADGE, member: value}).encode())


@given(st.data())
def test_a_picture_or_a_certificate_with_any_byte_changed_ends_in_a_judgement_or_an_input_error(
    data: st.DataObject,
) -> None:
    carrier = bytearray(data.draw(st.sampled_from([CARRIERS["a PNG badge"][0], PDF])))
    carrier[data.draw(st.integers(0, len(carrier) - 1))] = data.draw(st.integers(0, 255))
    _ends_well(bytes(carrier))


def test_a_certificate_is_judged_as_its_bundle_is() -> None:
    world = worlds.World()
    document = worlds.badge(world.issuer)
    bundle = Bundle(document, tuple(world.chain.anchor([document], world.issuer)))
    data = certificate_pdf(bundle, link=None, press=Press(load_fonts(), {}))
    judged, expected = world.verifier.verify(data), world.judge(*(bundle.credential, bundle.receipts))
    assert report_json(judged.report, "it") == report_json(expected.report, "it")
    assert worlds.told(judged)[0] == "verified"


def test_an_altered_credential_inside_a_certificate_is_not_verified() -> None:
    world = worlds.World()
    document = worlds.badge(world.issuer)
    receipts = tuple(world.chain.anchor([document], world.issuer))
    document["credentialSubject"]["identifier"][0]["identityHash"] = "Mallory"
    data = certificate_pdf(Bundle(document, receipts), link=None, press=Press(load_fonts(), {}))
    assert worlds.told(world.verifier.verify(data))[0] == "not-verified"
