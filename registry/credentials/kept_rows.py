"""Roster rows as they go from process to process, or wait packed until their turn comes."""

from __future__ import annotations

import pickle
import zlib
from collections import deque
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from registry.credentials.recipient_id import Recipient
from registry.credentials.roster import RosterRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.credentials.mapping import Mapping

BLOCK_ROWS = 1000
"""Rows that are packed together."""
_FASTEST = 1
_APART = ("mapping", "recipient")
_NAMES = tuple(one.name for one in fields(RosterRow) if one.name not in _APART)
_OF_ROW = attrgetter(*_NAMES)
_OF_RECIPIENT = attrgetter(*(one.name for one in fields(Recipient)))

PlainRow = tuple[tuple[Any, ...], tuple[Any, ...]]
"""A row without its mapping, and its recipient, as plain tuples: they are pickled in a third of the time."""


def plain_row(row: RosterRow) -> PlainRow:
    """Return a row as plain tuples."""
    return _OF_ROW(row), _OF_RECIPIENT(row.recipient)


def row_of(mapping: Mapping, plain: PlainRow) -> RosterRow:
    """Return the row that `plain_row` took apart."""
    values, recipient = plain
    return RosterRow(mapping=mapping, recipient=Recipient(*recipient), **dict(zip(_NAMES, values, strict=True)))


@dataclass(slots=True)
class KeptRows:
    """Rows of one roster, packed in memory: 18 bytes each in the benchmarks' roster, more where rows differ more."""

    mapping: Mapping
    """How the roster is read."""
    count: int = 0
    """Rows that are kept."""
    size: int = 0
    """Bytes of the blocks that are packed."""
    _blocks: deque[bytes] = field(default_factory=deque)
    _open: list[PlainRow] = field(default_factory=list)

    def add(self, row: RosterRow) -> None:
        """Keep one more row."""
        self._open.append(plain_row(row))
        self.count += 1
        if len(self._open) == BLOCK_ROWS:
            block = zlib.compress(pickle.dumps(self._open, pickle.HIGHEST_PROTOCOL), _FASTEST)
            self._blocks.append(block)
            self.size += len(block)
            self._open = []

    def clear(self) -> None:
        """Forget all rows."""
        self._blocks.clear()
        self._open, self.count, self.size = [], 0, 0

    def drain(self) -> Iterator[RosterRow]:
        """Yield the rows in the order in which they came, and forget each block as its rows are asked for."""
        while self._blocks:
            # Packed above, in this process: nothing from outside is unpickled.
            for plain in pickle.loads(zlib.decompress(self._blocks.popleft())):  # noqa: S301
                yield row_of(self.mapping, plain)
        for plain in self._open:
            yield row_of(self.mapping, plain)
        self.clear()
