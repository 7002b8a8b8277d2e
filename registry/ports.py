"""What the services need from the outside world, as Protocols; the packages beside them implement these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from registry.checks.facts import ChainFacts, DidService, NetworkRef
    from registry.core.account import Address
    from registry.core.digest import Digest, Root
    from registry.core.receipt import AnchorReceipt


class Clock(Protocol):
    """The time, read once per run."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class ChainReader(Protocol):
    """One accepted network's pinned contract, read at the finalized and the latest block."""

    @property
    def network(self) -> NetworkRef:
        """Return which network this is."""
        ...

    def facts(self, question: ChainQuestion) -> ChainFacts:
        """Return what the contract says; ChainUnavailableError if no endpoint gave a usable answer."""
        ...


class ChainQuestion(Protocol):
    """What is asked of the contract about one credential; never its text, never its path."""

    @property
    def issuer(self) -> Address:
        """Return the on-chain issuer."""
        ...

    @property
    def root(self) -> Root:
        """Return the batch's root."""
        ...

    @property
    def tree_size(self) -> int:
        """Return the batch's size."""
        ...

    @property
    def leaf_hash(self) -> Digest:
        """Return the credential's leaf hash."""
        ...

    @property
    def key_hash(self) -> Digest | None:
        """Return the hash of the signing key, if known."""
        ...


class IssuerDirectory(Protocol):
    """Issuers' own web sites: DID documents, receipts and status lists, behind a guarded fetch."""

    def services(self, did: str) -> Sequence[DidService]:
        """Return the registry services of a DID document; ProfileUnavailableError if it cannot be had."""
        ...

    def receipts(self, did: str, credential_id: str) -> Sequence[AnchorReceipt]:
        """Return receipts from the registry that the DID document names; ProfileUnavailableError if none answers."""
        ...

    def document(self, url: str) -> Any:  # noqa: ANN401  any JSON value
        """Return the JSON behind a public URL (a status list); ProfileUnavailableError if it cannot be had."""
        ...
