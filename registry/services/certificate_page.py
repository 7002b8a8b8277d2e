"""What stands on a PDF certificate: plain words out of a bundle, cut to what fits on one page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.checks.recipient import recipient_name
from registry.checks.sentences import day, moment
from registry.credentials.compact_jws import parse_compact
from registry.credentials.descriptors import (
    AQF,
    ASSESSMENT,
    CREDIT_SYSTEM,
    EQF,
    PARTICIPATION,
    PROPERTY_NAMES,
    QF_EHEA,
    QUALITY_ASSURANCE,
    SUPERVISION,
    WORKLOAD,
    alignments_of,
    kind_of,
    learnt,
)
from registry.credentials.issuer_proof import issuer_did
from registry.credentials.members import as_object, as_objects, as_words
from registry.credentials.times import parse_time
from registry.credentials.vc_jwt import credential_of
from registry.services import certificate_words as words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.core.receipt import AnchorReceipt, Bundle

MAX_NAME, MAX_TITLE, MAX_DESCRIPTION, MAX_VALUE = 160, 260, 720, 110
"""Most characters of a name, of the achievement's name, of its description and of one fact."""
MAX_OUTCOME, MAX_OUTCOMES, MAX_FACTS = 170, 6, 12
"""Most characters of a learning outcome; most outcomes and most facts."""
_PROPERTIES = (EQF, QF_EHEA, AQF, WORKLOAD, ASSESSMENT, PARTICIPATION, SUPERVISION, QUALITY_ASSURANCE)
"""What is printed of the properties; the others are of interest before the course, not after it."""
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:-.*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled value."""

    label: str
    """What it is."""
    value: str
    """What it says."""


@dataclass(frozen=True, slots=True)
class CertificatePage:
    """All that is printed, but the QR code."""

    language: str
    """Language of the credential's own words, as two or three letters of ISO 639."""
    issuer: str
    """Who awards it, as it names itself."""
    kind: str
    """The achievement's type in words; may be empty."""
    recipient: str
    """Who earned it."""
    title: str
    """What was earned."""
    description: str
    """What it is about; may be empty."""
    outcomes: tuple[str, ...]
    """What was learnt."""
    facts: tuple[Fact, ...]
    """Dates, level, workload, results and the like."""
    warning: str
    """That it is not anchored for good, as a sentence; empty if it is."""
    record: tuple[Fact, ...]
    """Credential id, issuer's DID, and where the anchor stands."""
    shortened: bool
    """Whether something was left out or cut."""


class _Cutter:
    """Cuts texts to length, and remembers whether it had to."""

    def __init__(self) -> None:
        self.shortened = False

    def line(self, value: object, limit: int) -> str:
        """Return a string on one line, cut at a word if possible; empty for anything but a string."""
        text = " ".join(value.split()) if isinstance(value, str) else ""
        if len(text) <= limit:
            return text
        self.shortened = True
        head, _, rest = text[: limit - 1].rpartition(" ")
        return f"{head if len(head) > limit // 2 else text[: limit - 1]}…" if rest or head else f"{text[: limit - 1]}…"

    def first(self, values: list[str], limit: int) -> tuple[str, ...]:
        """Return the first of some texts, and in place of the others how many they are."""
        if len(values) <= limit:
            return tuple(values)
        self.shortened = True
        return (*values[:limit], words.MORE.format(count=len(values) - limit))


def document_of(bundle: Bundle) -> dict[str, Any]:
    """Return the JSON of a bundle's credential, which a VC-JWT has inside; CredentialFormatError if it has none."""
    document = bundle.credential
    return credential_of(parse_compact(document).payload) if isinstance(document, str) else document


def certificate_page(bundle: Bundle, networks: Mapping[int, str], link: str | None) -> CertificatePage:
    """Return the words on the certificate of a bundle; `networks` are titles by EIP-155 chain id.

    `link` is printed among the record, for who cannot scan the QR code.

    Raises:
        CredentialFormatError: a date of the credential cannot be read.

    """
    document = document_of(bundle)
    subject = as_object(document.get("credentialSubject"))
    achievement = as_object(subject.get("achievement"))
    receipt = _receipt_of(document, bundle)
    cut = _Cutter()
    return CertificatePage(
        language=_language(achievement) or "en",
        issuer=cut.line(as_object(document.get("issuer")).get("name"), MAX_NAME) or issuer_did(document),
        kind=_kind(cut.line(achievement.get("achievementType"), MAX_VALUE)),
        recipient=cut.line(recipient_name(document), MAX_NAME) or words.NAMELESS,
        title=cut.line(achievement.get("name") or document.get("name"), MAX_TITLE),
        description=cut.line(achievement.get("description"), MAX_DESCRIPTION),
        outcomes=_outcomes(achievement, cut),
        facts=_facts(document, subject, achievement, cut),
        warning=_warning(receipt),
        record=(*_record(document, receipt, networks, cut), *([Fact(words.LINK, link)] if link else [])),
        shortened=cut.shortened,
    )


def _outcomes(achievement: dict[str, Any], cut: _Cutter) -> tuple[str, ...]:
    named = [cut.line(one.get("targetName"), MAX_OUTCOME) for _, one in learnt(achievement)]
    return cut.first([name for name in named if name], MAX_OUTCOMES)


def _facts(
    document: dict[str, Any], subject: dict[str, Any], achievement: dict[str, Any], cut: _Cutter
) -> tuple[Fact, ...]:
    found = [
        Fact(words.AWARDED, _day(document, "awardedDate") or _day(document, "validFrom")),
        Fact(words.VALID_UNTIL, _day(document, "validUntil")),
        *(Fact(label, cut.line(value, MAX_VALUE)) for label, value in _results(subject, achievement, cut)),
        Fact(words.CREDITS, _credits(subject, achievement, cut)),
        *(
            Fact(PROPERTY_NAMES[kind_of(one)], cut.line(one.get("targetName"), MAX_VALUE) or _code(one, cut))
            for _, one in alignments_of(achievement, *_PROPERTIES)
        ),
        Fact(words.LANGUAGE, words.LANGUAGES.get(_language(achievement), _language(achievement))),
        Fact(words.COURSE_CODE, cut.line(achievement.get("humanCode"), MAX_VALUE)),
    ]
    told = [fact for fact in found if fact.value]
    cut.shortened |= len(told) > MAX_FACTS
    return tuple(told[:MAX_FACTS])


def _results(subject: dict[str, Any], achievement: dict[str, Any], cut: _Cutter) -> list[tuple[str, str]]:
    """Return what was graded and how, by the achievement's own descriptions of its results."""
    described = _by_id(achievement.get("resultDescription"))
    found = []
    for result in as_objects(subject.get("result")):
        description = described.get(as_words(result.get("resultDescription")), {})
        level = _by_id(description.get("rubricCriterionLevel")).get(as_words(result.get("achievedLevel")), {})
        values = (result.get("value"), level.get("name"), result.get("achievedLevel"), result.get("status"))
        value = next((one for one in map(as_words, values) if one), "")
        found.append((cut.line(description.get("name"), MAX_VALUE) or words.RESULT, value))
    return found


def _by_id(value: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401  any JSON value
    return {as_words(one["id"]): one for one in as_objects(value) if as_words(one.get("id"))}


def _credits(subject: dict[str, Any], achievement: dict[str, Any], cut: _Cutter) -> str:
    amounts = (subject.get("creditsEarned"), achievement.get("creditsAvailable"))
    amount = next((one for one in amounts if isinstance(one, int | float) and not isinstance(one, bool)), None)
    if amount is None:
        return ""
    systems = (one for _, one in alignments_of(achievement, CREDIT_SYSTEM))
    unit = next((_code(one, cut) or cut.line(one.get("targetName"), MAX_VALUE) for one in systems), "")
    return f"{amount:g} {unit or words.CREDITS_UNIT}"


def _receipt_of(document: dict[str, Any], bundle: Bundle) -> AnchorReceipt | None:
    own = [receipt for receipt in bundle.receipts if receipt.credential_id == document.get("id")]
    return next((receipt for receipt in own if receipt.state == "final"), own[0] if own else None)


def _warning(receipt: AnchorReceipt | None) -> str:
    if receipt is None or not receipt.anchors:
        return words.UNANCHORED
    return words.PENDING if receipt.state == "pending" else ""


def _record(
    document: dict[str, Any], receipt: AnchorReceipt | None, networks: Mapping[int, str], cut: _Cutter
) -> tuple[Fact, ...]:
    identity = (
        Fact(words.CREDENTIAL_ID, cut.line(document.get("id"), MAX_TITLE)),
        Fact(words.ISSUER, cut.line(issuer_did(document), MAX_TITLE)),
    )
    if receipt is None or not receipt.anchors:
        return identity
    anchor = receipt.anchors[0]
    block = words.IN_BLOCK.format(block=f"{anchor.block_number:,}") if anchor.block_number is not None else ""
    when = ", ".join(part for part in (moment(anchor.anchored_at) if anchor.anchored_at else "", block) if part)
    found = (
        Fact(words.NETWORK, networks.get(anchor.chain_id) or words.CHAIN.format(chain_id=anchor.chain_id)),
        Fact(words.ANCHORED, when),
        Fact(words.CONTRACT, anchor.contract.checksummed()),
        Fact(words.TRANSACTION, anchor.transaction.to_hex() if anchor.transaction else ""),
    )
    return (*identity, *(fact for fact in found if fact.value))


def _language(achievement: dict[str, Any]) -> str:
    """Return the primary subtag of its language (RFC 5646), lower-case; empty if it names none."""
    found = _LANGUAGE.fullmatch(str(achievement.get("inLanguage")))
    return found[1].lower() if found else ""


def _day(document: dict[str, Any], member: str) -> str:
    return day(parse_time(document[member], member)) if document.get(member) else ""


def _kind(spelling: str) -> str:
    name = spelling.removeprefix("ext:")
    return words.KINDS.get(name, _WORDS.sub(" ", name).capitalize())


def _code(alignment: dict[str, Any], cut: _Cutter) -> str:
    return cut.line(alignment.get("targetCode"), MAX_VALUE)
