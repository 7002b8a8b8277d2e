"""When a watch seals, and what it does in every round all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from anchoring.admin_desk import open_home
from anchoring.job import say_nothing
from anchoring.logs import no_log
from anchoring.rounds import round_of_all, round_of_ripe
from registry.core.submission import SubmissionState
from registry.records import BatchState

if TYPE_CHECKING:
    from collections.abc import Callable

    from anchoring.job import RunReport
    from tests.anchoring.conftest import JobHome

pytestmark = pytest.mark.chain


def a_round(home: JobHome, how: Callable[..., RunReport] = round_of_ripe, **changes: object) -> RunReport:
    opened = open_home(None)
    try:
        return how(opened, home.bench.desk(**changes), no_log, say_nothing)
    finally:
        opened.store.engine.dispose()


def states(home: JobHome) -> list[BatchState]:
    return [batch.state for batch in home.bench.store.batches()]


def test_an_open_batch_waits_until_it_is_old_enough(home: JobHome) -> None:
    home.allow("max_wait_seconds = 3600\n")
    home.bench.issue(home.bench.new_issuer(), 2)

    assert a_round(home).idle
    home.bench.clock.pause(3599)
    assert a_round(home).idle
    assert states(home) == [BatchState.OPEN]
    home.bench.clock.pause(1)
    a_round(home)

    assert states(home) == [BatchState.FINAL]


def test_a_full_batch_goes_at_once_and_takes_the_others_along(home: JobHome) -> None:
    home.allow("max_wait_seconds = 3600\nmax_batch_size = 3\n")
    home.bench.issue(home.bench.new_issuer(), 2)
    home.bench.issue(home.bench.new_issuer(), 3)

    report = a_round(home)

    (progress,) = report.progress
    assert [batch.tree_size for batch in progress.submission.what.batches] == [2, 3]
    assert states(home) == [BatchState.FINAL] * 2


def test_what_was_begun_goes_on_while_an_open_batch_waits(home: JobHome) -> None:
    home.allow("max_wait_seconds = 3600\n")
    home.bench.sealed_batch()
    home.bench.issue(home.bench.new_issuer(), 2)

    report = a_round(home)

    assert [one.submission.state for one in report.progress] == [SubmissionState.FINALIZED]
    assert states(home) == [BatchState.FINAL, BatchState.OPEN]


def test_a_single_run_waits_for_no_age(home: JobHome) -> None:
    home.allow("max_wait_seconds = 3600\n")
    home.bench.issue(home.bench.new_issuer(), 2)

    a_round(home, round_of_all)

    assert states(home) == [BatchState.FINAL]


def test_once_told_to_stop_nothing_new_is_signed(home: JobHome) -> None:
    home.bench.issue(home.bench.new_issuer(), 2)

    report = a_round(home, stopping=lambda: True)

    assert report.progress == ()
    assert states(home) == [BatchState.SEALED]
    assert home.bench.rows.submissions() == []


def test_a_job_that_is_stopped_between_two_steps_leaves_its_lease(home: JobHome) -> None:
    home.bench.sealed_batch()
    answers = iter([False, False, False, True, True, True, True])

    (progress,) = a_round(home, stopping=lambda: next(answers)).progress

    assert progress.submission.state in {SubmissionState.SIGNED, SubmissionState.BROADCAST}
    assert "told to stop" in progress.step.why
    taken = home.bench.rows.claim(progress.submission.id, "somebody else", home.bench.clock.now(), 30)
    assert taken.nonce == 0
    assert home.bench.spent_nonces() <= 1
