"""Judge bundles one by one, chain and web answers remembered: `verify.py FOLDER`, in a home on a running chain."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.contender import contend
from registry.chain.reader import RpcChainReader
from registry.checks.report import Verdict
from registry.identity.directory import WebDirectory
from registry.services.verify_many import ManyVerifier
from registry.settings import load_settings
from registry.system import SystemClock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry.checks.facts import ChainFacts, NetworkRef
    from registry.ports import ChainQuestion, ChainReader


class Remembering:
    """A chain reader that asks about each credential once."""

    def __init__(self, reader: ChainReader) -> None:
        self._reader = reader
        self._known: dict[ChainQuestion, ChainFacts] = {}

    @property
    def network(self) -> NetworkRef:
        """Return which network this is."""
        return self._reader.network

    def facts(self, question: ChainQuestion) -> ChainFacts:
        """Return what the contract said when it was asked first."""
        return self.facts_of([question])[0]

    def facts_of(self, questions: Sequence[ChainQuestion]) -> list[ChainFacts]:
        """Return the same of each."""
        new = [one for one in questions if one not in self._known]
        if new:
            self._known.update(zip(new, self._reader.facts_of(new), strict=True))
        return [self._known[one] for one in questions]

    def close(self) -> None:
        """Close the connections."""
        self._reader.close()


def main() -> None:
    """Judge every bundle once for every go; all must be verified."""
    readers = [Remembering(RpcChainReader(network)) for network in load_settings().networks.values()]
    verifier = ManyVerifier(readers, WebDirectory(allow_loopback=True), SystemClock())
    bundles = [file.read_bytes() for file in sorted(Path(sys.argv[1]).glob("*.json"))]

    def work() -> int:
        for one in bundles:
            (judged,) = verifier.verify([one])
            if isinstance(judged, Exception) or judged.report.verdict is not Verdict.VERIFIED:
                raise SystemExit(f"not verified: {judged}"[:1000])
        return len(bundles)

    contend(work)


if __name__ == "__main__":
    main()
