"""`POST /credentials/verify` of the VC-API on the public verifier: the answers of an issuer's registry, for anybody."""

from __future__ import annotations

import sys
from typing import Any

import httpx
import pytest

from verifier_web.app import Limits, create_app
from verifier_web.metrics import Metrics
from verifier_web.vc_api import MAX_BYTES

worlds = sys.modules["services_world"]  # loaded by conftest.py
pytestmark = pytest.mark.anyio
URL = "/credentials/verify"
LIST = "https://uni.example/status/0"


@pytest.fixture
def world() -> Any:
    world = worlds.World()
    world.web.name_account(world.issuer)
    return world


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def client(world: Any, metrics: Metrics) -> httpx.AsyncClient:
    app = create_app(world.verifier, metrics=metrics)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://verifier.example")


def anchored(world: Any, credential: Any) -> Any:
    receipts = world.chain.anchor([credential], world.issuer)
    world.web.registries["https://uni.example/receipts", worlds.id_of(credential)] = receipts
    return credential


@pytest.mark.parametrize("make", [worlds.badge, worlds.jwt])
async def test_a_bare_credential_is_verified_by_the_receipt_of_its_issuers_registry(
    client: httpx.AsyncClient, world: Any, make: Any
) -> None:
    answer = await client.post(URL, json={"verifiableCredential": anchored(world, make(world.issuer))})

    assert (answer.status_code, answer.json()["verified"]) == (200, True), answer.json()
    assert answer.json()["report"]["verdict"] == "verified"
    assert answer.json()["problemDetails"] == []
    assert answer.headers["cache-control"] == "no-store"


async def test_what_is_altered_is_a_400_with_each_finding(client: httpx.AsyncClient, world: Any) -> None:
    altered = {**anchored(world, worlds.badge(world.issuer)), "name": "Doctor"}

    answer = await client.post(URL, json={"verifiableCredential": altered})

    assert (answer.status_code, answer.json()["verified"]) == (400, False)
    assert "altered" in {one["title"] for one in answer.json()["problemDetails"]}
    assert answer.json()["errors"]


async def test_a_chain_that_does_not_answer_verifies_nothing_and_refutes_nothing(
    client: httpx.AsyncClient, world: Any
) -> None:
    credential = anchored(world, worlds.badge(world.issuer))
    world.chain.down = True

    answer = await client.post(URL, json={"verifiableCredential": credential})

    assert (answer.status_code, answer.json()["report"]["verdict"]) == (400, "undecided")


async def test_chosen_checks_ask_no_chain(client: httpx.AsyncClient, world: Any) -> None:
    world.web.documents[LIST] = worlds.status_list(world.issuer, LIST, [7])
    listed = worlds.badge(world.issuer, status_url=LIST)

    proof = await client.post(URL, json={"verifiableCredential": listed, "options": {"checks": ["proof"]}})
    checks = ["proof", "credentialStatus"]
    status = await client.post(URL, json={"verifiableCredential": listed, "options": {"checks": checks}})

    assert (proof.status_code, proof.json()["checks"], "report" in proof.json()) == (200, ["proof"], False)
    assert (status.status_code, status.json()["problemDetails"][0]["title"]) == (400, "revoked")
    assert world.chain.asked == 0


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"[]", "must be a JSON object"),
        (b"{", "not JSON"),
        (b'{"a":1,"a":2}', "twice"),
        (b"{}", "verifiableCredential must be"),
        (b'{"verifiableCredential": 7}', "verifiableCredential must be"),
        (b'{"verifiableCredential": "https://uni.example/c/abc"}', "compact JWS"),
        (b'{"verifiableCredential": {"type": "Person"}}', "VerifiableCredential"),
        (b'{"verifiableCredential": {}, "options": 7}', "VerifiableCredential"),
    ],
)
async def test_what_holds_no_credential_is_a_400_that_says_why(
    client: httpx.AsyncClient, world: Any, body: bytes, words: str
) -> None:
    answer = await client.post(URL, content=body, headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()["verified"]) == (400, False)
    assert words in answer.json()["errors"][0]
    assert world.web.asked == []


@pytest.mark.parametrize(
    ("body", "kind", "status"), [(b"{}", "text/plain", 415), (b" " * (MAX_BYTES + 1), "application/json", 413)]
)
async def test_what_is_refused_unread_is_a_problem_document(
    client: httpx.AsyncClient, body: bytes, kind: str, status: int
) -> None:
    answer = await client.post(URL, content=body, headers={"Content-Type": kind})

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_it_counts_towards_a_clients_share_and_in_the_metrics(world: Any, metrics: Metrics) -> None:
    app = create_app(world.verifier, metrics=metrics, limits=Limits(per_minute=1))
    body = {"verifiableCredential": anchored(world, worlds.badge(world.issuer))}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://verifier.example") as client:
        statuses = [(await client.post(URL, json=body)).status_code for _ in range(2)]

    assert statuses == [200, 429]
    assert metrics.registry.get_sample_value("credanchor_verifier_verifications_total", {"verdict": "verified"}) == 1


async def test_issuing_and_revoking_are_not_there(client: httpx.AsyncClient) -> None:
    for path in ("issue", "status"):
        answer = await client.post(f"/credentials/{path}", json={})
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
