"""geth's rule for a second transaction of one nonce: 10 % more on both fees. anvil takes 5 %, so the proxy asks."""

from __future__ import annotations

from dataclasses import dataclass, field

from eth_account import Account
from eth_account.typed_transactions import TypedTransaction
from hexbytes import HexBytes

PERCENT = 110
Fees = tuple[int, int]
"""`maxFeePerGas` and `maxPriorityFeePerGas`."""


@dataclass
class Replacements:
    """What waits under each nonce of each account."""

    _waiting: dict[tuple[str, int], tuple[bytes, Fees]] = field(default_factory=dict)

    def takes(self, raw: bytes) -> bool:
        """Return whether a node takes these signed bytes, and let them wait if it does."""
        fields = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
        fees = int(fields["maxFeePerGas"]), int(fields["maxPriorityFeePerGas"])
        before, price = self._waiting.get(place_of(raw), (raw, fees))
        taken = raw == before or all(100 * new >= PERCENT * old for new, old in zip(fees, price, strict=True))
        if taken:
            self._waiting[place_of(raw)] = raw, fees
        return taken

    def clear(self) -> None:
        """Forget everything."""
        self._waiting.clear()


def place_of(raw: bytes) -> tuple[str, int]:
    """Return the account and the nonce that signed bytes are for."""
    return Account.recover_transaction(raw), int(TypedTransaction.from_bytes(HexBytes(raw)).as_dict()["nonce"])
