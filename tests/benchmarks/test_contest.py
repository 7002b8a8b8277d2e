"""The line protocol and the alternation, with real processes; the harness itself, at small sizes."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from benchmarks import run
from benchmarks.contest import Command, ContenderError, Warm, Whole, alternately
from benchmarks.environments import BENCH
from benchmarks.instructions import counter, instructions

PROGRAM = """
import sys
from benchmarks.contender import contend
name, log = sys.argv[1:3]
def work():
    with open(log, "a") as file:
        file.write(name)
    if name == "z":
        raise SystemExit("it is broken")
    return 3
contend(work)
"""
PEERS = Path(__file__).parents[2] / "benchmarks" / "peers"


def warm(name: str, log: Path) -> Warm:
    return Warm(name, Command((sys.executable, "-c", PROGRAM, name, str(log))))


def test_contenders_take_turns_and_their_warm_ups_are_thrown_away(tmp_path: Path) -> None:
    log = tmp_path / "log"

    ours, peer = alternately([warm("a", log), warm("b", log)], rounds=3, warm_ups=2)

    assert log.read_text() == "ab" * 5
    assert (len(ours), len(peer)) == (3, 3)


def test_a_contender_tells_its_operations_and_its_own_memory(tmp_path: Path) -> None:
    ((sample,),) = alternately([warm("a", tmp_path / "log")], rounds=1, warm_ups=0)

    assert sample.operations == 3
    assert sample.peak_mib < 60  # Python alone, not what the process has that started it


def test_a_contender_that_breaks_says_why(tmp_path: Path) -> None:
    with pytest.raises(ContenderError, match="z ended without an answer:\nit is broken"):
        alternately([warm("z", tmp_path / "log")], rounds=1, warm_ups=0)


def test_a_whole_process_works_once_and_gets_a_fresh_folder_each_time(tmp_path: Path) -> None:
    log = tmp_path / "log"
    seen: list[Path] = []

    def commands(folder: Path) -> list[Command]:
        seen.append(folder)
        assert not list(folder.iterdir())
        return [Command((*warm(name, log).command.words, "--once")) for name in "ab"]

    ((first, second),) = alternately([Whole("both", commands, 7)], rounds=2, warm_ups=0)

    assert log.read_text() == "abab"
    assert len(set(seen)) == 2
    assert (first.operations, second.operations) == (7, 7)
    assert first.cpu > 0
    assert not any(folder.exists() for folder in seen)


def test_a_whole_process_that_fails_is_no_result(tmp_path: Path) -> None:
    broken = Command((*warm("z", tmp_path / "log").command.words, "--once"))

    with pytest.raises(ContenderError, match="it is broken"):
        alternately([Whole("z", lambda _: [broken], 1)], rounds=1, warm_ups=0)


@pytest.mark.skipif(counter() is None, reason="neither perf nor callgrind counts here")
def test_more_work_takes_more_instructions_and_loading_does_not_count() -> None:
    def work(rounds: int, loading: int) -> Command:
        program = (
            f"from benchmarks.contender import contend\nsum(range({loading}))\ncontend(lambda: sum(range({rounds})))"
        )
        return Command((sys.executable, "-c", program))

    by = str(counter())
    little, loaded, much = (instructions(by, work(*sizes)) for sizes in ((10_000, 0), (10_000, 300_000), (100_000, 0)))

    assert 5 * little < much < 20 * little
    assert loaded < 2 * little


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not on the PATH")
def test_a_contender_in_javascript_speaks_the_same_protocol(tmp_path: Path) -> None:
    shutil.copy(PEERS / "contender.mjs", tmp_path)
    program = tmp_path / "work.mjs"
    program.write_text("import {contend} from './contender.mjs';\nawait contend(() => 4);\n", "utf-8")

    ((sample,),) = alternately([Warm("js", Command(("node", str(program))))], rounds=1, warm_ups=1)

    assert sample.operations == 4
    assert sample.peak_mib > 0


def test_a_quick_run_measures_our_side_and_keeps_it_apart_from_the_real_results(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = run.RESULTS.read_bytes() if run.RESULTS.exists() else None

    assert run.main(["--quick", "--rounds", "2", "--only", "seal", "store"]) == 0

    told = capsys.readouterr().out
    kept = json.loads((BENCH / "quick.json").read_text("utf-8"))
    assert "seal 2,000 leaves" in told
    (row,) = [one for one in kept["rows"] if one["row"] == "seal"]
    assert len(row["ours"]["samples"]) == 2
    assert kept["store"]["store_bytes"] > kept["store"]["document_bytes"] > 0
    assert (run.RESULTS.read_bytes() if run.RESULTS.exists() else None) == before
