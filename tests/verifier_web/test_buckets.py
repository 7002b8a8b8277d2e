"""One client's share: a burst, then so much a minute; bounded in memory, and nobody else's is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from verifier_web import buckets as module
from verifier_web.app import Limits, create_app
from verifier_web.buckets import Buckets, client_of
from verifier_web.errors import TooManyRequestsError

if TYPE_CHECKING:
    from types import ModuleType


class Time:
    """A clock that is set by hand."""

    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def taken(buckets: Buckets, address: str, most: int = 1000) -> int:
    """Return how many tokens a client gets at this moment."""
    for count in range(most):
        try:
            buckets.take(address)
        except TooManyRequestsError:
            return count
    return most


def test_a_client_gets_a_minutes_worth_at_once_and_then_its_rate() -> None:
    now = Time()
    buckets = Buckets(30, now)

    burst = taken(buckets, "192.0.2.1")
    now.seconds += 10
    later = taken(buckets, "192.0.2.1")
    now.seconds += 3600
    rested = taken(buckets, "192.0.2.1")

    assert (burst, later, rested) == (30, 5, 30)


def test_the_wait_that_is_told_is_enough_and_not_a_second_more_than_needed() -> None:
    now = Time()
    buckets = Buckets(10, now)
    taken(buckets, "192.0.2.1")

    with pytest.raises(TooManyRequestsError, match="come back in 6 seconds") as caught:
        buckets.take("192.0.2.1")
    now.seconds += caught.value.retry_after_seconds

    assert caught.value.retry_after_seconds == 6
    assert taken(buckets, "192.0.2.1") == 1


def test_one_clients_requests_cost_no_other_client() -> None:
    buckets = Buckets(5, Time())
    taken(buckets, "192.0.2.1")

    assert taken(buckets, "192.0.2.2") == 5


def test_no_more_clients_are_remembered_than_said_and_the_busiest_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CLIENTS", 100)
    buckets = Buckets(1, Time())
    buckets.take("192.0.2.1")
    for number in range(1000):
        buckets.take(f"198.51.{number // 250}.{number % 250}")
        assert taken(buckets, "192.0.2.1") == 0

    assert len(buckets._buckets) == 100


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("testclient", "testclient", True),
    ],
)
def test_a_client_is_an_address_or_a_subscribers_network(one: str, other: str, same: bool) -> None:  # noqa: FBT001
    assert (client_of(one) == client_of(other)) is same


@pytest.mark.anyio
async def test_too_many_requests_are_a_429_on_page_and_api_and_reading_costs_nothing(
    made: ModuleType, bundle_text: str
) -> None:
    app = create_app(made.FakeVerifier(), limits=Limits(per_minute=2))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://verifier.example") as client:
        for path in ("/", "/healthz", "/static/page.css", "/v1/openapi.json") * 5:
            assert (await client.get(path)).status_code == 200
        json = {"Content-Type": "application/json"}
        first = [await client.post("/v1/verifications", content=bundle_text, headers=json) for _ in range(2)]
        api = await client.post("/v1/verifications", content=bundle_text, headers=json)
        batch = await client.post("/v1/verifications/batch", content=b"{}")
        page = await client.post("/", files={"text": (None, bundle_text)})

    assert [one.status_code for one in first] == [200, 200]
    assert [api.status_code, batch.status_code, page.status_code] == [429, 429, 429]
    assert api.headers["content-type"] == "application/problem+json"
    assert (api.json()["code"], api.json()["title"]) == ("too-many-requests", "Too many requests")
    assert int(api.headers["retry-after"]) >= 1
    assert "come back in" in page.text


@pytest.mark.anyio
async def test_no_limit_takes_any_number(made: ModuleType, bundle_text: str) -> None:
    app = create_app(made.FakeVerifier(), limits=Limits(per_minute=0))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://verifier.example") as client:
        answers = [await client.post("/", files={"text": (None, bundle_text)}) for _ in range(200)]

    assert {one.status_code for one in answers} == {200}
