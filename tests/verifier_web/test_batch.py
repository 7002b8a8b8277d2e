"""POST /v1/verifications/batch: a line each in and out, in order, and one bad line spoils no other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from verifier_web import batch
from verifier_web.app import Limits, create_app

if TYPE_CHECKING:
    from types import ModuleType

    from tests.verifier_web.made import FakeVerifier

pytestmark = pytest.mark.anyio

URL = "/v1/verifications/batch"
NDJSON = {"Content-Type": "application/x-ndjson"}


def read(answer: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_each_line_gets_the_report_it_would_get_alone(client: httpx.AsyncClient, bundle_text: str) -> None:
    line = json.dumps(json.loads(bundle_text))
    alone = (await client.post("/v1/verifications", content=line, headers={"Content-Type": "application/json"})).json()

    answer = await client.post(URL, content=f"{line}\n\nno credential\n{line}", headers=NDJSON)

    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert answer.headers["cache-control"] == "no-store"
    first, second, third = read(answer)
    assert {**first, "input": alone["input"]} == {**third, "input": alone["input"]} == alone
    assert [one["input"] for one in (first, second, third)] == ["line 1", "line 3", "line 4"]
    assert (second["verdict"], second["checks"]) == ("not-a-credential", [])
    assert "neither JSON nor a badge" in second["summary"]


async def test_nothing_in_gives_nothing_out(client: httpx.AsyncClient) -> None:
    answer = await client.post(URL, content=b"\n  \n", headers=NDJSON)

    assert (answer.status_code, answer.text) == (200, "")


async def test_lines_are_judged_some_at_a_time_in_one_run(
    client: httpx.AsyncClient, verifier: FakeVerifier, bundle_text: str
) -> None:
    runs = []
    many = verifier.many
    verifier.many = lambda: runs.append(1) or many()  # type: ignore[method-assign]
    line = json.dumps(json.loads(bundle_text))

    answer = await client.post(URL, content="\n".join([line] * (batch.TOGETHER + 3)), headers=NDJSON)

    assert [one["verdict"] for one in read(answer)] == ["verified"] * (batch.TOGETHER + 3)
    assert runs == [1]


@pytest.mark.parametrize("kind", ["application/json", "text/plain", ""])
async def test_other_media_types_are_a_415(client: httpx.AsyncClient, kind: str) -> None:
    answer = await client.post(URL, content=b"{}", headers={"Content-Type": kind})

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")


async def test_too_many_lines_or_bytes_are_a_413_before_any_is_judged(
    client: httpx.AsyncClient, verifier: FakeVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "MAX_LINES", 2)
    for content in (b"{}\n" * 3, b"{}\n\n\n", b" " * (batch.MAX_BYTES + 1)):
        answer = await client.post(URL, content=content, headers=NDJSON)
        assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert verifier.asked == []


async def test_a_server_without_a_free_place_leaves_lines_undecided(made: ModuleType, bundle_text: str) -> None:
    app = create_app(made.FakeVerifier(), limits=Limits(at_once=1, waiting=-1))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://verifier.example") as client:
        line = json.dumps(json.loads(bundle_text))

        (report,) = read(await client.post(URL, content=line, headers=NDJSON))

    assert (report["verdict"], report["reason"]) == ("undecided", "busy")


async def test_lines_that_were_not_judged_when_the_time_is_over_are_undecided(
    client: httpx.AsyncClient, verifier: FakeVerifier, bundle_text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "SECONDS", -1)

    (report,) = read(await client.post(URL, content=json.dumps(json.loads(bundle_text)), headers=NDJSON))

    assert (report["verdict"], report["reason"]) == ("undecided", "too-long")
    assert verifier.asked == []
