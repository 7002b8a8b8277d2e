"""Running the job again and again until it is told to stop."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

from registry.core.errors import FundsError, RegistryError, StoreConflictError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from registry.records import BatchRow

MAY_PASS = (UnavailableError, FundsError, StoreConflictError)
"""What may pass by itself, or by somebody else's doing, and is tried again; every other error ends the watch."""
LONGEST_WAIT_SECONDS = 900
"""Longest pause after failures, unless the rounds themselves are further apart."""


class Stop:
    """Whether INT or TERM arrived; whoever waits for it wakes up at once."""

    def __init__(self) -> None:
        self._told = threading.Event()

    def listen(self) -> None:
        """Take INT and TERM from now on; a second one ends the process at once, as if nobody listened."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._take)

    def asked(self) -> bool:
        """Return whether one of them arrived."""
        return self._told.is_set()

    def pause(self, seconds: float) -> None:
        """Sleep, but not beyond the signal."""
        self._told.wait(seconds)

    def _take(self, _number: int, _frame: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        self._told.set()


def watch(
    one_round: Callable[[], None],
    every_seconds: int,
    pause_for: Callable[[float], None],
    stopping: Callable[[], bool],
    failed: Callable[[RegistryError, int], None],
) -> None:
    """Call `one_round` every so many seconds until `stopping`; after failures less and less often.

    `failed` is told each error that may pass, and the seconds until the next try.
    """
    failures = 0
    while not stopping():
        try:
            one_round()
            failures, pause = 0, every_seconds
        except MAY_PASS as error:
            failures += 1
            pause = backoff_seconds(failures, every_seconds)
            failed(error, pause)
        pause_for(pause)


def backoff_seconds(failures: int, every_seconds: int) -> int:
    """Return the pause after so many failures in a row: twice as long each time, to a quarter of an hour."""
    longest = max(every_seconds, LONGEST_WAIT_SECONDS)
    return min(every_seconds << min(failures - 1, 20), longest)


def is_ripe(batch: BatchRow, now: datetime, max_batch_size: int, max_wait_seconds: int) -> bool:
    """Return whether an open batch is full, or old enough, to be anchored."""
    waited = (now - batch.created_at).total_seconds()
    return batch.tree_size > 0 and (batch.tree_size >= max_batch_size or waited >= max_wait_seconds)
