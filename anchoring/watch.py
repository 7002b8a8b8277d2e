"""Running the job again and again until it is told to stop."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

from registry.core.errors import FundsError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable


def watch(one_round: Callable[[], None], every_seconds: int, warn: Callable[[str], None]) -> None:
    """Call `one_round` every so many seconds until INT or TERM arrives; a round that has begun is finished.

    What may pass by itself (a chain that does not answer, an account without money) is told and tried
    again in the next round; every other error ends the watch.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    while not stop.is_set():
        try:
            one_round()
        except (UnavailableError, FundsError) as error:
            warn(f"{error} The next try is in {every_seconds} seconds.")
        stop.wait(every_seconds)
