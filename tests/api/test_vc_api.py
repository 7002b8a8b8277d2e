"""The W3C's VC-API on a real home: issue, verify, status, and who may ask."""

from __future__ import annotations

import base64
import json
import uuid
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.api import office as office_module
from registry.api import vc_api as vc_api_module
from registry.api.app import create_app
from registry.api.vc_api import VcApi
from registry.core.errors import SettingsError
from registry.credentials.contexts import VC_CONTEXT
from registry.credentials.keys import PublicKey
from registry.credentials.signing import ProofOptions, secure, sign, signing_input, verify_proof
from registry.credentials.status_list import is_revoked, status_entry
from registry.settings import vc_api_token

pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("home"), pytest.mark.anyio]
TOKEN = "a token of twenty-two"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def api(site: Any) -> httpx.AsyncClient:
    app = create_app(site.office, VcApi(site.office, TOKEN, 1000))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://issuer.example", headers=BEARER)


def plain(site: Any, **members: Any) -> dict[str, Any]:
    """Return a credential that is no Open Badge."""
    [issuer] = site.store.issuers()
    made = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": issuer.did,
        "credentialSubject": {"id": "did:example:ada"},
        **members,
    }
    return {name: value for name, value in made.items() if value is not None}


def badge(site: Any) -> dict[str, Any]:
    """Return an Open Badge without id, status and proof."""
    [stored] = site.issue(f"{uuid.uuid4()}@x.example")
    return {
        name: one for name, one in json.loads(stored.entry).items() if name not in {"id", "credentialStatus", "proof"}
    }


async def issued(api: httpx.AsyncClient, credential: Any, **options: Any) -> httpx.Response:
    return await api.post("/credentials/issue", json={"credential": credential, "options": options})


async def verified(api: httpx.AsyncClient, credential: Any, *checks: str) -> httpx.Response:
    body = {"verifiableCredential": credential, "options": {"checks": list(checks)} if checks else {}}
    return await api.post("/credentials/verify", json=body)


async def test_without_a_token_the_vc_api_is_not_there(client: httpx.AsyncClient) -> None:
    for path in ("issue", "verify", "status"):
        assert (await client.post(f"/credentials/{path}", json={}, headers=BEARER)).status_code == 404


@pytest.mark.parametrize("path", ["issue", "verify", "status"])
@pytest.mark.parametrize("sent", ["", "Bearer ", "Bearer another", "Basic !", f"Digest {TOKEN}", f"Bearer {TOKEN}x"])
async def test_another_token_or_none_is_refused(api: httpx.AsyncClient, path: str, sent: str) -> None:
    answer = await api.post(f"/credentials/{path}", json={}, headers={"Authorization": sent})
    assert (answer.status_code, answer.json()["problemDetails"][0]["title"]) == (401, "not-authorised")


async def test_the_token_may_come_as_a_password(api: httpx.AsyncClient, site: Any) -> None:
    sent = {"Authorization": "Basic " + base64.b64encode(f"w3c:{TOKEN}".encode()).decode()}
    body = {"credential": plain(site), "options": {"anchor": False}}
    assert (await api.post("/credentials/issue", json=body, headers=sent)).status_code == 201


async def test_an_issued_badge_is_bare_stored_and_verified_once_it_is_anchored(
    api: httpx.AsyncClient, site: Any
) -> None:
    answer = await issued(api, badge(site))
    made = answer.json()
    assert (answer.status_code, verify_proof(made).outcome) == (201, "passed")
    assert made["credentialStatus"]["type"] == "BitstringStatusListEntry"
    early = await verified(api, made)
    assert (early.status_code, early.json()["verified"], early.json()["report"]["verdict"]) == (400, False, "undecided")
    assert (await verified(api, made, "proof")).json() == {
        "verified": True,
        "checks": ["proof"],
        "warnings": [],
        "errors": [],
        "problemDetails": [],
    }
    site.home.do("anchor", "run")
    late = await verified(api, made)
    assert (late.status_code, late.json()["verified"]) == (200, True)
    altered = await verified(api, {**made, "name": "Doctor"})
    assert (altered.status_code, "altered" in {one["title"] for one in altered.json()["problemDetails"]}) == (400, True)


async def test_what_was_added_after_signing_is_not_verified_although_no_signature_covers_it(
    api: httpx.AsyncClient, site: Any
) -> None:
    made = (await issued(api, plain(site), anchor=False)).json()
    for added in (
        {"grade": "A"},
        {"type": [*made["type"], "Distinction"]},
        {"proof": [{**made["proof"][0], "by": "X"}]},
    ):
        answer = await verified(api, {**made, **added}, "proof")
        told = {one["title"] for one in answer.json()["problemDetails"]}
        assert (answer.status_code, "DATA_LOSS_DETECTION_ERROR" in told) == (400, True), added


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        ({"expectedProofPurpose": "assertionMethod", "domain": None}, []),
        ({"expectedProofPurpose": "authentication"}, ["PROOF_VERIFICATION_ERROR"]),
        ({"domain": ["uni.example"]}, ["INVALID_DOMAIN_ERROR"]),
        ({"challenge": "7"}, ["INVALID_CHALLENGE_ERROR"]),
    ],
)
async def test_a_proof_is_not_verified_if_the_reader_expects_another_one(
    api: httpx.AsyncClient, site: Any, expected: dict[str, Any], told: list[str]
) -> None:
    made = (await issued(api, plain(site), anchor=False)).json()
    body = {"verifiableCredential": made, "options": {"checks": ["proof"], **expected}}
    answer = (await api.post("/credentials/verify", json=body)).json()
    assert [one["title"] for one in answer["problemDetails"]] == told


async def test_the_list_is_asked_with_the_proof_and_says_at_once_what_was_revoked(
    api: httpx.AsyncClient, site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office_module, "STATUS_LIST_SECONDS", 0)
    made = (await issued(api, badge(site))).json()
    assert (await verified(api, made, "proof", "credentialStatus")).json()["verified"] is True
    status = [{"type": "BitstringStatusListEntry", "status": "1"}]
    await api.post("/credentials/status", json={"credentialId": made["id"], "credentialStatus": status})
    answer = await verified(api, made, "proof", "credentialStatus")
    assert [one["title"] for one in answer.json()["problemDetails"]] == ["revoked"]
    assert (await verified(api, made, "proof")).json()["verified"] is True


async def test_a_list_that_cannot_be_had_does_not_let_a_credential_pass(api: httpx.AsyncClient, site: Any) -> None:
    for url, told in (
        (f"{site.url}/issuers/northfield/status/7", "STATUS_RETRIEVAL_ERROR"),
        ("https://nobody.invalid/status/1", "STATUS_RETRIEVAL_ERROR"),
    ):
        entry = {
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "3",
            "statusListCredential": url,
        }
        made = (await issued(api, plain(site, credentialStatus=entry), anchor=False)).json()
        answer = await verified(api, made, "proof", "credentialStatus")
        assert [one["title"] for one in answer.json()["problemDetails"]] == [told]
        altered = await verified(api, {**made, "name": "X"}, "proof", "credentialStatus")
        assert [one["title"] for one in altered.json()["problemDetails"]] == ["altered"]  # nobody was asked


async def test_a_list_that_another_issuer_signed_says_nothing(api: httpx.AsyncClient, site: Any) -> None:
    key = Ed25519PrivateKey.generate()
    name = PublicKey.of(key).multibase
    entry = status_entry(f"{site.url}/issuers/northfield/status/0", 3)
    theirs = plain(site, issuer=f"did:key:{name}", credentialStatus=entry)
    options = ProofOptions(site.office.clock.now(), f"did:key:{name}#{name}")
    made = secure(theirs, options, sign(key, signing_input(theirs, options)))
    assert (await verified(api, made, "proof")).json()["verified"] is True
    answer = await verified(api, made, "proof", "credentialStatus")
    assert [one["title"] for one in answer.json()["problemDetails"]] == ["STATUS_VERIFICATION_ERROR"]


async def test_a_credential_that_is_not_stored_may_have_a_place_in_a_list_in_which_nothing_is_ever_set(
    api: httpx.AsyncClient, site: Any
) -> None:
    made = (await issued(api, plain(site), anchor=False, credentialStatus={"type": "BitstringStatusListEntry"})).json()
    url = made["credentialStatus"]["statusListCredential"]
    assert (await verified(api, made, "proof", "credentialStatus")).json()["verified"] is True
    published = site.get(url.removeprefix(site.url)).json()
    assert (published["id"], verify_proof(published).outcome) == (url, "passed")
    assert not is_revoked(published, int(made["credentialStatus"]["statusListIndex"]))
    own = {"type": "https://example.org/OtherStatus", "id": "urn:x:1"}
    kept = await issued(api, plain(site, credentialStatus=own), anchor=False, credentialStatus={"type": "X"})
    assert kept.json()["credentialStatus"] == own


async def test_any_credential_is_signed_if_it_is_not_to_be_anchored(api: httpx.AsyncClient, site: Any) -> None:
    count = site.store.credential_count(1)
    made = (await issued(api, plain(site, id="https://uni.example/1"), anchor=False)).json()
    assert (await verified(api, made, "proof")).json()["verified"] is True
    assert site.store.credential_count(1) == count
    refused = await issued(api, plain(site))
    assert (refused.status_code, "would not verify" in refused.json()["errors"][0]) == (400, True)
    assert site.store.credential_count(1) == count


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"@context": ["https://www.w3.org/2018/credentials/v1"]}, "first @context"),
        ({"@context": ["https://www.w3.org/ns/credentials/v2", "https://unknown.example/v1"]}, "which we do not serve"),
        ({"type": ["Other"]}, "VerifiableCredential"),
        ({"type": ["VerifiableCredential", "NoSuchType"]}, "NoSuchType"),
        ({"issuer": "did:web:somebody.else"}, "none of this home's"),
        ({"issuer": {"id": "not a url"}}, "The issuer must be a URL"),
        ({"issuer": {"id": "did:web:x", "name": {"@value": "U", "url": "x"}}}, "issuer.name"),
        ({"id": ["urn:x:1", "urn:x:2"]}, "one URL"),
        ({"credentialSubject": {}}, "credentialSubject"),
        ({"credentialSubject": None}, "credentialSubject"),
        ({"credentialSubject": {"id": "no url"}}, "id of a credentialSubject"),
        ({"validFrom": "yesterday"}, "validFrom"),
        ({"validFrom": "2026-02-01T00:00:00Z", "validUntil": "2026-01-01T00:00:00Z"}, "lies before"),
        ({"name": 7}, "name must be text"),
        ({"credentialStatus": {"id": "urn:x:1"}}, "with a type"),
        ({"credentialStatus": {"id": "no url", "type": "T"}}, "id of a credentialStatus"),
        ({"credentialStatus": {"type": "BitstringStatusListEntry"}}, "statusPurpose"),
        ({"credentialSchema": {"type": "JsonSchema"}}, "credentialSchema must have an id"),
        ({"relatedResource": [{"digestSRI": "x"}]}, "id of its own"),
        ({"relatedResource": [{"id": "urn:x:1"}]}, "must have a digest"),
        ({"relatedResource": [{"id": VC_CONTEXT, "digestSRI": "sha256-AAAA"}]}, "not that of the published file"),
        ({"proof": {"type": "X"}}, "carries a proof"),
        ({"undefined": "term"}, "undefined"),
    ],
)
async def test_what_no_verifier_would_take_is_refused_by_name(
    api: httpx.AsyncClient, site: Any, members: dict[str, Any], words: str
) -> None:
    answer = await issued(api, plain(site, **members), anchor=False)
    assert (answer.status_code, words in answer.json()["errors"][0]) == (400, True), answer.text


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"credential": 7}', b'{"a": 1, "a": 2}', b"[" * 100_000])
@pytest.mark.parametrize("path", ["issue", "verify", "status"])
async def test_a_body_that_is_none_is_refused(api: httpx.AsyncClient, path: str, body: bytes) -> None:
    answer = await api.post(f"/credentials/{path}", content=body)
    assert (answer.status_code, answer.json()["verified"]) == (400, False)


async def test_a_body_that_is_too_long_is_refused(api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vc_api_module, "MAX_BYTES", 100)
    answer = await api.post("/credentials/issue", content=b"{" + b" " * 200 + b"}")
    assert (answer.status_code, "more than 100 bytes" in answer.json()["errors"][0]) == (400, True)


async def test_an_id_that_was_issued_is_not_issued_again(api: httpx.AsyncClient, site: Any) -> None:
    made = (await issued(api, badge(site))).json()
    again = {name: one for name, one in made.items() if name != "proof"}
    answer = await issued(api, again)
    assert (answer.status_code, "no fresh" in answer.json()["errors"][0]) == (400, True)


async def test_a_revocation_stands_in_the_list_at_once_and_the_answer_says_what_is_pending(
    api: httpx.AsyncClient, site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office_module, "STATUS_LIST_SECONDS", 0)
    made = (await issued(api, badge(site))).json()
    index = int(made["credentialStatus"]["statusListIndex"])
    status = [{"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "status": "1"}]
    answer = await api.post("/credentials/status", json={"credentialId": made["id"], "credentialStatus": status})
    assert (answer.status_code, answer.json()["chain"].startswith("pending: credanchor revoke")) == (202, True)
    assert is_revoked(site.get("/issuers/northfield/status/0").json(), index)


@pytest.mark.parametrize(
    "entry",
    [
        {"type": "StatusList2021Entry", "status": "1"},
        {"type": "BitstringStatusListEntry", "statusPurpose": "suspension", "status": "1"},
        {"type": "BitstringStatusListEntry", "status": "0"},
        {"type": "BitstringStatusListEntry", "status": "1"},  # of no credential here
        7,
    ],
)
async def test_a_status_that_cannot_be_set_is_refused(api: httpx.AsyncClient, entry: Any) -> None:
    answer = await api.post(
        "/credentials/status", json={"credentialId": "urn:uuid:nobody", "credentialStatus": [entry]}
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("token", ["short", "ünicode ünicode ünicode", "new\nline new\nline new"])
async def test_a_token_that_could_be_guessed_or_not_be_sent_is_refused(
    monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("CREDANCHOR_VC_API_TOKEN", token)
    with pytest.raises(SettingsError):
        vc_api_token()
