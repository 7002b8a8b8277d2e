"""What the issuer's own status list says of a credential, and whether the list is really the issuer's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.checks.facts import NOT_ASKED, ChainFacts, NotAsked, StatusListAnswer, UnknownNetwork, Unreachable
from registry.core.errors import CredentialFormatError
from registry.credentials.issuer_proof import issuer_did
from registry.credentials.plain import plain_problems
from registry.credentials.signing import verify_proof
from registry.credentials.status_list import is_revoked

if TYPE_CHECKING:
    from registry.credentials.presented import Presented
    from registry.services.chain_questions import ChainQuestions
    from registry.services.web_questions import WebQuestions

MAX_INDEX_DIGITS = 10
"""Longest status list index that is read."""


def listed_status(
    presented: Presented,
    chain: ChainFacts | Unreachable | UnknownNetwork | NotAsked,
    web: WebQuestions,
    chains: ChainQuestions,
) -> StatusListAnswer | Unreachable | NotAsked:
    """Return what the credential's revocation list says; not asked if it names no list of that purpose."""
    entry = _revocation_entry(presented.document)
    if entry is None:
        return NOT_ASKED
    url, index = entry.get("statusListCredential"), _index(entry)
    if not isinstance(url, str) or index is None:
        return Unreachable("its credentialStatus names no list and index that can be read")
    document = web.document(url)
    if isinstance(document, Unreachable):
        return document
    if not isinstance(document, dict):
        return Unreachable(f"{url[:200]} is no status list")
    try:
        return StatusListAnswer(is_revoked(document, index), _is_issuers(document, presented, chain, chains))
    except CredentialFormatError as error:
        return Unreachable(f"{url[:200]} is no status list ({str(error).rstrip('.')})")


def _is_issuers(
    document: dict[str, Any],
    presented: Presented,
    chain: ChainFacts | Unreachable | UnknownNetwork | NotAsked,
    chains: ChainQuestions,
) -> bool:
    """Tell whether a list is written plainly and signed with a key of the credential's issuer."""
    if issuer_did(document) != presented.issuer_did or next(plain_problems(document), None) is not None:
        return False
    finding = verify_proof(document)
    if finding.outcome != "passed" or finding.key_hash is None:
        return False
    if finding.key_hash == presented.signature.key_hash:
        return True
    return isinstance(chain, ChainFacts) and chains.has_key(chain, finding.key_hash)


def _revocation_entry(document: dict[str, Any]) -> dict[str, Any] | None:
    listed = document.get("credentialStatus")
    entries = listed if isinstance(listed, list) else [listed]
    mine = (one for one in entries if isinstance(one, dict) and one.get("statusPurpose") == "revocation")
    return next(mine, None)


def _index(entry: dict[str, Any]) -> int | None:
    index = str(entry.get("statusListIndex"))
    return int(index) if index.isascii() and index.isdigit() and len(index) <= MAX_INDEX_DIGITS else None
