"""What judges a group of credentials in whatever process it is handed to."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.checks.report import refusal_json, report_json
from registry.core.errors import RegistryError
from registry.system import ReadClock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from registry.services.verify import Verifier
    from registry.services.verify_many import ManyVerifier
    from registry.settings import Accepted


@dataclass(frozen=True, slots=True)
class Judge:
    """All that judging depends on beside the credentials; a worker takes nothing from its own machine's settings."""

    accepted: Accepted
    """Whom it asks."""
    now: datetime
    """When the run began, UTC."""

    def reports(self, named: Sequence[tuple[str, bytes]]) -> list[dict[str, Any]]:
        """Return a report as JSON on each content, with its name; what could not be judged is told in it."""
        outcomes = self._many().verify([content for _, content in named])
        return [
            refusal_json(name, one) if isinstance(one, RegistryError) else report_json(one.report, name)
            for (name, _), one in zip(named, outcomes, strict=True)
        ]

    def _many(self) -> ManyVerifier:
        """Return the verifier of this run, whose connections are kept from group to group."""
        if _desk.judge != self:
            _desk.clear()
            _desk.verifier = self.accepted.verifier(ReadClock(self.now))
            _desk.many = _desk.verifier.many()
            _desk.judge = self
        return _desk.many

    @staticmethod
    def put_away() -> None:
        """Close the connections that this process has kept; one that others work in keeps them for the next group."""
        _desk.clear()


class _Desk(threading.local):
    """The run that a thread is working for: a verifier of many is for one thread."""

    judge: Judge | None = None
    verifier: Verifier
    many: ManyVerifier

    def clear(self) -> None:
        if self.judge is not None:
            self.judge = None
            self.verifier.close()


_desk = _Desk()
