"""Look for differences between the anchors that are kept and those that the contract holds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from registry.core.account import Address
from registry.core.digest import Digest, Root
from registry.core.submission import BatchRef
from registry.services.fsck_findings import Difference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from anchoring.chain import Chain
    from registry.core.submission import Standing
    from registry.ports import RawStore

    Row = Mapping[str, Any]


def chain_differences(raw: RawStore, chain_of: Callable[[int, str], Chain | None]) -> Iterator[Difference]:
    """Yield every anchor that the contract does not hold as it is kept.

    `chain_of` returns the accepted network of a chain id and contract, or None.

    Raises:
        ChainUnavailableError: a chain does not answer, so nothing is known of the rest.
        WrongChainError: an endpoint answers for another chain.

    """
    for anchor in raw.rows("anchor"):
        if anchor["block_number"] is None:
            continue
        chain = chain_of(anchor["chain_id"], anchor["contract"])
        if chain is None:
            yield Difference(
                "anchor", anchor["id"], "contract", "is in no network of networks.toml, so it is not compared"
            )
            continue
        batch = BatchRef(
            anchor["batch_id"], Address(anchor["issuer"]), Root(Digest(anchor["root"])), anchor["tree_size"]
        )
        yield from _compared(anchor, chain.standings([batch])[0])


def _compared(anchor: Row, standing: Standing | None) -> Iterator[Difference]:
    if standing is None:
        yield Difference(
            "anchor", anchor["id"], "", "is not in the contract: it was not anchored, or the chain went back"
        )
        return
    if anchor["block_number"] != standing.block_number:
        yield Difference("anchor", anchor["id"], "block_number", f"is not the contract's {standing.block_number:,}")
    if anchor["block_hash"] != standing.block_hash:
        yield Difference("anchor", anchor["id"], "block_hash", f"is not the chain's {standing.block_hash.to_hex()}")
    if datetime.fromtimestamp(anchor["anchored_at"], UTC) != standing.anchored_at:
        yield Difference(
            "anchor", anchor["id"], "anchored_at", f"is not the contract's {standing.anchored_at:%Y-%m-%d %X}"
        )
