"""What a quorum of endpoints makes of many looks: a minority can delay, and can make nothing up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchoring.agreement import Look, Price, agree_price, median, merge
from registry.core.digest import Digest
from registry.core.quorum import Heads
from registry.core.submission import Mined, Standing

AT = Heads(100, 80)
BLOCK, OTHER = Digest(b"\x0b" * 32), Digest(b"\x0c" * 32)
HASHES = [BLOCK, OTHER]
MINED = [Mined(tx, 90, block, ok, 50_000, 10**9) for tx in HASHES for block in HASHES for ok in (True, False)]
STANDINGS = [Standing(datetime(2026, 11, 21, tzinfo=UTC), 90, block) for block in HASHES]


def look(**changes: Any) -> Look:
    usual = Look(
        spent_nonces=7,
        final_nonces=7,
        mined=None,
        block_hash_then=None,
        final_hash=BLOCK,
        remembered_hash=None,
        known=frozenset(),
        standings=(None,),
        final_standings=(None,),
        base_fee_wei=10,
        tip_wei=1,
        balance_wei=1000,
        gas_estimate=50_000,
    )
    return replace(usual, **changes)


def maybe(values: list[Any]) -> st.SearchStrategy[Any]:
    return st.sampled_from([None, *values])


LOOKS = st.builds(
    Look,
    spent_nonces=st.integers(0, 9),
    final_nonces=st.integers(0, 9),
    mined=maybe(MINED),
    block_hash_then=maybe(HASHES),
    final_hash=maybe(HASHES),
    remembered_hash=maybe(HASHES),
    known=st.frozensets(st.sampled_from(HASHES)),
    standings=st.tuples(maybe(STANDINGS)),
    final_standings=st.tuples(maybe(STANDINGS)),
    base_fee_wei=st.integers(0, 10**12),
    tip_wei=st.integers(0, 10**12),
    balance_wei=st.integers(0, 10**20),
    gas_estimate=maybe([1, 50_000, 10**7]),
    refusal=st.sampled_from(["", "NotAdmin.", "out of gas."]),
)


@st.composite
def crowds(draw: st.DrawFn) -> tuple[int, list[Look], list[Look]]:
    """Give a quorum, honest looks that may differ, and fewer hostile ones than the quorum; the silent are not there."""
    quorum = draw(st.integers(1, 3))
    honest = draw(st.lists(LOOKS, min_size=quorum, max_size=4))
    return quorum, honest, draw(st.lists(LOOKS, max_size=quorum - 1))


@given(crowds())
def test_nothing_is_claimed_that_no_honest_endpoint_says(crowd: tuple[int, list[Look], list[Look]]) -> None:
    quorum, honest, hostile = crowd
    sight = merge([*hostile, *honest], AT, quorum)

    assert sight.mined in {None, *(one.mined for one in honest)}
    assert sight.block_hash_then in {None, *(one.block_hash_then for one in honest)}
    assert sight.final_hash in {None, *(one.final_hash for one in honest)}
    assert sight.standings in {(None,), *(one.standings for one in honest)}
    assert sight.final_standings in {(None,), *(one.final_standings for one in honest)}
    assert sight.spent_nonces <= max(one.spent_nonces for one in honest)
    assert sight.final_nonces <= max(one.final_nonces for one in honest)
    if sight.refusal:
        assert any(one.refusal for one in honest)
    if sight.gas_estimate is not None:
        assert any(not one.refusal for one in honest)


@given(crowds())
def test_what_is_missing_is_believed_to_be_missing_only_if_an_honest_endpoint_misses_it(
    crowd: tuple[int, list[Look], list[Look]],
) -> None:
    quorum, honest, hostile = crowd
    sight = merge([*hostile, *honest], AT, quorum)

    if not sight.unclear:
        assert sight.mined in {one.mined for one in honest}
        assert sight.block_hash_then in {one.block_hash_then for one in honest}
        assert sight.standings in {one.standings for one in honest}
        assert sight.final_standings in {one.final_standings for one in honest}
        assert sight.final_hash is not None


@given(LOOKS, st.integers(2, 3), st.data())
def test_a_quorum_of_honest_endpoints_that_say_the_same_is_heard_whatever_the_others_say(
    honest: Look, quorum: int, data: st.DataObject
) -> None:
    honest = replace(honest, final_hash=BLOCK)
    hostile = data.draw(st.lists(LOOKS, max_size=quorum - 1))
    sight = merge(data.draw(st.permutations([honest] * quorum + hostile)), AT, quorum)

    assert sight.unclear == ""
    assert (sight.mined, sight.standings, sight.final_standings) == (
        honest.mined,
        honest.standings,
        honest.final_standings,
    )
    assert honest.known <= sight.known
    amounts = {one.tip_wei for one in [honest, *hostile]}
    assert min(amounts) <= sight.tip_wei <= max(honest.tip_wei, *amounts)


@pytest.mark.parametrize(
    ("differing", "words"),
    [
        ({"mined": MINED[0]}, "is mined"),
        ({"block_hash_then": OTHER}, "seen mined"),
        ({"final_hash": OTHER}, "block 80 is final"),
        ({"standings": (STANDINGS[0],)}, "contract holds;"),
        ({"final_standings": (STANDINGS[0],)}, "at the final block"),
        ({"gas_estimate": None, "refusal": "NotAdmin."}, "would take it"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_one_against_one_is_no_quorum_of_two_and_is_said_so(differing: dict[str, Any], words: str) -> None:
    assert words in merge([look(), look(**differing)], AT, 2).unclear
    assert merge([look(), look(**differing), look()], AT, 2).unclear == ""


def test_a_final_block_that_nobody_has_is_unclear() -> None:
    assert "is final" in merge([look(final_hash=None)], AT, 1).unclear


def test_where_a_transaction_is_in_a_block_nobody_needs_an_estimate() -> None:
    seen = look(mined=MINED[0], gas_estimate=None)

    sight = merge([seen, seen, look()], AT, 2)

    assert (sight.unclear, sight.gas_estimate, sight.mined) == ("", None, MINED[0])


def test_a_quorum_refuses_or_nobody_does() -> None:
    refusing = look(gas_estimate=None, refusal="NotAdmin.")

    assert merge([refusing, refusing, look()], AT, 2).refusal == "NotAdmin."
    assert merge([refusing, look(), look(gas_estimate=50_002)], AT, 2).gas_estimate == 50_000


def test_a_price_is_the_middle_one_of_those_who_would_take_the_call() -> None:
    prices = [Price(gas, "", 10, tip, 5) for gas, tip in ((50_000, 1), (50_001, 2), (10**9, 10**12))]

    (price,) = agree_price(prices, 2)

    assert (price.gas, price.tip_wei) == (50_001, 2)


def test_a_price_that_endpoints_do_not_agree_on_is_none() -> None:
    refused = Price(None, "NotAdmin.", 10, 1, 5)

    assert agree_price([refused, Price(50_000, "", 10, 1, 5)], 2) == []
    assert agree_price([refused, refused, Price(50_000, "", 10, 1, 5)], 2)[0].refusal == "NotAdmin."


def test_of_two_amounts_the_lower_one_counts() -> None:
    assert [median(amounts) for amounts in ([3], [3, 9], [9, 1, 3])] == [3, 3, 3]
