"""Verify a credential: read it, gather the facts, and let the checks judge.

1 parse what was handed in (unwrap.py)       2 screen the document and its proof (credentials)
3 find its receipt, ask the pinned contract, ask the issuer's web site for what is open (gather.py)
4 judge (checks)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.checks.facts import NOT_ASKED, Expected
from registry.checks.verdict import judge
from registry.services.gather import Gathering
from registry.services.judged import Judged
from registry.services.unwrap import unwrap
from registry.services.verify_many import ManyVerifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry.ports import ChainReader, Clock, IssuerDirectory


class Verifier:
    """Judges credentials against the accepted networks."""

    def __init__(self, readers: Sequence[ChainReader], directory: IssuerDirectory, clock: Clock) -> None:
        self._readers = tuple(readers)
        self._directory = directory
        self._clock = clock

    def close(self) -> None:
        """Close the connections to the chains."""
        for reader in self._readers:
            reader.close()

    def verify(self, data: bytes, expected: str | None = None) -> Judged:
        """Judge a bundle, credential, VC-JWT or badge picture.

        `expected` is the e-mail address, id or name of the person it should belong to.

        Raises:
            InputError: it is not a credential; a sentence says what it is instead.

        """
        bundle = unwrap(data)
        gathering = Gathering(self._readers, self._directory, bundle.receipts, self._clock.now())
        facts = gathering.facts(bundle.credential, Expected(expected) if expected else NOT_ASKED)
        return Judged(judge(facts), bundle, facts)

    def many(self) -> ManyVerifier:
        """Return what judges many credentials in one run, beginning now."""
        return ManyVerifier(self._readers, self._directory, self._clock)
