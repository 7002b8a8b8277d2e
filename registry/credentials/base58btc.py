"""Writing base58btc, four digits a division.

Each signature is written so, and the `base58` library takes half as long for that as signing does. It reads what is
read, and a test holds the two together. Source: draft-msporny-base58-03.
"""

from __future__ import annotations

from itertools import product

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ZERO = ALPHABET[0]
_PAIRS = tuple(map("".join, product(ALPHABET, repeat=2)))
_TWO_DIGITS = len(_PAIRS)
_FOUR_DIGITS = _TWO_DIGITS**2


def base58btc(data: bytes) -> str:
    """Return bytes as base58btc, without a multibase prefix; each leading zero byte is a leading `1`."""
    number = int.from_bytes(data, "big")
    digits: list[str] = []
    while number:
        number, four = divmod(number, _FOUR_DIGITS)
        digits.append(_PAIRS[four % _TWO_DIGITS])
        digits.append(_PAIRS[four // _TWO_DIGITS])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return _ZERO * zeros + "".join(reversed(digits)).lstrip(_ZERO)
