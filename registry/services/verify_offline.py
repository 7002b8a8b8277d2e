"""Verify a credential without asking anybody: judged by a state proof, as of its block."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from registry.checks.as_of import as_of

if TYPE_CHECKING:
    from registry.checks.as_of import AsOf
    from registry.services.judged import Judged
    from registry.services.verify import Verifier


class OfflineVerifier:
    """A verifier whose readers answer from a state proof; its reports say which block they are as of."""

    def __init__(self, verifier: Verifier, block: AsOf) -> None:
        self._verifier = verifier
        self._block = block

    def close(self) -> None:
        """Close what the verifier holds."""
        self._verifier.close()

    def verify(self, data: bytes, expected: str | None = None) -> Judged:
        """Judge as `Verifier.verify` does; InputError if it is not a credential."""
        judged = self._verifier.verify(data, expected)
        return replace(judged, report=as_of(judged.report, self._block))
