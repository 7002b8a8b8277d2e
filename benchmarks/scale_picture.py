"""A picture of how cost grows with size: panels of one quantity each over a logarithmic axis, as SVG. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WIDTH, HEIGHT = 360, 220
"""Of one panel, pixels."""
LEFT, RIGHT, TOP, BOTTOM = 40, 20, 40, 38
"""Margins in a panel, pixels."""
INDENT = 26
"""From the ends of the axis to the first and the last point, pixels, so that their labels fit."""
HEADROOM = 1.15
"""How far the axis reaches above the highest point."""
STYLE = "text{font:12px sans-serif;fill:#222}.t{font-weight:600}.a{stroke:#bbb}.l{stroke:#1f5fa8;stroke-width:2}"


@dataclass(frozen=True, slots=True)
class Panel:
    """One quantity at several sizes."""

    title: str
    """What it is, with its unit."""
    points: Sequence[tuple[int, float]]
    """Size, ascending, and value, not negative."""


def picture(panels: Sequence[Panel]) -> str:
    """Return the panels, two a line, as an SVG document; each value axis begins at zero."""
    width, height = 2 * WIDTH, HEIGHT * math.ceil(len(panels) / 2)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f"<style>{STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for at, panel in enumerate(panels):
        lines += [f'<g transform="translate({at % 2 * WIDTH},{at // 2 * HEIGHT})">', *_panel(panel), "</g>"]
    return "\n".join([*lines, "</svg>", ""])


def _panel(panel: Panel) -> Iterator[str]:
    top = max(value for _, value in panel.points) * HEADROOM or 1.0
    low, high = (math.log10(panel.points[at][0]) for at in (0, -1))
    base, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    places = [
        (_between(math.log10(size), low, high, LEFT + INDENT, right - INDENT), _between(value, 0, top, base, TOP))
        for size, value in panel.points
    ]
    yield f'<text class="t" x="{LEFT}" y="22">{escape(panel.title)}</text>'
    yield f'<path class="a" fill="none" d="M{LEFT} {TOP}V{base}H{right}"/>'
    yield f'<text x="{LEFT - 6}" y="{base + 4}" text-anchor="end">0</text>'
    yield f'<path class="l" fill="none" d="M{"L".join(f"{x:.1f} {y:.1f}" for x, y in places)}"/>'
    for (x, y), (size, value) in zip(places, panel.points, strict=True):
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="#1f5fa8"/>'
        yield f'<text x="{x:.1f}" y="{y - 9:.1f}" text-anchor="middle">{value:.3g}</text>'
        yield f'<text x="{x:.1f}" y="{base + 18}" text-anchor="middle">{size:,}</text>'


def _between(value: float, low: float, high: float, start: float, end: float) -> float:
    share = (value - low) / (high - low) if high > low else 0.5
    return start + share * (end - start)
