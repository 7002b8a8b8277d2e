"""The verifier's API under load: 50 clients, each with its next credential as soon as the last is answered.

`python -m benchmarks.load [--clients N]`; figures go to load.json, the table into docs/verifier.md.
Server, clients and the local chain share this machine's cores.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from benchmarks.contest import ROOT
from benchmarks.homes import credanchor
from benchmarks.machine import is_busy, load, this_machine
from benchmarks.stage import Sizes, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

FIGURES, DOCUMENT = Path(__file__).parent / "load.json", ROOT / "docs" / "verifier.md"
BEGIN, END = "<!-- table: python -m benchmarks.load -->\n", "<!-- end of table -->\n"
CLIENTS = 50
WARM = 200
"""Credentials that are asked for again and again."""
ROUNDS = 20
"""How often each of them is."""
PATIENCE_SECONDS = 120.0
PERCENTILES = (50, 95, 99)
_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the clients of one run saw."""

    name: str
    """What was known to the server beforehand."""
    requests: int
    """Requests that were answered."""
    seconds: float
    """From the first to the last."""
    percentiles_ms: dict[int, float]
    """Milliseconds from asking to the whole answer, by percentile."""
    answers: dict[str, int]
    """How many answers had each status and verdict."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What a browser fetches for a page the first time, uncompressed."""

    page: str
    """Which page."""
    files: int
    """Files, the page itself among them."""
    total_bytes: int
    """Bytes of all of them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Start a verifier on a local chain, put it under load with cold and with warm caches, and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=CLIENTS, help="clients at a time")
    clients = parser.parse_args(arguments).clients
    machine, before = this_machine(), load()
    if is_busy(before, machine.cores):
        sys.stdout.write("WARNING: other work keeps this machine busy; these figures mislead.\n")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as ending:
        stage = Stage(Path(folder), Sizes(), ending)
        bundles = [file.read_bytes() for file in sorted((stage.anchored / "bundles").iterdir())]
        with serving(stage.anchored) as url:
            cold = asyncio.run(loaded("cold: each credential for the first time", url, bundles, clients))
            again = bundles[:WARM] * ROUNDS
            warm = asyncio.run(loaded("warm: credentials asked for before", url, again, clients))
            weights = [weight(url, "start", None), weight(url, "verdict", bundles[0])]
    head = {"made_at": datetime.now(UTC).isoformat(timespec="seconds"), **asdict(machine), "load_before": before}
    found = {
        **head,
        "clients": clients,
        "runs": [asdict(cold), asdict(warm)],
        "pages": [asdict(one) for one in weights],
    }
    FIGURES.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    write_table()
    sys.stdout.write(table(json.loads(FIGURES.read_text("utf-8"))))
    return 0


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """Give the URL of a verifier with this home's networks, without a limit for one client."""
    port = _free_port()
    command = credanchor(home, "verifier", "--port", str(port), "--per-minute", "0")
    process = subprocess.Popen(command.words, env=command.full_environment(), stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(f"{url}/healthz")
        yield url
    finally:
        process.terminate()
        process.wait()


async def loaded(name: str, url: str, bundles: Sequence[bytes], clients: int) -> Loaded:
    """Have each client ask for one bundle after the other, and return what they saw."""
    rest = iter(bundles)
    taken: list[float] = []
    answers: Counter[str] = Counter()

    async def ask_on(client: httpx.AsyncClient) -> None:
        for bundle in rest:
            begun = time.perf_counter()
            answer = await client.post(
                "/v1/verifications", content=bundle, headers={"Content-Type": "application/json"}
            )
            taken.append(time.perf_counter() - begun)
            answers[f"{answer.status_code} {answer.json().get('verdict', '')}".strip()] += 1

    limits = httpx.Limits(max_connections=clients, keepalive_expiry=2.0)  # the server closes idle ones after 5 seconds
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS, limits=limits) as client:
        begun = time.perf_counter()
        await asyncio.gather(*(ask_on(client) for _ in range(clients)))
        seconds = time.perf_counter() - begun
    return Loaded(name, len(taken), seconds, percentiles(taken), dict(answers))


def percentiles(seconds: Iterable[float]) -> dict[int, float]:
    """Return milliseconds by percentile: the least that so many in a hundred did not exceed."""
    ordered = sorted(seconds)
    return {share: 1000 * ordered[-(-len(ordered) * share // 100) - 1] for share in PERCENTILES}


def weight(url: str, page: str, bundle: bytes | None) -> Weight:
    """Return what a page and the files that it names weigh; `bundle` is handed in for a verdict."""
    with httpx.Client(base_url=url, timeout=PATIENCE_SECONDS) as client:
        answer = client.get("/") if bundle is None else client.post("/", files={"file": ("bundle.json", bundle)})
        text = answer.raise_for_status().text
        named = {part.partition('"')[0] for part in text.split('"/static/')[1:]}
        files = [client.get(f"/static/{name}").raise_for_status().content for name in sorted(named)]
    return Weight(page, 1 + len(files), sum(map(len, (answer.content, *files))))


def table(found: dict[str, Any]) -> str:
    """Return the figures as Markdown."""
    runs, pages = found["runs"], found["pages"]
    lines = [
        f"| {found['clients']} clients | requests a second | p50 | p95 | p99 | answers |",
        "| --- | --- | --- | --- | --- | --- |",
        *(_row(run) for run in runs),
        "",
        "| page | files | bytes, uncompressed |",
        "| --- | --- | --- |",
        *(f"| {one['page']} | {one['files']} | {one['total_bytes']:,} |" for one in pages),
    ]
    return "\n".join((*lines, ""))


def write_table() -> None:
    """Write the table of load.json into the document."""
    before, _, rest = DOCUMENT.read_text("utf-8").partition(BEGIN)
    text = table(json.loads(FIGURES.read_text("utf-8")))
    DOCUMENT.write_text(before + BEGIN + text + END + rest.partition(END)[2], "utf-8")


def _row(run: dict[str, Any]) -> str:
    times = [f"{value:,.0f} ms" for value in run["percentiles_ms"].values()]
    rate = run["requests"] / run["seconds"]
    answers = ", ".join(f"{count:,} {answer}" for answer, count in run["answers"].items())
    return f"| {' | '.join((str(run['name']), f'{rate:,.0f}', *times, answers))} |"


def _wait_for(url: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    for _ in itertools.takewhile(lambda _: time.monotonic() < until, itertools.count()):
        try:
            httpx.get(url).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"no verifier answers at {url}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
