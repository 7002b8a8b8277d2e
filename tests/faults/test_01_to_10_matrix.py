"""Faults 1 to 10: the process dies, or the disk fails it, or an answer is lost, at every commit and every send.

The points are counted on an undisturbed run, so that a commit that is added to the job is tried by itself. `make
faults` tries them all; `make test` some, evenly chosen.
"""

from __future__ import annotations

import os
import random
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.faults.stage import Stage, Theatre

pytestmark = pytest.mark.chain

Fault = sys.modules["tests_faults_job_process"].Fault  # loaded by conftest.py
LONG = os.environ.get("CREDANCHOR_TEST_PROFILE") == "long"
KILLED = -9
FAILED = 3
BAD_INPUT = 2
SEND = "eth_sendRawTransaction"
AT_ONCE = 8
"""How many kills are followed by a start at once, which waits for a lease of 30 seconds."""

on_linux = pytest.mark.skipif(
    not sys.modules["tests_faults_broken_disk"].available(), reason="needs Linux on x86_64 or aarch64"
)
on_each_store = pytest.mark.parametrize("store", ["sqlite", "postgresql"])
at_each_moment = pytest.mark.parametrize("moment", ["before", "after"])


def some(points: Sequence[int], count: int) -> Sequence[int]:
    """Return all points in the long form, else `count` of them, evenly chosen."""
    if LONG:
        return points
    return [points[(2 * at + 1) * len(points) // (2 * count)] for at in range(count)]


def struck(fault: Fault, code: int) -> Callable[[Stage], None]:
    """Return a disturbance: one run of the job with a fault, which must end as the fault says."""

    def disturb(stage: Stage) -> None:
        ended = stage.anchor(fault=fault)
        assert ended.code == code, f"the run ended {ended.code}: {ended.err}"
        assert "Traceback" not in ended.err, ended.err

    return disturb


def wrong_after_each(theatre: Theatre, store: str, faults: Sequence[Fault], code: int) -> list[str]:
    """Return what is wrong after each fault on a stage of its own."""
    return [f"{fault}: {text}" for fault in faults for text in theatre.survive(struck(fault, code), store)]


@at_each_moment
@on_each_store
def test_01_to_08_a_kill_at_any_commit_loses_nothing_and_pays_once(theatre: Theatre, store: str, moment: str) -> None:
    count = len(theatre.points(store))

    faults = [Fault("kill", "commit", nth, moment) for nth in some(range(1, count + 1), 2 if store == "sqlite" else 1)]

    assert wrong_after_each(theatre, store, faults, KILLED) == []


@at_each_moment
@pytest.mark.parametrize(
    "commit",
    [
        "1-sealing",
        "2-signed",
        "5-sent",
        "6-mined",
        "7-finalized",
        pytest.param("8-save", id="8-state-proof"),
    ],
)
def test_01_to_08_a_kill_at_each_named_commit(theatre: Theatre, commit: str, moment: str) -> None:
    fault = Fault("kill", f"commit:{commit[2:]}", moment=moment)

    assert theatre.survive(struck(fault, KILLED)) == []


@at_each_moment
@on_each_store
def test_04_a_kill_around_the_send(theatre: Theatre, store: str, moment: str) -> None:
    def disturb(stage: Stage) -> None:
        stage.proxy.kill(lambda: stage.job, SEND, moment)
        assert stage.anchor().code == KILLED

    assert theatre.survive(disturb, store) == []


def test_01_to_08_a_kill_between_any_two_calls_to_the_chain(theatre: Theatre) -> None:
    stage = theatre.stage()
    stage.anchor()
    calls = range(2, len(stage.proxy.calls) + 1, 3)

    def killed_at(nth: int) -> Callable[[Stage], None]:
        def disturb(stage: Stage) -> None:
            stage.proxy.kill(lambda: stage.job, "*", nth=nth)
            assert stage.anchor().code == KILLED

        return disturb

    assert [(nth, text) for nth in some(calls, 1) for text in theatre.survive(killed_at(nth))] == []


@pytest.mark.parametrize(("kind", "code"), [("kill", KILLED), pytest.param("enospc", BAD_INPUT, marks=on_linux)])
def test_08_an_export_that_is_cut_short_leaves_no_torn_file(stage: Stage, kind: str, code: int) -> None:
    stage.anchor()
    out = stage.folder / "bundles"
    export = ("export", "--all", "--out", str(out))
    points = stage.run(*export, fault=Fault("kill", "file", 10**6, under=str(out))).trail.count("file")
    whole = {path.name: path.read_bytes() for path in out.iterdir()}
    assert len(whole) == stage.credentials

    for nth in some(range(1, points + 1), 3):
        assert stage.run(*export, fault=Fault(kind, "file", nth, under=str(out))).code in {code, 0}
        assert {name: (out / name).read_bytes() for name in whole} == whole
    assert stage.run(*export).code == 0
    assert {path.name: path.read_bytes() for path in out.iterdir()} == whole


@on_linux
@pytest.mark.parametrize("kind", ["eio", "enospc", "fsync"])
def test_09_a_disk_that_fails_at_any_commit_loses_nothing_and_pays_once(theatre: Theatre, kind: str) -> None:
    count = len(theatre.points())

    faults = [Fault(kind, "commit", nth) for nth in some(range(1, count + 1), 2)]

    assert wrong_after_each(theatre, "sqlite", faults, FAILED) == []


@on_each_store
def test_10_a_commit_whose_answer_is_lost_is_found_done(theatre: Theatre, store: str) -> None:
    count = len(theatre.points(store))

    faults = [Fault("lose", "commit", nth) for nth in some(range(1, count + 1), 2 if store == "sqlite" else 1)]

    assert wrong_after_each(theatre, store, faults, FAILED) == []


@pytest.mark.skipif(not LONG, reason="waits for leases to end; `make faults` does")
def test_01_to_08_a_job_that_is_started_again_at_once_waits_for_the_dead_ones_lease(theatre: Theatre) -> None:
    count = len(theatre.points())
    drawn = random.Random(23)  # noqa: S311  a choice, not a secret
    for _ in range(AT_ONCE):
        stage = theatre.stage()
        fault = Fault("kill", "commit", drawn.randint(1, count), drawn.choice(["before", "after"]))
        assert stage.anchor(fault=fault).code == KILLED

        stage.recover(later_seconds=0, hurried=False, fresh=True)

        assert stage.judge(final=True).problems == []
        theatre.tally.waited_seconds.append(stage.recovered_seconds)
