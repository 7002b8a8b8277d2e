"""What a credential says, arranged as a person reads it; every string in it is a stranger's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from registry.checks.sentences import day
from registry.core.sentence import Day, Sentence
from registry.credentials.descriptors import CREDIT_SYSTEM
from registry.credentials.frameworks import european_report
from verifier_web import labels as label
from verifier_web.holder import subject_of
from verifier_web.links import Link, link, name_or_address, picture
from verifier_web.results import ResultView, result_views
from verifier_web.text import identifier, line, lines, number, paragraph

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from registry.checks.facts import Facts
    from registry.credentials.framework import FrameworkReport

MAX_LIST = 24
"""Most entries of one list that are shown; the page says how many more there are."""

_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Fact:
    """One labelled value."""

    label: str
    """What it is."""
    value: str
    """What it says."""
    link: Link | None = None
    """Where more is to be read."""


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list: something learnt, or a piece of evidence."""

    name: str
    """Its name."""
    text: str
    """More words about it."""
    note: str
    """Code and framework, small print."""
    link: Link | None
    """Where it is to be found."""


@dataclass(frozen=True, slots=True)
class Items:
    """A list, cut to what fits on a page."""

    shown: tuple[Item, ...]
    """The first of them."""
    more: int
    """How many are not shown."""


@dataclass(frozen=True, slots=True)
class CredentialView:
    """The credential as a person reads it."""

    title: str
    """The achievement's name."""
    subtitle: str
    """The credential's own name, where it differs."""
    kind: str
    """The achievement's type in words."""
    description: str
    """What the achievement is."""
    picture: str | None
    """An embedded picture as a data URL."""
    facts: tuple[Fact, ...]
    """Dates, level, workload, assessment and the like."""
    outcomes: Items
    """What was learnt."""
    results: tuple[ResultView, ...]
    """Grades and the like."""
    criteria: str
    """What had to be done."""
    criteria_link: Link | None
    """Where that is written in full."""
    evidence: Items
    """The work behind it."""
    narrative: str
    """What the issuer wrote about this award."""
    framework: FrameworkReport | None
    """What a micro-credential has of the European list; None if it is none."""


def title_of(facts: Facts) -> str:
    """Return what one credential was earned for; else its own name, else its id."""
    document = facts.presented.document
    achievement = _object(subject_of(document).get("achievement"))
    return line(achievement.get("name")) or line(document.get("name")) or line(facts.presented.credential_id)


def credential_view(facts: Facts) -> CredentialView:
    """Return what one credential says."""
    document = facts.presented.document
    subject = subject_of(document)
    achievement = _object(subject.get("achievement"))
    alignments = [one for one in _list(achievement.get("alignment")) if isinstance(one, dict)]
    criteria = _object(achievement.get("criteria"))
    name, title = line(document.get("name")), line(achievement.get("name"))
    return CredentialView(
        title=title_of(facts),
        subtitle=name if title and name != title else "",
        kind=_type_words(achievement.get("achievementType")),
        description=paragraph(achievement.get("description")) or paragraph(document.get("description")),
        picture=picture(achievement.get("image")) or picture(document.get("image")),
        facts=_facts(facts, subject, achievement, alignments),
        outcomes=_items(alignments, _outcome),
        results=result_views(subject, achievement),
        criteria=paragraph(criteria.get("narrative")),
        criteria_link=link(criteria.get("id")),
        evidence=_items(_list(document.get("evidence")) + _list(subject.get("evidence")), _evidence),
        narrative=paragraph(subject.get("narrative")),
        framework=european_report(document),
    )


def _facts(
    facts: Facts, subject: dict[str, Any], achievement: dict[str, Any], alignments: list[dict[str, Any]]
) -> tuple[Fact, ...]:
    presented, document = facts.presented, facts.presented.document
    found = [
        Fact(label.AWARDED, _date(document.get("awardedDate")) or _day(presented.valid_from)),
        Fact(label.VALID_FROM, _day(presented.valid_from) if document.get("awardedDate") else ""),
        Fact(label.VALID_UNTIL, _day(presented.valid_until)),
        *(_labelled(one) for one in alignments if one.get("targetType") in label.ALIGNMENTS),
        Fact(label.CREDITS, _credits(subject, achievement, alignments)),
        Fact(label.PERIOD, _period(subject)),
        Fact(label.TERM, line(subject.get("term"))),
        Fact(label.ROLE, line(subject.get("role"))),
        Fact(label.FIELD, line(achievement.get("fieldOfStudy"))),
        Fact(label.SPECIALISATION, line(achievement.get("specialization"))),
        Fact(label.LANGUAGE, line(achievement.get("inLanguage"))),
        Fact(label.ASSESSED_BY, name_or_address(subject.get("source"))),
        Fact(label.COURSE_CODE, line(achievement.get("humanCode"))),
        Fact(label.VERSION, line(achievement.get("version"))),
        Fact(label.LICENCE, line(subject.get("licenseNumber"))),
        Fact(label.KEYWORDS, ", ".join(lines(achievement.get("tag"), MAX_LIST))),
        Fact(label.CREDENTIAL_ID, identifier(presented.credential_id)),
    ]
    return tuple(fact for fact in found if fact.value)[: 2 * MAX_LIST]


def _labelled(alignment: dict[str, Any]) -> Fact:
    name, code = line(alignment.get("targetName")), line(alignment.get("targetCode"))
    value = name or code
    if name and code and code not in name and len(code) <= 12:  # noqa: PLR2004  longer codes are addresses
        value = f"{name} ({code})"
    return Fact(label.ALIGNMENTS[str(alignment["targetType"])], value, link(alignment.get("targetUrl")))


def _credits(subject: dict[str, Any], achievement: dict[str, Any], alignments: list[dict[str, Any]]) -> str:
    earned, available = number(subject.get("creditsEarned")), number(achievement.get("creditsAvailable"))
    systems = (one for one in alignments if one.get("targetType") == CREDIT_SYSTEM)
    unit = (
        next((line(one.get("targetCode")) or line(one.get("targetName")) for one in systems), "") or label.CREDITS_UNIT
    )
    if earned and available and earned != available:
        return label.CREDITS_OF.format(earned=earned, available=available, unit=unit)
    return Sentence("{number} {unit}", number=earned or available, unit=unit) if earned or available else ""


def _period(subject: dict[str, Any]) -> str:
    start, end = _date(subject.get("activityStartDate")), _date(subject.get("activityEndDate"))
    if start and end:
        return label.FROM_TO.format(start=start, end=end)
    return label.FROM.format(start=start) if start else label.UNTIL.format(end=end) if end else ""


def _items(entries: list[Any], view: Callable[[dict[str, Any]], Item | None]) -> Items:
    items = [item for item in (view(entry) for entry in entries if isinstance(entry, dict)) if item is not None]
    return Items(tuple(items[:MAX_LIST]), max(0, len(items) - MAX_LIST))


def _outcome(alignment: dict[str, Any]) -> Item | None:
    kind = alignment.get("targetType")
    if kind == CREDIT_SYSTEM or kind in label.ALIGNMENTS:
        return None
    framework, code = line(alignment.get("targetFramework")), line(alignment.get("targetCode"))
    name = line(alignment.get("targetName")) or code or line(alignment.get("targetUrl"))
    note = ", ".join(part for part in (framework, code) if part and part != name)
    return Item(name, paragraph(alignment.get("targetDescription")), note, link(alignment.get("targetUrl")))


def _evidence(evidence: dict[str, Any]) -> Item | None:
    words = [paragraph(evidence.get(member)) for member in ("description", "narrative")]
    name = line(evidence.get("name")) or line(evidence.get("genre")) or label.EVIDENCE
    note = ", ".join(
        part for part in (line(evidence.get("genre")), line(evidence.get("audience"))) if part not in {"", name}
    )
    return Item(name, "\n".join(word for word in words if word), note, link(evidence.get("id")))


def _type_words(value: object) -> str:
    kind = line(value).removeprefix("ext:")
    return label.ACHIEVEMENT_TYPES.get(kind, _WORDS.sub(" ", kind).capitalize())


def _date(value: object) -> str:
    """Return `30 June 2026` for a date-time we can read, else the text as it stands."""
    text = line(value)
    try:
        return Day(date.fromisoformat(text[:10]))
    except ValueError:
        return text


def _day(at: datetime | None) -> str:
    return day(at) if at is not None else ""


def _object(value: Any) -> dict[str, Any]:  # noqa: ANN401  any JSON value
    first = value[0] if isinstance(value, list) and value else value
    return first if isinstance(first, dict) else {}


def _list(value: Any) -> list[Any]:  # noqa: ANN401  any JSON value
    return value if isinstance(value, list) else [value]
