"""Issue and seal rosters of 10^3 to 10^6 rows, a process for each, and draw what one credential costs.

Sizes go up and down again, and both goes at a size count alike: a machine that grows slower or faster meanwhile, as a
shared one does, then looks the same at both ends.

`python -m benchmarks.scale [--most N]`; figures go to scale.json, the table and the picture into docs/.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import scale_tables
from benchmarks.contest import measured
from benchmarks.homes import issue_and_seal, stored_bytes
from benchmarks.machine import is_busy, load, this_machine
from benchmarks.scale_tables import Point, slope
from benchmarks.stage import Sizes, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

POWERS = (10**3, 10**4, 10**5, 10**6)
TOLERANCE = 0.1
"""How far the cost of each further credential may move from 10^4 to the largest size, as a share."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure each size, write figures, table and picture, and say whether the cost of one stayed what it was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--most", type=int, default=POWERS[-1], help="largest size; powers of ten up to it are measured"
    )
    most = parser.parse_args(arguments).most
    sizes = [one for one in POWERS if one <= most] or [most]
    machine, before = this_machine(), load()
    if is_busy(before, machine.cores):
        _say("WARNING: other work keeps this machine busy; seconds on the clock mislead.")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as ending:
        goes = [
            measure(Stage(Path(folder) / str(at), Sizes(), ending), one) for at, one in enumerate(up_and_down(sizes))
        ]
    points = [mean([go for go in goes if go.size == one]) for one in sizes]
    head = {"made_at": datetime.now(UTC).isoformat(timespec="seconds"), **asdict(machine), "load_before": before}
    found = {**head, "load_after": load(), "points": [asdict(one) for one in points]}
    scale_tables.FIGURES.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    scale_tables.main()
    _say(verdict(points))
    return 0


def measure(stage: Stage, size: int) -> Point:
    """Issue and seal this many credentials and return what that took."""
    stage.folder.mkdir(parents=True)
    home = stage.copy(stage.folder / "home")
    taken = measured(issue_and_seal(home, stage.roster(size)))
    point = Point(size, taken["wall"], taken["cpu"], taken["peak_mib"], *stored_bytes(home))
    _say(
        f"{size:>9,}: {point.wall:,.1f} s, cpu {point.cpu:,.1f} s ({1000 * point.cpu / size:.3f} ms each), "
        f"{point.peak_mib:.0f} MiB, "
        f"store {point.store_bytes / point.document_bytes:.2f} times the documents"
    )
    return point


def up_and_down(sizes: Sequence[int]) -> list[int]:
    """Return sizes in their order and back to the first; the last is there once, as it takes longest."""
    return [*sizes, *reversed(sizes[:-1])]


def mean(goes: Sequence[Point]) -> Point:
    """Return what several goes at one size took: seconds on average, the most memory, the last one's bytes."""
    return replace(
        goes[-1],
        wall=statistics.fmean(one.wall for one in goes),
        cpu=statistics.fmean(one.cpu for one in goes),
        peak_mib=max(one.peak_mib for one in goes),
    )


def verdict(points: Sequence[Point]) -> str:
    """Return one sentence on whether cost is linear."""
    found = slope(points)
    if found is None:
        return "Too few sizes to say whether cost is linear."
    word = "linear within 10 %" if abs(found - 1) <= TOLERANCE else "NOT linear within 10 %"
    return (
        f"Each further credential up to {points[-1].size:,} takes {found:.2f} times the processor time "
        f"of one beyond 10,000: {word}."
    )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
