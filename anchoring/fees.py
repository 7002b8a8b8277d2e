"""Fees of an attempt, as arithmetic."""

from __future__ import annotations

from registry.core.submission import Fees

WEI_PER_ETH = 10**18
WEI_PER_GWEI = 10**9
_DECIMALS = 10**8
_SMALLEST_IN_ETH = WEI_PER_ETH // 10**6


def first_fees(base_fee_wei: int, tip_wei: int) -> Fees:
    """Return fees that outlive six full blocks in a row: the tip plus twice the base fee (EIP-1559)."""
    return Fees(cap_wei=tip_wei + 2 * base_fee_wei, tip_wei=tip_wei)


def bumped_fees(last: Fees, base_fee_wei: int, tip_wei: int) -> Fees:
    """Return fees that nodes accept in place of `last`: both at least 12.5 % up, rounded up, or what a first one costs.

    Nodes ask for 10 % on both, some for 12.5 % (anchoring.md, 3).
    """
    fresh = first_fees(base_fee_wei, tip_wei)
    return Fees(max(_raised(last.cap_wei), fresh.cap_wei), max(_raised(last.tip_wei), fresh.tip_wei))


def gas_limit_for(estimate: int) -> int:
    """Return the gas to allow for an estimate: an eighth more, for storage that changes before it is mined."""
    return estimate + estimate // 8


def in_eth(wei: int) -> str:
    """Return an amount for people, rounded up to 8 decimals of an ether, or in gwei where that would hide it."""
    if 0 < wei < _SMALLEST_IN_ETH:
        return f"{wei / WEI_PER_GWEI:,.4g} gwei"
    whole, rest = divmod(-(-wei * _DECIMALS // WEI_PER_ETH), _DECIMALS)
    decimals = f"{rest:08}".rstrip("0")
    return f"{whole:,}{'.' if decimals else ''}{decimals} ETH"


def _raised(wei: int) -> int:
    return -(-wei * 9 // 8)
