"""What the private check hears of issuers' web sites, and what this server learns by it: a domain, no credential."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import pytest

from registry.checks.facts import DidService
from registry.core.account import Address
from registry.core.errors import ProfileUnavailableError
from registry.ports import IssuerSite
from verifier_web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry.core.receipt import AnchorReceipt
    from verifier_web.desk import Verifier

pytestmark = pytest.mark.anyio
DID = "did:web:uni.example"
LIST = "https://uni.example/status/1"
SERVICE = DidService(11155111, Address("0x" + "c0" * 20), Address("0x" + "15" * 20))


@dataclass
class Sites:
    """Web sites in memory, which keep what they were asked."""

    documents: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def site(self, did: str) -> IssuerSite:
        self.asked.append(did)
        if did != DID:
            raise ProfileUnavailableError(f"{did} gave no DID document")
        return IssuerSite((SERVICE,), ())

    def receipts(self, url: str, credential_id: str) -> Sequence[AnchorReceipt]:
        raise AssertionError(url, credential_id)

    def document(self, url: str) -> Any:
        self.asked.append(url)
        return self.documents[url]


@pytest.fixture
def sites() -> Sites:
    return Sites({LIST: {"type": ["VerifiableCredential", "BitstringStatusListCredential"]}, f"{LIST}0": [1]})


@pytest.fixture
def browser(verifier: Verifier, sites: Sites) -> httpx.AsyncClient:
    app = create_app(verifier, directory=sites)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://verifier.example")


async def test_a_did_document_is_told_as_the_accounts_that_it_names(browser: httpx.AsyncClient, sites: Sites) -> None:
    answer = await browser.get(f"/v1/did-documents/{DID}")

    account = {"chain": "eip155:11155111", "contract": SERVICE.contract.checksummed()}
    assert answer.json() == {"did": DID, "services": [{**account, "issuer": SERVICE.issuer.checksummed()}]}
    assert sites.asked == [DID]


@pytest.mark.parametrize("did", ["did:key:z6Mk", "did:web:", "did:web:a b", "did:web:evil@uni.example", "x" * 600])
async def test_what_is_no_did_web_is_asked_of_nobody(browser: httpx.AsyncClient, sites: Sites, did: str) -> None:
    answer = await browser.get(f"/v1/did-documents/{quote(did, safe='')}")

    assert (answer.status_code, answer.json()["code"], sites.asked) == (400, "bad-field", [])


async def test_a_site_that_does_not_answer_is_a_problem_and_not_an_empty_answer(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/v1/did-documents/did:web:gone.example")

    assert (answer.status_code, answer.json()["code"]) == (502, "profile-unavailable")
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_a_status_list_of_the_issuers_own_host_is_passed_on_as_it_stands(
    browser: httpx.AsyncClient, sites: Sites
) -> None:
    answer = await browser.get(f"/v1/status-lists/{DID}", params={"url": LIST})

    assert answer.json() == sites.documents[LIST]


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/status/1",
        "https://uni.example@elsewhere.example/status/1",
        "https://uni.example:8443/status/1",
        "https://[uni.example/status/1",
        "file:///etc/passwd",
        "",
        LIST + "0" * 3000,
    ],
)
async def test_a_list_that_is_not_on_the_issuers_host_is_asked_of_nobody(
    browser: httpx.AsyncClient, sites: Sites, url: str
) -> None:
    answer = await browser.get(f"/v1/status-lists/{DID}", params={"url": url})

    assert (answer.status_code, sites.asked) == (400, [])


async def test_what_is_no_object_is_no_status_list(browser: httpx.AsyncClient) -> None:
    answer = await browser.get(f"/v1/status-lists/{DID}", params={"url": f"{LIST}0"})

    assert answer.status_code == 502


async def test_without_a_directory_nobody_is_asked(verifier: Verifier) -> None:
    transport = httpx.ASGITransport(create_app(verifier))
    async with httpx.AsyncClient(transport=transport, base_url="http://verifier.example") as browser:
        assert (await browser.get(f"/v1/did-documents/{DID}")).status_code == 502
