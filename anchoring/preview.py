"""What the open batches would become if they were sealed now, so that their cost can be shown before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.core.batch import seal
from registry.core.submission import BatchRef
from registry.records import BatchState

if TYPE_CHECKING:
    from registry.store.repository import Store


def sealable_batches(store: Store) -> list[BatchRef]:
    """Return each open batch with the root it would be sealed under; nothing is written."""
    accounts = {issuer.id: issuer.account for issuer in store.issuers()}
    found = []
    for batch in store.batches(BatchState.OPEN):
        leaves = [credential.leaf_hash for credential in store.credentials(batch.id)]
        if leaves:
            sealed = seal(leaves)
            found.append(BatchRef(batch.id, accounts[batch.issuer_id], sealed.root, sealed.tree_size))
    return found
