"""What a watch saw in its rounds, kept for whoever scrapes its metrics. Written by one thread, read by others."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from anchoring.steps import Alert, Wait

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from anchoring.drive import Progress
    from anchoring.job import RunReport
    from anchoring.steps import AlertKind, Waiting
    from registry.core.account import Address
    from registry.core.errors import RegistryError
    from registry.core.quorum import Heads

GRACE_SECONDS = 300
"""How long a watch may show no sign of life, beyond the pause it announced, before it counts as dead."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What the last rounds told; replaced as a whole, never changed."""

    rounds_done: int = 0
    """Rounds that went through."""
    errors: Mapping[str, int] = field(default_factory=dict)
    """Rounds that failed, by error code."""
    last_done_at: datetime | None = None
    """When the last round went through, UTC."""
    waits: Mapping[Waiting, datetime] = field(default_factory=dict)
    """What is waited for, and since when at the longest, as of the last round."""
    alerts: Mapping[AlertKind, int] = field(default_factory=dict)
    """What a person must see to, as of the last round."""
    skipped: int = 0
    """Issuers whose batches were left alone in the last round."""
    account: Address | None = None
    """Who pays."""
    balance_wei: int | None = None
    """What the account held at the last round; None if that is not known."""
    endpoints: Sequence[tuple[str, Heads | None]] = ()
    """Each endpoint's name and heads at the last round, in the order of networks.toml; None for no answer."""


class Observer:
    """Holds the newest `Observed`, and knows whether the watch is alive."""

    def __init__(self) -> None:
        self.newest = Observed()
        self._alive_until = time.monotonic() + GRACE_SECONDS

    def alive(self) -> bool:
        """Return whether the watch showed a sign of life when it should have."""
        return time.monotonic() < self._alive_until

    def beat(self, pause_seconds: float = 0) -> None:
        """Note a sign of life; none is expected before the pause is over."""
        self._alive_until = time.monotonic() + pause_seconds + GRACE_SECONDS

    def done(self, report: RunReport, now: datetime) -> None:
        """Note a round that went through."""
        self.beat()
        self.newest = replace(
            self.newest,
            rounds_done=self.newest.rounds_done + 1,
            last_done_at=now,
            waits=_longest(report.progress),
            alerts=Counter(one.step.kind for one in report.progress if isinstance(one.step, Alert)),
            skipped=len(report.skipped),
        )

    def failed(self, error: RegistryError) -> None:
        """Note a round that failed; what the one before it told still stands."""
        self.beat()
        errors = {**self.newest.errors, error.code: self.newest.errors.get(error.code, 0) + 1}
        self.newest = replace(self.newest, errors=errors)

    def heard(self, endpoints: Sequence[tuple[str, Heads | None]]) -> None:
        """Note how the endpoints stand."""
        self.newest = replace(self.newest, endpoints=tuple(endpoints))

    def holds(self, account: Address, balance_wei: int | None) -> None:
        """Note what the paying account holds."""
        self.newest = replace(self.newest, account=account, balance_wei=balance_wei)


def _longest(progress: tuple[Progress, ...]) -> dict[Waiting, datetime]:
    found: dict[Waiting, datetime] = {}
    for one in progress:
        if isinstance(one.step, Wait):
            since = one.submission.updated_at
            found[one.step.what] = min(since, found.get(one.step.what, since))
    return found
