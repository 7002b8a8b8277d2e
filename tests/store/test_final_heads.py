"""What was seen final of a chain only rises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.core.digest import Digest
from registry.core.submission import FinalBlock
from registry.store.final_heads import FinalHeads

if TYPE_CHECKING:
    from registry.store.repository import Store

OLD, NEW = FinalBlock(7, Digest(b"\x07" * 32)), FinalBlock(9, Digest(b"\x09" * 32))
OTHER = FinalBlock(9, Digest(b"\x0a" * 32))


def test_the_newest_final_block_is_kept_for_each_chain_and_never_lowered_or_replaced(store: Store) -> None:
    heads = FinalHeads(store.engine)
    assert heads.newest(1) is None
    for block in (OLD, NEW, OLD, OTHER):
        heads.raise_to(1, block)
    heads.raise_to(2, OLD)

    assert (heads.newest(1), heads.newest(2)) == (NEW, OLD)


def test_only_the_forgotten_chain_begins_anew(store: Store) -> None:
    heads = FinalHeads(store.engine)
    heads.raise_to(1, NEW)
    heads.raise_to(2, NEW)

    heads.forget(1)
    heads.raise_to(1, OLD)

    assert (heads.newest(1), heads.newest(2)) == (OLD, NEW)
