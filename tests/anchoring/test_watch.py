"""The watch: it goes on after what passes by itself, and stops when told to."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from anchoring.watch import watch
from registry.core.errors import ChainUnavailableError, FundsError, PassphraseError, RegistryError

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_watch_after_the_round_that_has_begun(number: signal.Signals) -> None:
    done = []

    def one_round() -> None:
        os.kill(os.getpid(), number)
        done.append("finished")

    watch(one_round, 60, print)

    assert done == ["finished"]


@pytest.mark.parametrize("error", [ChainUnavailableError("No answer."), FundsError("No money.")])
def test_what_may_pass_by_itself_is_told_and_tried_again(error: RegistryError) -> None:
    told: list[str] = []
    rounds = [error, None]

    def one_round() -> None:
        fault = rounds.pop(0)
        if fault is not None:
            raise fault
        os.kill(os.getpid(), signal.SIGTERM)

    watch(one_round, 0, told.append)

    assert rounds == []
    assert told == [f"{error} The next try is in 0 seconds."]


def test_what_does_not_pass_by_itself_ends_the_watch() -> None:
    def one_round() -> None:
        raise PassphraseError("Wrong.")

    with pytest.raises(PassphraseError):
        watch(one_round, 0, print)
