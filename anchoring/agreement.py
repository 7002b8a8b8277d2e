"""What a quorum of endpoints agrees on about one submission. Pure.

Heights and nonces are the highest that a quorum reaches, amounts are medians, and everything else counts
only if a quorum says the very same. What nobody can be sure of makes the sight unclear, and an unclear
sight makes the plan wait: nothing is ever inferred from an answer that is missing.

Source: anchoring.md, 4 and faults 26 to 28.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from anchoring.steps import Sight
from registry.core.quorum import agreed, quorum_height

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from registry.core.digest import Digest
    from registry.core.quorum import Heads
    from registry.core.submission import Mined, Standing

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Look:
    """What one endpoint says about one submission, as of the agreed heads."""

    spent_nonces: int
    """How many nonces the sender has spent at the agreed head."""
    final_nonces: int
    """The same at the agreed final block."""
    mined: Mined | None
    """The attempt whose receipt names a block of its chain, not newer than the agreed head."""
    block_hash_then: Digest | None
    """Hash where the submission was last seen mined; None if it never was, or has no such block yet."""
    final_hash: Digest | None
    """Hash of the agreed final block."""
    remembered_hash: Digest | None
    """Hash where the store remembers the newest final block; None if that is newer than the agreed one, or none."""
    known: frozenset[Digest]
    """Attempts that it knows of."""
    standings: tuple[Standing | None, ...]
    """Each batch's anchor at the agreed head."""
    final_standings: tuple[Standing | None, ...]
    """The same at the agreed final block."""
    base_fee_wei: int
    """Base fee of the agreed head."""
    tip_wei: int
    """Tip that it suggests."""
    balance_wei: int
    """What the sender's account holds."""
    gas_estimate: int | None
    """Units of gas the call would use; None if it was not asked for, or would be refused."""
    refusal: str = ""
    """Why the contract would refuse the call, in its own words."""


def merge(looks: Sequence[Look], at: Heads, quorum: int) -> Sight:
    """Return what a quorum of the looks, all taken at `at`, agrees on; there must be at least `quorum` of them."""
    mined = agreed([one.mined for one in looks], quorum)
    then = agreed([one.block_hash_then for one in looks], quorum)
    final_hash = agreed([one.final_hash for one in looks], quorum)
    standings = agreed([one.standings for one in looks], quorum)
    final_standings = agreed([one.final_standings for one in looks], quorum)
    asked = [one for one in looks if one.refusal or one.gas_estimate is not None]
    refused = agreed([bool(one.refusal) for one in asked], quorum)
    doubts = {
        "whether and where it is mined": not mined,
        "the block in which it was seen mined": not then,
        f"which block {at.final:,} is final": final_hash in ([], [None]),
        "what the contract holds": not standings,
        "what the contract held at the final block": not final_standings,
        "whether the contract would take it": mined == [None] and bool(asked) and not refused,
    }
    unknown = (None,) * len(looks[0].standings)
    return Sight(
        head=at.head,
        finalized=at.final,
        final_hash=_one(final_hash),
        spent_nonces=quorum_height([one.spent_nonces for one in looks], quorum),
        final_nonces=quorum_height([one.final_nonces for one in looks], quorum),
        mined=_one(mined),
        block_hash_then=_one(then),
        known=frozenset().union(*(one.known for one in looks)),
        standings=_one(standings) or unknown,
        final_standings=_one(final_standings) or unknown,
        base_fee_wei=median([one.base_fee_wei for one in looks]),
        tip_wei=median([one.tip_wei for one in looks]),
        balance_wei=median([one.balance_wei for one in looks]),
        gas_estimate=median([one.gas_estimate or 0 for one in asked if not one.refusal])
        if refused == [False]
        else None,
        refusal=next(one.refusal for one in asked if one.refusal) if refused == [True] else "",
        unclear=_doubted(doubts, quorum),
    )


@dataclass(frozen=True, slots=True)
class Price:
    """What one endpoint says a call would cost."""

    gas: int | None
    """Units of gas; None if it would be refused."""
    refusal: str
    """Why the contract would refuse it, in its own words; else empty."""
    base_fee_wei: int
    """Base fee of the agreed head."""
    tip_wei: int
    """Tip that it suggests."""
    balance_wei: int
    """What the account holds."""


def agree_price(prices: Sequence[Price], quorum: int) -> list[Price]:
    """Return what a quorum says a call costs, or that it is refused, in a list; empty if it does not agree on that."""
    return [
        Price(
            gas=None if refused else median([one.gas or 0 for one in prices if not one.refusal]),
            refusal=next(one.refusal for one in prices if one.refusal) if refused else "",
            base_fee_wei=median([one.base_fee_wei for one in prices]),
            tip_wei=median([one.tip_wei for one in prices]),
            balance_wei=median([one.balance_wei for one in prices]),
        )
        for refused in agreed([bool(one.refusal) for one in prices], quorum)
    ]


def median(amounts: Sequence[int]) -> int:
    """Return the middle one of the amounts, or the lower of the two in the middle."""
    return sorted(amounts)[(len(amounts) - 1) // 2]


def _doubted(doubts: Mapping[str, bool], quorum: int) -> str:
    what = next((what for what, doubtful in doubts.items() if doubtful), None)
    if what is None:
        return ""
    return f"The endpoints do not agree on {what}; nothing is inferred until {quorum} of them say the same."


def _one(found: list[T]) -> T | None:
    return found[0] if found else None
