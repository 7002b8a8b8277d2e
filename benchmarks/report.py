"""A measured row as text for the terminal and as JSON. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.figures import Figures, Sample, figures, figures_json, is_met, times_faster

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.figures import Bar, Spread
    from benchmarks.rows import Row

WIDTH = 42
"""Columns for the name of a contender."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A row with its samples."""

    key: str
    """Name of the row."""
    row: Row
    """The row."""
    samples: Sequence[Sequence[Sample]]
    """Those of ours, then those of each peer."""
    limit_seconds: float
    """What the machine needs for the cryptography in one operation alone."""
    full_size: bool = True
    """Whether there is as much work as the design's bars are for; else none is told."""

    @property
    def ours(self) -> Figures:
        """Return our figures."""
        return figures(self.samples[0])

    @property
    def scale(self) -> float:
        """Return what turns seconds for one operation into the unit of the row, for as many operations as ours had."""
        return 1000 if self.row.unit == "ms" else self.ours.operations

    @property
    def each(self) -> int:
        """Return for how many operations a bar's seconds are."""
        return 1 if self.row.unit == "ms" else self.ours.operations


def lines(measured: Measured) -> list[str]:
    """Return a row as text: ours, each peer with the ratio, and the limit."""
    row, ours = measured.row, measured.ours
    text = [row.title, _line("  ours", ours, measured) + _told(row.bar, measured, None)]
    for peer, samples in zip(row.peers, measured.samples[1:], strict=True):
        theirs = figures(samples)
        wall, cpu = times_faster(ours, theirs)
        ratio = f" {wall:.1f} times (cpu {cpu:.1f})"
        text.append(_line(f"  {peer.contender.name}", theirs, measured) + ratio + _told(peer.bar, measured, wall))
        if peer.contender.note:
            text.append(f"    {peer.contender.note}")
    if measured.limit_seconds:
        limit = measured.limit_seconds * measured.scale
        above = ours.cpu.median / measured.limit_seconds
        text.append(
            f"{'  limit: SHA-256 and Ed25519 alone':{WIDTH}}{_number(limit)} {row.unit}; ours takes {above:.0f} x"
        )
    if row.unit == "ms":
        text.append(f"{'  ours, a second and core':{WIDTH}}{1 / ours.cpu.median:,.0f}")
    return text


def measured_json(measured: Measured) -> dict[str, Any]:
    """Return a row with its figures, ratios, verdicts and raw samples as JSON."""
    row, ours = measured.row, measured.ours
    peers = []
    for peer, samples in zip(row.peers, measured.samples[1:], strict=True):
        theirs = figures(samples)
        wall, cpu = times_faster(ours, theirs)
        one = {"name": peer.contender.name, "note": peer.contender.note, "times_wall": wall, "times_cpu": cpu}
        bar = _bar_json(peer.bar, measured, wall)
        peers.append(one | bar | figures_json(theirs) | {"samples": [asdict(sample) for sample in samples]})
    own = figures_json(ours) | _bar_json(row.bar, measured, None)
    return {
        "row": measured.key,
        "title": row.title,
        "ours": own | {"samples": [asdict(sample) for sample in measured.samples[0]]},
        "peers": peers,
        "limit_seconds_each": measured.limit_seconds,
    }


def _line(name: str, found: Figures, measured: Measured) -> str:
    # A peer of another size is told by its own size; the ratio is for one operation.
    scale = 1000 if measured.row.unit == "ms" else found.operations
    wall = f"{_spread(found.wall, scale)} {measured.row.unit}"
    return f"{name:{WIDTH}}{wall:34} cpu {_number(found.cpu.median * scale):>8}  {found.peak_mib:5.0f} MiB "


def _spread(value: Spread, scale: float) -> str:
    return f"{_number(value.median * scale)} ({_number(value.low * scale)} to {_number(value.high * scale)})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"  # noqa: PLR2004  three digits


def _bar(bar: Bar) -> str:
    if bar.kind == "times":
        return f"at least {bar.value:g} times"
    return f"at most {bar.value:g} s" if bar.value >= 0.1 else f"at most {bar.value * 1000:g} ms"  # noqa: PLR2004


def _told(bar: Bar | None, measured: Measured, ratio: float | None) -> str:
    if bar is None or not measured.full_size:
        return ""
    return f"  bar: {_bar(bar)}, {'met' if is_met(bar, measured.ours, ratio, measured.each) else 'MISSED'}"


def _bar_json(bar: Bar | None, measured: Measured, ratio: float | None) -> dict[str, Any]:
    if bar is None or not measured.full_size:
        return {}
    return {"bar": _bar(bar), "met": is_met(bar, measured.ours, ratio, measured.each)}
