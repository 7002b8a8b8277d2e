"""Fault 33: a tile is missing, cut, or holds something else.

Logs that serve tiles as files fall back from a partial tile to the full one, and must not take a web page for a tile.
Ours lie in the database, are written once when a batch is sealed and never grow: there is no partial form to fall
back from. What corresponds is a row that is gone, cut short, swapped with another's, or full of something else.
Expected: no receipt, a sentence that names the batch and what to do, and every proof that does not need that tile.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, insert, select, update

from registry.core.errors import StateError
from registry.core.proof import require_inclusion
from registry.services.receipts import receipt_of
from registry.store.session import reading, writing
from registry.store.table_objects import TILE

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from registry.records import StoredCredential
    from tests.bench import Bench

pytestmark = pytest.mark.chain

on_both_databases = sys.modules["tests_bench"].on_both_databases  # loaded by tests/conftest.py
LEAVES = 600
"""Tiles (0,0), (0,1), (0,2) of 256, 256 and 88 leaves, and (1,0)."""
LAST = (TILE.c.level == 0) & (TILE.c.position == 2)
FIRST = (TILE.c.level == 0) & (TILE.c.position == 0)
PAGE = b"<html><body>404 Not Found</body></html>"


def cut(connection: Connection, keep: int) -> None:
    data: bytes = connection.execute(select(TILE.c.data).where(LAST)).scalar_one()
    connection.execute(update(TILE).where(LAST).values(data=data[:keep]))


def swap(connection: Connection) -> None:
    first = connection.execute(select(TILE.c.data).where(FIRST)).scalar_one()
    last = connection.execute(select(TILE.c.data).where(LAST)).scalar_one()
    connection.execute(update(TILE).where(FIRST).values(data=last))
    connection.execute(update(TILE).where(LAST).values(data=first))


BELOW_LAST, MIDDLE, NONE = range(512), range(256, 512), range(0)
ASKED = (*range(0, LEAVES, 40), 255, 256, 511, 512, LEAVES - 1)
"""Leaf indices whose proofs are asked for: some of each tile, and those at the edges."""
DAMAGE: dict[str, tuple[Callable[[Connection], object], range]] = {
    "last tile gone": (lambda one: one.execute(delete(TILE).where(LAST)), BELOW_LAST),
    "last tile cut to whole digests": (lambda one: cut(one, 32 * 50), BELOW_LAST),
    "last tile cut within a digest": (lambda one: cut(one, 1001), BELOW_LAST),
    "last tile empty": (lambda one: cut(one, 0), BELOW_LAST),
    "a web page instead": (lambda one: one.execute(update(TILE).where(LAST).values(data=PAGE)), BELOW_LAST),
    "a long page instead": (lambda one: one.execute(update(TILE).where(LAST).values(data=PAGE * 32)), BELOW_LAST),
    "two tiles swapped": (swap, MIDDLE),
    "upper tile gone": (lambda one: one.execute(delete(TILE).where(TILE.c.level == 1)), NONE),
    "all gone": (lambda one: one.execute(delete(TILE)), NONE),
}
"""What is done to the tiles, and which leaves' proofs do not need what was damaged."""


@on_both_databases
def test_33_a_tile_that_is_not_what_it_was_gives_no_receipt_and_spares_the_rest(bench: Bench) -> None:
    bench.sealed_batch(LEAVES)
    places = {leaf: index for index, leaf in enumerate(sorted(one.leaf_hash for one in bench.store.credentials()))}
    asked = [one for one in bench.store.credentials() if places[one.leaf_hash] in ASKED]
    with reading(bench.store.engine) as connection:
        sound = [row._asdict() for row in connection.execute(select(TILE))]

    for name, (act, spared) in DAMAGE.items():
        with writing(bench.store.engine) as connection:
            connection.execute(delete(TILE))
            connection.execute(insert(TILE), sound)
            act(connection)
        refused = {places[one.leaf_hash] for one in asked if not given(bench, one)}
        assert refused == {*ASKED} - {*spared}, name


def given(bench: Bench, credential: StoredCredential) -> bool:
    """Return whether a sound receipt is given; else the refusal must name batch and remedy."""
    try:
        receipt = receipt_of(bench.store, credential)
    except StateError as error:
        assert re.search("tiles of batch 1 are damaged.*backup", str(error))  # noqa: PT017  of every one
        return False
    assert receipt is not None
    require_inclusion(credential.leaf_hash, receipt.proof, receipt.root)
    return True
