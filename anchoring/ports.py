"""What the job needs from the outside, as Protocols."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anchoring.sender import Signed, TypedData, UnsignedTransaction
    from registry.core.account import Address
    from registry.core.submission import FinalBlock


class Rpc(Protocol):
    """A node's JSON-RPC interface."""

    @property
    def name(self) -> str:
        """Return what may be shown of it: never a path, which may hold an access key."""
        ...

    def close(self) -> None:
        """Close its connections."""
        ...

    def call(self, method: str, params: Sequence[object] = ()) -> Any:  # noqa: ANN401  any JSON value
        """Return the result.

        Raises:
            RpcRefusalError: the node answered with an error.
            ChainUnavailableError: it gave no usable answer.
            WrongChainError: it answers for another chain.

        """
        ...


class FinalMemory(Protocol):
    """What was seen final of each chain."""

    def newest(self, chain_id: int) -> FinalBlock | None:
        """Return the newest block of a chain that was ever seen final; None if none was."""
        ...

    def raise_to(self, chain_id: int, block: FinalBlock) -> None:
        """Remember a newer final block; one that is not newer changes nothing."""
        ...


class Signer(Protocol):
    """Whoever holds an account's key."""

    @property
    def address(self) -> Address:
        """Return the account; needs no passphrase."""
        ...

    def sign(self, transaction: UnsignedTransaction) -> Signed:
        """Return the signed bytes and their hash; `signed_check` holds them against what was asked."""
        ...

    def sign_typed_data(self, typed: TypedData) -> bytes:
        """Return the account's signature over structured data (EIP-712)."""
        ...
