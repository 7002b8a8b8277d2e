"""What became of relay requests, as sentences for people and JSON for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anchoring.fees import in_eth
from anchoring.relay import Outcome

if TYPE_CHECKING:
    from anchoring.relay import Look, Relayed


def relayed_line(relayed: Relayed, file: str) -> str:
    """Return what became of a request, in sentences that begin with its file and batch."""
    return f"{file}, batch {relayed.request.terms.batch.root.to_hex()}: {_told(relayed)}"


def relayed_json(relayed: Relayed, look: Look, file: str) -> dict[str, Any]:
    """Return the object that `anchor relay --json` prints on a line; amounts in wei, null where there is none."""
    terms, quote, mined = relayed.request.terms, look.quote, relayed.mined
    return {
        "file": file,
        "outcome": relayed.outcome.value,
        "why": relayed.why or None,
        "chainId": terms.chain_id,
        "contract": terms.contract.checksummed(),
        "issuer": terms.batch.issuer.checksummed(),
        "root": terms.batch.root.to_hex(),
        "treeSize": terms.batch.tree_size,
        "signer": terms.signer.checksummed(),
        "deadline": terms.deadline_seconds,
        "anchoredInBlock": relayed.standing.block_number if relayed.standing else None,
        "quotedGas": quote.gas if quote else None,
        "maxFeeWei": quote.max_fee_wei if quote else None,
        "balanceWei": quote.balance_wei if quote else None,
        "transaction": mined.tx_hash.to_hex() if mined else None,
        "gas": mined.gas_used if mined else None,
        "feeWei": mined.fee_wei if mined else None,
    }


def _told(relayed: Relayed) -> str:
    block = f"{relayed.standing.block_number:,}" if relayed.standing else "?"
    match relayed.outcome:
        case Outcome.STANDS:
            return f"It stands on the chain already, since block {block}; nothing was sent or paid."
        case Outcome.QUOTED:
            return "It can be relayed. This was a dry run: nothing was sent."
        case Outcome.REFUSED:
            return f"{relayed.why} Nothing was sent."
        case Outcome.WAITS:
            return f"It is on its way: {relayed.why} Run the command again later."
        case Outcome.RELAYED:
            return f"It is anchored, in block {block}.{_paid(relayed)}"


def _paid(relayed: Relayed) -> str:
    mined = relayed.mined
    return f" Paid {in_eth(mined.fee_wei)} ({mined.gas_used:,} gas) with {mined.tx_hash.to_hex()}." if mined else ""
