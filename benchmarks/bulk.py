"""Measure issuing and sealing whole rosters, each step as a process of its own, from nothing to a receipt.

Prints a line for each size: wall and processor seconds, peak memory, and the store beside its documents.
`python benchmarks/bulk.py [--sizes 1000 10000] [--workers N]`
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from registry.core.account import Address
from registry.credentials.keys import PublicKey
from registry.credentials.model import parse_achievement
from registry.identity.key_files import open_signing_key
from registry.records import AchievementRow, IssuerRow, SigningKeyRow
from registry.settings import load_settings, open_store

if TYPE_CHECKING:
    from collections.abc import Sequence

EXAMPLE = Path(__file__).parent.parent / "docs" / "example"
PASSPHRASE = "correct horse"  # noqa: S105  of a home that is thrown away
CREDANCHOR = str(Path(sys.executable).parent / "credanchor")
DID = "did:web:uni.example"
HEADER = "Badge Class ID,Identifier,First Name,Last Name,Narrative,Evidence URL,Issue Date,Expiration Date\n"
NARRATIVE = "Completed all four projects; the last one examined tide tables of harbour number"
SEAL = """
from datetime import UTC, datetime
from registry.services.receipts import receipt_of
from registry.services.seal import seal_open_batches
from registry.settings import load_settings, open_store
store = open_store(load_settings())
assert seal_open_batches(store, datetime.now(UTC))
with __import__("contextlib").closing(store.credentials()) as credentials:
    assert receipt_of(store, next(credentials))
"""


@dataclass(frozen=True, slots=True)
class Step:
    """What one process took."""

    wall: float
    """Seconds from start to end."""
    processor: float
    """Seconds of processor time, user and system, its workers included."""
    peak_mib: float
    """Largest resident memory of the process, without its workers, MiB."""

    def __str__(self) -> str:
        """Return the figures, short."""
        return f"{self.wall:7.2f} s wall {self.processor:7.2f} s cpu {self.peak_mib:5.0f} MiB"


def step(home: Path, *command: str) -> Step:
    """Run a command on a home and measure it."""
    environment = {**os.environ, "CREDANCHOR_HOME": str(home), "CREDANCHOR_PASSPHRASE": PASSPHRASE}
    began = time.perf_counter()
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603  our own commands
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - began
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"{command} failed")
    return Step(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def make_home(home: Path) -> None:
    """Make a home with one issuer and one achievement, without a chain."""
    step(home, CREDANCHOR, "init")
    os.environ["CREDANCHOR_HOME"] = str(home)
    settings = load_settings()
    store = open_store(settings)
    profile = {"id": DID, "type": ["Profile"], "name": "Northfield University", "url": "https://uni.example/"}
    issuer = store.add_issuer(IssuerRow("uni", DID, Address("0x" + "1" * 40), profile))
    key = PublicKey.of(open_signing_key(settings.keys() / "signing.pem", PASSPHRASE))
    store.add_signing_key(SigningKeyRow(issuer.id, key.multibase, "signing.pem", datetime.now(UTC)))
    document = parse_achievement(json.loads((EXAMPLE / "data-foundations.json").read_text("utf-8")))
    document["id"] = "https://uni.example/achievements/data-foundations"
    store.put_achievement(AchievementRow(issuer.id, "data-foundations", document))


def write_roster(path: Path, rows: int) -> None:
    """Write a roster of this many different rows, of four shapes."""
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for at in range(rows):
            narrative = f"{NARRATIVE} {at}" if at % 2 else ""
            end = "2031-06-30" if at % 4 > 1 else ""
            name = f"s{at}@learners.example,José,Núñez the {at}th"
            file.write(f"data-foundations,{name},{narrative},https://portfolio.example/{at},2026-06-30,{end}\n")


def documents_bytes(home: Path) -> tuple[int, int]:
    """Return how many bytes a home's documents have, and how many its database."""
    os.environ["CREDANCHOR_HOME"] = str(home)
    store = open_store(load_settings())
    with store.engine.connect() as connection:
        (total,) = connection.exec_driver_sql("SELECT sum(length(entry)) FROM credential").one()
    store.engine.dispose()
    return int(total), sum(file.stat().st_size for file in home.glob("*.db*"))


def measure(size: int, options: Sequence[str]) -> None:
    """Issue and seal one roster, and print what it took."""
    with tempfile.TemporaryDirectory() as folder:
        home, roster = Path(folder) / "home", Path(folder) / "roster.csv"
        make_home(home)
        write_roster(roster, size)
        issued = step(home, CREDANCHOR, "issue", str(roster), *options)
        sealed = step(home, sys.executable, "-c", SEAL)
        documents, stored = documents_bytes(home)
    wall = issued.wall + sealed.wall
    sys.stdout.write(
        f"{size:9,} issue {issued}   seal {sealed}   {wall / size * 1000:.3f} ms each   "
        f"{documents / size:,.0f} B a document, store {stored / documents:.2f} times\n"
    )
    sys.stdout.flush()


def main() -> None:
    """Measure each size in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--workers", help="as of `credanchor issue`")
    given = parser.parse_args()
    for size in given.sizes:
        measure(size, ["--workers", given.workers] if given.workers else [])


if __name__ == "__main__":
    main()
