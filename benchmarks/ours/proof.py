"""Make receipts on demand from a sealed batch: `proof.py LEAVES`, in a home.

Before each go the database is reopened and the credentials are read, which is not measured: a receipt needs none of
their text, and none of a batch's tiles has been read by then. The batch holds small documents of another kind than
credentials: a proof does not look at them.
"""

from __future__ import annotations

import random
import sys
import uuid
from typing import TYPE_CHECKING

from benchmarks.contender import contend
from registry.core.digest import Digest, leaf_hash
from registry.records import NewCredential, StoredCredential
from registry.services.receipts import receipt_of
from registry.services.seal import seal_open_batches
from registry.settings import load_settings, open_store
from registry.system import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.store.repository import Store

CHUNK = 10_000
ASKED = 100
"""Receipts made for each go, of credentials that nobody asked for before."""


def small_credentials(store: Store, first: int, count: int) -> Iterator[NewCredential]:
    """Yield stored forms of small made-up documents."""
    issuer = store.issuers()[0].id
    achievement = store.achievements(issuer)[0].id
    now = SystemClock().now()
    for at in range(first, first + count):
        own = str(uuid.UUID(int=at))
        entry = f'{{"id":"urn:uuid:{own}"}}'.encode()
        leaf = leaf_hash(entry)
        token = own.replace("-", "")
        yield NewCredential(issuer, achievement, own, Digest(leaf[::-1]), entry, leaf, token, at, "somebody", now)


def _seal(store: Store, count: int) -> None:
    for first in range(0, count, CHUNK):
        some = list(small_credentials(store, first, min(CHUNK, count - first)))
        store.add_credentials(some, some[0].issued_at, count)
    seal_open_batches(store, SystemClock().now())


def main() -> None:
    """Seal a batch of that many leaves, then make receipts for every go."""
    count = int(sys.argv[1])
    stores = [open_store(load_settings())]
    if not stores[0].batches():
        _seal(stores[0], count)
    drawn = random.Random(count)  # noqa: S311  any credentials do
    asked: list[StoredCredential] = []

    def reopen() -> None:
        stores.pop().engine.dispose()
        stores.append(open_store(load_settings()))
        found = [stores[0].credential(str(uuid.UUID(int=drawn.randrange(count)))) for _ in range(ASKED)]
        asked[:] = [one for one in found if one is not None]

    def work() -> int:
        for credential in asked:
            if receipt_of(stores[0], credential) is None:
                raise SystemExit("no receipt")
        return len(asked)

    contend(work, before=reopen)


if __name__ == "__main__":
    main()
