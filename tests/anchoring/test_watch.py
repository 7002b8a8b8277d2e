"""The watch: it goes on after what passes by itself, and stops when told to."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from anchoring.watch import Stop, backoff_seconds, is_ripe, watch
from registry.core.errors import ChainUnavailableError, FundsError, PassphraseError, RegistryError, StoreConflictError
from registry.records import BatchRow, BatchState

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def stop() -> Stop:
    made = Stop()
    made.listen()
    return made


def nobody(_error: RegistryError, _pause: int) -> None:
    raise AssertionError


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_watch_after_the_round_that_has_begun(stop: Stop, number: signal.Signals) -> None:
    done = []

    def one_round() -> None:
        os.kill(os.getpid(), number)
        done.append("finished")

    watch(one_round, 3600, stop.pause, stop.asked, nobody)

    assert done == ["finished"]


def test_after_the_first_signal_a_second_one_would_end_the_process(stop: Stop) -> None:
    os.kill(os.getpid(), signal.SIGTERM)

    assert stop.asked()
    assert {signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)} == {signal.SIG_DFL}


@pytest.mark.parametrize("error", [ChainUnavailableError("a"), FundsError("b"), StoreConflictError("c")])
def test_what_may_pass_by_itself_is_told_and_tried_again(stop: Stop, error: RegistryError) -> None:
    told: list[tuple[RegistryError, int]] = []
    rounds = [error, error, None, error, None]

    def one_round() -> None:
        fault = rounds.pop(0)
        if fault is not None:
            raise fault
        if not rounds:
            os.kill(os.getpid(), signal.SIGTERM)

    pauses: list[float] = []
    watch(one_round, 7, pauses.append, stop.asked, lambda error, pause: told.append((error, pause)))

    assert told == [(error, 7), (error, 14), (error, 7)]
    assert pauses == [7, 14, 7, 7, 7]


def test_what_does_not_pass_by_itself_ends_the_watch(stop: Stop) -> None:
    def one_round() -> None:
        raise PassphraseError("Wrong.")

    with pytest.raises(PassphraseError):
        watch(one_round, 0, stop.pause, stop.asked, nobody)


def test_pauses_after_failures_double_up_to_a_quarter_of_an_hour() -> None:
    assert [backoff_seconds(failures, 60) for failures in (1, 2, 3, 4, 5, 6, 1000)] == [
        60,
        120,
        240,
        480,
        900,
        900,
        900,
    ]
    assert backoff_seconds(9, 3600) == 3600


@pytest.mark.parametrize(
    ("size", "age_seconds", "ripe"),
    [(0, 100, False), (1, 0, False), (1, 59, False), (1, 60, True), (9, 0, False), (10, 0, True), (11, 0, True)],
)
def test_a_batch_is_ripe_once_it_is_full_or_old_enough(size: int, age_seconds: int, *, ripe: bool) -> None:
    created = NOW - timedelta(seconds=age_seconds)
    batch = BatchRow(1, 1, BatchState.OPEN, None, size, created, None)

    assert is_ripe(batch, NOW, max_batch_size=10, max_wait_seconds=60) is ripe
