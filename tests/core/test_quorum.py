"""Quorums: fewer wrong voices than a quorum never make a value, a height or a head up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from registry.core.quorum import (
    NEAR_BLOCKS,
    Heads,
    agree_heads,
    agreed,
    are_together,
    common_head,
    majority,
    quorum_height,
)

HEIGHTS = st.integers(0, 200)


@st.composite
def voices(draw: st.DrawFn) -> tuple[int, list[int], list[int]]:
    """Give a quorum, what honest voices say, and what fewer wrong ones than the quorum say."""
    quorum = draw(st.integers(1, 4))
    honest = draw(st.lists(HEIGHTS, min_size=quorum, max_size=5))
    wrong = draw(st.lists(HEIGHTS, max_size=quorum - 1))
    return quorum, honest, wrong


def test_a_majority_is_more_than_half() -> None:
    assert [majority(count) for count in range(1, 8)] == [1, 2, 2, 3, 3, 4, 4]


@given(voices())
def test_only_what_an_honest_voice_says_is_agreed(given_: tuple[int, list[int], list[int]]) -> None:
    quorum, honest, wrong = given_
    assert set(agreed(honest + wrong, quorum)) <= set(honest)


@given(st.integers(2, 5), HEIGHTS, st.data())
def test_what_a_majority_of_honest_voices_says_is_agreed_whatever_the_others_say(
    quorum: int, value: int, data: st.DataObject
) -> None:
    wrong = data.draw(st.lists(HEIGHTS, max_size=quorum - 1))
    said = data.draw(st.permutations([value] * quorum + wrong))
    assert agreed(said, quorum) == [value]


def test_two_values_with_a_quorum_each_are_no_agreement() -> None:
    assert agreed(["a", "b"], 1) == []
    assert agreed(["a", "b", "a", "b"], 2) == []
    assert agreed(["a", "b", "c"], 2) == []


def test_nothing_may_be_what_is_agreed() -> None:
    assert agreed([None, None, "a"], 2) == [None]


@given(voices())
def test_no_height_is_above_the_highest_honest_one(given_: tuple[int, list[int], list[int]]) -> None:
    quorum, honest, wrong = given_
    assert quorum_height(honest + wrong, quorum) <= max(honest)


@given(voices())
def test_no_common_head_is_above_the_highest_honest_one_or_far_below_all(
    given_: tuple[int, list[int], list[int]],
) -> None:
    quorum, honest, wrong = given_
    for head in common_head(honest + wrong, quorum):
        assert min(honest) - NEAR_BLOCKS <= head <= max(honest)


def test_a_head_that_stands_still_beside_a_silent_one_is_no_common_head() -> None:
    assert common_head([100, 5], 2) == []
    assert common_head([100], 2) == []
    assert common_head([100, 99, 5], 2) == [99]
    assert common_head([10**9, 100, 99], 2) == [99]
    assert common_head([10**9, 100, 89], 2) == []


def test_heads_are_those_of_a_quorum_and_an_impossible_pair_is_not_heard() -> None:
    assert agree_heads([Heads(100, 64), Heads(101, 96)], 2) == [Heads(100, 64)]
    assert agree_heads([Heads(100, 96), Heads(100, 96), Heads(5, 3)], 2) == [Heads(100, 96)]
    assert agree_heads([Heads(100, 96), Heads(100, 300)], 2) == []
    assert agree_heads([Heads(100, -1)], 1) == []
    assert agree_heads([Heads(100, 96), Heads(5, 3)], 2) == []


def test_a_slower_voice_is_waited_for_unless_a_quorum_is_together_in_both_blocks() -> None:
    assert are_together([Heads(100, 64), Heads(101, 96)], 2)
    assert not are_together([Heads(1000, 900), Heads(1000, 5)], 2)
    assert not are_together([Heads(1000, 900), Heads(5, 5)], 2)
