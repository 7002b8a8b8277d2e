"""Random places in an issuer's status lists.

Indices are counted through all lists of an issuer. A list is only half filled, so that a random free
place is found at once, and an index says little about when the credential was issued.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from registry.credentials.status_list import MIN_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from registry.ports import CredentialStore

LIST_ENTRIES = MIN_ENTRIES
"""Entries of one list; the standard's minimum, so that a list hides each credential among many."""
FILLED_ENTRIES = LIST_ENTRIES // 2
"""Credentials that are put into one list."""
DRAWN_BYTES = 4
"""Random bytes that make a place."""
DRAWN_AT_ONCE = 256
"""Places for which randomness is fetched together."""
UNSTORED_LIST = (1 << 31) // LIST_ENTRIES - 1
"""Number of the list of credentials that were signed and not stored: the last that an index of the store can name, so
that no stored credential is in it, and nothing in it is ever set."""


def list_number(status_index: int) -> int:
    """Return which of the issuer's lists holds an index, from 0."""
    return status_index // LIST_ENTRIES


def list_position(status_index: int) -> int:
    """Return the position of an index in its list, from 0."""
    return status_index % LIST_ENTRIES


class StatusIndices:
    """Draws free indices of one issuer; the store's unique constraint has the last word."""

    def __init__(self, store: CredentialStore, issuer_id: int) -> None:
        self._store = store
        self._issuer_id = issuer_id
        self.drawn = store.credential_count(issuer_id)
        """Credentials of the issuer so far, those included that have an index and are not stored yet."""
        self._list = self.drawn // FILLED_ENTRIES
        self._taken = self._stored(self._list)
        self._positions = _any_positions()

    def draw(self) -> int:
        """Return a free index, and take it."""
        while len(self._taken) >= FILLED_ENTRIES:
            self._list += 1
            self._taken = self._stored(self._list)
        while (index := self._list * LIST_ENTRIES + next(self._positions)) in self._taken:
            pass
        self._taken.add(index)
        self.drawn += 1
        return index

    def lost(self, mine: Iterable[int | None]) -> set[int]:
        """Return which of these indices, drawn here and not stored yet, another import has stored."""
        drawn = {index for index in mine if index is not None}
        stored = {number: self._stored(number) for number in {self._list, *map(list_number, drawn)}}
        self._taken |= stored[self._list]
        return drawn & set().union(*stored.values())

    def _stored(self, number: int) -> set[int]:
        first = number * LIST_ENTRIES
        return self._store.status_indices(self._issuer_id, first, first + LIST_ENTRIES)


def unstored_position() -> int:
    """Return a random position in the list of credentials that are not stored; two may share it, as it stays unset."""
    return next(_any_positions())


def _any_positions() -> Iterator[int]:
    # Many at a time: each question to the system lets other threads go first, which takes longer than the answer.
    while True:
        drawn = secrets.token_bytes(DRAWN_BYTES * DRAWN_AT_ONCE)
        for at in range(0, len(drawn), DRAWN_BYTES):
            # A power of two divides it, so that every place is as likely.
            yield int.from_bytes(drawn[at : at + DRAWN_BYTES], "big") % LIST_ENTRIES
