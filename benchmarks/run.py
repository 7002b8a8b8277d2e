"""Measure this project beside its peers: same work, same documents, alternately, in one run.

`python -m benchmarks.run [--only ROW ...] [--rounds N] [--quick] [--instructions]`
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.contest import ContenderError, Warm, alternately, measured
from benchmarks.environments import BENCH
from benchmarks.figures import Limit, figures
from benchmarks.homes import issue_and_seal, stored_bytes
from benchmarks.instructions import counter, instructions
from benchmarks.kept import Results
from benchmarks.machine import is_busy, load, this_machine
from benchmarks.report import Measured, lines, measured_json
from benchmarks.rows import ROWS, hardware
from benchmarks.stage import QUICK, Sizes, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

RESULTS = Path(__file__).parent / "results.json"
HARDWARE_ROUNDS, QUICK_ROUNDS = 5, 2
STORE = "store"
"""Name of the row that measures bytes, not seconds."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the chosen rows, print each and keep it in results.json as it is done (of --quick, below `.bench/`)."""
    given = _parser().parse_args(arguments)
    before, machine = load(), this_machine()
    say(f"{machine.cpu}, {machine.cores} cores, Python {machine.python}, Node {machine.node}; load {before:.2f}")
    if is_busy(before, machine.cores):
        say("WARNING: other work keeps this machine busy. Seconds on the clock mislead; look at cpu, or run it again.")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as ending:
        stage = Stage(Path(folder), QUICK if given.quick else Sizes(), ending)
        rounds = QUICK_ROUNDS if given.quick and not given.rounds else given.rounds
        by = counter() if given.instructions else None
        results = Results(BENCH / "quick.json" if given.quick else RESULTS, machine)
        _measure(stage, given.only or [*ROWS, STORE], rounds, by, results)
    say(f"Load after: {load():.2f}")
    return 0


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=[*ROWS, STORE], metavar="ROW", help=", ".join([*ROWS, STORE]))
    parser.add_argument("--rounds", type=int, help="rounds of every row, instead of each row's own number")
    parser.add_argument("--quick", action="store_true", help="small sizes: see that everything runs, measure nothing")
    parser.add_argument("--instructions", action="store_true", help="count instructions, too; slow, best with --quick")
    return parser


def _measure(stage: Stage, keys: Sequence[str], rounds: int | None, by: str | None, results: Results) -> None:
    single = {
        name: figures(alternately([hardware(name, stage.template)], HARDWARE_ROUNDS, 1)[0]).cpu.median
        for name in asdict(Limit())
    }
    results.keep(hardware_seconds=single)
    for key in keys:
        if key == STORE:
            results.keep(store=_store(stage))
            continue
        row, before = ROWS[key](stage), load()
        contenders = [row.ours, *(peer.contender for peer in row.peers)]
        samples = alternately(contenders, rounds or row.rounds, warm_ups=1)
        done = Measured(key, row, samples, row.limit.seconds(single), full_size=stage.sizes == Sizes())
        say("\n" + "\n".join(lines(done)))
        counts = {one.name: _counted(by, one) for one in contenders if by and isinstance(one, Warm)}
        results.keep_row(measured_json(done) | ({"instructions": counts, "counted_by": by} if by else {}), before)


def _counted(by: str, contender: Warm) -> int | None:
    """Count what one go takes, and say it; None where the counter cannot follow the contender's language."""
    try:
        count = instructions(by, contender.command)
    except ContenderError:
        return None
    say(f"  {contender.name}: {count:,} instructions a go, by {by}")
    return count


def _store(stage: Stage) -> dict[str, int]:
    """Return how many bytes a sealed batch's documents have, and how many its store takes."""
    home = stage.copy(stage.folder / "stored")
    measured(issue_and_seal(home, stage.roster(stage.sizes.issue)))
    documents, store = stored_bytes(home)
    say(f"\nstore of {stage.sizes.issue:,} credentials: {store / documents:.2f} bytes for each byte of a document")
    return {"credentials": stage.sizes.issue, "document_bytes": documents, "store_bytes": store}


if __name__ == "__main__":
    sys.exit(main())
