"""Issue and seal rosters of 10^3 to 10^6 rows, a process for each, and draw what one credential costs.

`python -m benchmarks.scale [--most N]`; figures go to scale.json, the table and the picture into docs/.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
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
        points = [measure(Stage(Path(folder) / str(one), Sizes(), ending), one) for one in sizes]
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
