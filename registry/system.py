"""The machine's own clock, behind its port."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class ReadClock:
    """A clock that was read already, in this process or another."""

    at: datetime
    """What it said, aware, in UTC."""

    def now(self) -> datetime:
        """Return what it said."""
        return self.at


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The system's clock."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC, to the second."""
        return datetime.now(UTC).replace(microsecond=0)
