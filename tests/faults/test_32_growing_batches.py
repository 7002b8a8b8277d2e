"""Fault 32: a proof is asked for while batches grow and are sealed.

Expected: leaf, path, root and size of one receipt always belong to one sealed batch. Every read of a receipt is
disturbed, in each place between its questions to the store, on both databases.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from registry.core.proof import require_inclusion
from registry.services.receipts import receipt_of

if TYPE_CHECKING:
    from registry.records import IssuerRow
    from registry.store.repository import Store
    from tests.bench import Bench

pytestmark = pytest.mark.chain

on_both_databases = sys.modules["tests_bench"].on_both_databases  # loaded by tests/conftest.py
LEAVES = 260
"""Two tiles, so that a proof takes more than one read."""


class Disturbed:
    """The real store; before its n-th question, the issuer's batches grow and are sealed."""

    def __init__(self, bench: Bench, issuer: IssuerRow, nth: int) -> None:
        self._bench, self._issuer, self._left = bench, issuer, nth

    def __getattr__(self, name: str) -> Any:
        self._left -= 1
        if self._left == 0:
            grow_and_seal(self._bench, self._issuer)
        return getattr(self._bench.store, name)

    @property
    def happened(self) -> bool:
        return self._left <= 0


def grow_and_seal(bench: Bench, issuer: IssuerRow) -> None:
    bench.issue(issuer, 3)
    bench.seal()
    bench.issue(issuer, 2)


def require_one_version(store: Store, uuid: str, answer: Any) -> None:
    """The receipt is of the batch that now holds the credential, as it was sealed, and its path leads there."""
    credential = store.credential(uuid)
    assert credential is not None
    batch = store.batch(credential.batch_id)
    assert batch is not None
    assert (answer.root, answer.proof.tree_size) == (batch.root, batch.tree_size)
    require_inclusion(credential.leaf_hash, answer.proof, answer.root)


@on_both_databases
def test_32_a_receipt_asked_while_its_batch_is_sealed_is_whole_or_none(bench: Bench) -> None:
    issuer, given, withheld, nth, reached = bench.new_issuer(), 0, 0, 0, True

    while reached:
        nth += 1
        bench.issue(issuer, LEAVES)
        uuid = [one.uuid for one in bench.store.credentials()][-1]
        store = Disturbed(bench, issuer, nth)
        seen = store.credential(uuid)
        answer = receipt_of(store, seen)  # type: ignore[arg-type]
        reached = store.happened
        if answer is None:
            withheld += 1  # it was open when it was read
        else:
            given += 1
            require_one_version(bench.store, uuid, answer)
        bench.seal()

    assert given >= 1  # sealed before the first question
    assert withheld >= 1


@on_both_databases
def test_32_a_receipt_of_a_sealed_batch_does_not_change_while_others_grow(bench: Bench) -> None:
    issuer = bench.new_issuer()
    bench.issue(issuer, LEAVES)
    bench.seal()
    credential = list(bench.store.credentials())[-1]
    before, nth, reached = receipt_of(bench.store, credential), 0, True

    while reached:
        nth += 1
        store = Disturbed(bench, issuer, nth)
        assert receipt_of(store, credential) == before  # type: ignore[arg-type]
        reached = store.happened

    assert nth > 2  # batch with anchors, tiles
