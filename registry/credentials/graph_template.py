"""A shape's graph with holes: from a recipient's values to canonical N-Quads, without a JSON-LD processor.

RDFC-1.0 names blank nodes in the order of the hashes of their own statements where those hashes differ, and by trial
where they do not. The hashes of nodes whose statements hold nothing of the recipient are taken once; the others are
taken anew for each recipient, and a graph that would need trial is not done here at all.

Source: W3C RDF Dataset Canonicalization 1.0, 4.4 and 4.6.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from registry.credentials.graph_text import TwiceError, arguments_in, beginning, statements
from registry.credentials.hole_texts import value_of, writer_of
from registry.credentials.jsonld import graph_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from registry.credentials.graph_text import GraphText, Line, Piece
    from registry.credentials.hole_texts import Writer
    from registry.credentials.holes import Marker
    from registry.credentials.jsonld import Expanded

    Quad = tuple[Any, ...]

MAX_NODES = 4_000
"""Most blank nodes of a shape; a badge has a dozen or two."""

_FIRST = itemgetter(0)
_LABELS = tuple(b"_:c14n%d" % number for number in range(MAX_NODES))


@dataclass(frozen=True, slots=True)
class GraphTemplate:
    """A graph with holes. Its arguments are the labels of the blank nodes, then the texts of the holes."""

    writers: tuple[Writer, ...]
    """How the value of each hole is written."""
    known: Mapping[bytes, int]
    """Hash of each blank node whose statements hold nothing of the recipient, and its number."""
    varying: tuple[tuple[int, GraphText], ...]
    """The other blank nodes, each with its statements as they are hashed."""
    named: tuple[tuple[bytes, GraphText], ...]
    """Names of subjects with an IRI that is always the same, and what is said of each; these stand before the blank."""
    personal: tuple[tuple[GraphText, GraphText], ...]
    """The same of subjects whose IRI is a recipient's."""
    blank: tuple[GraphText, ...]
    """What is said of each blank node, by its number."""
    ranks: tuple[int, ...]
    """The ranks of the blank nodes in the order of their labels as texts: 0, 1, 10, 11, 2."""

    def takes(self, values: Sequence[Any]) -> bool:
        """Return whether none of the values may change more than its place."""
        return all(write(value) is not None for write, value in zip(self.writers, values, strict=True))

    def filled(self, values: Sequence[Any]) -> bytes | None:
        """Return the canonical N-Quads with these values; None if one of them may change more than its place."""
        arguments = [b""] * len(self.blank)
        for write, value in zip(self.writers, values, strict=True):
            text = write(value)
            if text is None:
                return None
            arguments.append(text.encode())
        ranked = self._labelled(arguments)
        named = [*self.named, *[(name.filled(arguments), said) for name, said in self.personal]]
        if ranked is None or len(dict(named)) < len(named):
            return None
        named.sort(key=_FIRST)
        texts = [text for _, text in named]
        texts += [self.blank[ranked[rank]] for rank in self.ranks]
        try:
            return b"".join([text.filled(arguments) for text in texts])
        except TwiceError:
            return None

    def _labelled(self, arguments: list[bytes]) -> list[int] | None:
        """Put the canonical labels into the arguments; return the nodes in order, None if two have the same hash."""
        nodes = dict(self.known)
        for node, text in self.varying:
            nodes[_hash(text, arguments)] = node
        ranked = [nodes[digest] for digest in sorted(nodes)]
        for label, node in zip(_LABELS, ranked, strict=False):
            arguments[node] = label
        return ranked if len(ranked) == len(self.blank) else None


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
    lines = [tuple(_line(quad, arguments)) for quad in quads]
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
    varying: list[tuple[int, GraphText]] = []
    naming: list[list[Line]] = [[] for _ in range(count)]
    for line in lines:
        for node in {at for at in arguments_in(line) if at < count}:
            naming[node].append(line)
    for node in range(count):
        own = [_seen_from(node, line, count) for line in naming[node]]
        text = statements(own, count, twice=True)
        if any(map(arguments_in, own)):
            varying.append((node, text))
        else:
            known[_hash(text, ())] = node
    if len(known) + len(varying) != count:
        return None  # two nodes look alike for every recipient
    about: dict[Line, list[Line]] = {(node, " "): [] for node in range(count)}
    for line in lines:
        about.setdefault(line[: line.index(" ") + 1], []).append(line)
    said = [(subject, statements(own, count)) for subject, own in about.items()]
    named = [(beginning(subject), text) for subject, text in said[count:] if not arguments_in(subject)]
    return GraphTemplate(
        writers=writers,
        known=known,
        varying=tuple(varying),
        named=tuple((name.filled(()), text) for name, text in named),
        personal=tuple((beginning(subject), text) for subject, text in said[count:] if arguments_in(subject)),
        blank=tuple(text for _, text in said[:count]),
        ranks=tuple(sorted(range(count), key=lambda rank: _LABELS[rank])),
    )


def _seen_from(node: int, line: Line, count: int) -> Line:
    return tuple("_:a" if piece == node else "_:z" if _is_node(piece, count) else piece for piece in line)


def _is_node(piece: Piece, count: int) -> bool:
    return isinstance(piece, int) and piece < count


def _hash(text: GraphText, arguments: Sequence[bytes]) -> bytes:
    return hashlib.sha256(text.filled(arguments)).digest()
