"""How a network's endpoints answered so far, for metrics and for whoever asks whether a verifier is ready."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EndpointTally:
    """What came of asking one endpoint, since the process began."""

    name: str
    """What may be shown of it."""
    answered: int
    """Questions that it answered."""
    failed: int
    """Questions that it did not answer in time, or with something unusable."""
    contradicted: int
    """Answers that a quorum contradicted."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """How a network stands."""

    endpoints: tuple[EndpointTally, ...]
    """In the order of networks.toml."""
    asked_at: float | None
    """When its newest blocks were last asked for, in seconds of the monotonic clock; None if never."""
    answered_at: float | None
    """When a quorum last agreed on them, the same way."""
