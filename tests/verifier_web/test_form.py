"""The page without a browser: what the form takes, what comes back, and what a hostile document cannot do."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from verifier_web.body import MAX_BYTES

if TYPE_CHECKING:
    from types import ModuleType

    import httpx

    from tests.verifier_web.made import FakeVerifier

pytestmark = pytest.mark.anyio

PIXEL = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class _Elements(HTMLParser):
    """All elements of a page with their attributes, and its visible text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


async def _checked(client: httpx.AsyncClient, document: dict[str, Any]) -> _Elements:
    answer = await client.post("/", files={"text": (None, json.dumps(document))})
    assert answer.status_code == 200
    return _Elements(answer.text)


async def test_the_start_page_works_as_a_plain_form(client: httpx.AsyncClient) -> None:
    page = _Elements((await client.get("/")).text)

    form = page.of("form")[0]
    names = {field.get("name") for field in page.of("input") + page.of("textarea")}
    assert (form["method"], form["action"], form["enctype"]) == ("post", "/", "multipart/form-data")
    assert names == {"text", "file", "recipient"}


async def test_a_pasted_bundle_gets_its_verdict_first(client: httpx.AsyncClient, bundle_text: str) -> None:
    answer = await client.post("/", files={"text": (None, f"\ufeff \n{bundle_text}\n")})

    page = _Elements(answer.text)
    assert answer.status_code == 200
    assert page.text().index("Verified on the Sepolia test network.") < page.text().index("Ada Okafor")


async def test_the_verdict_page_of_a_micro_credential_says_how_well_it_describes_itself(
    client: httpx.AsyncClient, bundle_text: str
) -> None:
    page = _Elements((await client.post("/", files={"text": (None, bundle_text)})).text)
    assert "How well it describes itself" in page.text()
    assert "at /credentialSubject/achievement/alignment/2" in page.text()


async def test_a_plain_urlencoded_form_is_read_too(client: httpx.AsyncClient, bundle_text: str) -> None:
    answer = await client.post("/", data={"text": bundle_text, "recipient": "Ada Okafor"})

    assert "It fits the person you asked about." in answer.text


async def test_a_file_is_checked_and_a_text_beside_it_is_said_not_to_be(
    client: httpx.AsyncClient, verifier: FakeVerifier, bundle_text: str
) -> None:
    files = {"file": ("ada.json", bundle_text.encode(), "application/json"), "text": (None, "something else")}

    answer = await client.post("/", files=files)

    assert verifier.asked == [(bundle_text.encode(), None)]
    assert "the file was checked, the text was not" in answer.text


async def test_an_empty_file_field_does_not_hide_the_text(
    client: httpx.AsyncClient, verifier: FakeVerifier, bundle_text: str
) -> None:
    body = (
        '--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n'
        f"{bundle_text}\r\n--x\r\n"
        'Content-Disposition: form-data; name="file"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n'
        "\r\n--x--\r\n"
    )

    await client.post("/", content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})

    assert verifier.asked[0][0] == bundle_text.encode()


async def test_the_verdict_page_asks_again_whose_it_is_about_the_same_bytes(
    client: httpx.AsyncClient, verifier: FakeVerifier, bundle_text: str
) -> None:
    first = _Elements((await client.post("/", files={"text": (None, bundle_text)})).text)
    again = next(field["value"] for field in first.of("input") if field.get("name") == "again")

    answer = await client.post("/", files={"again": (None, again), "recipient": (None, "Someone Else")})

    assert verifier.asked[1] == (bundle_text.encode(), "Someone Else")
    assert "Not verified for this person: it was issued to somebody else." in answer.text


@pytest.mark.parametrize("again", ["!", "Zm9v\u00e9"])
async def test_a_broken_hidden_field_is_a_400_page(client: httpx.AsyncClient, again: str) -> None:
    answer = await client.post("/", files={"again": (None, again)})

    assert answer.status_code == 400
    assert "hidden field" in answer.text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "There is nothing to check yet."),
        (b"Dear team, I finished the course.", "This is plain text, not a credential."),
        (b'{"@context": ["https://www.w3', "part of a credential, but it is not complete"),
        (b"%PDF-1.7\n%\xe2\xe3", "This is a PDF"),
        (b"%PDF-1.7\n%%EOF\n", "What exactly was found"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "This is a picture, and no credential is inside it."),
        (b"https://uni.example/c/abc", "This link does not lead to a credential"),
        (b'{"version": "https://schema.openattestation.com/2.0/schema.json", "data": {}}', "OpenAttestation document"),
        (b'{"@context": "https://w3id.org/openbadges/v2", "type": "Assertion"}', "Open Badge of version 2"),
    ],
)
async def test_what_is_no_credential_gets_its_own_kind_sentence(
    client: httpx.AsyncClient, data: bytes, sentence: str
) -> None:
    answer = await client.post("/", files={"file": ("thing", data)})

    assert answer.status_code == 422
    assert sentence in answer.text


async def test_a_form_over_the_limit_is_a_413_page(client: httpx.AsyncClient, verifier: FakeVerifier) -> None:
    answer = await client.post("/", files={"file": ("big.json", b" " * (MAX_BYTES + 1))})

    assert answer.status_code == 413
    assert "4 MiB" in answer.text
    assert verifier.asked == []


@pytest.mark.parametrize(
    ("kind", "status"),
    [("application/json", 415), ("multipart/form-data", 400), ("multipart/form-data; boundary=x; charset=idna", 415)],
)
async def test_a_body_that_is_no_form_is_refused_with_a_page(client: httpx.AsyncClient, kind: str, status: int) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff..\r\n--x--\r\n'

    answer = await client.post("/", content=body, headers={"Content-Type": kind})

    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")


async def test_too_many_fields_are_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/", files={f"field{at}": (None, "x") for at in range(20)})

    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/", "/static/page.css", "/nothing", "/healthz", "/v1/openapi.json"])
async def test_every_answer_carries_the_strict_headers(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers

    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in headers


async def test_a_verdict_is_never_cached(client: httpx.AsyncClient, bundle_text: str) -> None:
    answer = await client.post("/", files={"text": (None, bundle_text)})

    assert answer.headers["cache-control"] == "no-store"


async def test_nothing_is_loaded_but_our_own_files(client: httpx.AsyncClient, bundle_text: str) -> None:
    page = _Elements((await client.post("/", files={"text": (None, bundle_text)})).text)

    loaded = [one.get("src") or one.get("href") for tag in ("script", "link", "img") for one in page.of(tag)]
    assert loaded
    assert all(address is not None and address.startswith("/static/") for address in loaded)
    assert not page.of("style")
    assert not [one for _, one in page.found if "style" in one or any(name.startswith("on") for name in one)]
    assert all(one.get("src") for one in page.of("script"))


async def test_the_named_files_exist(client: httpx.AsyncClient) -> None:
    page = _Elements((await client.get("/")).text)
    named = {one.get("src") or one.get("href") for tag in ("script", "link", "img") for one in page.of(tag)}

    assert {(await client.get(str(address))).status_code for address in named} == {200}


HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}\u202egnp.exe\ud800\x00'


def _hostile(value: Any) -> Any:
    """Return the same shape with every string a hostile one; what the shape hangs on is kept."""
    if isinstance(value, dict):
        kept = {"@context", "type", "proof", "targetType", "identityType", "validFrom", "id"}
        return {name: part if name in kept else _hostile(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_hostile(part) for part in value]
    return HOSTILE if isinstance(value, str) else value


async def test_a_hostile_document_stays_text(
    client: httpx.AsyncClient, verifier: FakeVerifier, document: dict[str, Any]
) -> None:
    clean = await _checked(client, document)
    verifier.change = lambda facts: replace(facts, presented=replace(facts.presented, document=_hostile(document)))

    page = await _checked(client, document)

    assert {tag for tag, _ in page.found} <= {tag for tag, _ in clean.found}
    assert len(page.of("script")) == 1
    assert not page.of("iframe")
    assert "<script>alert(1)</script>" in page.text()
    assert "{{ 7*7 }}" in page.text()
    assert "\u202e" not in page.text()
    assert [one["src"] for one in page.of("img")] == [one["src"] for one in clean.of("img")]


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "http://plain.example/",
        "https://user:pass@bank.example/",
        "https://ex\u0430mple.example/",
        "data:text/html,hi",
        "//other.example",
        'https://ok.example/" onclick="x',
    ],
)
async def test_only_plain_https_addresses_become_links(
    client: httpx.AsyncClient, document: dict[str, Any], address: str
) -> None:
    document["credentialSubject"]["achievement"]["criteria"]["id"] = address
    document["evidence"][0]["id"] = address
    for alignment in document["credentialSubject"]["achievement"]["alignment"]:
        alignment["targetUrl"] = address

    page = await _checked(client, document)

    outward = [one["href"] for one in page.of("a") if not str(one["href"]).startswith(("/", "#"))]
    assert all(str(href).startswith("https://explorer.example/") for href in outward)


async def test_a_strangers_link_gives_no_referrer_and_no_opener(
    client: httpx.AsyncClient, document: dict[str, Any]
) -> None:
    page = await _checked(client, document)

    link = next(one for one in page.of("a") if one["href"] == "https://portfolio.example/ada/final")
    assert set(str(link["rel"]).split()) == {"noopener", "noreferrer", "nofollow", "ugc"}


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (PIXEL, True),
        ("https://remote.example/badge.png", False),
        ("data:image/svg+xml;base64,PHN2Zy8+", False),
        ("data:image/png;base64," + base64.b64encode(b"<svg/>").decode(), False),
        ("data:image/png;base64,iVBORw0KGgoA" + "A" * 600_000, False),
    ],
)
async def test_only_embedded_pictures_of_a_known_kind_are_shown(
    client: httpx.AsyncClient,
    document: dict[str, Any],
    address: str,
    shown: bool,  # noqa: FBT001
) -> None:
    document["credentialSubject"]["achievement"]["image"] = {"id": address, "type": "Image"}

    page = await _checked(client, document)

    assert (address in [one["src"] for one in page.of("img")]) is shown


async def test_long_lists_are_cut_and_say_how_much_is_missing(
    client: httpx.AsyncClient, document: dict[str, Any]
) -> None:
    one = {"type": ["Alignment"], "targetName": "skill", "targetUrl": "https://esco.example/1"}
    document["credentialSubject"]["achievement"]["alignment"] = [one] * 1000

    page = await _checked(client, document)

    assert len([one for one in page.of("p") if one.get("class") == "item-name"]) == 24 + 1
    assert "and 976 more" in page.text()


async def test_many_endorsements_are_cut_and_say_how_many_are_missing(
    client: httpx.AsyncClient, verifier: FakeVerifier, made: ModuleType, document: dict[str, Any]
) -> None:
    verifier.change = lambda facts: replace(facts, parts=made.with_endorsements(facts).parts * 15)

    page = await _checked(client, document)

    assert page.text().count("We hire on the strength of this.") == 24
    assert "and 6 more" in page.text()


async def test_a_huge_string_is_cut(client: httpx.AsyncClient, document: dict[str, Any]) -> None:
    document["credentialSubject"]["achievement"]["name"] = "A" * 1_000_000

    answer = await client.post("/", files={"text": (None, json.dumps(document))})

    assert len(answer.content) < 200_000
    assert re.search(r"A{300}… \(999,700 more characters\)", answer.text)
