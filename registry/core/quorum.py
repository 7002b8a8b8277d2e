"""What several endpoints agree on: fewer liars, laggards and silent ones than a quorum cannot make anything up."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

NEAR_BLOCKS = 10
"""How far apart the newest blocks of endpoints that follow one chain may be: two minutes of blocks."""


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
