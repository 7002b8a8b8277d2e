"""Which values of a document are a recipient's own, and the document with markers in their places."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.core.canonical import canonical_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Marker = str | int | float
"""A value that stands for a hole."""

_END = object()
_SCALARS = (str, int, float)
_LEAST_NUMBER = 10**12  # numbers of thirteen digits and a half are exact, and nobody's credits


@dataclass(frozen=True, slots=True)
class Holes:
    """The holes of one document."""

    key: tuple[Any, ...]
    """All of the document but the values: documents with the same key have the same shape."""
    values: list[Any]
    """The values, in the order in which the document is gone through."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A document with a marker in each hole; no marker stands anywhere else in it."""

    document: dict[str, Any]
    """The document."""
    markers: tuple[Marker, ...]
    """The markers, in the order of the holes; each of the same kind as the value whose place it takes."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the holes of a cohort's documents are."""

    fixed: Mapping[int, Any]
    """Parts that all documents share as the same objects, by their `id()`; nothing in them is a recipient's."""
    personal: frozenset[str]
    """Names of the members whose texts and numbers are a recipient's own, outside of the fixed parts."""

    def holes(self, document: dict[str, Any]) -> Holes:
        """Return the holes of a document and everything that is not one."""
        key: list[Any] = []
        values: list[Any] = []
        self._collect(document, key, values)
        return Holes(tuple(key), values)

    def marked(self, document: dict[str, Any]) -> Marked:
        """Return a document with markers made from its own hash, so that nothing in it can hold one of them."""
        seed = hashlib.sha256(canonical_bytes(document)).hexdigest()
        markers = tuple(_marker(seed, at, value) for at, value in enumerate(self.holes(document).values))
        return Marked(self._replaced(document, iter(markers)), markers)

    def _collect(self, members: dict[str, Any], key: list[Any], values: list[Any]) -> None:
        for name, item in members.items():
            key.append(name)
            kind = type(item)
            if name in self.personal and kind in _SCALARS:
                key.append(kind)
                values.append(item)
            elif kind is str:
                key.append(item)
            else:
                self._constant(item, key, values)
        key.append(_END)

    def _constant(self, item: Any, key: list[Any], values: list[Any]) -> None:  # noqa: ANN401  any JSON value
        kind = type(item)
        if kind is str:
            key.append(item)
        elif kind is dict:
            if id(item) in self.fixed:
                key.append((dict, id(item)))
            else:
                key.append(dict)
                self._collect(item, key, values)
        elif kind is list:
            key.append(list)
            for one in item:
                self._constant(one, key, values)
            key.append(_END)
        else:
            key.append((kind, item))  # true, 1 and 1.0 are three things

    def _replaced(self, item: Any, markers: Iterator[Marker]) -> Any:  # noqa: ANN401  any JSON value
        if id(item) in self.fixed or not isinstance(item, dict | list):
            return item
        if isinstance(item, list):
            return [self._replaced(one, markers) for one in item]
        return {
            name: next(markers) if name in self.personal and type(one) in _SCALARS else self._replaced(one, markers)
            for name, one in item.items()
        }


def _marker(seed: str, at: int, value: Marker) -> Marker:
    if isinstance(value, str):
        return f"urn:hole:{seed}:{at:06d}:"
    number = _LEAST_NUMBER + int(seed[:9], 16) * 100 + at
    return number if isinstance(value, int) else number + 0.5
