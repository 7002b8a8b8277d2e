"""A shape's graph with holes: from a recipient's values to canonical N-Quads, without a JSON-LD processor.

RDFC-1.0 names blank nodes in the order of the hashes of their own statements where those hashes differ, and by trial
where they do not. The hashes of nodes whose statements hold nothing of the recipient are taken once; the others are
taken anew for each recipient, and a graph that would need trial is not done here at all.

Source: W3C RDF Dataset Canonicalization 1.0, 4.4 and 4.6.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from registry.credentials.hole_texts import value_of, writer_of
from registry.credentials.jsonld import graph_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from registry.credentials.hole_texts import Writer
    from registry.credentials.holes import Marker
    from registry.credentials.jsonld import Expanded

    Quad = tuple[Any, ...]
    Piece = str | int
    """Text that always stands there, or the number of the argument that is filled in."""
    Line = tuple[Piece, ...]

MAX_NODES = 4_000
"""Most blank nodes of a shape; a badge has a dozen or two."""

_LABELS = tuple(f"_:c14n{number}" for number in range(MAX_NODES))


@dataclass(frozen=True, slots=True)
class _Lines:
    """N-Quads with `%s` wherever an argument is filled in."""

    form: str
    order: tuple[int, ...]

    @classmethod
    def of(cls, lines: Iterable[Sequence[Piece]]) -> _Lines:
        whole = list(lines)
        form = "\n".join("".join(_escaped(piece) for piece in line) for line in whole)
        return cls(form, tuple(piece for line in whole for piece in line if isinstance(piece, int)))

    def filled(self, arguments: Sequence[str]) -> list[str]:
        """Return the lines in order; no argument holds a line feed."""
        lines = (self.form % tuple([arguments[at] for at in self.order])).split("\n")
        lines.sort()
        return lines


@dataclass(frozen=True, slots=True)
class GraphTemplate:
    """A graph with holes. Its arguments are the labels of the blank nodes, then the texts of the holes."""

    writers: tuple[Writer, ...]
    """How the value of each hole is written."""
    lines: _Lines
    """The whole graph."""
    known: Mapping[bytes, int]
    """Hash of each blank node whose statements hold nothing of the recipient, and its number."""
    varying: tuple[tuple[int, _Lines], ...]
    """The other blank nodes, each with its statements as they are hashed."""

    def takes(self, values: Sequence[Any]) -> bool:
        """Return whether none of the values may change more than its place."""
        return all(write(value) is not None for write, value in zip(self.writers, values, strict=True))

    def filled(self, values: Sequence[Any]) -> bytes | None:
        """Return the canonical N-Quads with these values; None if one of them may change more than its place."""
        arguments = [""] * (len(self.known) + len(self.varying))
        for write, value in zip(self.writers, values, strict=True):
            text = write(value)
            if text is None:
                return None
            arguments.append(text)
        if not self._label(arguments):
            return None
        lines = self.lines.filled(arguments)
        return _joined(lines) if len(set(lines)) == len(lines) else None  # a graph holds no statement twice

    def _label(self, arguments: list[str]) -> bool:
        """Put the canonical labels into the arguments; False if two nodes have the same hash."""
        nodes = dict(self.known)
        for node, lines in self.varying:
            nodes[_hash(lines.filled(arguments))] = node
        for label, digest in zip(_LABELS, sorted(nodes), strict=False):
            arguments[nodes[digest]] = label
        return len(nodes) == len(self.known) + len(self.varying)


def graph_template(expanded: Expanded, markers: Sequence[Marker]) -> GraphTemplate | None:
    """Return the template of a document with markers in its holes; None if its shape is not covered."""
    dataset = graph_of(expanded)
    if dataset is None:
        return None
    quads = [(quad.subject, quad.predicate, quad.object, quad.graph_name) for quad in dataset]
    nodes = list(dict.fromkeys(term for quad in quads for term in quad if isinstance(term, ox.BlankNode)))
    writers = _writers(quads, markers)
    if writers is None or len(nodes) > MAX_NODES:
        return None
    arguments: dict[object, int] = {node: at for at, node in enumerate(nodes)}
    arguments |= {value_of(marker): at for at, marker in enumerate(markers, len(nodes))}
    lines = [tuple(_line(quad, arguments)) for quad in sorted(quads, key=str)]
    return _template(lines, len(nodes), writers)


def _writers(quads: Iterable[Quad], markers: Sequence[Marker]) -> tuple[Writer, ...] | None:
    """Return a writer for each hole; None if one of them is not in the graph."""
    wanted = {value_of(marker): marker for marker in markers}
    writers = {
        term.value: writer_of(term, wanted[term.value])
        for quad in quads
        for term in quad
        if isinstance(term, ox.NamedNode | ox.Literal) and term.value in wanted
    }
    return tuple(writers[value] for value in wanted) if len(writers) == len(wanted) else None


def _line(quad: Quad, arguments: Mapping[object, int]) -> Iterator[Piece]:
    for term in quad:
        if isinstance(term, ox.BlankNode):
            yield arguments[term]
        elif isinstance(term, ox.NamedNode | ox.Literal):
            before, is_hole, after = str(term).partition(term.value if term.value in arguments else "\n")
            yield before
            if is_hole:
                yield arguments[term.value]
                yield after
        yield " " if not isinstance(term, ox.DefaultGraph) else ""
    yield "."


def _template(lines: Sequence[Line], count: int, writers: tuple[Writer, ...]) -> GraphTemplate | None:
    known: dict[bytes, int] = {}
    varying: list[tuple[int, _Lines]] = []
    for node in range(count):
        own = _Lines.of(_seen_from(node, line, count) for line in lines if node in line)
        if own.order:
            varying.append((node, own))
        else:
            known[_hash(own.filled(()))] = node
    if len(known) + len(varying) != count:
        return None  # two nodes look alike for every recipient
    return GraphTemplate(writers, _Lines.of(lines), known, tuple(varying))


def _seen_from(node: int, line: Line, count: int) -> Line:
    return tuple("_:a" if piece == node else "_:z" if _is_node(piece, count) else piece for piece in line)


def _is_node(piece: Piece, count: int) -> bool:
    return isinstance(piece, int) and piece < count


def _escaped(piece: Piece) -> str:
    return "%s" if isinstance(piece, int) else piece.replace("%", "%%")


def _joined(lines: Sequence[str]) -> bytes:
    return "\n".join((*lines, "")).encode()


def _hash(lines: Sequence[str]) -> bytes:
    return hashlib.sha256(_joined(lines)).digest()
