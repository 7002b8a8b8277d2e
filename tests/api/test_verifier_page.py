"""The verifier's page and API over a real issuer's registry: share links, bare credentials and every file of a link."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from verifier_web.app import create_app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = [pytest.mark.chain, pytest.mark.anyio, pytest.mark.xdist_group("api")]

API = "/v1/verifications"
TEXT = {"Content-Type": "text/plain"}
VERIFIED = "Verified on a local test chain."


@pytest.fixture
async def page(site: Any) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(site.verifier)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://verifier.example") as client:
        yield client


@pytest.fixture
def link(site: Any, anchored: Any) -> str:
    return site.url + site.link(anchored)


async def test_a_share_link_pasted_into_the_page_shows_whose_credential_it_is(
    page: httpx.AsyncClient, link: str
) -> None:
    answer = await page.post("/", files={"text": (None, link)})

    assert answer.status_code == 200
    assert VERIFIED in answer.text
    assert "Ada Okafor" in answer.text
    assert "localhost" in answer.text


@pytest.mark.parametrize("name", ["", "/bundle.json", "/badge.png", "/badge.svg", "/certificate.pdf"])
async def test_the_api_follows_a_share_link_and_the_link_to_each_of_its_files(
    page: httpx.AsyncClient, link: str, name: str
) -> None:
    answer = await page.post(API, content=link + name, headers=TEXT)

    assert answer.json()["verdict"] == "verified", answer.json()


async def test_a_link_that_was_turned_off_is_not_called_invalid(
    page: httpx.AsyncClient, site: Any, anchored: Any
) -> None:
    path = site.link(anchored, "for a while")
    assert site.store.turn_off_share_link(anchored.uuid, path.removeprefix("/c/"), site.office.clock.now())

    answer = await page.post(API, content=site.url + path, headers=TEXT)
    shown = await page.post("/", files={"text": (None, site.url + path)})

    assert (answer.status_code, answer.json()["code"]) == (502, "link-unreachable")
    assert shown.status_code == 502
    assert "This link could not be followed." in shown.text


async def test_a_recipients_own_page_is_no_credential_and_says_so(
    page: httpx.AsyncClient, site: Any, anchored: Any
) -> None:
    shown = await page.post("/", files={"text": (None, f"{site.url}/r/{anchored.recipient_token}")})

    assert shown.status_code == 422
    assert "This link does not lead to a credential." in shown.text


async def test_a_bare_credential_finds_its_receipt_by_its_issuers_did_document(
    page: httpx.AsyncClient, site: Any, anchored: Any
) -> None:
    bare = site.get(f"{site.link(anchored)}/bundle.json").json()["credential"]
    assert "proof" in bare

    answer = await page.post("/", files={"text": (None, json.dumps(bare))})

    assert VERIFIED in answer.text
    assert "Exactly this content is in the issuer&#39;s sealed batch" in answer.text


async def test_links_to_other_places_of_this_machine_are_asked_for_nothing_where_there_is_no_local_chain(
    site: Any, link: str
) -> None:
    from registry.identity.directory import WebDirectory  # noqa: PLC0415
    from registry.services.verify import Verifier  # noqa: PLC0415

    elsewhere = Verifier(site.verifier._readers, WebDirectory(allow_loopback=False), site.office.clock)
    transport = httpx.ASGITransport(create_app(elsewhere))
    async with httpx.AsyncClient(transport=transport, base_url="http://verifier.example") as client:
        answer = await client.post(API, content=link.replace("http:", "https:"), headers=TEXT)

    assert (answer.status_code, answer.json()["code"]) == (502, "link-unreachable")
    assert "blocked address" in answer.json()["detail"]


def test_the_command_line_judges_a_share_link(site: Any, link: str, tmp_path: Any) -> None:
    (tmp_path / "link.txt").write_text(link)
    home = site.home.copied(tmp_path / "home")
    (home.folder / "devnet").mkdir()
    (home.folder / "devnet" / "network.toml").write_text("")  # a home with a local chain may ask this machine

    by_url = home.run("verify", "--json", link)
    by_file = home.run("verify", "--json", str(tmp_path / "link.txt"), f"{link}x")

    assert (by_url.code, json.loads(by_url.out)["verdict"]) == (0, "verified")
    first, second = (json.loads(line) for line in by_file.out.splitlines())
    assert (first["verdict"], second["verdict"]) == ("verified", "undecided")
