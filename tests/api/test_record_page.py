"""A recipient's record behind their own link, and what the page of a larger credential says of its components."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("home"), pytest.mark.anyio]
BROWSER = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture(scope="module")
def pathway(site: Any) -> str:
    """Add a pathway of one component that is called something hostile, and one whose place prior learning may take."""
    document = json.loads(site.home.do("achievement", "show", "data-foundations"))
    larger = {**document, "name": "Certificate in Data", "description": "All of it."}
    del larger["id"]
    for name in ("certificate", "statistics"):
        path = site.home.folder / f"{name}.json"
        path.write_text(json.dumps({**larger, "name": name.title()}), "utf-8")
        site.home.do("achievement", "add", str(path))
    hostile = "<script>alert(1)</script>"
    components = [
        {"achievement": "data-foundations"},
        {"achievement": "statistics", "name": hostile, "recognition": True},
    ]
    value = {"id": "certificate", "name": hostile, "achievement": "certificate", "components": components}
    path = site.home.folder / "certificate-path.json"
    path.write_text(json.dumps(value), "utf-8")
    site.home.do("pathway", "add", str(path))
    return "certificate"


def awarded(site: Any, pathway: str, address: str) -> Any:
    """Return the larger credential of somebody with one component and recognised prior learning."""
    given = {
        "component": "<script>alert(1)</script>",
        "recipient": address,
        "basis": "Ten years of practice <b>",
        "assessedBy": "Dr Ilse Maas",
        "assessedOn": "2026-07-01",
        "evidence": [{"id": "https://portfolio.example/x", "name": "Portfolio"}],
    }
    path = site.home.folder / "recognition.json"
    path.write_text(json.dumps(given), "utf-8")
    said = site.home.do("pathway", "award", pathway, "--recipient", address, "--recognition", str(path), "--json")
    site.home.do("anchor", "run")
    return site.store.credential(json.loads(said)["credential"].removeprefix("urn:uuid:"))


async def test_a_record_lists_what_its_recipient_holds_and_nobody_elses(
    site: Any, client: httpx.AsyncClient, pathway: str
) -> None:
    address = f"{secrets.token_hex(4)}@x.example"
    mine, other = site.issue(address, f"{secrets.token_hex(4)}@x.example")

    answer = await client.get(f"/r/{mine.recipient_token}/record", headers=BROWSER)

    assert (answer.status_code, answer.headers["cache-control"], pathway) == (200, "no-store", "certificate")
    assert answer.text.count("<li ") == 1
    assert "Data Foundations" in answer.text
    assert "1 of 2 components: not complete yet." in answer.text
    assert mine.recipient_token not in answer.text.replace(f'href="../{mine.recipient_token}"', "")
    assert other.recipient_token not in answer.text
    assert "<script" not in answer.text


async def test_a_record_stands_behind_no_share_link(site: Any, client: httpx.AsyncClient) -> None:
    [mine] = site.issue(f"{secrets.token_hex(4)}@x.example")

    answer = await client.get(f"{site.link(mine)}/record", headers=BROWSER)

    assert answer.status_code in {404, 422}


async def test_a_stacks_page_shows_each_component_with_its_verdict_and_who_vouches(
    site: Any, client: httpx.AsyncClient, pathway: str
) -> None:
    address = f"{secrets.token_hex(4)}@x.example"
    site.issue(address)
    stored = awarded(site, pathway, address)

    page = (await client.get(site.link(stored), headers=BROWSER)).text

    assert "What it is made of" in page
    assert "Verified on a local test chain." in page
    assert "Nobody vouches for did:web:localhost" in page
    assert "All of it." in page
    assert "Recognised by the issuer, on this evidence" in page
    assert "Ten years of practice &lt;b&gt; Assessed by Dr Ilse Maas on 2026-07-01." in page
    assert "<script" not in page
