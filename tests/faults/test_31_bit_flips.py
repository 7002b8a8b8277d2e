"""Fault 31: one bit of a stored leaf, tile or document flips.

Expected: nothing is sealed with it, nothing wrong is handed out, and a sentence names the credential or batch.
`credanchor fsck`, which names what differs, has tests of its own for each stored kind of thing.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from registry.core.digest import leaf_hash
from registry.core.errors import StateError
from registry.core.proof import require_inclusion
from registry.records import BatchState
from registry.services.own_leaf import DocumentDamagedError
from registry.services.receipts import bundle_of, receipt_of
from registry.store.session import reading, writing
from registry.store.table_objects import BATCH, CREDENTIAL, TILE

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Table

    from registry.store.repository import Store
    from tests.bench import Bench
    from tests.faults.stage import Stage

pytestmark = pytest.mark.chain

on_both_databases = sys.modules["tests_bench"].on_both_databases  # loaded by tests/conftest.py
LEAVES = 300
"""More than one tile at the lowest level."""


def flip(store: Store, table: Table, column: str, where: ColumnElement[bool], bit: int = 0) -> None:
    """Flip one bit of one stored value."""
    with writing(store.engine) as connection:
        found: bytes = connection.execute(select(table.c[column]).where(where)).scalar_one()
        flipped = bytearray(found)
        flipped[bit // 8] ^= 1 << bit % 8
        connection.execute(update(table).where(where).values({column: bytes(flipped)}))


def credential_ids(store: Store) -> list[int]:
    with reading(store.engine) as connection:
        return list(connection.execute(select(CREDENTIAL.c.id).order_by(CREDENTIAL.c.id)).scalars())


def handed_out(store: Store) -> tuple[int, list[str]]:
    """Ask for every credential's bundle: return how many held all they say, and why the others were refused."""
    sound, refused = 0, []
    for credential in store.credentials():
        try:
            receipt = receipt_of(store, credential)
            bundle_of(store, credential)
        except StateError as error:
            refused.append(str(error))
            continue
        assert receipt is not None
        assert credential.entry is not None
        require_inclusion(leaf_hash(credential.entry), receipt.proof, receipt.root)
        sound += 1
    return sound, refused


@on_both_databases
@pytest.mark.parametrize("column", ["entry", "leaf_hash"])
def test_31_a_flipped_bit_is_caught_before_sealing(bench: Bench, column: str) -> None:
    damaged, sound = bench.new_issuer(), bench.new_issuer()
    bench.issue(damaged)
    bench.issue(sound)
    one = next(bench.store.credentials())
    flip(bench.store, CREDENTIAL, column, CREDENTIAL.c.id == credential_ids(bench.store)[0], bit=77)

    with pytest.raises(DocumentDamagedError, match=one.credential_id) as caught:
        bench.seal()

    assert caught.value.credential_id == one.credential_id
    assert [batch.state for batch in bench.store.batches()] == [BatchState.OPEN, BatchState.SEALED]


@pytest.mark.parametrize("column", ["entry", "leaf_hash"])
def test_31_a_bit_that_flips_once_it_is_sealed_is_caught_at_export(bench: Bench, column: str) -> None:
    bench.sealed_batch(LEAVES)
    flip(bench.store, CREDENTIAL, column, CREDENTIAL.c.id == credential_ids(bench.store)[0], bit=100)

    sound, refused = handed_out(bench.store)

    assert sound == LEAVES - 1
    assert len(refused) == 1
    assert "urn:uuid:" in refused[0]


@pytest.mark.parametrize(("level", "position", "whole"), [(0, 0, 44), (0, 1, 256), (1, 0, 256)])
def test_31_a_flipped_bit_in_a_tile_is_caught_at_export(bench: Bench, level: int, position: int, whole: int) -> None:
    bench.sealed_batch(LEAVES)
    flip(bench.store, TILE, "data", (TILE.c.level == level) & (TILE.c.position == position), bit=5)

    sound, refused = handed_out(bench.store)

    # Those proofs hold that do not name the damaged digest; the leaf itself is not found any more.
    assert (sound, len(refused)) == (whole, LEAVES - whole)
    assert all("tiles of batch" in why and "backup" in why for why in refused)


def test_31_a_flipped_bit_in_a_root_is_caught_at_export(bench: Bench) -> None:
    bench.sealed_batch(5)
    flip(bench.store, BATCH, "root", BATCH.c.id == 1, bit=255)

    assert handed_out(bench.store)[0] == 0


def test_31_the_commands_say_which_document_is_damaged_and_anchor_nothing(stage: Stage) -> None:
    store = stage.open_store()
    one = next(store.credentials())
    flip(store, CREDENTIAL, "entry", CREDENTIAL.c.id == credential_ids(store)[0], bit=4000)
    store.engine.dispose()

    ended = stage.anchor()

    assert (ended.code, "Traceback" in ended.err) == (2, False)
    assert one.credential_id in ended.err
    assert "fsck" in ended.err
    assert stage.chain.call("eth_getTransactionCount", stage.sender, "latest") == "0x0"


def test_31_a_damaged_document_is_not_exported_by_the_command(stage: Stage) -> None:
    stage.anchor()
    store = stage.open_store()
    one: Any = next(store.credentials())
    flip(store, CREDENTIAL, "entry", CREDENTIAL.c.id == credential_ids(store)[0], bit=4000)
    store.engine.dispose()

    exported = stage.run("export", "--credential", one.credential_id, "--out", str(stage.folder / "out"))

    assert exported.code == 2
    assert one.credential_id in exported.err
    assert not list((stage.folder / "out").glob("*.json"))
