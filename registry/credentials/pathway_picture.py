"""A pathway as a picture: SVG without a script or anything external, the same bytes for the same pathway.

What is done and what is missing differs in its mark, its border and its word, not in its colour alone. Texts are
centred and each finds its own direction, so that names in any script stand right.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from registry.credentials.pathway_layout import BOX_WIDTH, MARGIN, WIDTH, boxes_of, lines_of
from registry.credentials.pathway_progress import State
from registry.credentials.pathway_words import clean, goal_words, notes_of, so_far_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from registry.credentials.pathway import Pathway
    from registry.credentials.pathway_layout import Box
    from registry.credentials.pathway_progress import Progress, Step

INK, SMALL, LINE, PAPER = "#1d2433", "#4a5468", "#8b95a7", "#ffffff"
LOOKS = {
    State.DONE: ("#e6f4ea", "#1a7f37", ""),
    State.RECOGNISED: ("#e8f0fe", "#1f5fbf", "8 3"),
    State.WAITING: ("#fff4d6", "#8a6100", "2 4"),
    State.MISSING: ("#ffffff", "#6b7486", "5 5"),
}
"""Of each state: what fills its box, its colour, and the dashes of its border."""
_PLAIN = (PAPER, "#35507a", "")
_MARKS = {
    State.DONE: "M-4 0 l3 3.5 l6 -7",
    State.RECOGNISED: "M-4 2.5 h8 M-4 -2.5 h8",
    State.WAITING: "M0 -4.5 v4.5 h3.5",
    State.MISSING: "M-3.5 0 h7",
}
_FONT = 'font-family="system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, sans-serif"'


def pathway_picture(pathway: Pathway, progress: Progress | None = None) -> str:
    """Return a pathway as SVG, with how far somebody is on it if that is given."""
    steps = {step.component.achievement: step for step in progress.steps} if progress else {}
    head = lines_of(clean(pathway.name), 18, WIDTH - 2 * MARGIN, 3)
    top = MARGIN + 24 * len(head) + 12
    notes = {one.achievement: list(notes_of(pathway, one, steps.get(one.achievement))) for one in pathway.components}
    boxes, bottom = boxes_of(_cleaned(pathway), notes, top)
    goal, height = _goal(pathway, progress, bottom + 34)
    drawn = [
        *(_text(line, WIDTH // 2, MARGIN + 18 + 24 * at, 18, 700) for at, line in enumerate(head)),
        *_lines(pathway, boxes, bottom, bottom + 34),
        *(part for box in boxes for part in _box(box, steps.get(box.achievement))),
        *goal,
    ]
    return "\n".join([*_opening(pathway, steps, height), *drawn, "</svg>", ""])


def _opening(pathway: Pathway, steps: Mapping[str, Step], height: int) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-labelledby="pathway-title pathway-desc" {_FONT}>'
    )
    yield f'<title id="pathway-title">{_safe(pathway.name)}</title>'
    yield f'<desc id="pathway-desc">{_safe(_told(pathway, steps))}</desc>'
    yield f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>'


def _told(pathway: Pathway, steps: Mapping[str, Step]) -> str:
    parts = [", ".join([one.name, *notes_of(pathway, one, steps.get(one.achievement))]) for one in pathway.components]
    return f"{'; '.join(parts)}. {goal_words(pathway)} {pathway.title} follows."


def _box(box: Box, step: Step | None) -> Iterator[str]:
    fill, colour, dashes = LOOKS[step.state] if step else _PLAIN
    yield _rectangle(box.x, box.y, BOX_WIDTH, box.height, (fill, colour, dashes), 1.6)
    yield _mark(box.middle, box.y + 18, step.state if step else None, colour)
    y = box.y + 46
    for line in box.name:
        yield _text(line, box.middle, y, 14, 600)
        y += 17
    for line in box.notes:
        yield _text(line, box.middle, y, 12, 400, SMALL)
        y += 15


def _mark(x: int, y: int, state: State | None, colour: str) -> str:
    if state is None:
        return f'<circle cx="{x}" cy="{y}" r="5" fill="{colour}"/>'
    filled = state in {State.DONE, State.RECOGNISED}
    return (
        f'<g transform="translate({x} {y})"><circle r="9" fill="{colour if filled else PAPER}" stroke="{colour}" '
        f'stroke-width="1.6"/><path d="{_MARKS[state]}" fill="none" stroke="{PAPER if filled else colour}" '
        'stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></g>'
    )


def _lines(pathway: Pathway, boxes: Sequence[Box], bottom: int, goal: int) -> Iterator[str]:
    """Yield a line from each component to what comes after it, and one from all of them to the goal."""
    placed = {box.achievement: box for box in boxes}
    for component in pathway.components:
        to = placed[component.achievement]
        for at, name in enumerate(component.after):
            yield _line(placed[name], to, boxes, at)
    yield _drawn(f"M{WIDTH // 2} {bottom + 10} V{goal}", WIDTH // 2, goal)


def _line(one: Box, to: Box, boxes: Sequence[Box], lane: int) -> str:
    """Return a line from one box down to another: through the middle where boxes stand between them."""
    y = one.y + one.height
    if not any(y <= box.y < to.y for box in boxes):
        bend = (to.y - y) // 2
        return _drawn(
            f"M{one.middle} {y} C{one.middle} {y + bend} {to.middle} {to.y - bend} {to.middle} {to.y}", to.middle, to.y
        )
    x = WIDTH // 2 + (lane % 3 - 1) * 4
    return _drawn(f"M{one.middle} {y} V{y + 8} H{x} V{to.y - 12} H{to.middle} V{to.y}", to.middle, to.y)


def _drawn(path: str, x: int, y: int) -> str:
    return (
        f'<path d="{path} M{x - 4} {y - 6} L{x} {y} L{x + 4} {y - 6}" fill="none" stroke="{LINE}" stroke-width="1.4" '
        'stroke-linejoin="round"/>'
    )


def _goal(pathway: Pathway, progress: Progress | None, y: int) -> tuple[list[str], int]:
    title = lines_of(clean(pathway.title), 16, WIDTH - 4 * MARGIN, 3)
    notes = lines_of(goal_words(pathway), 12, WIDTH - 4 * MARGIN, 2)
    notes += lines_of(so_far_words(pathway, progress), 12, WIDTH - 4 * MARGIN, 2) if progress else ()
    height = 44 + 20 * len(title) + 16 * len(notes)
    look = ("#e6f4ea", "#1a7f37", "") if progress and progress.complete else ("#eef2f9", "#35507a", "")
    middle = WIDTH // 2
    parts = [_rectangle(MARGIN, y, WIDTH - 2 * MARGIN, height, look, 2.4), _star(middle, y + 20, look[1])]
    parts += [_text(line, middle, y + 50 + 20 * at, 16, 700) for at, line in enumerate(title)]
    below = y + 48 + 20 * len(title)
    parts += [_text(line, middle, below + 16 * at, 12, 400, SMALL) for at, line in enumerate(notes)]
    return parts, y + height + MARGIN


def _star(x: int, y: int, colour: str) -> str:
    return (
        f'<path transform="translate({x} {y})" d="M0 -10 L2.9 -4 L9.5 -3.1 L4.8 1.5 L5.9 8.1 L0 5 L-5.9 8.1 '
        f'L-4.8 1.5 L-9.5 -3.1 L-2.9 -4 Z" fill="{colour}"/>'
    )


def _rectangle(x: int, y: int, width: int, height: int, look: tuple[str, str, str], thick: float) -> str:
    fill, colour, dashes = look
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="10" fill="{fill}" stroke="{colour}" '
        f'stroke-width="{thick}"{dashed}/>'
    )


def _text(text: str, x: int, y: int, size: int, weight: int, colour: str = INK) -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{colour}" text-anchor="middle" '
        f'unicode-bidi="plaintext">{_safe(text)}</text>'
    )


def _cleaned(pathway: Pathway) -> Pathway:
    return replace(pathway, components=tuple(replace(one, name=clean(one.name)) for one in pathway.components))


def _safe(text: str) -> str:
    return escape(clean(text))
