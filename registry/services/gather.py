"""Gather the facts about one credential and everything embedded in it: all the I/O of a verification.

An issuer's web site is asked only for what the chain and the bundle leave open, and at most
MAX_FETCHES times, whatever the document says.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from registry.checks.facts import (
    NOT_ASKED,
    AccreditationStatus,
    ChainFacts,
    Facts,
    PartFacts,
    StatusListAnswer,
    UnknownNetwork,
    Unreachable,
)
from registry.core.errors import ChainUnavailableError, CredentialFormatError, ProfileUnavailableError
from registry.credentials.presented import leaf_candidates, present, present_jwt
from registry.credentials.signing import verify_proof
from registry.credentials.status_list import is_revoked
from registry.ports import ChainQuestion
from registry.services.embedded import embedded_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from registry.checks.facts import DidService, Expected, NotAsked
    from registry.core.receipt import AnchorHint, AnchorReceipt
    from registry.credentials.presented import Presented
    from registry.ports import ChainReader, IssuerDirectory, IssuerSite

MAX_FETCHES = 16
"""Most requests to issuers' web sites in one verification."""
MAX_NESTING = 4
"""Deepest embedding of credentials in credentials that is judged."""
MAX_PARTS = 200
"""Most embedded credentials that are judged in one verification, over all levels."""

MAX_INDEX_DIGITS = 10
"""Longest status list index that is read."""

T = TypeVar("T")
_Chain = ChainFacts | Unreachable | UnknownNetwork


class Gathering:
    """One verification's questions to the outside world."""

    def __init__(
        self,
        readers: Sequence[ChainReader],
        directory: IssuerDirectory,
        receipts: Sequence[AnchorReceipt],
        now: datetime,
    ) -> None:
        self._readers = readers
        self._directory = directory
        self._receipts = tuple(receipts)
        self._now = now
        self._fetches_left = MAX_FETCHES
        self._parts_left = MAX_PARTS
        self._sites: dict[str, IssuerSite | Unreachable] = {}

    def facts(self, credential: dict[str, Any] | str, expected: Expected | NotAsked, depth: int = 0) -> Facts:
        """Return everything known about a credential; nothing that fails to answer raises."""
        presented = present_jwt(credential) if isinstance(credential, str) else present(credential)
        receipt, unreachable = self._receipt(credential, presented)
        if receipt is not None and receipt.leaf_hash in _leaves(credential, presented):
            presented = replace(presented, leaf_hash=receipt.leaf_hash)
        chain = self._chain(presented, receipt) if receipt is not None else NOT_ASKED
        return Facts(
            presented=presented,
            receipt=receipt,
            receipt_unreachable=unreachable,
            chain=chain,
            did_services=self._did_services(presented, chain),
            status_list=self._status_list(presented, chain),
            expected=expected,
            parts=self._parts(presented, depth),
            now=self._now,
        )

    def _receipt(
        self, credential: dict[str, Any] | str, presented: Presented
    ) -> tuple[AnchorReceipt | None, Unreachable | None]:
        """Return the receipt of this leaf; else one that names its id, whose leaf then contradicts; else look it up."""
        leaves = _leaves(credential, presented)
        at_hand = _matching(self._receipts, leaves, presented)
        if at_hand is not None:
            return at_hand, None
        return self._receipt_from_site(leaves, presented)

    def _receipt_from_site(
        self, leaves: tuple[bytes, ...], presented: Presented
    ) -> tuple[AnchorReceipt | None, Unreachable | None]:
        if not presented.issuer_did.startswith("did:web:"):
            return None, None  # such an issuer has no registry to ask
        site = self._site(presented.issuer_did)
        if isinstance(site, Unreachable):
            return None, site
        unreachable = None
        for url in site.receipt_urls:
            found = self._fetched(lambda url=url: self._directory.receipts(url, presented.credential_id))  # type: ignore[misc]
            if isinstance(found, Unreachable):
                unreachable = found
            elif (receipt := _matching(found, leaves, presented)) is not None:
                return receipt, None
        return None, unreachable

    def _chain(self, presented: Presented, receipt: AnchorReceipt) -> _Chain:
        """Return the best answer of the accepted chains: one that holds the anchor, else any, else why none."""
        answers = [
            self._asked(reader, hint, presented, receipt)
            for hint in receipt.anchors
            for reader in self._readers
            if reader.network.chain_id == hint.chain_id
        ]
        if not answers:
            return UnknownNetwork(tuple(f"eip155:{hint.chain_id}" for hint in receipt.anchors))
        return min(answers, key=_worth)

    def _asked(
        self, reader: ChainReader, hint: AnchorHint, presented: Presented, receipt: AnchorReceipt
    ) -> ChainFacts | Unreachable:
        question = ChainQuestion(
            issuer=hint.issuer,
            root=receipt.root,
            tree_size=receipt.proof.tree_size,
            leaf_hash=presented.leaf_hash or receipt.leaf_hash,
            key_hash=presented.signature.key_hash,
        )
        try:
            return reader.facts(question)
        except ChainUnavailableError as error:
            return Unreachable(str(error))

    def _did_services(
        self, presented: Presented, chain: _Chain | NotAsked
    ) -> tuple[DidService, ...] | Unreachable | NotAsked:
        if not isinstance(chain, ChainFacts):
            return NOT_ASKED
        if any(one.status is AccreditationStatus.ACTIVE for one in chain.accreditations):
            return NOT_ASKED
        site = self._site(presented.issuer_did)
        return site if isinstance(site, Unreachable) else site.services

    def _status_list(self, presented: Presented, chain: _Chain | NotAsked) -> StatusListAnswer | Unreachable | NotAsked:
        entry = _revocation_entry(presented.document)
        if entry is None:
            return NOT_ASKED
        url, index = entry
        document = self._fetched(lambda: self._directory.document(url))
        if isinstance(document, Unreachable):
            return document
        try:
            return StatusListAnswer(is_revoked(document, index), self._is_issuers(document, presented, chain))
        except CredentialFormatError as error:
            return Unreachable(f"{url} is no status list ({error})")

    def _is_issuers(self, document: dict[str, Any], presented: Presented, chain: _Chain | NotAsked) -> bool:
        """Tell whether a status list is signed with a key of the credential's issuer."""
        issuer = document.get("issuer")
        did = issuer.get("id") if isinstance(issuer, dict) else issuer
        finding = verify_proof(document)
        if did != presented.issuer_did or finding.outcome != "passed" or finding.key_hash is None:
            return False
        if finding.key_hash == presented.signature.key_hash:
            return True
        return isinstance(chain, ChainFacts) and self._has_key(chain, finding.key_hash)

    def _has_key(self, chain: ChainFacts, key_hash: Any) -> bool:  # noqa: ANN401  a Digest
        reader = next(one for one in self._readers if one.network == chain.network)
        try:
            return reader.has_key(chain.issuer_account, key_hash)
        except ChainUnavailableError:
            return False  # an unproven list is ignored with a note; the chain's own status decides

    def _parts(self, presented: Presented, depth: int) -> tuple[PartFacts, ...]:
        if depth >= MAX_NESTING:
            return ()
        parts = embedded_in(presented.document)[: self._parts_left]
        self._parts_left -= len(parts)
        return tuple(
            PartFacts(part.kind, part.place, self.facts(part.document, NOT_ASKED, depth + 1)) for part in parts
        )

    def _site(self, did: str) -> IssuerSite | Unreachable:
        if did not in self._sites:
            self._sites[did] = self._fetched(lambda: self._directory.site(did))
        return self._sites[did]

    def _fetched(self, fetch: Callable[[], T]) -> T | Unreachable:
        if self._fetches_left == 0:
            return Unreachable("the document asks for too many web sites")
        self._fetches_left -= 1
        try:
            return fetch()
        except ProfileUnavailableError as error:
            return Unreachable(str(error))


def _leaves(credential: dict[str, Any] | str, presented: Presented) -> tuple[bytes, ...]:
    if isinstance(credential, str):
        return (presented.leaf_hash,) if presented.leaf_hash else ()
    return leaf_candidates(credential)


def _matching(
    receipts: Sequence[AnchorReceipt], leaves: tuple[bytes, ...], presented: Presented
) -> AnchorReceipt | None:
    by_leaf = (receipt for receipt in receipts if receipt.leaf_hash in leaves)
    by_id = (receipt for receipt in receipts if receipt.credential_id == presented.credential_id)
    return next(by_leaf, None) or next(by_id, None)


def _worth(answer: ChainFacts | Unreachable) -> int:
    if isinstance(answer, Unreachable):
        return 2
    return 0 if answer.finalized.anchor or answer.latest.anchor else 1


def _revocation_entry(document: dict[str, Any]) -> tuple[str, int] | None:
    listed = document.get("credentialStatus")
    entries = listed if isinstance(listed, list) else [listed]
    for entry in entries:
        if isinstance(entry, dict) and entry.get("statusPurpose") == "revocation":
            url, index = entry.get("statusListCredential"), str(entry.get("statusListIndex"))
            if isinstance(url, str) and index.isascii() and index.isdigit() and len(index) <= MAX_INDEX_DIGITS:
                return url, int(index)
    return None
