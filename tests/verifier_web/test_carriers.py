"""Whatever carries a credential gets its verdict on the page, and whatever carries none a sentence of its own."""

from __future__ import annotations

import html
import io
import json
import sys

import httpx
import pypdf
import pytest

from registry.core.receipt import receipt_json
from registry.credentials.badge import default_badge
from registry.credentials.baking import bake_png, bake_svg
from registry.services.kinds import Kind, kind_of
from verifier_web.app import create_app
from verifier_web.wording import KINDS

worlds = sys.modules["services_world"]  # loaded by conftest.py
pytestmark = pytest.mark.anyio
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'
LINK = "https://uni.example/c/abc"
DEAD = b"https://uni.example/c/nothing"
VERIFIED = "Verified on the Sepolia test network."


def pdf_with(name: str, content: bytes) -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(9, 9)
    writer.add_attachment(name, content)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


WORLD = worlds.World()
BADGE, BARE = worlds.badge(WORLD.issuer), worlds.badge(WORLD.issuer)
RECEIPTS = WORLD.chain.anchor([BADGE], WORLD.issuer)
BUNDLE = worlds.bundle_bytes(BADGE, RECEIPTS)
RECEIPTS_TEXT = json.dumps([receipt_json(one) for one in RECEIPTS])
TOKEN = worlds.jwt(WORLD.issuer)
TRANSCRIPT = worlds.stack(WORLD.issuer, [BADGE])
WORLD.web.name_account(WORLD.issuer)
WORLD.web.registries["https://uni.example/receipts", BARE["id"]] = WORLD.chain.anchor([BARE], WORLD.issuer)
WORLD.web.registries["https://uni.example/receipts", worlds.id_of(TOKEN)] = WORLD.chain.anchor([TOKEN], WORLD.issuer)
WORLD.web.contents[LINK] = BUNDLE
CARRIERS: dict[str, bytes] = {
    "a bundle": BUNDLE,
    "a bare credential, its receipt at its issuer's": json.dumps(BARE).encode(),
    "a VC-JWT, its receipt at its issuer's": TOKEN.encode(),
    "a share link": LINK.encode(),
    "a PNG badge": bake_png(default_badge(b"colour"), json.dumps(BADGE), RECEIPTS_TEXT),
    "an SVG badge": bake_svg(SVG, json.dumps(BADGE), RECEIPTS_TEXT),
    "a PDF": pdf_with("bundle.json", BUNDLE),
    "a transcript": worlds.bundle_bytes(TRANSCRIPT, [*WORLD.chain.anchor([TRANSCRIPT], WORLD.issuer), *RECEIPTS]),
}


@pytest.fixture
def client() -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_app(WORLD.verifier))
    return httpx.AsyncClient(transport=transport, base_url="http://verifier.example")


@pytest.mark.parametrize("name", CARRIERS)
async def test_every_carrier_is_verified_as_a_file(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.post("/", files={"file": ("what the candidate sent", CARRIERS[name])})

    assert answer.status_code == 200
    assert f">{VERIFIED}</h1>" in answer.text


async def test_all_of_them_are_verified_together(client: httpx.AsyncClient) -> None:
    answer = await client.post("/", files=[("file", (name, data)) for name, data in CARRIERS.items()])

    assert answer.text.count(f">{VERIFIED}</h2>") == len(CARRIERS)


async def test_a_link_that_leads_nowhere_is_unknown_and_not_invalid_among_several(client: httpx.AsyncClient) -> None:
    answer = await client.post("/", files={"text": (None, f"{LINK}\n{DEAD.decode()}")})

    assert "Verified: 1" in answer.text
    assert "Cannot tell: 1" in answer.text
    assert "Not a credential" not in answer.text


async def test_a_transcript_shows_each_component_with_its_own_verdict(client: httpx.AsyncClient) -> None:
    page = (await client.post("/", files={"file": ("clr.json", CARRIERS["a transcript"])})).text

    assert "Component: <bdi>Data Foundations</bdi>" in page
    assert page.count(VERIFIED) >= 2


def schema_2() -> bytes:
    return json.dumps({"version": "https://schema.openattestation.com/2.0/schema.json", "data": {}}).encode()


NONE: dict[Kind, bytes] = {
    Kind.EMPTY: b" \n",
    Kind.PDF: pdf_with("notes.txt", b"hello"),
    Kind.PICTURE: default_badge(b"a screenshot"),
    Kind.DRAWING: SVG,
    Kind.WEB_PAGE: b"<!DOCTYPE html><html><body>Certificate</body></html>",
    Kind.ARCHIVE: b"PK\x03\x04 a spreadsheet",
    Kind.LINK: b"https://uni.example/c/page",
    Kind.DEAD_LINK: DEAD,
    Kind.HALF_JSON: BUNDLE[: len(BUNDLE) // 2],
    Kind.OTHER_JSON: b'{"name": "Ada"}',
    Kind.RECEIPT_ONLY: json.dumps(receipt_json(RECEIPTS[0])).encode(),
    Kind.BLOCKCERTS: json.dumps(
        {
            "@context": ["https://www.w3.org/2018/credentials/v1", "https://w3id.org/blockcerts/v3"],
            "type": ["VerifiableCredential", "BlockcertsCredential"],
            "proof": {"type": "MerkleProof2019"},
        }
    ).encode(),
    Kind.OPEN_ATTESTATION: schema_2(),
    Kind.OPEN_BADGES_2: b'{"@context": "https://w3id.org/openbadges/v2", "type": "Assertion"}',
    Kind.TEXT: b"Dear team, I finished the course.",
    Kind.BINARY: b"\x00\x01\x02",
}
WORLD.web.contents["https://uni.example/c/page"] = NONE[Kind.WEB_PAGE]


def test_every_kind_has_a_sample_here() -> None:
    assert set(NONE) == set(Kind) == set(KINDS)


@pytest.mark.parametrize("kind", NONE)
async def test_what_carries_none_is_told_what_it_is_and_what_to_do(client: httpx.AsyncClient, kind: Kind) -> None:
    answer = await client.post("/", files={"file": ("what the candidate sent", NONE[kind])})

    page = html.unescape(answer.text)
    assert answer.status_code == (502 if kind is Kind.DEAD_LINK else 422)
    assert KINDS[kind].title in page
    assert KINDS[kind].advice in page


@pytest.mark.parametrize("start", [b"\xff\xd8\xff\xe0 a photograph", b"GIF89a", b"BM", b"RIFF\x10\x00\x00\x00WEBP"])
def test_a_photograph_of_any_usual_kind_is_a_picture(start: bytes) -> None:
    assert kind_of(start) is Kind.PICTURE
