"""What the job needs from the outside, as Protocols."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anchoring.sender import Signed, TypedData, UnsignedTransaction
    from registry.core.account import Address


class Rpc(Protocol):
    """A node's JSON-RPC interface."""

    def call(self, method: str, params: Sequence[object] = ()) -> Any:  # noqa: ANN401  any JSON value
        """Return the result.

        Raises:
            RpcRefusalError: the node answered with an error.
            ChainUnavailableError: no endpoint gave a usable answer.
            WrongChainError: an endpoint answers for another chain.

        """
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
