"""Verify a credential: read it, gather the facts, and let the checks judge.

1 parse what was handed in (link.py, unwrap.py)       2 screen the document and its proof (credentials)
3 find its receipt, ask the pinned contract, ask the issuer's web site for what is open (gather.py)
4 judge (checks)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.checks.facts import NOT_ASKED, Expected
from registry.checks.verdict import judge
from registry.credentials.presented import present
from registry.services.anchors import Anchoring
from registry.services.chain_questions import ChainQuestions
from registry.services.gather import Gathering
from registry.services.judged import Judged
from registry.services.link import Links
from registry.services.listed_status import ListKeys, listed_status
from registry.services.unwrap import unwrap
from registry.services.verify_many import ManyVerifier
from registry.services.web_questions import WebQuestions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from registry.checks.facts import NotAsked, StatusListAnswer, Unreachable
    from registry.core.receipt import Bundle
    from registry.credentials.endorsement import Endorsed
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
        """Judge a bundle, credential, VC-JWT, badge picture or certificate, or what a share link leads to.

        `expected` is the e-mail address, id or name of the person it should belong to.

        Raises:
            InputError: it is not a credential; a sentence says what it is instead.
            LinkUnreachableError: it is a link, and what is behind it cannot be read.

        """
        bundle = Links(self._directory).bundle(data)
        gathering = self._gathering(bundle)
        facts = gathering.facts(bundle.credential, Expected(expected) if expected else NOT_ASKED)
        return Judged(judge(facts), bundle, facts)

    def many(self) -> ManyVerifier:
        """Return what judges many credentials in one run, beginning now."""
        return ManyVerifier(self._readers, self._directory, self._clock)

    def listed_status(
        self, document: dict[str, Any], known: Mapping[str, Any]
    ) -> StatusListAnswer | Unreachable | NotAsked:
        """Return what a credential's status list says, asking no chain; `known` lists, by address, are not fetched."""
        keys = ListKeys(ChainQuestions(self._readers), self._clock.now())
        return listed_status(present(document), Anchoring(None, NOT_ASKED), WebQuestions(self._directory, known), keys)

    def verify_endorsement(self, data: bytes, endorsed: Endorsed) -> Judged:
        """Judge an endorsement as one of `endorsed`; InputError as above."""
        bundle = unwrap(data)
        facts = self._gathering(bundle).facts(bundle.credential, NOT_ASKED, endorsed=endorsed)
        return Judged(judge(facts), bundle, facts)

    def _gathering(self, bundle: Bundle) -> Gathering:
        return Gathering(self._readers, self._directory, bundle.receipts, self._clock.now(), bundle.endorsements)
