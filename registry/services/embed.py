"""Let an achievement carry endorsements: only those that are of exactly its text, by who they say, and stand now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.checks.report import Verdict, standing
from registry.core.canonical import canonical_bytes
from registry.core.errors import InputError, StateError
from registry.core.receipt import MAX_ENDORSEMENTS
from registry.credentials.endorsement import endorsed_object, without_endorsements
from registry.credentials.issuer_proof import issuer_did

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from registry.core.receipt import AnchorReceipt
    from registry.credentials.endorsement import Endorsed
    from registry.services.judged import Judged

MEMBER = "endorsement"


@dataclass(frozen=True, slots=True)
class Embedded:
    """An achievement with the endorsements that it carries from now on."""

    document: dict[str, Any]
    """The achievement."""
    receipts: tuple[AnchorReceipt, ...]
    """Receipts of endorsements that are new in it."""
    dropped: tuple[str, ...]
    """DIDs of those whose endorsements of its former text no longer fit, and were left out."""


@dataclass(frozen=True, slots=True)
class Embedding:
    """All that embedding needs beside the achievement."""

    judge: Callable[[bytes, Endorsed], Judged]
    """Judges an endorsement as one of something."""

    def embedded(
        self, document: dict[str, Any], before: dict[str, Any] | None, given: Sequence[tuple[str, bytes]]
    ) -> Embedded:
        """Return an achievement with endorsements: those written in it, else those it carried before, and those given.

        `before` is the achievement as it is stored; `given` are names and contents of files. What was stored is not
        judged again: an endorsement that was withdrawn since is for verifiers to show as withdrawn.

        Raises:
            InputError: one does not stand, or is of something else; the message names it.
            StateError: of one it cannot be told now.

        """
        text = without_endorsements(document)
        stored = list((before or {}).get(MEMBER, []))
        fits = before is not None and without_endorsements(before) == text
        carried = list(document[MEMBER]) if MEMBER in document else stored if fits else []
        new = [
            (f"the achievement's {MEMBER}[{at}]", one)
            for at, one in enumerate(carried)
            if one not in stored or not fits
        ]
        sources = [*((name, canonical_bytes(one)) for name, one in new), *given]
        judged = [self._standing(source, data, endorsed_object(text)) for source, data in sources]
        mine = {one["id"]: one for one in (*carried, *(_document(one) for one in judged))}
        if len(mine) > MAX_ENDORSEMENTS:
            raise InputError(f"An achievement carries at most {MAX_ENDORSEMENTS} endorsements, not {len(mine):,}.")
        receipts = [one.facts.receipt for one in judged]
        return Embedded(
            document={**text, MEMBER: list(mine.values())} if mine else text,
            receipts=tuple(receipt for receipt in receipts if receipt is not None),
            dropped=() if fits or MEMBER in document else tuple(issuer_did(one) for one in stored),
        )

    def _standing(self, source: str, data: bytes, endorsed: Endorsed) -> Judged:
        judged = self.judge(data, endorsed)
        if not isinstance(judged.bundle.credential, dict):
            raise InputError(f"{source}: it is a VC-JWT, which has no place in an achievement. Nothing was changed.")
        report = judged.report
        if report.verdict is Verdict.VERIFIED:
            return judged
        reason = next(one.detail for one in report.checks if one.code == report.reason)
        error = StateError if report.verdict is Verdict.UNDECIDED else InputError
        raise error(f"{source}: {standing(report)} ({reason}) Nothing was changed.")


def _document(judged: Judged) -> dict[str, Any]:
    return judged.facts.presented.document
