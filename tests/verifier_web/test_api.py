"""POST /v1/verifications: the same report as JSON, and a precise refusal of everything that is none."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import anyio
import httpx
import pytest

from registry.checks.report import report_json
from registry.core.errors import ChainUnavailableError
from verifier_web.app import Limits, create_app
from verifier_web.body import MAX_BYTES, RECIPIENT_HEADER
from verifier_web.routes import MEDIA_TYPES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from types import ModuleType

    from tests.verifier_web.made import FakeVerifier, Judged

pytestmark = pytest.mark.anyio

URL = "/v1/verifications"
JSON = {"Content-Type": "application/json"}


async def test_the_answer_is_exactly_the_report_and_whose_it_is_and_from_whom(
    client: httpx.AsyncClient, made: ModuleType, bundle_text: str
) -> None:
    answer = await client.post(URL, content=bundle_text, headers=JSON)

    expected = made.FakeVerifier().verify(bundle_text.encode()).report
    assert answer.status_code == 200
    about = {
        "title": "Data Foundations",
        "issuedTo": "Ada Okafor",
        "issuedBy": "Northbridge University",
        "proven": True,
    }
    assert answer.json() == {**report_json(expected, "request body"), "about": about}
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("change", "issuer", "proven"),
    [("altered", None, False), ("unconfirmed", None, False), ("confirmed_by_domain", "northbridge.example", True)],
)
async def test_an_issuer_is_named_only_by_what_others_confirm(
    client: httpx.AsyncClient,
    verifier: FakeVerifier,
    made: ModuleType,
    change: str,
    issuer: str | None,
    proven: bool,  # noqa: FBT001
) -> None:
    verifier.change = getattr(made, change)

    about = (await client.post(URL, content=made.bundle_text(), headers=JSON)).json()["about"]

    assert (about["issuedBy"], about["proven"]) == (issuer, proven)


async def test_a_person_who_is_not_named_in_clear_is_null(client: httpx.AsyncClient, made: ModuleType) -> None:
    document = made.credential_document()
    document["credentialSubject"]["identifier"] = [
        {"type": "IdentityObject", "hashed": True, "identityHash": "sha256$a"}
    ]

    answer = await client.post(URL, content=made.bundle_text(document), headers=JSON)

    assert answer.json()["about"]["issuedTo"] is None


@pytest.mark.parametrize(
    ("change", "verdict", "reason"),
    [("revoked", "not-verified", "revoked"), ("unreachable", "undecided", "chain-unreachable")],
)
async def test_a_credential_that_fails_its_checks_is_still_a_200(
    client: httpx.AsyncClient, verifier: FakeVerifier, made: ModuleType, change: str, verdict: str, reason: str
) -> None:
    verifier.change = getattr(made, change)

    answer = await client.post(URL, content=made.bundle_text(), headers=JSON)

    assert (answer.status_code, answer.json()["verdict"], answer.json()["reason"]) == (200, verdict, reason)


@pytest.mark.parametrize("kind", MEDIA_TYPES)
async def test_every_named_media_type_is_taken(client: httpx.AsyncClient, bundle_text: str, kind: str) -> None:
    answer = await client.post(URL, content=bundle_text, headers={"Content-Type": f"{kind}; charset=utf-8"})

    assert answer.status_code == 200


@pytest.mark.parametrize("kind", ["application/zip", "multipart/form-data; boundary=x", ""])
async def test_other_media_types_are_a_415(client: httpx.AsyncClient, bundle_text: str, kind: str) -> None:
    answer = await client.post(URL, content=bundle_text, headers={"Content-Type": kind})

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")


async def test_a_compressed_body_is_a_415(client: httpx.AsyncClient, bundle_text: str) -> None:
    answer = await client.post(URL, content=bundle_text, headers={**JSON, "Content-Encoding": "gzip"})

    assert answer.status_code == 415


async def test_what_is_no_credential_is_a_problem_document_with_the_precise_sentence(client: httpx.AsyncClient) -> None:
    answer = await client.post(URL, content="hello", headers={"Content-Type": "text/plain"})

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not a credential",
        "status": 422,
        "detail": "This is not a credential: it is neither JSON nor a badge picture.",
        "code": "not-a-credential",
    }


async def test_another_systems_document_is_named_and_not_judged(
    client: httpx.AsyncClient, verifier: FakeVerifier
) -> None:
    blockcerts = {
        "@context": ["https://www.w3.org/2018/credentials/v1", "https://w3id.org/blockcerts/v3"],
        "type": ["VerifiableCredential", "BlockcertsCredential"],
        "proof": {"type": "MerkleProof2019"},
    }

    answer = await client.post(URL, json=blockcerts)

    assert answer.json()["code"] == "not-a-credential"
    assert "Blockcerts" in answer.json()["detail"]
    assert verifier.asked == []


async def test_an_announced_body_over_the_limit_is_refused_unread(
    client: httpx.AsyncClient, verifier: FakeVerifier
) -> None:
    read: list[bytes] = []

    async def body() -> AsyncIterator[bytes]:
        read.append(b"{}")
        yield b"{}"

    request = client.build_request("POST", URL, content=body(), headers=JSON)
    del request.headers["transfer-encoding"]
    request.headers["content-length"] = str(MAX_BYTES + 1)
    answer = await client.send(request)

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert read == []
    assert verifier.asked == []


@pytest.mark.parametrize("announced", [None, "10"])
async def test_a_body_over_the_limit_is_refused_whatever_its_length_header_says(
    client: httpx.AsyncClient, verifier: FakeVerifier, announced: str | None
) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 64 * MAX_BYTES:
            sent += 65_536
            yield b" " * 65_536

    request = client.build_request("POST", URL, content=endless(), headers=JSON)
    if announced is not None:
        del request.headers["transfer-encoding"]
        request.headers["content-length"] = announced
    answer = await client.send(request)

    assert answer.status_code == 413
    assert sent <= MAX_BYTES + 2 * 65_536
    assert verifier.asked == []


async def test_a_body_of_exactly_the_limit_is_read(client: httpx.AsyncClient, bundle_text: str) -> None:
    answer = await client.post(URL, content=bundle_text.ljust(MAX_BYTES), headers=JSON)

    assert answer.status_code == 200


@pytest.mark.parametrize("whom", ["ada@learners.example", "José Núñez", "a+b%c@learners.example"])
async def test_the_recipient_header_says_whom_it_should_belong_to(
    client: httpx.AsyncClient, verifier: FakeVerifier, bundle_text: str, whom: str
) -> None:
    answer = await client.post(URL, content=bundle_text, headers={**JSON, RECIPIENT_HEADER: quote(whom)})

    assert verifier.asked[0][1] == whom
    assert answer.json()["reason"] == "another-recipient"


@pytest.mark.parametrize("header", ["%ff%fe", "a" * 321])
async def test_an_unreadable_recipient_header_is_a_400(
    client: httpx.AsyncClient, bundle_text: str, header: str
) -> None:
    answer = await client.post(URL, content=bundle_text, headers={**JSON, RECIPIENT_HEADER: header})

    assert (answer.status_code, answer.json()["code"]) == (400, "bad-field")


async def test_a_lone_surrogate_in_a_document_does_not_break_the_answer(
    client: httpx.AsyncClient, made: ModuleType, verifier: FakeVerifier, document: dict[str, Any]
) -> None:
    verifier.change = lambda facts: made.wrong_network(made.replace(facts, chain=made.UnknownNetwork(("\ud800",))))

    answer = await client.post(URL, content=json.dumps(document), headers=JSON)

    assert answer.status_code == 200


class _Blocking:
    def __init__(self, inner: FakeVerifier) -> None:
        self.inner = inner
        self.may_go_on = threading.Event()

    def verify(self, data: bytes, expected: str | None = None) -> Judged:
        assert self.may_go_on.wait(20)
        return self.inner.verify(data, expected)


async def test_a_slow_check_blocks_nobody_and_too_many_are_told_to_come_back(
    made: ModuleType, bundle_text: str
) -> None:
    blocking = _Blocking(made.FakeVerifier())
    transport = httpx.ASGITransport(create_app(blocking, limits=Limits(at_once=1, waiting=1)))
    statuses: list[int] = []

    async def check(client: httpx.AsyncClient) -> None:
        statuses.append((await client.post(URL, content=bundle_text, headers=JSON)).status_code)

    async with httpx.AsyncClient(transport=transport, base_url="http://verifier.example") as client:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(check, client)
            tasks.start_soon(check, client)
            await anyio.wait_all_tasks_blocked()
            alive = await client.get("/healthz")
            refused = await client.post(URL, content=bundle_text, headers=JSON)
            blocking.may_go_on.set()
        after = await client.post(URL, content=bundle_text, headers=JSON)

    assert alive.json() == {"status": "ok"}
    assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (503, "busy", "5")
    assert statuses == [200, 200]
    assert after.status_code == 200


async def test_nobody_is_kept_waiting_too_long_and_the_place_is_free_when_the_work_ends(
    made: ModuleType, bundle_text: str
) -> None:
    blocking = _Blocking(made.FakeVerifier())
    app = create_app(blocking, limits=Limits(at_once=1, waiting=0, seconds=0.05))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://verifier.example") as client:
        given_up = await client.post(URL, content=bundle_text, headers=JSON)
        while_it_works = await client.post(URL, content=bundle_text, headers=JSON)
        blocking.may_go_on.set()
        for _ in range(2000):
            after = await client.post(URL, content=bundle_text, headers=JSON)
            if after.status_code == 200:
                break
            await anyio.sleep(0.01)

    assert (given_up.status_code, given_up.json()["code"]) == (503, "too-long")
    assert (while_it_works.status_code, while_it_works.json()["code"]) == (503, "busy")
    assert after.json()["verdict"] == "verified"


class _Failing:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def verify(self, data: bytes, expected: str | None = None) -> Judged:  # noqa: ARG002
        raise self.error


async def test_an_unforeseen_error_tells_nothing_of_the_inside() -> None:
    transport = httpx.ASGITransport(create_app(_Failing(RuntimeError("secret path"))), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://verifier.example") as client:
        answer = await client.post(URL, content="{}", headers=JSON)

    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.text
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


async def test_somebody_elses_silence_is_a_503_with_its_code() -> None:
    transport = httpx.ASGITransport(create_app(_Failing(ChainUnavailableError("No endpoint answered."))))
    async with httpx.AsyncClient(transport=transport, base_url="http://verifier.example") as client:
        answer = await client.post(URL, content="{}", headers=JSON)

    assert (answer.status_code, answer.json()["code"]) == (503, "chain-unavailable")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/v1/nothing", 404), ("GET", URL, 405)])
async def test_wrong_addresses_below_v1_are_problem_documents(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await client.request(method, path)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_the_description_names_every_media_type(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/openapi.json")

    operation = answer.json()["paths"][URL]["post"]
    assert set(operation["requestBody"]["content"]) == set(MEDIA_TYPES)
    assert {"200", "400", "408", "413", "415", "422", "503"} <= set(operation["responses"])
