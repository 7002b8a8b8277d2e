"""Small words that the checks' sentences share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

REASONS = {
    0: "unspecified",
    1: "superseded",
    2: "issued in error",
    3: "withdrawn by the recipient",
    4: "misconduct",
}
"""The contract's public reason codes for revoking and suspending, in words."""


def day(at: datetime) -> str:
    """Return a date as `30 June 2026`."""
    return f"{at.day} {at:%B %Y}"


def moment(at: datetime) -> str:
    """Return a time as `30 June 2026, 14:05 UTC`."""
    return f"{day(at)}, {at:%H:%M} UTC"


def reason_words(code: int) -> str:
    """Return `: issued in error` and the like, or nothing where no reason was given."""
    return f": {REASONS[code]}" if code and code in REASONS else ""
