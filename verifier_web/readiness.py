"""Whether a verifier can judge: some network's endpoints answered lately. Strangers are asked only if none did."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

import anyio
from anyio.to_thread import run_sync

from registry.core.errors import ChainUnavailableError
from verifier_web.errors import NotReadyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry.chain.pulse import Pulse
    from registry.checks.facts import NetworkRef

LATELY_SECONDS = 60
"""How old an answer may be, and how long a network that did not answer is left alone."""


class Watched(Protocol):
    """A network whose endpoints are asked; see registry/chain/reader.py."""

    @property
    def network(self) -> NetworkRef:
        """Return which network it is."""
        ...

    def pulse(self) -> Pulse:
        """Return how its endpoints answered so far."""
        ...

    def probe(self) -> None:
        """Ask for nothing but its newest blocks; ChainUnavailableError if no quorum agrees."""
        ...


class Readiness:
    """Knows what the networks answered to the checks of others, and asks only if that is too long ago."""

    def __init__(self, watched: Sequence[Watched]) -> None:
        self._watched = tuple(watched)
        self._probes = anyio.CapacityLimiter(max(1, len(self._watched)))

    async def answered(self) -> dict[str, float | None]:
        """Return how many seconds ago each network answered, None if never; NotReadyError if none did lately."""
        if not any(map(_answered_lately, self._watched)):
            async with anyio.create_task_group() as probes:
                for one in self._watched:
                    if _may_be_asked(one):
                        probes.start_soon(self._probe, one)
        if not any(map(_answered_lately, self._watched)):
            names = ", ".join(one.network.name for one in self._watched) or "none"
            raise NotReadyError(f"No accepted network ({names}) answered in the last {LATELY_SECONDS} seconds.")
        return {one.network.name: _age(one.pulse().answered_at) for one in self._watched}

    async def _probe(self, one: Watched) -> None:
        try:
            await run_sync(one.probe, limiter=self._probes)
        except ChainUnavailableError:
            return  # that it did not answer is what its pulse says


def _answered_lately(one: Watched) -> bool:
    age = _age(one.pulse().answered_at)
    return age is not None and age <= LATELY_SECONDS


def _may_be_asked(one: Watched) -> bool:
    age = _age(one.pulse().asked_at)
    return age is None or age > LATELY_SECONDS


def _age(at: float | None) -> float | None:
    return None if at is None else time.monotonic() - at
