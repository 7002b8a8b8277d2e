"""Reading issuers' own web sites: hostile DID documents and registries say nothing, and never raise anything else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.checks.facts import DidService
from registry.core.account import Address
from registry.core.errors import ProfileUnavailableError
from registry.core.receipt import MAX_RECEIPTS
from registry.identity import directory as directory_module
from registry.identity.directory import MAX_SERVICES, WebDirectory

DID = "did:web:uni.example"
CONTRACT, ISSUER = "0x" + "c0" * 20, "0x" + "15" * 20
ENDPOINT = {"chain": "eip155:1", "contract": CONTRACT, "issuer": ISSUER, "receipts": "https://uni.example/receipts"}
SERVICE = {"id": f"{DID}#registry", "type": "CredanchorRegistry", "serviceEndpoint": ENDPOINT}
RECEIPT = {
    "type": "AnchorReceipt",
    "version": 1,
    "state": "final",
    "credentialId": "urn:uuid:1",
    "leafHash": "0x" + "11" * 32,
    "leafIndex": 0,
    "treeSize": 1,
    "path": [],
    "root": "0x" + "11" * 32,
    "anchors": [],
}


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    return served(monkeypatch)


def served(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Answer for addresses out of a dictionary."""
    documents: dict[str, Any] = {}

    def fetch(url: str, *, allow_loopback: bool) -> Any:
        assert not allow_loopback
        if url not in documents:
            raise ProfileUnavailableError(f"{url} could not be read")
        return documents[url]

    monkeypatch.setattr(directory_module, "fetch_json", fetch)
    return documents


def site(web: dict[str, Any], document: Any, did: str = DID) -> Any:
    web["https://uni.example/.well-known/did.json"] = document
    return WebDirectory(allow_loopback=False).site(did)


def test_a_did_document_names_account_and_registry(web: dict[str, Any]) -> None:
    found = site(web, {"id": DID, "service": [SERVICE]})
    assert found.services == (DidService(1, Address(CONTRACT), Address(ISSUER)),)
    assert found.receipt_urls == ("https://uni.example/receipts",)


def test_other_services_are_passed_over(web: dict[str, Any]) -> None:
    other = {"id": f"{DID}#web", "type": "LinkedDomains", "serviceEndpoint": "https://uni.example"}
    assert site(web, {"id": DID, "service": [other, SERVICE]}).services != ()


@pytest.mark.parametrize(
    "change",
    [
        {"chain": "eip155:one"},
        {"chain": None},
        {"chain": []},
        {"contract": "0x1"},
        {"contract": None},
        {"issuer": {"id": ISSUER}},
        {"issuer": "0x" + "1" * 41},
    ],
)
def test_a_service_that_cannot_be_read_names_no_account(web: dict[str, Any], change: dict[str, Any]) -> None:
    assert site(web, {"id": DID, "service": [{**SERVICE, "serviceEndpoint": {**ENDPOINT, **change}}]}).services == ()


def test_an_account_cannot_hide_behind_thousands_of_services(web: dict[str, Any]) -> None:
    assert len(site(web, {"id": DID, "service": [SERVICE] * 3000}).services) == MAX_SERVICES


@pytest.mark.parametrize("document", [None, [], "did", 7, {}, {"id": "did:web:other.example"}])
def test_what_is_not_the_dids_own_document_is_unavailable(web: dict[str, Any], document: Any) -> None:
    with pytest.raises(ProfileUnavailableError):
        site(web, document)


@pytest.mark.parametrize(
    "did",
    ["did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", "https://uni.example", "", "did:web:", "did:web:[:"],
)
def test_a_did_without_a_web_site_is_unavailable(web: dict[str, Any], did: str) -> None:
    with pytest.raises(ProfileUnavailableError):
        site(web, {"id": did}, did)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("CredanchorRegistry"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "serviceEndpoint", "chain", "contract", "issuer", "id"]), inner)
    ),
    max_leaves=10,
)


@given(JSON)
def test_any_service_entry_is_read_or_passed_over(service: Any) -> None:
    with pytest.MonkeyPatch.context() as patched:
        site(served(patched), {"id": DID, "service": service})


def test_a_registrys_receipts_are_parsed_strictly(web: dict[str, Any]) -> None:
    web["https://uni.example/receipts/urn:uuid:1"] = [RECEIPT]
    [receipt] = WebDirectory(allow_loopback=False).receipts("https://uni.example/receipts", "urn:uuid:1")
    assert receipt.credential_id == "urn:uuid:1"


def test_a_registry_that_answers_with_one_receipt_alone_is_read_too(web: dict[str, Any]) -> None:
    web["https://uni.example/receipts/urn:uuid:1"] = RECEIPT
    assert len(WebDirectory(allow_loopback=False).receipts("https://uni.example/receipts/", "urn:uuid:1")) == 1


@pytest.mark.parametrize("answer", [{}, [7], "x", None, [{**RECEIPT, "extra": 1}], [{**RECEIPT, "path": None}]])
def test_a_registry_that_answers_with_something_else_is_unavailable(web: dict[str, Any], answer: Any) -> None:
    web["https://uni.example/receipts/urn:uuid:1"] = answer
    with pytest.raises(ProfileUnavailableError, match="gave no receipt"):
        WebDirectory(allow_loopback=False).receipts("https://uni.example/receipts", "urn:uuid:1")


def test_only_so_many_receipts_of_a_registry_are_read(web: dict[str, Any]) -> None:
    web["https://uni.example/receipts/urn:uuid:1"] = [RECEIPT] * 1000
    found = WebDirectory(allow_loopback=False).receipts("https://uni.example/receipts", "urn:uuid:1")
    assert len(found) == MAX_RECEIPTS


@pytest.mark.parametrize("credential_id", ["../../admin", "x?y=z", "x#y", "a/b", "a b"])
def test_a_credential_id_stays_below_the_registrys_address(monkeypatch: pytest.MonkeyPatch, credential_id: str) -> None:
    asked: list[str] = []

    def fetch(url: str, *, allow_loopback: bool) -> Any:
        assert not allow_loopback
        asked.append(url)
        return []

    monkeypatch.setattr(directory_module, "fetch_json", fetch)
    WebDirectory(allow_loopback=False).receipts("https://uni.example/receipts", credential_id)
    assert asked[0].startswith("https://uni.example/receipts/")
    assert not set(asked[0].removeprefix("https://uni.example/receipts/")) & set("/?# ")
