"""What a verifier counts: verdicts, refusals by code, times; served beside it and not by it; nothing of a person."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import pytest
from prometheus_client import generate_latest

from verifier_web.app import Limits, create_app
from verifier_web.metrics import Metrics

if TYPE_CHECKING:
    from types import ModuleType

pytestmark = pytest.mark.anyio
URL = "/v1/verifications"


def scraped(metrics: Metrics) -> str:
    return generate_latest(metrics.registry).decode()


async def test_verdicts_and_refusals_are_counted_by_their_codes(made: ModuleType, bundle_text: str) -> None:
    metrics, verifier = Metrics(), made.FakeVerifier()
    app = create_app(verifier, metrics=metrics, limits=Limits(per_minute=6))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://verifier.example") as client:
        await client.post("/", files={"text": (None, bundle_text)})
        await client.post(URL, content="hello", headers={"Content-Type": "text/plain"})
        await client.post(URL, content="hello", headers={"Content-Type": "application/zip"})
        line = json.dumps(json.loads(bundle_text))
        await client.post(
            f"{URL}/batch", content=f"{line}\n{line}\nno", headers={"Content-Type": "application/x-ndjson"}
        )
        verifier.change = made.revoked
        await client.post(URL, content=bundle_text, headers={"Content-Type": "application/json"})
        await client.post("/", files=[("file", ("a", bundle_text.encode())), ("file", ("b", b"{"))])
        await client.post("/", files={"text": (None, bundle_text)})

    told = scraped(metrics)
    assert 'verifications_total{verdict="verified"} 3.0' in told
    assert 'verifications_total{verdict="not-verified"} 2.0' in told
    assert 'refused_total{code="credential-format"} 2.0' in told
    assert 'refused_total{code="not-canonical"} 1.0' in told
    assert 'refused_total{code="unsupported-media-type"} 1.0' in told
    assert 'refused_total{code="too-many-requests"} 1.0' in told
    assert 'check_seconds_count{kind="single"} 3.0' in told
    assert 'check_seconds_count{kind="several"} 2.0' in told


async def test_no_metric_names_a_person_or_a_credential(made: ModuleType, bundle_text: str) -> None:
    metrics = Metrics()
    app = create_app(made.FakeVerifier(), metrics=metrics)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://verifier.example") as client:
        await client.post("/", files={"text": (None, bundle_text), "recipient": (None, "ada@learners.example")})
        public = await client.get("/metrics")

    assert public.status_code == 404
    assert not [word for word in ("Ada", "ada@", "urn:", "did:", "0x", "northbridge") if word in scraped(metrics)]
