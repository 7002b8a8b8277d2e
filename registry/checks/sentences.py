"""Small words that the checks' sentences share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.core.sentence import Day, Sentence

if TYPE_CHECKING:
    from datetime import datetime

REASONS = {
    0: Sentence("unspecified"),
    1: Sentence("superseded"),
    2: Sentence("issued in error"),
    3: Sentence("withdrawn by the recipient"),
    4: Sentence("misconduct"),
}
"""The contract's public reason codes for revoking and suspending, in words."""


def day(at: datetime) -> Day:
    """Return a date as `30 June 2026`."""
    return Day(at.date())


def moment(at: datetime) -> Sentence:
    """Return a time as `30 June 2026, 14:05 UTC`."""
    return Sentence("{day}, {time} UTC", day=day(at), time=f"{at:%H:%M}")


def reason_of(code: int) -> Sentence | None:
    """Return `issued in error` and the like, None where no reason was given."""
    return REASONS[code] if code and code in REASONS else None
