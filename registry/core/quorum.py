"""What several endpoints agree on: fewer liars, laggards and silent ones than a quorum cannot make anything up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

NEAR_BLOCKS = 10
"""How far apart the newest blocks of endpoints that follow one chain may be: two minutes of blocks."""
NEAR_FINAL_BLOCKS = 64
"""The same of their newest final blocks, which come an epoch of 32 at a time."""


@dataclass(frozen=True, slots=True)
class Heads:
    """Which blocks are the newest: those of one endpoint, or those that a quorum has."""

    head: int
    """Number of the newest block."""
    final: int
    """Number of the newest block that counts as final."""


def majority(count: int) -> int:
    """Return how many of `count` voices are more than half of them."""
    return count // 2 + 1


def agreed(voices: Sequence[T], quorum: int) -> list[T]:
    """Return the one value that at least `quorum` voices give, in a list; an empty list if there is no such value.

    A quorum of less than a majority may stand behind two values at once; then nothing is agreed either.
    """
    backed: list[T] = []
    for voice in voices:
        if voice not in backed and voices.count(voice) >= quorum:
            backed.append(voice)
    return backed if len(backed) == 1 else []


def quorum_height(heights: Sequence[int], quorum: int) -> int:
    """Return the highest number that at least `quorum` voices reach; `heights` must hold as many.

    Fewer liars than a quorum cannot raise it above what an honest voice says.
    """
    return sorted(heights, reverse=True)[quorum - 1]


def common_head(heads: Sequence[int], quorum: int, near: int = NEAR_BLOCKS) -> list[int]:
    """Return the newest block that a quorum of heads, near one another, has; in a list, empty if there is none.

    Nearness is asked for because one voice that stands still, beside one that is silent, would else turn time back.
    """
    for head in sorted(heads, reverse=True):
        if sum(head <= one <= head + near for one in heads) >= quorum:
            return [head]
    return []


def agree_heads(heads: Sequence[Heads], quorum: int) -> list[Heads]:
    """Return the newest and the newest final block that a quorum has, in a list; empty if it has none together."""
    possible = [one for one in heads if 0 <= one.final <= one.head]
    found = common_head([one.head for one in possible], quorum)
    return [Heads(head, quorum_height([one.final for one in possible], quorum)) for head in found]


def are_together(heads: Sequence[Heads], quorum: int) -> bool:
    """Return whether a quorum is near one another in both blocks, so that a slower voice need not be waited for."""
    if not agree_heads(heads, quorum):
        return False
    return bool(common_head([one.final for one in heads], quorum, NEAR_FINAL_BLOCKS))
