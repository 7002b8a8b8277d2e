"""A shape's entry with holes: the constant parts of its canonical JSON, joined by a recipient's values.

JCS sorts members by name alone, so a value never moves another member.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.core.canonical import canonical_bytes
from registry.core.errors import CanonicalFormError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry.credentials.holes import Marker


@dataclass(frozen=True, slots=True)
class EntryTemplate:
    """Canonical JSON with holes, cut in two where the signature will stand."""

    head: bytes
    """Up to the text of the signature; `%b` wherever a value is filled in."""
    tail: bytes
    """What follows it, in the same way."""
    head_order: tuple[int, ...]
    """Which hole is filled in at each place of the head."""
    tail_order: tuple[int, ...]
    """Which at each place of the tail."""

    def filled(self, values: Sequence[Any]) -> tuple[bytes, bytes] | None:
        """Return both parts with these values; None if one has no canonical form."""
        try:
            texts = [canonical_bytes(value) for value in values]
        except CanonicalFormError:
            return None
        head = self.head % tuple([texts[at] for at in self.head_order])
        return head, self.tail % tuple([texts[at] for at in self.tail_order])


def entry_template(secured: dict[str, Any], markers: Sequence[Marker], signature: str) -> EntryTemplate | None:
    """Return the template of a document with markers in its holes; None unless each stands in it exactly once.

    `signature` is the text that stands where the signature will.
    """
    data = canonical_bytes(secured).replace(b"%", b"%%")
    numbers = {canonical_bytes(marker): at for at, marker in enumerate(markers)}
    any_marker = re.compile(b"|".join(map(re.escape, numbers)) or b"(?!)")
    cut = data.partition(signature.encode())
    orders = [tuple(numbers[found] for found in any_marker.findall(part)) for part in cut[::2]]
    if sorted(orders[0] + orders[1]) != list(range(len(markers))):
        return None
    head, tail = (any_marker.sub(b"%b", part) for part in cut[::2])
    return EntryTemplate(head, tail, *orders)
