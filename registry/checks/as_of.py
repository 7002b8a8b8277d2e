"""What a report says when the chain was known from a state proof alone: everything is as of one block.

A state proof holds if its block is a block of the chain, and only somebody else can say that: a forger can compute a
whole chain of hashes below a block of his own. So an unconfirmed block leaves the verdict undecided.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from registry.checks.report import CheckResult, Outcome, Verdict
from registry.checks.sentences import moment
from registry.core.sentence import Number, Sentence

if TYPE_CHECKING:
    from datetime import datetime

    from registry.checks.report import Report
    from registry.core.digest import Digest


@dataclass(frozen=True, slots=True)
class AsOf:
    """The block that a report stands on."""

    block_number: int
    """Its number."""
    block_hash: Digest
    """Its hash, the only thing that is trusted."""
    block_at: datetime
    """Its time, UTC."""
    confirmed: bool
    """Whether the person who asks named this hash as trusted."""

    def words(self) -> Sentence:
        """Return `as of block 12,345 (30 June 2026, 14:05 UTC)`."""
        return Sentence("as of block {number} ({at})", number=Number(self.block_number), at=moment(self.block_at))


def as_of(report: Report, block: AsOf) -> Report:
    """Return a report, and those of its parts, with the block said; a report without chain facts stays as it is.

    With an unconfirmed block, a verified credential becomes undecided: `block-unconfirmed`.
    """
    dated = replace(report, parts=tuple(replace(part, report=as_of(part.report, block)) for part in report.parts))
    if report.network is None:
        return dated
    dated = replace(dated, checks=tuple(_dated(result, block) for result in report.checks))
    if report.verdict is not Verdict.VERIFIED:
        return replace(dated, summary=_with(report.summary, block))
    if block.confirmed:
        return replace(
            dated, summary=Sentence("{summary}, {block}.", summary=_open(report.summary), block=block.words())
        )
    text = Sentence(
        "Cannot tell: everything holds {block}, if that block has the hash {hash} on the network {network}; nobody has "
        "confirmed this.",
        block=block.words(),
        hash=block.block_hash.to_hex(),
        network=report.network,
    )
    return replace(dated, verdict=Verdict.UNDECIDED, reason="block-unconfirmed", summary=text)


def _dated(result: CheckResult, block: AsOf) -> CheckResult:
    if result.outcome is not Outcome.PASSED:
        return result
    if result.check == "status":
        return replace(
            result,
            detail=Sentence(
                "{finding} This is {block}; what came later does not show.", finding=result.detail, block=block.words()
            ),
        )
    if result.check == "finality" and not block.confirmed:
        text = Sentence(
            "All facts rest on the block hash {hash}, which nobody has confirmed: look up block {number} at a source "
            "you trust, and name its hash as trusted if it is this one.",
            hash=block.block_hash.to_hex(),
            number=Number(block.block_number),
        )
        return CheckResult("finality", Outcome.UNDECIDED, "block-unconfirmed", text)
    return result


def _with(summary: Sentence, block: AsOf) -> Sentence:
    return Sentence("{summary} This is {block}.", summary=summary, block=block.words())


def _open(summary: Sentence) -> Sentence:
    """Return a summary without its full stop, so that an English sentence can go on."""
    return summary.with_text(summary.removesuffix("."))
