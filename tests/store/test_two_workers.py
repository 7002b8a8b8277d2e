"""Two workers at one PostgreSQL: each passes over what the other holds, and neither waits for a sealing.

Every connection gives up a lock that it waits for, so that a wait is an error here and not a slow test.
"""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from registry.core.account import Address
from registry.core.digest import leaf_hash
from registry.core.errors import BatchBusyError, BatchSealedError, StoreConflictError, StoreUnavailableError
from registry.records import AchievementRow, BatchState, IssuerRow, NewCredential
from registry.services.seal import seal_batch, seal_open_batches
from registry.store.credential_rows import insert_credentials
from registry.store.engine import open_engine
from registry.store.repository import Store
from registry.store.session import writing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

databases = sys.modules["tests_databases"]  # loaded by tests/conftest.py

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FULL = 10
PATIENCE_SECONDS = 120


@pytest.fixture
def open_store(postgres_url: str) -> Iterator[Callable[[str], Store]]:
    """Give what opens one database again and again, as several processes do."""
    url, opened = databases.new_database(postgres_url), []

    def one_more(lock_timeout: str) -> Store:
        joined = "&" if "?" in url else "?"
        opened.append(open_engine(f"{url}{joined}options=-clock_timeout%3D{lock_timeout}"))
        return Store(opened[-1])

    yield one_more
    for engine in opened:
        engine.dispose()


@pytest.fixture
def two(open_store: Callable[[str], Store]) -> tuple[Store, Store]:
    """Give two stores on one database with two issuers."""
    one, other = open_store("3s"), open_store("3s")
    for number in (1, 2):
        mine = one.add_issuer(IssuerRow(f"i{number}", f"did:web:{number}", Address(f"0x{number:040x}"), {}))
        one.put_achievement(AchievementRow(mine.id, "data", {}))
    return one, other


def credential(number: int, issuer: int = 1) -> NewCredential:
    entry = f"{issuer}/{number}".encode()
    name, leaf = entry.decode(), leaf_hash(entry)
    return NewCredential(issuer, issuer, name, leaf, entry, leaf, name, number, f"mailto:{number}", NOW)


def credentials(*numbers: int, issuer: int = 1) -> list[NewCredential]:
    return [credential(number, issuer) for number in numbers]


def sizes(store: Store, state: BatchState = BatchState.OPEN) -> list[tuple[int, int]]:
    return [(batch.id, batch.tree_size) for batch in store.batches(state)]


def test_while_one_seals_a_batch_another_seals_the_next(two: tuple[Store, Store]) -> None:
    one, other = two
    for issuer in (1, 2):
        one.add_credentials(credentials(1, 2, issuer=issuer), NOW, FULL)

    with one.sealing(1):
        assert seal_open_batches(other, NOW) == [2]
        with pytest.raises(BatchBusyError, match="batch 1"):
            seal_batch(other, 1, NOW)

    assert seal_open_batches(other, NOW) == [1]
    with pytest.raises(BatchSealedError):
        seal_batch(one, 1, NOW)


def test_an_import_goes_on_beside_a_sealing_in_one_other_batch(two: tuple[Store, Store]) -> None:
    one, other = two
    one.add_credentials(credentials(1, 2), NOW, FULL)

    with one.sealing(1):
        other.add_credentials(credentials(3), NOW, FULL)
        other.add_credentials(credentials(4), NOW, FULL)
        other.add_credentials(credentials(1, issuer=2), NOW, FULL)

    other.add_credentials(credentials(5), NOW, FULL)
    assert sizes(one) == [(1, 2), (2, 3), (3, 1)]


def test_a_batch_that_an_import_adds_to_is_sealed_by_the_next_run(two: tuple[Store, Store]) -> None:
    one, other = two
    for issuer in (1, 2):
        one.add_credentials(credentials(1, issuer=issuer), NOW, FULL)

    with writing(one.engine) as connection:
        insert_credentials(connection, credentials(2), NOW, FULL)
        assert seal_open_batches(other, NOW) == [2]

    assert seal_open_batches(other, NOW) == [1]
    assert sizes(one, BatchState.SEALED) == [(1, 2), (2, 1)]


def test_a_sealing_whose_connection_dies_leaves_its_batch_free(two: tuple[Store, Store]) -> None:
    one, other = two
    one.add_credentials(credentials(1, 2), NOW, FULL)

    with pytest.raises(StoreUnavailableError), one.sealing(1):
        databases.end_other_sessions(other.engine)

    assert seal_open_batches(other, NOW) == [1]


def test_imports_of_different_issuers_do_not_wait_for_each_other(two: tuple[Store, Store]) -> None:
    one, other = two
    with writing(one.engine) as connection:
        insert_credentials(connection, credentials(1), NOW, FULL)
        other.add_credentials(credentials(1, issuer=2), NOW, FULL)

    assert sizes(one) == [(1, 1), (2, 1)]


def test_an_achievement_is_added_while_an_import_of_its_issuer_goes_on(two: tuple[Store, Store]) -> None:
    one, other = two
    with writing(one.engine) as connection:
        insert_credentials(connection, credentials(1), NOW, FULL)
        other.put_achievement(AchievementRow(1, "statistics", {}))

    assert [row.short_id for row in one.achievements(1)] == ["data", "statistics"]


def imported(store: Store, numbers: list[int], limit: int, together: threading.Barrier) -> None:
    """Store these credentials as an import does that is run again after each conflict: known rows are left out."""
    together.wait(PATIENCE_SECONDS)
    for at in range(0, len(numbers), 500):
        new = credentials(*numbers[at : at + 500])
        while new:
            with suppress(StoreConflictError):  # another one was quicker with some of them
                store.add_credentials(new, NOW, limit)
            known = store.known_row_keys([one.row_key for one in new])
            new = [one for one in new if one.row_key not in known]


def test_overlapping_imports_store_each_row_once_in_no_batch_over_its_limit(
    two: tuple[Store, Store], open_store: Callable[[str], Store]
) -> None:
    workers, numbers, limit = [open_store("60s") for _ in range(3)], list(range(4000)), 700
    orders = [numbers, numbers[::-1], numbers[2000:] + numbers[:2000]]
    together = threading.Barrier(len(workers))

    with ThreadPoolExecutor(len(workers)) as pool:
        running = [
            pool.submit(imported, store, order, limit, together) for store, order in zip(workers, orders, strict=True)
        ]
        for one in running:
            one.result(PATIENCE_SECONDS)

    stored = list(two[0].credentials())
    assert sorted(one.status_index or 0 for one in stored) == numbers
    assert [size for _, size in sizes(two[0])] == [limit] * 5 + [500]
    assert all(sum(one.batch_id == batch for one in stored) == size for batch, size in sizes(two[0]))
