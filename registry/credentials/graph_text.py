"""Statements of a graph with holes: lines of N-Quads whose canonical order is settled before the holes are filled.

Lines that first differ in constant text stand in the same order whatever is filled in: so do most about one subject, as
their predicates differ. Lines that differ in one label alone stand in the order of their labels. Others are sorted anew
each time.

Source: W3C RDF Dataset Canonicalization 1.0, 4.4 (lines in code point order).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Arguments = Sequence[bytes]
    """What is filled in: the labels of blank nodes, then the texts of holes; none holds a line feed."""
    Piece = str | int
    """Text that always stands there, or the number of the argument that is filled in."""
    Line = tuple[Piece, ...]
    """A statement up to its line feed, or how it begins."""


class TwiceError(ValueError):
    """A statement would stand in a graph twice, which holds none twice."""


@dataclass(frozen=True, slots=True)
class GraphText:
    """Text with holes."""

    form: bytes
    """The text, `%b` wherever something is filled in."""
    pick: Callable[[Arguments], object]
    """Takes that from the arguments."""

    def filled(self, arguments: Arguments) -> bytes:
        """Return the text with these arguments; TwiceError as `statements` says."""
        return self.form % self.pick(arguments)


def beginning(line: Line) -> GraphText:
    """Return how a statement begins, or all of it, without a line feed."""
    return GraphText(_form(line), _picker(arguments_in(line)))


def statements(lines: Iterable[Line], labels: int, *, twice: bool = False) -> GraphText:
    """Return statements in canonical order; the first `labels` arguments are those of blank nodes, no two alike.

    Filling it raises TwiceError if two come out alike, unless they may stand there `twice`.
    """
    whole = sorted(lines, key=_constants)
    form = b"".join(_form(line) + b"\n" for line in whole)
    order = [at for line in whole for at in arguments_in(line)]
    runs = [list(run) for _, run in groupby(whole, _constants)]
    places = [_place(run, labels) for run in runs]
    if None in places or not all(_stand_before(one, other) for one, other in pairwise(runs)):
        return GraphText(b"%b", _Sorted(GraphText(form, _picker(order)), twice))
    sorted_places = list(_sorted_places(runs, [place or 0 for place in places]))
    return GraphText(form, _PickRuns(tuple(order), tuple(sorted_places)) if sorted_places else _picker(order))


def arguments_in(line: Line) -> list[int]:
    """Return the numbers of the arguments that are filled into a line, in order."""
    return [piece for piece in line if isinstance(piece, int)]


@dataclass(frozen=True, slots=True)
class _PickRuns:
    """Picks arguments of which some are put in order."""

    order: tuple[int, ...]
    runs: tuple[tuple[int, ...], ...]
    """Places in the order whose arguments are sorted among themselves."""

    def __call__(self, arguments: Arguments) -> tuple[bytes, ...]:
        picked = [arguments[at] for at in self.order]
        for run in self.runs:
            for place, label in zip(run, sorted([picked[place] for place in run]), strict=True):
                picked[place] = label
        return tuple(picked)


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Makes the whole text and sorts its lines."""

    text: GraphText
    twice: bool

    def __call__(self, arguments: Arguments) -> bytes:
        lines = self.text.filled(arguments).split(b"\n")[:-1]
        lines.sort()
        if not self.twice and len(set(lines)) < len(lines):
            raise TwiceError
        return b"".join([line + b"\n" for line in lines])


def _place(run: Sequence[Line], labels: int) -> int | None:
    """Return which piece of lines that are alike but for their arguments is another label in each; None if not so."""
    if len(run) == 1:
        return 0
    differing = [place for place, pieces in enumerate(zip(*run, strict=True)) if len(set(pieces)) > 1]
    if len(differing) != 1:
        return None
    found = {line[differing[0]] for line in run}
    return differing[0] if len(found) == len(run) and all(isinstance(at, int) and at < labels for at in found) else None


def _sorted_places(runs: Sequence[Sequence[Line]], places: Sequence[int]) -> Iterable[tuple[int, ...]]:
    """Yield for each run of several lines where in the order of all arguments those stand that tell them apart."""
    before = 0
    for run, place in zip(runs, places, strict=True):
        each = len(arguments_in(run[0]))
        if len(run) > 1:
            yield tuple(before + each * number + len(arguments_in(run[0][:place])) for number in range(len(run)))
        before += each * len(run)


def _stand_before(run: Sequence[Line], other: Sequence[Line]) -> bool:
    """Return whether all lines of a run stand before all of another, whatever is filled in.

    What decides is the same for every two of them, or for one of the first lines it is a label.
    """
    return all(_stands_before(line, other[0]) for line in run) and all(_stands_before(run[0], its) for its in other)


def _stands_before(line: Line, other: Line) -> bool:
    """Return whether a line stands before another whatever is filled in: they differ first in what is constant."""
    for piece, its in zip(line, other, strict=False):
        if piece != its:
            if isinstance(piece, int) or isinstance(its, int) or piece.startswith(its) or its.startswith(piece):
                return False
            return piece < its
    return False


def _constants(line: Line) -> list[str]:
    return ["" if isinstance(piece, int) else piece for piece in line]


def _form(line: Line) -> bytes:
    return b"".join(b"%b" if isinstance(piece, int) else piece.replace("%", "%%").encode() for piece in line)


def _picker(order: Sequence[int]) -> Callable[[Arguments], object]:
    return itemgetter(*order) if order else _nothing


def _nothing(_: Arguments) -> tuple[()]:
    return ()
