"""What the credential page shows: a plain view of one judged credential; every string in it is a stranger's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.api import labels
from registry.checks.recipient import recipient_name
from registry.checks.report import Verdict, standing
from registry.checks.sentences import day
from registry.credentials.descriptors import CREDIT_SYSTEM
from registry.credentials.frameworks import european_report

if TYPE_CHECKING:
    from registry.checks.facts import Facts
    from registry.checks.report import CheckResult, Report
    from registry.credentials.framework import FrameworkReport
    from registry.services.judged import Judged
    from registry.services.succession import Succession

TONES = {
    Verdict.VERIFIED: "good",
    Verdict.NOT_VERIFIED: "bad",
    Verdict.UNDECIDED: "open",
    Verdict.NOT_A_CREDENTIAL: "bad",
}
"""Colour and mark of each verdict."""
MAX_LISTED = 40
"""Most entries of one list that are shown."""
# Marks that turn the direction of text could make a name read as another one.
_BIDI = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


@dataclass(frozen=True, slots=True)
class Entry:
    """A labelled value, or an outcome with its framework."""

    name: str
    """The label, or what was learnt."""
    text: str
    """The value, or the framework that it belongs to."""


@dataclass(frozen=True, slots=True)
class Check:
    """One finding in words."""

    tone: str
    """`good`, `bad`, `open` or `none`."""
    title: str
    """Name of the check."""
    outcome: str
    """How it ended."""
    detail: str
    """A finished sentence."""


@dataclass(frozen=True, slots=True)
class Word:
    """One endorsement."""

    tone: str
    """`good`, `bad` or `open`."""
    endorser: str
    """Who endorses, by what is proven; else that nobody confirms it."""
    comment: str
    """What they say."""
    standing: str
    """Whether it stands, or when it was withdrawn, as a sentence."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page stands: the addresses on it that do not follow from its credential, all but one relative."""

    root: str
    """The way up to the root of the application, `../` for a page at `/c/TOKEN`."""
    files: str
    """Where its files lie."""
    newer: str
    """Where the credential stands that took its place; empty if there is none."""
    state_url: str
    """Where the saved state proof lies, absolute; empty if there is none."""


@dataclass(frozen=True, slots=True)
class Page:
    """All the words on a credential page."""

    place: Place
    """Where it stands, and what beside it."""
    is_jwt: bool
    """Whether it is a VC-JWT, which can be had alone."""
    replaced: str
    """That it was replaced, or replaces another, as a sentence; empty if neither."""
    tone: str
    """`good`, `bad` or `open`."""
    summary: str
    """The verdict as a sentence."""
    network_note: str
    """What the network is worth; empty for a main network."""
    status_note: str
    """What else there is to know of its status; empty if nothing."""
    title: str
    """What was earned."""
    holder: str
    """Who earned it."""
    issuer: str
    """Who awards it, as it names itself."""
    issuer_did: str
    """Its DID."""
    description: str
    """What it is about."""
    criteria: str
    """What it takes to earn it."""
    facts: tuple[Entry, ...]
    """Dates, level, workload, assessment and the like."""
    outcomes: tuple[Entry, ...]
    """What was learnt."""
    endorsements: tuple[Word, ...]
    """Who endorses it."""
    checks: tuple[Check, ...]
    """Every finding."""
    framework: FrameworkReport | None
    """What a micro-credential has of the European list; None if it is none."""


def page_of(judged: Judged, place: Place, succession: Succession) -> Page:
    """Return the page of a judged credential; `succession` says what replaced it, or it replaced."""
    facts, report = judged.facts, judged.report
    document = facts.presented.document
    achievement = _achievement(document)
    return Page(
        place=place,
        is_jwt=isinstance(judged.bundle.credential, str),
        replaced=_replaced(succession),
        tone=TONES[report.verdict],
        summary=report.summary,
        network_note=labels.NETWORK_NOTES.get(report.network_kind or "", ""),
        status_note=_status_note(report),
        title=title_of(document),
        holder=_text(recipient_name(document)) or labels.NAMELESS,
        issuer=issuer_of(document),
        issuer_did=facts.presented.issuer_did,
        description=_text(achievement.get("description")),
        criteria=_text(_object(achievement.get("criteria")).get("narrative")),
        facts=_facts(facts, achievement),
        outcomes=tuple(Entry(*one) for one in _outcomes(achievement))[:MAX_LISTED],
        endorsements=_words(report),
        checks=tuple(_check(one) for one in report.checks),
        framework=european_report(document),
    )


def title_of(document: dict[str, Any]) -> str:
    """Return what a credential was earned for."""
    return _text(_achievement(document).get("name")) or _text(document.get("name"))


def issuer_of(document: dict[str, Any]) -> str:
    """Return what the issuer of a credential calls itself."""
    return _text(_object(document.get("issuer")).get("name"))


def _achievement(document: dict[str, Any]) -> dict[str, Any]:
    return _object(_object(document.get("credentialSubject")).get("achievement"))


def _replaced(succession: Succession) -> str:
    if succession.replaced_at is not None:
        return labels.REPLACED.format(day=day(succession.replaced_at))
    if succession.older_id:
        return labels.REPLACES.format(older=succession.older_id)
    return ""


def _status_note(report: Report) -> str:
    """Return what the chain alone knows: status lists, which other verifiers read, have no suspensions."""
    return labels.SUSPENDED if any(one.code == "suspended" for one in report.checks) else ""


def _facts(facts: Facts, achievement: dict[str, Any]) -> tuple[Entry, ...]:
    presented = facts.presented
    aligned = [
        Entry(labels.ALIGNMENTS[kind], _text(one.get("targetName")))
        for one in _alignments(achievement)
        if (kind := _text(one.get("targetType"))) in labels.ALIGNMENTS
    ]
    found = [
        Entry(labels.AWARDED, day(presented.valid_from) if presented.valid_from else ""),
        Entry(labels.VALID_UNTIL, day(presented.valid_until) if presented.valid_until else ""),
        *aligned,
        Entry(labels.CREDITS, _credits(achievement)),
        Entry(labels.FIELD, _text(achievement.get("fieldOfStudy"))),
        Entry(labels.LANGUAGE, _text(achievement.get("inLanguage"))),
        Entry(labels.COURSE_CODE, _text(achievement.get("humanCode"))),
        Entry(labels.CREDENTIAL_ID, presented.credential_id),
    ]
    return tuple(entry for entry in found if entry.text)[:MAX_LISTED]


def _credits(achievement: dict[str, Any]) -> str:
    available = achievement.get("creditsAvailable")
    if isinstance(available, bool) or not isinstance(available, int | float):
        return ""
    systems = (one for one in _alignments(achievement) if one.get("targetType") == CREDIT_SYSTEM)
    unit = next((_text(one.get("targetCode")) or _text(one.get("targetName")) for one in systems), "")
    return f"{available:g} {unit or labels.CREDITS_UNIT}"


def _outcomes(achievement: dict[str, Any]) -> list[tuple[str, str]]:
    learnt = (
        one
        for one in _alignments(achievement)
        if _text(one.get("targetType")) not in {*labels.ALIGNMENTS, CREDIT_SYSTEM}
    )
    return [(_text(one.get("targetName")), _text(one.get("targetFramework"))) for one in learnt]


def _alignments(achievement: dict[str, Any]) -> list[dict[str, Any]]:
    listed = achievement.get("alignment")
    return [one for one in (listed if isinstance(listed, list) else [listed]) if isinstance(one, dict)]


def _words(report: Report) -> tuple[Word, ...]:
    return tuple(
        Word(
            TONES[one.report.verdict], _text(one.issuer) or labels.UNCONFIRMED, _text(one.comment), standing(one.report)
        )
        for one in report.parts
        if one.kind == "endorsement"
    )[:MAX_LISTED]


def _check(result: CheckResult) -> Check:
    return Check(
        tone=labels.TONES[result.outcome],
        title=labels.CHECKS[result.check],
        outcome=labels.OUTCOMES[result.outcome],
        detail=result.detail,
    )


def _object(value: Any) -> dict[str, Any]:  # noqa: ANN401  any JSON value
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:  # noqa: ANN401  any JSON value
    return value.translate(_BIDI) if isinstance(value, str) else ""
