"""What the issuer's own status list says of a credential, and whether the list is really the issuer's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.checks.facts import NOT_ASKED, ChainFacts, NotAsked, StatusListAnswer, Unreachable
from registry.core.errors import CredentialFormatError
from registry.core.sentence import Sentence
from registry.credentials.issuer_proof import issuer_did
from registry.credentials.plain import plain_problems
from registry.credentials.signing import verify_proof
from registry.credentials.status_list import is_revoked
from registry.ports import ChainQuestion

if TYPE_CHECKING:
    from datetime import datetime

    from registry.checks.facts import KeyRecord
    from registry.core.digest import Digest
    from registry.core.receipt import AnchorReceipt
    from registry.credentials.presented import Presented
    from registry.services.anchors import Anchoring
    from registry.services.chain_questions import ChainQuestions
    from registry.services.web_questions import WebQuestions

MAX_INDEX_DIGITS = 10
"""Longest status list index that is read."""


@dataclass(frozen=True, slots=True)
class ListKeys:
    """Tells which keys may sign an issuer's status list: those that are its own now.

    A credential's signature is dated by its anchor; a status list is anchored nowhere. So what a retired key signed
    may have been signed today by whoever stole it, and is ignored.
    """

    chains: ChainQuestions
    """Asks the chain."""
    now: datetime
    """When the list was read, UTC."""

    def is_standing(self, key_hash: Digest, presented: Presented, anchoring: Anchoring) -> bool:
        """Return whether a key is the issuer's now; without a chain, whether it is the one that signed the credential.

        False where the chain does not answer about another key: what it signed is ignored, and the chain decides.
        """
        chain = anchoring.chain
        mine = key_hash == presented.signature.key_hash
        if not isinstance(chain, ChainFacts):
            return mine
        key = chain.key if mine else self._key(key_hash, chain, anchoring.receipt)
        return key is not None and (key.retired_since is None or self.now < key.retired_since)

    def _key(self, key_hash: Digest, chain: ChainFacts, receipt: AnchorReceipt | None) -> KeyRecord | None:
        if receipt is None:
            return None
        size = receipt.proof.tree_size
        question = ChainQuestion(chain.issuer_account, receipt.root, size, receipt.leaf_hash, key_hash)
        answer = self.chains.facts(chain.network, question)
        return answer.key if isinstance(answer, ChainFacts) else None


def listed_status(
    presented: Presented, anchoring: Anchoring, web: WebQuestions, keys: ListKeys
) -> StatusListAnswer | Unreachable | NotAsked:
    """Return what the credential's revocation list says; not asked if it has no status entry at all."""
    if "credentialStatus" not in presented.document:
        return NOT_ASKED
    entry = _revocation_entry(presented.document)
    if entry is None:
        return Unreachable(Sentence("its credentialStatus is no list of revocations that is read here"))
    url, index = entry.get("statusListCredential"), _index(entry)
    if not isinstance(url, str) or index is None:
        return Unreachable(Sentence("its credentialStatus names no list and index that can be read"))
    document = web.document(url)
    if isinstance(document, Unreachable):
        return document
    if not isinstance(document, dict):
        return Unreachable(Sentence("{url} is no status list", url=url[:200]))
    try:
        return StatusListAnswer(is_revoked(document, index), _is_issuers(document, presented, anchoring, keys))
    except CredentialFormatError as error:
        return Unreachable(Sentence("{url} is no status list ({why})", url=url[:200], why=str(error).rstrip(".")))


def _is_issuers(document: dict[str, Any], presented: Presented, anchoring: Anchoring, keys: ListKeys) -> bool:
    """Tell whether a list is written plainly and signed with a key that is the credential's issuer's now."""
    if issuer_did(document) != presented.issuer_did or next(plain_problems(document), None) is not None:
        return False
    finding = verify_proof(document)
    if finding.outcome != "passed" or finding.key_hash is None:
        return False
    return keys.is_standing(finding.key_hash, presented, anchoring)


def _revocation_entry(document: dict[str, Any]) -> dict[str, Any] | None:
    listed = document.get("credentialStatus")
    entries = listed if isinstance(listed, list) else [listed]
    mine = (one for one in entries if isinstance(one, dict) and one.get("statusPurpose") == "revocation")
    return next(mine, None)


def _index(entry: dict[str, Any]) -> int | None:
    index = str(entry.get("statusListIndex"))
    return int(index) if index.isascii() and index.isdigit() and len(index) <= MAX_INDEX_DIGITS else None
