"""Two addresses are open to other sites' scripts, without credentials; all others stay closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from verifier_web.app import Limits, create_app

if TYPE_CHECKING:
    from types import ModuleType

pytestmark = pytest.mark.anyio
API = "/v1/verifications"
ORIGIN = {"Origin": "https://careers.example"}


async def test_a_browser_that_asks_first_may_post_to_the_api(client: httpx.AsyncClient) -> None:
    answer = await client.options(API, headers={**ORIGIN, "Access-Control-Request-Method": "POST"})

    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "POST"
    assert "Credanchor-Recipient" in answer.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(("body", "status"), [("{}", 422), ("x" * (4 * 1024 * 1024 + 1), 413)])
async def test_refusals_can_be_read_by_other_sites_too(client: httpx.AsyncClient, body: str, status: int) -> None:
    answer = await client.post(API, content=body, headers={**ORIGIN, "Content-Type": "text/plain"})

    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, "*")


async def test_asking_first_costs_nothing_of_a_share_and_a_refusal_says_when_to_come_back(
    made: ModuleType, bundle_text: str
) -> None:
    app = create_app(made.FakeVerifier(), limits=Limits(per_minute=1))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://verifier.example") as client:
        for _ in range(5):
            assert (await client.options(API)).status_code == 204
        posted = [await client.post(API, content=bundle_text, headers={"Content-Type": "text/plain"}) for _ in "12"]

    assert [one.status_code for one in posted] == [200, 429]
    assert posted[1].headers["access-control-allow-origin"] == "*"
    assert posted[1].headers["access-control-expose-headers"] == "Retry-After"


async def test_the_camera_is_allowed_on_the_page_that_reads_qr_codes_alone(client: httpx.AsyncClient) -> None:
    policies = {path: (await client.get(path)).headers["permissions-policy"] for path in ("/", "/camera", "/healthz")}

    assert policies["/camera"].startswith("camera=(self),")
    assert policies["/"].startswith("camera=(),")
    assert policies["/healthz"].startswith("camera=(),")


@pytest.mark.parametrize("path", ["/", "/static/page.js", "/healthz", "/readyz", "/v1/openapi.json", f"{API}/batch"])
async def test_every_other_address_is_closed_to_other_sites(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path, headers=ORIGIN)

    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
