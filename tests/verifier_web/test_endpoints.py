"""The API keeps answering, and answering truly, while one of a network's endpoints lies, lags, hangs or is gone."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from registry.chain.reader import RpcChainReader
from registry.identity.directory import WebDirectory
from registry.services.verify import Verifier
from registry.system import SystemClock
from verifier_web import readiness
from verifier_web.app import create_app
from verifier_web.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

TESTS = Path(__file__).parents[1]
JSON = {"Content-Type": "application/json"}
pytestmark = [pytest.mark.chain, pytest.mark.anyio]


def _loaded(name: str, path: Path) -> ModuleType:
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


_loaded("tests_faults_replacements", TESTS / "faults" / "replacements.py")
proxies = _loaded("tests_faults_proxy", TESTS / "faults" / "proxy.py")


def lies(proxy: Any) -> None:
    proxy.forge("eth_call", lambda _params, result: "0x" + "00" * (len(result) // 2 - 1), times=None)


def lags(proxy: Any) -> None:
    proxy.stale_blocks = 15


def hangs(proxy: Any) -> None:
    proxy.hang("*", times=None)


def is_gone(proxy: Any) -> None:
    proxy.stop_listening()


@pytest.fixture
def site(anchored: Any, devnet: Any) -> Iterator[Callable[..., Any]]:
    """Give what builds the application over three endpoints of the real chain, each with a fault or None."""
    made: list[Any] = []

    def build(*faults: Callable[[Any], None] | None) -> Any:
        ports = [proxies.Proxy(devnet.rpc) for _ in faults]
        made.extend(ports)
        network = replace(anchored.network, rpc_urls=tuple(one.url for one in ports))
        reader = RpcChainReader(network)
        made.append(reader)
        metrics = Metrics([reader])
        verifier = Verifier((reader,), WebDirectory(allow_loopback=True), SystemClock())
        app = create_app(verifier, networks={"local": network}, watched=[reader], metrics=metrics)
        for fault, port in zip(faults, ports, strict=True):
            if fault is not None:
                fault(port)
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://verifier.example")
        return client, metrics, ports

    yield build
    for one in reversed(made):
        one.close()


def samples(metrics: Metrics) -> dict[tuple[str, ...], float]:
    found = {}
    for family in text_string_to_metric_families(generate_latest(metrics.registry).decode()):
        for one in family.samples:
            found[one.name.removeprefix("credanchor_verifier_"), *one.labels.values()] = one.value
    return found


@pytest.mark.parametrize("place", [0, 2])
@pytest.mark.parametrize("fault", [lies, lags, hangs, is_gone])
async def test_one_bad_endpoint_of_three_changes_no_verdict(
    site: Callable[..., Any], anchored: Any, fault: Callable[[Any], None], place: int
) -> None:
    faults: list[Any] = [None, None]
    faults.insert(place, fault)
    client, metrics, _ = site(*faults)

    report = (await client.post("/v1/verifications", content=anchored.text, headers=JSON)).json()
    ready = await client.get("/readyz")

    assert (report["verdict"], report["network"]) == ("verified", "local"), report
    assert ready.status_code == 200
    counted = samples(metrics)
    assert counted["verifications_total", "verified"] == 1
    assert counted["check_seconds_count", "single"] == 1
    assert counted["network_answered_seconds", "local"] >= 0


async def test_without_a_quorum_nothing_is_called_invalid_and_the_server_says_that_it_is_not_ready(
    site: Callable[..., Any], anchored: Any
) -> None:
    client, metrics, _ = site(is_gone, is_gone, None)

    report = (await client.post("/v1/verifications", content=anchored.text, headers=JSON)).json()
    ready, alive = await client.get("/readyz"), await client.get("/healthz")

    assert (report["verdict"], report["reason"]) == ("undecided", "chain-unreachable")
    assert (ready.status_code, ready.json()["code"]) == (503, "not-ready")
    assert ready.headers["content-type"] == "application/problem+json"
    assert alive.status_code == 200
    failures = {key: count for key, count in samples(metrics).items() if key[0] == "endpoint_failures_total"}
    assert sum(failures.values()) >= 2


async def test_strangers_are_asked_only_if_no_check_asked_them_lately(site: Callable[..., Any], anchored: Any) -> None:
    client, _, ports = site(None)
    first = await client.get("/readyz")
    asked = len(ports[0].calls)

    again = await client.get("/readyz")
    await client.post("/v1/verifications", content=anchored.text, headers=JSON)
    checked = len(ports[0].calls)
    last = await client.get("/readyz")

    assert [one.status_code for one in (first, again, last)] == [200, 200, 200]
    assert asked == 3  # chain id and the two newest blocks
    assert checked > asked
    assert len(ports[0].calls) == checked
    assert last.json()["answeredSecondsAgo"]["local"] >= 0


async def test_a_network_that_did_not_answer_is_left_alone_for_a_while(
    site: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, _, (port,) = site(lambda one: one.status("*", 500, times=None))

    statuses = [(await client.get("/readyz")).status_code for _ in range(3)]
    asked = len(port.calls)
    monkeypatch.setattr(readiness, "LATELY_SECONDS", 0)
    await client.get("/readyz")

    assert statuses == [503, 503, 503]
    assert asked == 1  # the proxy breaks the whole batch at its first call
    assert len(port.calls) == 2
