"""What was final stays final: a head that falls back is a lag, and another block in its place stops everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.core.errors import FinalityBrokenError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry.chain.networks import Network
    from registry.core.digest import Digest
    from registry.core.submission import FinalBlock


def lag_of(network: Network, final: int, before: FinalBlock) -> str:
    """Return in a sentence that the endpoints are behind what was final before."""
    advice = (
        "If the local chain was started anew, this home cannot go on with it: begin with a new home folder."
        if network.kind == "local"
        else "They lag; what is final stays final, and it goes on by itself once they have caught up."
    )
    return (
        f"The newest final block that the endpoints of {network.title} agree on is {final:,}, but block "
        f"{before.number:,} was final before. {advice}"
    )


def require_unbroken(network: Network, before: FinalBlock, shown: Sequence[Digest | None]) -> None:
    """Return unless a quorum agrees on another hash for the block that was final; nobody's word breaks nothing.

    Raises:
        FinalityBrokenError: says which block, and what to do.

    """
    for found in shown:
        if found not in (None, before.block_hash):
            advice = (
                "If the local chain was started anew, begin with a new home folder."
                if network.kind == "local"
                else "Compare both hashes with a block explorer. If the endpoints are wrong, replace them in "
                "networks.toml and run the command again (after an earlier lie: `credanchor anchor forget-final`). "
                "If the chain was rewritten, find out first what stands on it."
            )
            raise FinalityBrokenError(
                f"Block {before.number:,} of {network.title} was final with the hash {before.block_hash.to_hex()}, and "
                f"now the endpoints agree on {found.to_hex()}. Nothing was signed or sent, and nothing that is "
                f"stored was changed. {advice}"
            )
