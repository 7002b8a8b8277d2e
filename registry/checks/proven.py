"""Who made a credential, named by what is proven: never by the name that it gives itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from registry.checks.facts import AccreditationStatus, ChainFacts
from registry.checks.report import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry.checks.facts import Accreditation, Facts
    from registry.checks.report import CheckResult

PROVING = ("signature", "inclusion", "anchor", "issuer-key", "issuer-identity")
"""The checks that together prove that the named issuer made exactly this document."""
_HOST = re.compile(r"(?!-)[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::[0-9]{1,5})?")
_SEGMENT = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._~-]+")


def proven_name(results: Sequence[CheckResult], facts: Facts) -> str:
    """Return the accredited name of the issuer, else its confirmed web address; empty if neither is proven."""
    found = {result.check: result for result in results}
    if any(found[check].outcome is not Outcome.PASSED for check in PROVING):
        return ""
    said = voucher(facts)
    if found["issuer-identity"].code == "accredited" and said is not None:
        return said.name
    return domain_of(facts.presented.issuer_did) or ""


def voucher(facts: Facts) -> Accreditation | None:
    """Return what a trusted accreditor said of the issuer, if one vouched at anchoring time."""
    if not isinstance(facts.chain, ChainFacts):
        return None
    active = (one for one in facts.chain.accreditations if one.status is AccreditationStatus.ACTIVE)
    return next(active, None)


def domain_of(did: str) -> str | None:
    """Return the web address behind a did:web in lower-case ASCII, for example `uni.example`; None for other DIDs."""
    if not did.startswith("did:web:"):
        return None
    encoded, *path = did.removeprefix("did:web:").split(":")
    host = unquote(encoded).lower()
    if not _HOST.fullmatch(host) or not all(_SEGMENT.fullmatch(segment) for segment in path):
        return None
    return "/".join([host, *path])
