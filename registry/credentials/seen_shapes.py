"""Shapes of received credentials that were found good before: what need not be worked out again for other recipients.

Documents of one shape differ in the values of a few named members alone (`holes.Places`). What the slow way says of the
form of such a document follows from its shape, as long as each value is plain: a time is a time, an id an absolute IRI
that stands in one place only, a text not empty. And its graph is the shape's with the values filled in. So a document
of a known shape with plain values needs no JSON-LD processor; every other goes the slow way, and a property test
compares the two. What a stranger sends cannot make a shape mean something else: it follows from the shape alone.

Source: design.md, 6 (`format`) and 11.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from registry.core.errors import CanonicalFormError, CredentialFormatError
from registry.credentials.compose import PERSONAL
from registry.credentials.graph_template import graph_template
from registry.credentials.hole_texts import iri
from registry.credentials.holes import Places
from registry.credentials.jsonld import canonical_nquads, expand
from registry.credentials.times import parse_time

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from registry.credentials.graph_template import GraphTemplate
    from registry.credentials.holes import Holes

MAX_SHAPES = 256
"""Most shapes that are known at a time."""
MAX_PARTS = 5_000
"""Most parts of a shape that is remembered; a badge has a few hundred."""
MAX_MET = 10_000
"""Most shapes of which it is known that they were met once."""

_PLACES = Places({}, PERSONAL)
_TIMES = frozenset({"validFrom", "validUntil", "awardedDate"})
_KINDS = frozenset({str, int, float})


@dataclass(frozen=True, slots=True)
class _Shape:
    """What documents have in common that differ in the values of their holes alone."""

    graph: GraphTemplate
    names: tuple[object, ...]
    """The member that each hole is the value of."""

    def filled(self, values: Sequence[Any]) -> bytes | None:
        """Return the canonical N-Quads with these values; None if one of them is not plain."""
        return self.graph.filled(values) if _are_plain(self.names, values) else None


@dataclass(slots=True)
class SeenShapes:
    """Remembers shapes, each from its second good document on, so that a stranger's single ones cost nothing more."""

    _known: dict[Hashable, _Shape] = field(default_factory=dict)
    _met: set[int] = field(default_factory=set)

    def nquads(self, unsigned: dict[str, Any]) -> bytes | None:
        """Return the canonical N-Quads of a document without proof if its form is known to be good; else None."""
        holes = _holes(unsigned)
        if holes is None:
            return None
        shape = self._known.get(holes.key)
        return shape.filled(holes.values) if shape is not None else None

    def remember(self, unsigned: dict[str, Any]) -> None:
        """Take note of a document without proof that the slow way found nothing wrong with."""
        holes = _holes(unsigned)
        if holes is None or holes.key in self._known or len(holes.key) > MAX_PARTS:
            return
        names = _names(holes)
        if not _are_plain(names, holes.values):
            return
        name = hash(holes.key)
        if name not in self._met:
            _make_room(self._met, MAX_MET)
            self._met.add(name)
            return
        graph = _graph(unsigned)
        if graph is not None and graph.filled(holes.values) == canonical_nquads(expand(unsigned)):
            _make_room(self._known, MAX_SHAPES)
            self._known[holes.key] = _Shape(graph, names)


def _holes(unsigned: dict[str, Any]) -> Holes | None:
    try:
        return _PLACES.holes(unsigned)
    except RecursionError:  # the slow way says how deep a document may be
        return None


def _graph(unsigned: dict[str, Any]) -> GraphTemplate | None:
    try:
        marked = _PLACES.marked(unsigned)
        return graph_template(expand(marked.document), marked.markers)
    except (CredentialFormatError, CanonicalFormError):
        return None


def _names(holes: Holes) -> tuple[object, ...]:
    """Return the member that each hole is the value of."""
    # A hole stands in the key as the kind of its value, right after its member's name.
    return tuple(name for name, kind in pairwise(holes.key) if isinstance(kind, type) and kind in _KINDS)


def _are_plain(names: Sequence[object], values: Sequence[Any]) -> bool:
    """Return whether no value can make a difference to what is said of the document's form."""
    named = list(zip(names, values, strict=True))
    ids = [value for name, value in named if name == "id"]
    # Of one id said twice, both places would describe one thing.
    return len(set(ids)) == len(ids) and all(_is_plain(name, value) for name, value in named)


def _is_plain(name: object, value: Any) -> bool:  # noqa: ANN401  a text or number
    if name == "id":
        return isinstance(value, str) and iri(value) is not None
    if name in _TIMES:
        return _is_time(value)
    return bool(value != "")


def _is_time(value: object) -> bool:
    try:
        parse_time(value, "it")
    except CredentialFormatError:
        return False
    return True


def _make_room(memory: dict[Any, Any] | set[int], most: int) -> None:
    if len(memory) >= most:
        memory.clear()
