"""A shape's graph with holes: from a recipient's values to canonical N-Quads, without a JSON-LD processor.

RDFC-1.0 names blank nodes in the order of the hashes of their own statements where those hashes differ, and by trial
where they do not. The hashes of nodes whose statements hold nothing of the recipient are taken once; the others are
taken anew for each recipient, and a graph that would need trial is not done here at all.

Source: W3C RDF Dataset Canonicalization 1.0, 4.4 and 4.6.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast

import pyoxigraph as ox

from registry.credentials.hole_texts import value_of, writer_of
from registry.credentials.jsonld import graph_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from registry.credentials.hole_texts import Writer
    from registry.credentials.holes import Marker
    from registry.credentials.jsonld import Expanded

    Quad = tuple[Any, ...]
    Piece = str | int
    """Text that always stands there, or the number of the argument that is filled in."""
    Line = tuple[Piece, ...]

MAX_NODES = 4_000
"""Most blank nodes of a shape; a badge has a dozen or two."""
MAX_KEPT_BYTES = 256 * 1024
"""Most bytes of statements that a shape keeps from one recipient for the next."""

_FIRST = itemgetter(0)
_NO_LABELS = len  # picks the same of all arguments of a shape
_LABELS = tuple(b"_:c14n%d" % number for number in range(MAX_NODES))


@dataclass(frozen=True, slots=True)
class _Text:
    """Lines of N-Quads with `%b` wherever an argument is filled in."""

    form: bytes
    order: tuple[int, ...]

    @classmethod
    def of(cls, lines: Iterable[Sequence[Piece]]) -> _Text:
        whole = list(lines)
        form = b"\n".join(b"".join(map(_escaped, line)) for line in whole)
        return cls(form, tuple(piece for line in whole for piece in line if isinstance(piece, int)))

    def filled(self, arguments: Sequence[bytes]) -> bytes:
        """Return the text; no argument holds a line feed."""
        return self.form % tuple([arguments[at] for at in self.order])

    def lines(self, arguments: Sequence[bytes]) -> list[bytes]:
        """Return the lines in order, and an empty one for the line feed after the last."""
        lines = self.filled(arguments).split(b"\n")
        lines.sort()
        lines.append(b"")
        return lines


@dataclass(frozen=True, slots=True)
class _Block:
    """The statements about one subject: in canonical order they stand together, as all begin with its name."""

    name: _Text
    """How its lines begin: with the subject and the space after it."""
    statements: _Text
    labels: Callable[[Sequence[bytes]], Hashable] | None
    """Picks the labels in it from the arguments; None where something of the recipient is in it, too."""
    kept: dict[Hashable, bytes] = field(default_factory=dict)
    """Its text by its labels, filled as needed."""

    def text(self, arguments: Sequence[bytes]) -> bytes | None:
        """Return the statements in order; None if one stands there twice, as a graph holds no statement twice."""
        lines = self.statements.lines(arguments)
        return b"\n".join(lines) if len(set(lines)) == len(lines) else None


@dataclass(slots=True)
class _Kept:
    """How much the blocks of a shape keep."""

    size: int = 0


@dataclass(frozen=True, slots=True)
class GraphTemplate:
    """A graph with holes. Its arguments are the labels of the blank nodes, then the texts of the holes."""

    writers: tuple[Writer, ...]
    """How the value of each hole is written."""
    known: Mapping[bytes, int]
    """Hash of each blank node whose statements hold nothing of the recipient, and its number."""
    varying: tuple[tuple[int, _Text], ...]
    """The other blank nodes, each with its statements as they are hashed."""
    named: tuple[_Block, ...]
    """What is said of subjects that have an IRI; these stand before the blank ones."""
    blank: Mapping[int, _Block]
    """What is said of each blank node, by its number."""
    ranks: tuple[int, ...]
    """The ranks of the blank nodes in the order of their labels as texts: 0, 1, 10, 11, 2."""
    kept: _Kept = field(default_factory=_Kept)

    def takes(self, values: Sequence[Any]) -> bool:
        """Return whether none of the values may change more than its place."""
        return all(write(value) is not None for write, value in zip(self.writers, values, strict=True))

    def filled(self, values: Sequence[Any]) -> bytes | None:
        """Return the canonical N-Quads with these values; None if one of them may change more than its place."""
        arguments = [b""] * (len(self.known) + len(self.varying))
        for write, value in zip(self.writers, values, strict=True):
            text = write(value)
            if text is None:
                return None
            arguments.append(text.encode())
        ranked = self._labelled(arguments)
        named = sorted([(block.name.filled(arguments), block) for block in self.named], key=_FIRST)
        if ranked is None or any(one == other for (one, _), (other, _) in pairwise(named)):
            return None
        blocks = [block for _, block in named]
        blocks += [self.blank[ranked[rank]] for rank in self.ranks if ranked[rank] in self.blank]
        texts = [
            (block.kept.get(block.labels(arguments)) if block.labels else None) or self._text(block, arguments)
            for block in blocks
        ]
        return None if None in texts else b"".join(cast("list[bytes]", texts))

    def _labelled(self, arguments: list[bytes]) -> list[int] | None:
        """Put the canonical labels into the arguments; return the nodes in order, None if two have the same hash."""
        nodes = dict(self.known)
        for node, lines in self.varying:
            nodes[_hash(lines.lines(arguments))] = node
        ranked = [nodes[digest] for digest in sorted(nodes)]
        for label, node in zip(_LABELS, ranked, strict=False):
            arguments[node] = label
        return ranked if len(ranked) == len(self.known) + len(self.varying) else None

    def _text(self, block: _Block, arguments: Sequence[bytes]) -> bytes | None:
        """Return the text of a block, made anew, and keep it if nothing of the recipient is in it."""
        text = block.text(arguments)
        if text is None or block.labels is None:
            return text
        self.kept.size += len(text)
        if self.kept.size > MAX_KEPT_BYTES:
            for one in (*self.named, *self.blank.values()):
                one.kept.clear()
            self.kept.size = len(text)
        block.kept[block.labels(arguments)] = text
        return text


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
    varying: list[tuple[int, _Text]] = []
    for node in range(count):
        own = _Text.of(_seen_from(node, line, count) for line in lines if node in line)
        if own.order:
            varying.append((node, own))
        else:
            known[_hash(own.lines(()))] = node
    if len(known) + len(varying) != count:
        return None  # two nodes look alike for every recipient
    named, blank = _blocks(lines, count)
    ranks = sorted(range(count), key=lambda rank: _LABELS[rank])
    return GraphTemplate(writers, known, tuple(varying), named, blank, tuple(ranks))


def _blocks(lines: Sequence[Line], count: int) -> tuple[tuple[_Block, ...], dict[int, _Block]]:
    """Return what is said of subjects with an IRI, and what of each blank node."""
    about: dict[Line, list[Line]] = {}
    for line in lines:
        about.setdefault(line[: line.index(" ") + 1], []).append(line)
    blocks = {subject: _block(subject, own, count) for subject, own in about.items()}
    blank = {subject[0]: block for subject, block in blocks.items() if isinstance(subject[0], int)}
    return tuple(block for subject, block in blocks.items() if not isinstance(subject[0], int)), blank


def _block(subject: Line, lines: Sequence[Line], count: int) -> _Block:
    statements = _Text.of(lines)
    is_personal = any(at >= count for at in statements.order)
    labels = None if is_personal else itemgetter(*statements.order) if statements.order else _NO_LABELS
    return _Block(_Text.of([subject]), statements, labels)


def _seen_from(node: int, line: Line, count: int) -> Line:
    return tuple("_:a" if piece == node else "_:z" if _is_node(piece, count) else piece for piece in line)


def _is_node(piece: Piece, count: int) -> bool:
    return isinstance(piece, int) and piece < count


def _escaped(piece: Piece) -> bytes:
    return b"%b" if isinstance(piece, int) else piece.replace("%", "%%").encode()


def _hash(lines: Sequence[bytes]) -> bytes:
    return hashlib.sha256(b"\n".join(lines)).digest()
