"""The store does the same on SQLite and PostgreSQL: nothing twice, nothing half, nothing rewritten."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event, inspect, text
from sqlmodel import SQLModel

from registry.core.account import Address
from registry.core.batch import leaf_index_of, proof_from_tiles
from registry.core.digest import Digest, leaf_hash
from registry.core.errors import (
    BatchSealedError,
    HomeVersionError,
    SettingsError,
    StateError,
    StoreConflictError,
    StoreUnavailableError,
)
from registry.core.proof import require_inclusion
from registry.records import AchievementRow, BatchState, IssuerRow, NewCredential, SigningKeyRow, StatusChange
from registry.services.seal import seal_batch, seal_open_batches
from registry.store.engine import HEAD, open_engine
from registry.store.repository import Store
from registry.store.session import writing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Engine

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NUMBERS = count(1)


def issuer(slug: str = "north") -> IssuerRow:
    number = next(NUMBERS)
    return IssuerRow(slug, f"did:web:{slug}.example", Address(f"0x{number:040x}"), {"name": slug.title()})


def offered(store: Store) -> tuple[IssuerRow, AchievementRow]:
    mine = store.add_issuer(issuer())
    store.put_achievement(AchievementRow(mine.id, "data", {"id": "urn:a", "name": "Data"}))
    return mine, store.achievements(mine.id)[0]


def credential(issuer_id: int, achievement_id: int, number: int) -> NewCredential:
    entry = f'{{"id":"{number}"}}'.encode()
    return NewCredential(
        issuer_id=issuer_id,
        achievement_id=achievement_id,
        uuid=f"uuid-{number}",
        row_key=leaf_hash(b"row" + entry),
        entry=entry,
        leaf_hash=leaf_hash(entry),
        recipient_token=f"token-{number}",
        status_index=number,
        recipient=f"mailto:s{number}@uni.example",
        issued_at=NOW,
    )


def filled(store: Store, number: int, max_leaves: int = 1000) -> list[NewCredential]:
    mine, achievement = offered(store)
    made = [credential(mine.id, achievement.id, at) for at in range(number)]
    store.add_credentials(made, NOW, max_leaves)
    return made


def test_an_issuer_is_read_as_it_was_written(store: Store) -> None:
    added = store.add_issuer(issuer())
    assert store.issuers() == [added]
    assert added.id


def test_two_issuers_cannot_share_a_did(store: Store) -> None:
    store.add_issuer(issuer())
    with pytest.raises(StoreConflictError):
        store.add_issuer(issuer())


def test_the_newest_signing_key_comes_first(store: Store) -> None:
    mine = store.add_issuer(issuer())
    for name in ("old", "new"):
        store.add_signing_key(SigningKeyRow(mine.id, f"z6Mk{name}", f"{name}.pem", NOW))
    assert [key.key_file for key in store.signing_keys(mine.id)] == ["new.pem", "old.pem"]


def test_an_achievement_added_again_changes_nothing(store: Store) -> None:
    mine, achievement = offered(store)
    assert not store.put_achievement(AchievementRow(mine.id, "data", achievement.document))


def test_an_achievement_may_be_corrected_until_it_is_awarded(store: Store) -> None:
    mine, achievement = offered(store)
    assert store.put_achievement(AchievementRow(mine.id, "data", {"name": "Better"}))
    store.add_credentials([credential(mine.id, achievement.id, 1)], NOW, 10)
    with pytest.raises(StateError, match="issued"):
        store.put_achievement(AchievementRow(mine.id, "data", {"name": "Other"}))


def test_achievements_are_stored_together_or_not_at_all(store: Store) -> None:
    mine, achievement = offered(store)
    store.add_credentials([credential(mine.id, achievement.id, 1)], NOW, 10)
    wanted = [AchievementRow(mine.id, "new", {"name": "New"}), AchievementRow(mine.id, "data", {"name": "Other"})]
    with pytest.raises(StateError, match="Nothing was stored"):
        store.put_achievements(wanted)
    assert [row.short_id for row in store.achievements()] == ["data"]
    assert store.put_achievements([wanted[0], achievement]) == [True, False]


def test_a_credential_keeps_its_exact_bytes(store: Store) -> None:
    made = filled(store, 1)[0]
    found = store.credential("uuid-0")
    assert found is not None
    assert (found.entry, found.leaf_hash, found.issued_at) == (made.entry, made.leaf_hash, NOW)
    assert store.credential_by_token("token-0") == found
    assert list(store.credentials()) == [found]


def test_what_is_not_there_is_none(store: Store) -> None:
    assert store.credential("nobody") is None
    assert store.credential_by_token("") is None
    assert store.batch(5) is None
    assert store.tiles_near(5, 0, 0) == {}


def test_a_roster_row_is_never_stored_twice_and_its_chunk_not_at_all(store: Store) -> None:
    first = filled(store, 2)
    other = credential(first[0].issuer_id, first[0].achievement_id, 9)
    with pytest.raises(StoreConflictError):
        store.add_credentials([other, first[1]], NOW, 1000)
    assert store.credential_count(first[0].issuer_id) == 2
    assert store.batches()[0].tree_size == 2


def test_known_rows_are_told_from_new_ones(store: Store) -> None:
    made = filled(store, 2)
    assert store.known_row_keys([made[0].row_key, leaf_hash(b"new")]) == {made[0].row_key}


def test_status_indices_are_read_by_list(store: Store) -> None:
    made = filled(store, 5)
    assert store.status_indices(made[0].issuer_id, 1, 4) == {1, 2, 3}


def test_a_full_batch_makes_room_by_opening_another(store: Store) -> None:
    filled(store, 7, max_leaves=3)
    assert [batch.tree_size for batch in store.batches(BatchState.OPEN)] == [3, 3, 1]


def test_sealing_fixes_order_root_and_proofs(store: Store) -> None:
    made = filled(store, 600)
    [batch_id] = seal_open_batches(store, NOW)
    batch = store.batch(batch_id)
    assert batch is not None
    assert batch.root is not None
    assert (batch.state, batch.tree_size, batch.sealed_at) == (BatchState.SEALED, 600, NOW)
    for one in made[::97]:
        stored = store.credential(one.uuid)
        assert stored is not None
        index = leaf_index_of(stored.leaf_hash, 600, lambda level, at: store.tiles_near(batch_id, level, at)[level, at])
        proof = proof_from_tiles(index, 600, lambda level, at: store.tiles_near(batch_id, level, at)[level, at])
        require_inclusion(one.leaf_hash, proof, batch.root)


def test_a_sealed_batch_takes_no_more(store: Store) -> None:
    made = filled(store, 2)
    [batch_id] = seal_open_batches(store, NOW)
    store.add_credentials([credential(made[0].issuer_id, made[0].achievement_id, 5)], NOW, 1000)
    assert store.batches(BatchState.OPEN)[0].id != batch_id
    with pytest.raises(BatchSealedError):
        seal_batch(store, batch_id, NOW)


def test_a_sealing_that_dies_half_way_leaves_the_batch_open_and_whole(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = filled(store, 3)
    finish = "registry.store.batch_rows.Sealing.finish"

    def torn(*_arguments: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(finish, torn)
        with pytest.raises(OSError, match="no space"):
            seal_open_batches(store, NOW)
    assert [batch.state for batch in store.batches()] == [BatchState.OPEN]
    assert seal_open_batches(store, NOW) == [1]
    tile = store.tiles_near(1, 0, 0)[0, 0]
    assert {tile[at : at + 32] for at in (0, 32, 64)} == {one.leaf_hash for one in made}


def test_nothing_to_seal_is_nothing_done(store: Store) -> None:
    assert seal_open_batches(store, NOW) == []


def test_revocations_feed_the_status_list_whatever_came_after(store: Store) -> None:
    made = filled(store, 4)
    mine = made[0].issuer_id

    def change(leaf: Digest, kind: str) -> StatusChange:
        return StatusChange(mine, leaf, kind, 0, "", NOW)  # type: ignore[arg-type]

    store.record_status([change(made[1].leaf_hash, "suspended"), change(made[2].leaf_hash, "revoked")])
    store.record_status([change(made[2].leaf_hash, "reinstated"), change(made[2].leaf_hash, "revoked")])
    assert store.revoked_indices(mine, 0, 100) == [2]
    assert store.revoked_indices(mine, 3, 100) == []


def test_opening_again_changes_nothing(database_url: str) -> None:
    first = open_engine(database_url)
    tables = inspect(first).get_table_names()
    second = open_engine(database_url)
    assert inspect(second).get_table_names() == tables
    first.dispose()
    second.dispose()


def test_a_database_of_a_newer_version_is_left_alone(database_url: str) -> None:
    engine = open_engine(database_url)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(HomeVersionError, match="newer version"):
        open_engine(database_url)


def test_the_migrations_make_exactly_the_tables_of_the_models(database_url: str) -> None:
    engine = open_engine(database_url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD
    engine.dispose()


def test_sqlite_keeps_wal_and_large_pages(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.connect() as connection:
        asked = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "page_size")}
    engine.dispose()
    assert asked == {"journal_mode": "wal", "page_size": 32768}


@contextmanager
def query_plans(engine: Engine) -> Iterator[list[str]]:
    """Give a list that fills with how SQLite goes about each part of each query."""
    found: list[str] = []

    def explain(connection: Any, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith("SELECT"):
            rows = connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            found.extend(row[3] for row in rows)

    event.listen(engine, "before_cursor_execute", explain)
    yield found
    event.remove(engine, "before_cursor_execute", explain)


ASKED_FOR_ONE: dict[str, Callable[[Store, NewCredential], object]] = {
    "a credential": lambda store, one: store.credential(one.uuid),
    "a recipient's link": lambda store, one: store.credential_by_token(one.recipient_token),
    "a share link": lambda store, _: store.share_link("x"),
    "a row of a roster": lambda store, one: store.known_row_keys([one.row_key]),
    "a recipient's transcript": lambda store, one: store.credentials_of(one.recipient),
    "a component": lambda store, one: store.credentials_with([one.leaf_hash]),
    "an anchored batch": lambda store, _: store.anchored_batch(1),
    "the tiles of a receipt": lambda store, _: store.tiles_near(1, 0, 0),
    "a new text of an achievement": lambda store, one: store.put_achievement(
        AchievementRow(one.issuer_id, "data", {"name": "Other"})
    ),
}


@pytest.mark.parametrize("asked", ASKED_FOR_ONE)
def test_what_is_asked_for_one_is_found_by_an_index_however_many_there_are(tmp_path: Path, asked: str) -> None:
    store = Store(open_engine(f"sqlite:///{tmp_path / 'x.db'}"))
    mine, _ = offered(store)
    with query_plans(store.engine) as plans:
        ASKED_FOR_ONE[asked](store, credential(mine.id, 1, 1))
    store.engine.dispose()
    assert plans
    assert [plan for plan in plans if plan.startswith("SCAN")] == []


def test_each_tile_of_a_receipt_is_found_by_its_whole_key(tmp_path: Path) -> None:
    store = Store(open_engine(f"sqlite:///{tmp_path / 'x.db'}"))
    with query_plans(store.engine) as plans:
        store.tiles_near(1, 0, 0)
    store.engine.dispose()
    searches = [plan for plan in plans if plan.startswith("SEARCH")]
    assert len(searches) == 3
    assert all("level=? AND position" in search for search in searches)


@pytest.mark.parametrize("url", ["", "nonsense", "oracle9://x", "sqlite:///%2Fno%2Fsuch%2Ffolder/x.db"])
def test_a_database_that_cannot_be_opened_is_an_error_in_words(url: str) -> None:
    with pytest.raises((SettingsError, StoreUnavailableError), match="database"):
        open_engine(url)


def test_a_database_that_vanishes_is_unavailable_and_nothing_else(store: Store) -> None:
    with writing(store.engine) as connection:
        connection.execute(text("DROP TABLE tile"))
    with pytest.raises(StoreUnavailableError):
        store.tiles_near(1, 0, 0)


def test_a_reissue_is_stored_with_what_it_replaces_and_once(store: Store) -> None:
    (old,) = filled(store, 1)
    new, other = (credential(old.issuer_id, old.achievement_id or 0, number) for number in (7, 8))
    store.add_reissue(old.uuid, new, NOW, 10)
    with pytest.raises(StoreConflictError):
        store.add_reissue(old.uuid, other, NOW, 10)
    link = store.reissue_of(old.uuid)
    assert link == store.reissue_to(new.uuid)
    assert link is not None
    assert (link.old, link.new, link.recorded_at) == (old.uuid, new.uuid, NOW)
    assert store.reissue_of(new.uuid) is None
    assert store.credential(other.uuid) is None


def test_erasing_keeps_the_leaf_and_nothing_that_finds_the_recipient(store: Store) -> None:
    gone, kept = filled(store, 2)
    store.record_status([StatusChange(gone.issuer_id, gone.leaf_hash, "revoked", 0, "Ada left", NOW)])
    assert (store.erase([gone.uuid, "nobody"]), store.erase([gone.uuid])) == (1, 0)
    left, neighbour = store.credential(gone.uuid), store.credential(kept.uuid)
    assert left is not None
    assert (left.entry, left.recipient, left.leaf_hash) == (None, "", gone.leaf_hash)
    assert neighbour is not None
    assert neighbour.entry == kept.entry
    assert store.known_row_keys([gone.row_key, kept.row_key]) == {kept.row_key}
    assert store.revoked_indices(gone.issuer_id, 0, 10) == [0]
    with store.engine.connect() as connection:
        assert connection.execute(text("SELECT note FROM status_event")).scalar() == ""


def test_adopted_credentials_share_having_neither_achievement_nor_status_index(store: Store) -> None:
    mine, _ = offered(store)
    made = [replace(credential(mine.id, 0, number), achievement_id=None, status_index=None) for number in (1, 2)]
    store.add_credentials(made, NOW, 10)
    assert store.known_uuids(["uuid-1", "uuid-2", "uuid-3"]) == {one.uuid: one.leaf_hash for one in made}
    assert store.status_indices(mine.id, 0, 10) == set()


def test_a_new_key_retires_only_those_kept_here_and_a_theft_is_not_forgotten(store: Store) -> None:
    mine = store.add_issuer(issuer())
    for name, file in (("a", "a.pem"), ("elsewhere", "")):
        store.add_signing_key(SigningKeyRow(mine.id, name, file, NOW))
    store.add_signing_key(SigningKeyRow(mine.id, "b", "b.pem", NOW), retiring=NOW)
    store.retire_signing_key("a", NOW - timedelta(days=1), stolen=True)
    store.retire_signing_key("a", NOW - timedelta(days=2), stolen=False)
    keys = {key.multibase: (key.retired_since, key.stolen) for key in store.signing_keys(mine.id)}
    assert keys == {"a": (NOW - timedelta(days=2), True), "elsewhere": (None, False), "b": (None, False)}
