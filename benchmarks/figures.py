"""What is made of samples: medians, spread, ratios, the machine's limit, and whether a bar is met. Pure."""

from __future__ import annotations

import statistics
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Sample:
    """What one run of a contender took."""

    wall: float
    """Seconds on the clock."""
    cpu: float
    """Seconds of processor time, user and system, of all its processes."""
    peak_mib: float
    """Largest resident memory of any one of its processes, MiB."""
    operations: int
    """How many credentials, leaves or proofs it dealt with."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A median between its quartiles."""

    low: float
    """First quartile."""
    median: float
    """Median."""
    high: float
    """Third quartile."""


@dataclass(frozen=True, slots=True)
class Figures:
    """All samples of one contender, in seconds for each operation."""

    wall: Spread
    """Seconds on the clock for one operation."""
    cpu: Spread
    """Seconds of processor time for one operation."""
    peak_mib: float
    """Largest resident memory of all runs, MiB."""
    operations: int
    """Operations of one run."""


@dataclass(frozen=True, slots=True)
class Bar:
    """What design.md, 11 asks of a row."""

    kind: Literal["times", "seconds"]
    """Whether ours must be so many times faster than the peer, or take at most so many seconds."""
    value: float
    """Least ratio, or most seconds for the unit that the row is told in."""


@dataclass(frozen=True, slots=True)
class Limit:
    """The cryptography that one operation cannot do without, and nothing else."""

    document_hashes: float = 0
    """SHA-256 over a document of about 3 kB."""
    node_hashes: float = 0
    """SHA-256 over 65 bytes, a node of the tree."""
    signatures: float = 0
    """Ed25519 signatures."""
    verifications: float = 0
    """Ed25519 verifications."""

    def seconds(self, hardware: dict[str, float]) -> float:
        """Return the seconds that these take, given those of one of each by the names above."""
        return float(sum(count * hardware[name] for name, count in asdict(self).items()))


def spread(values: Sequence[float]) -> Spread:
    """Return median and quartiles of at least one value; a single value is all three."""
    if len(values) == 1:
        return Spread(values[0], values[0], values[0])
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(low, middle, high)


def figures(samples: Sequence[Sample]) -> Figures:
    """Return the figures of at least one sample, all of as many operations."""
    return Figures(
        spread([one.wall / one.operations for one in samples]),
        spread([one.cpu / one.operations for one in samples]),
        max(one.peak_mib for one in samples),
        samples[0].operations,
    )


def times_faster(ours: Figures, peer: Figures) -> tuple[float, float]:
    """Return how many times faster ours is for one operation: on the clock, and in processor time."""
    return peer.wall.median / ours.wall.median, peer.cpu.median / ours.cpu.median


def is_met(bar: Bar, ours: Figures, ratio: float | None, each: int) -> bool:
    """Return whether a bar is met; `each` is the number of operations that the bar's seconds are for."""
    if bar.kind == "seconds":
        return ours.wall.median * each <= bar.value
    return ratio is not None and ratio >= bar.value


def figures_json(value: Figures) -> dict[str, Any]:
    """Return figures as JSON."""
    return asdict(value)
