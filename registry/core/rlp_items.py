"""RLP, Ethereum's encoding of nested lists of bytes: the one place that calls the `rlp` library and maps its errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import rlp  # type: ignore[import-untyped]
from rlp.exceptions import RLPException  # type: ignore[import-untyped]

from registry.core.state_proof_errors import StateProofError

if TYPE_CHECKING:
    from collections.abc import Sequence

Item: TypeAlias = "bytes | Sequence[Item]"
"""A text of bytes, or a list of items."""


def decode_item(encoded: bytes, what: str) -> Item:
    """Return the one item that `encoded` is the canonical form of; `what` names it in a message.

    The caller bounds the length, and with it the depth.

    Raises:
        StateProofError: it is no RLP, not the shortest form, or something follows it.

    """
    try:
        item: Item = rlp.decode(encoded)
    except (RLPException, RecursionError) as error:
        raise StateProofError(f"{what} is not RLP") from error
    return item


def encode_item(item: Item) -> bytes:
    """Return the canonical form of an item."""
    return bytes(rlp.encode(item))
