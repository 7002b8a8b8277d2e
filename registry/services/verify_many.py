"""Verify many credentials in one run: chains are asked about many at a time, web sites once.

What is asked, and how it is judged, is what `verify` does for one; a test holds the two side by side.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.checks.facts import NOT_ASKED, Expected, Unreachable
from registry.checks.verdict import judge
from registry.core.errors import ChainUnavailableError, InputError, LinkUnreachableError
from registry.services.gather import Gathering
from registry.services.judged import Judged
from registry.services.link import Links
from registry.services.web_memory import WebMemory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry.checks.facts import ChainFacts, NetworkRef
    from registry.core.receipt import Bundle
    from registry.ports import ChainQuestion, ChainReader, Clock, IssuerDirectory
    from registry.services.gather import Begun

_Facts = dict[tuple["NetworkRef", "ChainQuestion"], "ChainFacts | Unreachable"]
Unjudged = InputError | LinkUnreachableError
"""What stands for an input that could not be judged."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """One input that was read."""

    bundle: Bundle
    gathering: Gathering
    begun: Begun


class ManyVerifier:
    """Judges credentials, some at a time, against the accepted networks; the clock is read once."""

    def __init__(self, readers: Sequence[ChainReader], directory: IssuerDirectory, clock: Clock) -> None:
        self._readers = tuple(readers)
        self._directory = WebMemory(directory, clock, math.inf)  # each web site once in a run
        self._links = Links(directory)
        self._now = clock.now()

    def verify(self, inputs: Sequence[bytes], expected: str | None = None) -> list[Judged | Unjudged]:
        """Judge some bundles, credentials, VC-JWTs, badge pictures or share links, all as of the same blocks.

        `expected` is the e-mail address, id or name of the person they should all belong to. Returns, in their order,
        what was found, or the error of what is no credential or a link that cannot be followed.
        """
        opened = [self._opened(data) for data in inputs]
        known = self._asked([one for one in opened if isinstance(one, _Opened)])
        return [_judged(one, known, expected) if isinstance(one, _Opened) else one for one in opened]

    def _opened(self, data: bytes) -> _Opened | Unjudged:
        try:
            bundle = self._links.bundle(data)
            gathering = Gathering(self._readers, self._directory, bundle.receipts, self._now, bundle.endorsements)
            return _Opened(bundle, gathering, gathering.begin(bundle.credential))
        except (InputError, LinkUnreachableError) as error:
            return error

    def _asked(self, opened: Sequence[_Opened]) -> _Facts:
        """Return what every chain says of all the credentials that were read."""
        wanted = dict.fromkeys(one for each in opened for one in each.gathering.questions(each.begun))
        known: _Facts = {}
        for reader in self._readers:
            mine = [question for network, question in wanted if network == reader.network]
            known |= {(reader.network, one): facts for one, facts in zip(mine, _said(reader, mine), strict=True)}
        return known


def _said(reader: ChainReader, questions: Sequence[ChainQuestion]) -> Sequence[ChainFacts | Unreachable]:
    if not questions:
        return []
    try:
        return reader.facts_of(questions)
    except ChainUnavailableError as error:
        return [Unreachable(str(error))] * len(questions)


def _judged(one: _Opened, known: _Facts, expected: str | None) -> Judged:
    one.gathering.know(known)
    facts = one.gathering.finish(one.begun, Expected(expected) if expected else NOT_ASKED)
    return Judged(judge(facts), one.bundle, facts)
