"""Receipts made in a row: the same as one by one, from a few reads of the store."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from registry.core.account import Address
from registry.core.digest import Digest, leaf_hash
from registry.core.proof import require_inclusion
from registry.records import AchievementRow, IssuerRow, NewCredential
from registry.services.receipts import Receipts, receipt_of
from registry.services.seal import seal_open_batches
from registry.store.engine import open_engine
from registry.store.repository import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LEAVES = 1200
TILES = 5 + 1  # of 256 leaves each, and one above them


class Counting:
    """A store that counts what it is asked."""

    def __init__(self, store: Store) -> None:
        self.asked: Counter[str] = Counter()
        self._store = store

    def __getattr__(self, name: str) -> Any:
        self.asked[name] += 1
        return getattr(self._store, name)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Give a store with two sealed batches."""
    engine = open_engine(f"sqlite:///{tmp_path / 'credanchor.db'}")
    made = Store(engine)
    issuer = made.add_issuer(IssuerRow("uni", "did:web:uni.example", Address("0x" + "1" * 40), {}))
    made.put_achievement(AchievementRow(issuer.id, "data", {}))
    achievement = made.achievements()[0].id
    for first in (0, LEAVES):
        some = [credential(issuer.id, achievement, first + at) for at in range(LEAVES)]
        made.add_credentials(some, NOW, LEAVES)
    assert len(seal_open_batches(made, NOW)) == 2
    yield made
    engine.dispose()


def credential(issuer: int, achievement: int, at: int) -> NewCredential:
    entry = f'{{"id":"urn:uuid:{at}"}}'.encode()
    leaf = leaf_hash(entry)
    row_key = Digest(leaf[::-1])
    return NewCredential(issuer, achievement, str(at), row_key, entry, leaf, f"token-{at}", at, "somebody", NOW)


def test_a_batch_is_asked_about_once_and_each_of_its_tiles_is_read_at_most_once(store: Store) -> None:
    counting = Counting(store)
    receipts = Receipts(counting)  # type: ignore[arg-type]
    for one in store.credentials(1):
        assert receipts.receipt(one) is not None
    assert counting.asked["anchored_batch"] == 1
    assert counting.asked["tiles_near"] <= TILES


def test_receipts_made_in_a_row_are_those_made_one_by_one_whatever_batch_comes_next(store: Store) -> None:
    receipts = Receipts(store)
    first, second = list(store.credentials(1))[::97], list(store.credentials(2))[::97]
    for one in [pair for both in zip(first, second, strict=True) for pair in both]:
        receipt = receipts.receipt(one)
        assert receipt is not None
        assert receipt == receipt_of(store, one)
        require_inclusion(one.leaf_hash, receipt.proof, receipt.root)
