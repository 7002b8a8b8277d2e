"""Where the boxes of a pathway's picture stand: two columns, so that it reads on a phone; prerequisites further up.

Every length is in user units of the picture, which is `WIDTH` wide however many components there are.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from registry.credentials.pathway import Pathway

WIDTH = 360
MARGIN = 12
GAP = 14
"""Between the boxes of a row; nothing but lines stands here."""
ROW_GAP = 18
LAYER_GAP = 40
"""Between what comes before and what comes after; lines run here."""
BOX_WIDTH = (WIDTH - 2 * MARGIN - GAP) // 2
NAME_LINE = 17
NOTE_LINE = 15
PADDING = 10
MARK = 22
"""Height of the mark at the top of a box."""
MAX_NAME_LINES = 4
_NARROW, _WIDE = 0.58, 1.02
"""Widths of letters, of the font's size; rather too wide, so that text stays inside its box."""


@dataclass(frozen=True, slots=True)
class Box:
    """One component's place."""

    achievement: str
    """Which."""
    x: int
    """Left edge."""
    y: int
    """Upper edge."""
    height: int
    """Height; all are `BOX_WIDTH` wide."""
    name: tuple[str, ...]
    """Its name in lines."""
    notes: tuple[str, ...]
    """Small print in lines."""

    @property
    def middle(self) -> int:
        """Return its horizontal middle."""
        return self.x + BOX_WIDTH // 2


def layers_of(pathway: Pathway) -> list[list[str]]:
    """Return the components in layers: each stands one below the lowest of what it comes after."""
    depth: dict[str, int] = {}
    for one in pathway.components:
        depth[one.achievement] = max((depth[name] + 1 for name in one.after), default=0)
    return [[name for name, at in depth.items() if at == level] for level in range(max(depth.values()) + 1)]


def boxes_of(pathway: Pathway, notes: Mapping[str, Sequence[str]], top: int) -> tuple[list[Box], int]:
    """Return a box for each component, none over another, and where they end; `notes` are their small print."""
    boxes: list[Box] = []
    y = top
    for layer in layers_of(pathway):
        for at in range(0, len(layer), 2):
            row = [_box(pathway, name, notes[name]) for name in layer[at : at + 2]]
            height = max(one.height for one in row)
            boxes += [
                replace(one, x=MARGIN + number * (BOX_WIDTH + GAP), y=y, height=height)
                for number, one in enumerate(row)
            ]
            y += height + ROW_GAP
        y += LAYER_GAP - ROW_GAP
    return boxes, y - LAYER_GAP


def lines_of(text: str, size: float, width: float, most: int) -> tuple[str, ...]:
    """Return a text in at most so many lines of a width; what does not fit is cut, and says so."""
    lines: list[str] = []
    rest = text.split()
    while rest and len(lines) < most:
        line, rest = _line(rest, size, width)
        lines.append(line)
    if rest and lines:
        lines[-1] = _cut(f"{lines[-1]} {rest[0]}", size, width)
    return tuple(lines)


def width_of(text: str, size: float) -> float:
    """Return how wide a text is at most, by its letters' kinds alone: no font is at hand."""
    return size * sum(_WIDE if _is_wide(letter) else _NARROW for letter in text)


def _box(pathway: Pathway, achievement: str, notes: Sequence[str]) -> Box:
    component = pathway.component(achievement)
    room = BOX_WIDTH - 2 * PADDING
    name = lines_of(component.name if component else achievement, 14, room, MAX_NAME_LINES)
    small = tuple(line for note in notes for line in lines_of(note, 12, room, 2))
    height = MARK + 2 * PADDING + NAME_LINE * len(name) + NOTE_LINE * len(small)
    return Box(achievement, 0, 0, height, name, small)


def _line(words: list[str], size: float, width: float) -> tuple[str, list[str]]:
    """Return the first line, and the words that are left; a word that is longer than a line is broken."""
    taken = 1
    while taken < len(words) and width_of(" ".join(words[: taken + 1]), size) <= width:
        taken += 1
    line = " ".join(words[:taken])
    if width_of(line, size) <= width:
        return line, words[taken:]
    fits = max(1, next(at for at in range(len(line), -1, -1) if width_of(line[:at], size) <= width))
    return line[:fits], [line[fits:], *words[1:]]


def _cut(text: str, size: float, width: float) -> str:
    while text and width_of(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF" or letter in "MW@%"
