"""Fees."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from anchoring.fees import bumped_fees, first_fees, gas_limit_for, in_eth
from registry.core.submission import Fees

wei = st.integers(1, 10**15)


@given(cap=wei, tip=wei, base=wei, suggested=wei)
def test_a_bump_raises_cap_and_tip_by_at_least_an_eighth(cap: int, tip: int, base: int, suggested: int) -> None:
    bumped = bumped_fees(Fees(cap, tip), base, suggested)

    assert bumped.cap_wei * 8 >= cap * 9
    assert bumped.tip_wei * 8 >= tip * 9


@given(cap=wei, tip=wei, base=wei, suggested=wei)
def test_a_bump_is_never_below_what_a_first_attempt_would_pay(cap: int, tip: int, base: int, suggested: int) -> None:
    bumped, fresh = bumped_fees(Fees(cap, tip), base, suggested), first_fees(base, suggested)

    assert bumped.cap_wei >= fresh.cap_wei
    assert bumped.tip_wei >= fresh.tip_wei


def test_the_cap_is_the_tip_and_twice_the_base_fee() -> None:
    assert first_fees(base_fee_wei=10, tip_wei=3) == Fees(cap_wei=23, tip_wei=3)


def test_the_gas_limit_leaves_an_eighth_of_room() -> None:
    assert gas_limit_for(80_000) == 90_000


def test_amounts_are_told_in_the_unit_that_shows_them() -> None:
    assert in_eth(0) == "0 ETH"
    assert in_eth(10**19) == "10 ETH"
    assert in_eth(1_234_500_000_000_000_000) == "1.2345 ETH"
    assert in_eth(67_191_785_200_001) == "0.0000672 ETH"
    assert in_eth(2_500_000_000) == "2.5 gwei"
