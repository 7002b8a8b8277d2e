"""A report to keep, as data: what the API answers, under a head that ties it to a file, a moment and a block.

It may lie in a personnel file for years. So it holds what its reader needs to rely on it or to repeat it, and no more:
of the credential only what was earned, by whom and from whom, as far as that is proven; no grade, level, evidence,
student number or address beside the name, and nothing of the document itself. Which document it was, its digests tell.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.checks.facts import ChainFacts
from registry.checks.proven import proven_name
from registry.checks.report import report_json
from registry.credentials.times import time_text
from verifier_web import report_wording as keep
from verifier_web import wording as say
from verifier_web.credential import title_of
from verifier_web.holder import holder_view
from verifier_web.issuer import is_proven
from verifier_web.text import line

if TYPE_CHECKING:
    from registry.checks.facts import Facts
    from verifier_web.desk import Judged

VERSION = 1
"""Version of the head's form."""


@dataclass(frozen=True, slots=True)
class ReportHead:
    """Where a report comes from, beside what was judged."""

    software: str
    """Name and version of what judged."""
    verifier: str
    """Web address of the verifier, as the request named it, without a trailing slash."""
    sha256: str
    """Digest of what was handed in, as 64 hex digits without `0x`: that is how tools print a file's."""
    size_bytes: int
    """Length of what was handed in."""


def report_head(data: bytes, software: str, verifier: str) -> ReportHead:
    """Return the head of a report on what was handed in."""
    return ReportHead(software, line(verifier), hashlib.sha256(data).hexdigest(), len(data))


def report_data(judged: Judged, head: ReportHead) -> dict[str, Any]:
    """Return the report as JSON: the members of the API's answer, and `head`."""
    value = {
        "type": "VerificationReport",
        "version": VERSION,
        "judgedAt": time_text(judged.facts.now),
        "software": head.software,
        "verifier": head.verifier,
        "handedIn": {"sha256": head.sha256, "bytes": head.size_bytes},
        "credential": _credential(judged),
        "chain": _chain(judged.facts),
        "limits": list(report_limits(judged)),
    }
    return {"head": value, **report_json(judged.report, keep.REPORT_INPUT)}


def report_limits(judged: Judged) -> tuple[str, ...]:
    """Return the sentences on what a report does not say."""
    found = (
        _block_limit(judged.facts),
        say.NETWORK_NOTES.get(judged.report.network_kind or "", ""),
        keep.REPORT_LIMIT_PERSON,
        keep.REPORT_LIMIT_UNSIGNED,
    )
    return tuple(sentence for sentence in found if sentence)


def _block_limit(facts: Facts) -> str:
    if not isinstance(facts.chain, ChainFacts):
        return keep.REPORT_LIMIT_NO_CHAIN
    return keep.REPORT_LIMIT_BLOCK.format(block=f"{facts.chain.latest.block_number:,}")


def _credential(judged: Judged) -> dict[str, Any]:
    presented, receipt = judged.facts.presented, judged.facts.receipt
    proven = is_proven(judged.report)
    holder = holder_view(presented.document, None, proven=proven)
    return {
        "achievement": title_of(judged.facts),
        "issuedTo": holder.name if holder.named else None,
        "issuedBy": line(proven_name(judged.report.checks, judged.facts)) or None,
        "issuer": line(presented.issuer_did),
        "proven": proven,
        "leafHash": presented.leaf_hash.to_hex() if presented.leaf_hash else None,
        "root": receipt.root.to_hex() if receipt else None,
    }


def _chain(facts: Facts) -> dict[str, Any] | None:
    chain = facts.chain
    if not isinstance(chain, ChainFacts):
        return None
    anchor = chain.finalized.anchor or chain.latest.anchor
    return {
        "network": chain.network.name,
        "kind": chain.network.kind,
        "chain": f"eip155:{chain.network.chain_id}",
        "contract": chain.network.contract.checksummed(),
        "issuer": chain.issuer_account.checksummed(),
        "finalizedBlock": chain.finalized.block_number,
        "latestBlock": chain.latest.block_number,
        "anchoredAt": time_text(anchor.anchored_at) if anchor else None,
        "anchoredInBlock": anchor.block_number if anchor else None,
    }
