"""Gather the facts about one credential and everything embedded in it: all the I/O of a verification.

Chains and web sites are asked a bounded number of times, whatever the document says. Web sites are asked for what
the chain and the bundle leave open, and only on behalf of a document that its issuer signed as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from registry.checks.facts import NOT_ASKED, AccreditationStatus, ChainFacts, Facts, PartFacts, Unreachable
from registry.core.errors import CredentialFormatError
from registry.core.sentence import Number, Sentence
from registry.credentials.endorsement import endorsed_credential, endorsed_object
from registry.credentials.findings import FormatProblem
from registry.credentials.presented import Presented, SignatureFinding, entry_shown
from registry.services.anchors import Anchoring, anchoring_of, best_first, leaves_of, questions_of, shown
from registry.services.chain_questions import ChainQuestions
from registry.services.embedded import Embedded, embedded_in
from registry.services.listed_status import ListKeys, listed_status
from registry.services.web_questions import WebQuestions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from registry.checks.facts import DidService, Expected, NetworkRef, NotAsked, StatusListAnswer
    from registry.core.digest import Digest
    from registry.core.receipt import AnchorReceipt
    from registry.credentials.endorsement import Endorsed
    from registry.ports import ChainQuestion, ChainReader, IssuerDirectory

MAX_NESTING = 4
"""Deepest embedding of credentials in credentials that is judged."""
MAX_PARTS = 200
"""Most embedded credentials that are judged in one verification, over all levels."""
UNSIGNED = Unreachable(Sentence("the document is not what its issuer signed, so nothing that it names was asked"))
"""Said of web sites where the document itself does not hold."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A credential, read together with its bundle, before anybody is asked."""

    credential: dict[str, Any] | str
    """As it was handed in."""
    leaves: tuple[Digest, ...]
    """Every leaf hash that it can have."""
    receipts: tuple[AnchorReceipt, ...]
    """The bundle's receipts of one of these, the best first."""
    presented: Presented
    """The document, judged by the proof that the first receipt anchors."""


class Gathering:
    """One verification's facts, and what may still be asked for them."""

    def __init__(
        self,
        readers: Sequence[ChainReader],
        directory: IssuerDirectory,
        receipts: Sequence[AnchorReceipt],
        now: datetime,
        beside: Sequence[dict[str, Any] | str] = (),
    ) -> None:
        """`beside` are endorsements that came with the credential, and are not inside of it."""
        self._chains = ChainQuestions(readers)
        self._web = WebQuestions(directory)
        self._receipts = tuple(receipts)
        self._now = now
        self._beside = tuple(beside)
        self._parts_left = MAX_PARTS

    def facts(
        self,
        credential: dict[str, Any] | str,
        expected: Expected | NotAsked,
        depth: int = 0,
        endorsed: Endorsed | NotAsked = NOT_ASKED,
    ) -> Facts:
        """Return everything known about a credential; nothing that fails to answer raises.

        `depth` counts the credentials around this one; `endorsed` is what it stands in as an endorsement.

        Raises:
            CredentialFormatError: it is a text that is no VC-JWT.

        """
        return self.finish(self.begin(credential), expected, depth, endorsed)

    def begin(self, credential: dict[str, Any] | str) -> Begun:
        """Return what follows from credential and bundle alone; nobody is asked. CredentialFormatError as above."""
        leaves = leaves_of(credential)
        receipts = best_first(self._receipts, leaves, self._chains)
        return Begun(credential, leaves, tuple(receipts), shown(credential, receipts, leaves))

    def questions(self, begun: Begun) -> list[tuple[NetworkRef, ChainQuestion]]:
        """Return what chains will be asked because of the bundle's own receipts."""
        found = questions_of(begun.presented, begun.receipts, self._chains)
        return [(network, question) for _, network, question in found]

    def know(self, facts: Mapping[tuple[NetworkRef, ChainQuestion], ChainFacts | Unreachable]) -> None:
        """Take answers to such questions, so that they are not asked again."""
        self._chains.know(facts)

    def finish(
        self, begun: Begun, expected: Expected | NotAsked, depth: int = 0, endorsed: Endorsed | NotAsked = NOT_ASKED
    ) -> Facts:
        """Ask whoever is to be asked, and return everything known."""
        presented, anchoring, unreachable = self._anchored(begun)
        parts, unjudged = self._parts(begun.credential, presented, depth)
        if unjudged:
            presented = replace(presented, format_problems=(*presented.format_problems, *unjudged))
        return Facts(
            presented=presented,
            receipt=anchoring.receipt,
            receipt_unreachable=unreachable,
            chain=anchoring.chain,
            did_services=self._did_services(presented, anchoring),
            status_list=self._status_list(presented, anchoring),
            expected=expected,
            parts=parts,
            now=self._now,
            endorsed=endorsed,
        )

    def _anchored(self, begun: Begun) -> tuple[Presented, Anchoring, Unreachable | None]:
        """Return the document as the proof of its anchored leaf has it, and what the chain said of that leaf."""
        receipts, presented = list(begun.receipts), begun.presented
        foreign = _naming(presented, self._receipts)  # they name this credential, and belong to other content
        unreachable = None
        if not any(receipt.anchors for receipt in receipts) and (receipts or not foreign):
            found, unreachable = self._from_site(presented)
            foreign = _naming(presented, found)
            receipts = best_first([*receipts, *found], begun.leaves, self._chains)
            presented = shown(begun.credential, receipts, begun.leaves)
        deciding = receipts or foreign[:1]
        return presented, anchoring_of(presented, deciding, self._chains), None if deciding else unreachable

    def _from_site(self, presented: Presented) -> tuple[list[AnchorReceipt], Unreachable | None]:
        """Return the receipts of the issuer's own registry, or why there are none."""
        if not presented.issuer_did.startswith("did:web:"):
            return [], None  # such an issuer has no registry to ask
        if not _holds(presented):
            return [], UNSIGNED
        site = self._web.site(presented.issuer_did)
        if isinstance(site, Unreachable):
            return [], site
        unreachable = None
        for url in site.receipt_urls:
            found = self._web.receipts(url, presented.credential_id)
            if isinstance(found, Unreachable):
                unreachable = found
            elif found:
                return list(found), None
        return [], unreachable

    def _did_services(
        self, presented: Presented, anchoring: Anchoring
    ) -> tuple[DidService, ...] | Unreachable | NotAsked:
        chain = anchoring.chain
        if not isinstance(chain, ChainFacts):
            return NOT_ASKED
        if any(one.status is AccreditationStatus.ACTIVE for one in chain.accreditations):
            return NOT_ASKED
        if not _holds(presented):
            return UNSIGNED
        site = self._web.site(presented.issuer_did)
        return site if isinstance(site, Unreachable) else site.services

    def _status_list(self, presented: Presented, anchoring: Anchoring) -> StatusListAnswer | Unreachable | NotAsked:
        if "credentialStatus" not in presented.document:
            return NOT_ASKED
        if not _holds(presented):
            return UNSIGNED
        return listed_status(presented, anchoring, self._web, ListKeys(self._chains, self._now))

    def _parts(
        self, credential: dict[str, Any] | str, presented: Presented, depth: int
    ) -> tuple[tuple[PartFacts, ...], tuple[FormatProblem, ...]]:
        """Return the embedded credentials with their facts, and a problem if there are more than are judged."""
        if _is_refused(presented):
            return (), ()  # its verdict is clear, and it may hold anything
        room = self._parts_left if depth < MAX_NESTING else 0
        parts = list(islice(self._found(presented.document, depth), room + 1))
        judged, unjudged = parts[:room], parts[room:]
        self._parts_left -= len(judged)
        if not judged:
            return (), _unjudged(unjudged)
        whole = endorsed_credential(presented.credential_id, entry_shown(credential, presented.leaf_hash))
        facts = []
        for part in judged:
            of = whole if part.within is presented.document else endorsed_object(part.within)
            facts.append(PartFacts(part.kind, part.place, self._part(part, depth + 1, of)))
        return tuple(facts), _unjudged(unjudged)

    def _found(self, document: dict[str, Any], depth: int) -> Iterator[Embedded]:
        yield from embedded_in(document)
        for number, one in enumerate(self._beside if depth == 0 else ()):
            yield Embedded("endorsement", f"endorsements[{number}]", one, document)

    def _part(self, part: Embedded, depth: int, of: Endorsed) -> Facts:
        endorsed = of if part.kind == "endorsement" else NOT_ASKED
        try:
            return self.facts(part.document, NOT_ASKED, depth, endorsed)
        except CredentialFormatError as error:
            return replace(_unreadable(str(error), self._now), endorsed=endorsed)


def _naming(presented: Presented, receipts: Sequence[AnchorReceipt]) -> list[AnchorReceipt]:
    return [one for one in receipts if presented.credential_id and one.credential_id == presented.credential_id]


def _holds(presented: Presented) -> bool:
    return presented.signature.outcome != "failed" and not _is_refused(presented)


def _is_refused(presented: Presented) -> bool:
    return any(not problem.undecided for problem in presented.format_problems)


def _unjudged(parts: list[Embedded]) -> tuple[FormatProblem, ...]:
    # What was not judged is not known to be good: the credential around it stays undecided.
    if not parts:
        return ()
    text = Sentence(
        "The embedded credential at {place} was not judged: at most {parts} in all, {deep} deep, are judged in one "
        "verification.",
        place=parts[0].place,
        parts=Number(MAX_PARTS),
        deep=Number(MAX_NESTING),
    )
    return (FormatProblem("too-many-parts", text, undecided=True),)


def _unreadable(why: str, now: datetime) -> Facts:
    """Return the facts about a text that stands where a credential belongs."""
    presented = Presented(
        document={},
        credential_id="",
        issuer_did="",
        leaf_hash=None,
        format_problems=(FormatProblem(CredentialFormatError.code, why),),
        signature=SignatureFinding("failed", "no-proof", Sentence("The text carries no signature that can be read.")),
        valid_from=None,
        valid_until=None,
    )
    return Facts(presented, None, None, NOT_ASKED, NOT_ASKED, NOT_ASKED, NOT_ASKED, (), now)
