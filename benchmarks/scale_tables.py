"""What credentials cost at 10^3, 10^6 and 10^9: the tables of docs/scale.md and its picture, written by this file.

`python -m benchmarks.scale_tables`; the figures are those of scale.json, which `make bench-scale` writes.
"""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.contest import ROOT
from benchmarks.scale_picture import Panel, picture
from registry.core.batch import MAX_LEAVES

if TYPE_CHECKING:
    from collections.abc import Sequence

DOCUMENT, PICTURE = ROOT / "docs" / "scale.md", ROOT / "docs" / "scale.svg"
FIGURES = Path(__file__).parent / "scale.json"
BEGIN, END = "<!-- tables: python -m benchmarks.scale_tables -->\n", "<!-- end of tables -->\n"
SIZES = (10**3, 10**6, 10**9)
ANCHOR_GAS, ANCHOR_MANY_GAS = 49_673, 28_948
"""One root alone, and each of ten roots of one issuer in one transaction; tests/contracts/Gas.t.sol holds both."""
GWEI, DOLLARS = 1.0, 3000.0
"""An assumed price of gas, in gwei, and of an ether, in US dollars."""
LINEAR_FROM = 10_000
"""Size from which each further credential is expected to cost the same."""


@dataclass(frozen=True, slots=True)
class Point:
    """What one roster took from nothing to a sealed batch."""

    size: int
    """Credentials."""
    wall: float
    """Seconds on the clock."""
    cpu: float
    """Seconds of processor time, of all processes."""
    peak_mib: float
    """Largest resident memory of any one process, MiB."""
    document_bytes: int
    """Bytes of all documents."""
    store_bytes: int
    """Bytes of the database."""


def points_of(text: str) -> list[Point]:
    """Return the points of a scale.json, smallest first."""
    return sorted((Point(**one) for one in json.loads(text)["points"]), key=lambda one: one.size)


def panels(points: Sequence[Point]) -> list[Panel]:
    """Return what the picture shows."""
    return [
        Panel("processor time, ms a credential", [(one.size, 1000 * one.cpu / one.size) for one in points]),
        Panel("on the clock, ms a credential", [(one.size, 1000 * one.wall / one.size) for one in points]),
        Panel("peak memory of a process, MiB", [(one.size, one.peak_mib) for one in points]),
        Panel("store, bytes for each byte of a document", [(one.size, _store(one)) for one in points]),
    ]


def slope(points: Sequence[Point]) -> float | None:
    """Return the processor time of each further credential at the largest sizes, as a multiple of that from 10^4 on.

    What starting up takes drops out of it. None if fewer than three sizes from 10^4 on are there.
    """
    linear = [one for one in points if one.size >= LINEAR_FROM]
    further = [(after.cpu - one.cpu) / (after.size - one.size) for one, after in itertools.pairwise(linear)]
    return further[-1] / further[0] if len(further) > 1 else None


def table(points: Sequence[Point]) -> str:
    """Return the table as Markdown: for each size what one credential costs, and whether that was measured."""
    columns = [_column(points, size) for size in SIZES]
    rows = [f"| {' | '.join(cells)} |" for cells in zip(_NAMES, *columns, strict=True)]
    return "\n".join([rows[0], "|" + " --- |" * (len(SIZES) + 1), *rows[1:], ""])


_NAMES = (
    "",
    "document, bytes",
    "store, bytes",
    "processor, ms",
    "processor, all of them",
    "peak memory of a process, MiB",
    "batches",
    "digests in a proof",
    "gas",
    f"money at {GWEI:g} gwei and {DOLLARS:,.0f} USD an ether",
)


def _column(points: Sequence[Point], size: int) -> list[str]:
    exact = next((one for one in points if one.size == size), None)
    point, how = exact or points[-1], "measured" if exact else f"derived from {points[-1].size:,}"
    batches = math.ceil(size / MAX_LEAVES)
    gas = (ANCHOR_GAS if batches == 1 else batches * ANCHOR_MANY_GAS) / size
    seconds = point.cpu / point.size * size
    return [
        f"{size:,}",
        f"{point.document_bytes / point.size:,.0f}, {how}",
        f"{point.store_bytes / point.size:,.0f}, {how}",
        f"{1000 * point.cpu / point.size:.3g}, {how}",
        f"{_duration(seconds)}, {how}",
        f"{point.peak_mib:.0f}, {how}",
        f"{batches:,}, derived",
        f"at most {math.ceil(math.log2(min(size, MAX_LEAVES)))}, derived",
        f"{gas:.3g}, derived",
        f"{gas * GWEI * 1e-9 * DOLLARS:.2g} USD, derived",
    ]


def _store(point: Point) -> float:
    return point.store_bytes / point.document_bytes


def _duration(seconds: float) -> str:
    if seconds < 3600:  # noqa: PLR2004  an hour
        return f"{seconds:,.3g} s"
    return f"{seconds / 3600:,.3g} h of one core"


def main() -> None:
    """Write the table into the document, and the picture beside it."""
    points = points_of(FIGURES.read_text("utf-8"))
    before, _, rest = DOCUMENT.read_text("utf-8").partition(BEGIN)
    DOCUMENT.write_text(before + BEGIN + table(points) + END + rest.partition(END)[2], "utf-8")
    PICTURE.write_text(picture(panels(points)), "utf-8")


if __name__ == "__main__":
    main()
