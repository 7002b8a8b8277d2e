"""Looking for what was learnt, with how much work, at which level, and how that was assessed and assured."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from registry.core.sentence import Sentence
from registry.credentials import descriptors as kind
from registry.credentials.described import ACHIEVEMENT, missing, present, weak
from registry.credentials.descriptors import learnt
from registry.credentials.members import as_object, as_objects, as_words
from registry.credentials.target_urls import url_problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.credentials.described import Described, Finding

OWN_MEMBERS = {
    kind.ASSESSMENT: ("assessmentType",),
    kind.PARTICIPATION: ("participationType",),
    kind.SUPERVISION: ("supervisionType", "identityChecked"),
    kind.WORKLOAD: ("ECTS", "SBU"),
}
"""Members of the achievement that others define in a context of their own (SURF, educredential.json)."""
_OWN = Sentence("{member} is defined by a context of its own, which other verifiers do not load.")
_PREREQUISITES = re.compile(r"(?:^|[.;\n])\s*(?:prerequisites?|entry requirements?):\s*\S", re.IGNORECASE)
_HOURS = re.compile(r"PT(\d+(?:\.\d+)?)H(?:(\d+)M)?|PT(\d+)M")


def member(name: str) -> Callable[[Described], Finding]:
    """Return a look for a text, an object or a list that has a member of its own in Open Badges."""

    def look(one: Described) -> Finding:
        if as_words(one.achievement.get(name)) or as_objects(one.achievement.get(name)):
            return present(f"{ACHIEVEMENT}/{name}")
        return missing(Sentence("The achievement has no {member}.", member=name))

    return look


def alignment(*kinds: str) -> Callable[[Described], Finding]:
    """Return a look for an alignment of one of these types, the first of which is the usual one."""

    def look(one: Described) -> Finding:
        for where, found in one.aligned(*kinds):
            return _led(where, found)
        return _own(one, *kinds) or _not_aligned(*kinds)

    return look


def outcomes(one: Described) -> Finding:
    """Look for what is learnt, each as an alignment of its own."""
    for at, found in learnt(one.achievement):
        return _led(f"{ACHIEVEMENT}/alignment/{at}", found)
    if one.narrative():
        where = f"{ACHIEVEMENT}/criteria/narrative"
        return weak(
            where, Sentence("Outcomes stand at most in running text; an alignment for each lets others compare them.")
        )
    return _not_aligned(kind.LEARNING_OUTCOME, kind.ESCO_SKILL)


def skills(one: Described) -> Finding:
    """Look for outcomes that stand in a framework of skills, not only in the issuer's words."""
    for at, found in learnt(one.achievement):
        if kind.kind_of(found) != kind.LEARNING_OUTCOME:
            return _led(f"{ACHIEVEMENT}/alignment/{at}", found)
    said = outcomes(one)
    return (
        weak(said.where, Sentence("Outcomes stand in the issuer's own words alone."))
        if said.state == "present"
        else said
    )


def workload(one: Described) -> Finding:
    """Look for hours of work, or credits in a system that says what one is worth."""
    for where, found in one.aligned(kind.WORKLOAD):
        return _led(where, found)
    credit = _credits(one)
    if credit and next(one.aligned(kind.CREDIT_SYSTEM), None):
        return present(credit)
    if credit:
        return weak(
            credit, Sentence("The number has no unit; an alignment of type {type} gives it.", type=kind.CREDIT_SYSTEM)
        )
    return _own(one, kind.WORKLOAD) or missing(
        Sentence("The achievement has neither creditsAvailable nor an alignment of type {type}.", type=kind.WORKLOAD)
    )


def an_hour_or_more(one: Described) -> Finding:
    """Look for a workload of at least one hour, which Australia asks for."""
    for where, found in one.aligned(kind.WORKLOAD):
        hours = _HOURS.fullmatch(as_words(found.get("targetCode")))
        if hours is None:
            return weak(where, Sentence("Its targetCode is no number of hours such as PT100H."))
        if _minutes(hours) < 60:  # noqa: PLR2004  minutes of an hour
            return weak(where, Sentence("It is less than one hour, the least that a microcredential may have."))
    return workload(one)


def level(*kinds: str) -> Callable[[Described], Finding]:
    """Return a look for a level: its code, and an address that leads to it."""

    def look(one: Described) -> Finding:
        for where, found in one.aligned(*kinds):
            url, code = as_words(found.get("targetUrl")), as_words(found.get("targetCode"))
            if not code and not re.search(r"/\d+$", url):
                return weak(where, Sentence("It does not say which level by a code."))
            if kind.kind_of(found) == kind.EQF and not re.search(r"\d", url.rpartition("/")[2]):
                return weak(
                    where,
                    Sentence("Its address leads to no level; that of level 5 is http://data.europa.eu/snb/eqf/5."),
                )
            return _led(where, found)
        return _not_aligned(*kinds)

    return look


def prerequisites(one: Described) -> Finding:
    """Look for what is needed to enrol: an alignment, or a sentence of the criteria that begins with the word."""
    for where, found in one.aligned(kind.PREREQUISITE):
        return _led(where, found)
    narrative = one.narrative()
    where = f"{ACHIEVEMENT}/criteria/narrative"
    if _PREREQUISITES.search(narrative):
        return present(where)
    if "prerequisite" in narrative.lower():
        return weak(where, Sentence("The word occurs there; a sentence 'Prerequisites: …' can be found by everybody."))
    return missing(Sentence("The criteria have no sentence 'Prerequisites: …', not even 'Prerequisites: none.'"))


def quality_assurance(one: Described) -> Finding:
    """Look for who assures the quality: an alignment with the decision, or an endorsement of the achievement."""
    for where, found in one.aligned(kind.QUALITY_ASSURANCE):
        return _led(where, found)
    for of, where in ((one.achievement, ACHIEVEMENT), (one.credential, ""), (one.issuer, "/issuer")):
        for name in ("endorsement", "endorsementJwt"):
            if of.get(name) and of is one.achievement:
                return present(f"{where}/{name}")
            if of.get(name):
                return weak(f"{where}/{name}", Sentence("It is not the achievement that is endorsed there."))
    return missing(
        Sentence(
            "The achievement has neither an endorsement nor an alignment of type {type}.", type=kind.QUALITY_ASSURANCE
        )
    )


def further_information(one: Described) -> Finding:
    """Look for where more is to be read."""
    if as_words(as_object(one.achievement.get("criteria")).get("id")):
        return present(f"{ACHIEVEMENT}/criteria/id")
    if as_objects(one.credential.get("evidence")):
        return present("/evidence")
    return missing(Sentence("The criteria have no id, the address of a page that says more."))


def criteria(one: Described) -> Finding:
    """Look for what it takes to earn it."""
    if one.narrative():
        return present(f"{ACHIEVEMENT}/criteria/narrative")
    if as_words(as_object(one.achievement.get("criteria")).get("id")):
        return weak(f"{ACHIEVEMENT}/criteria/id", Sentence("Only an address is given, and what is there can change."))
    return missing(Sentence("The achievement has no criteria."))


def _led(where: str, found: dict[str, Any]) -> Finding:
    problem = url_problem(as_words(found.get("targetUrl")))
    return weak(where, Sentence("Its targetUrl {problem}.", problem=problem)) if problem else present(where)


def _own(one: Described, *kinds: str) -> Finding | None:
    for name in (name for each in kinds for name in OWN_MEMBERS.get(each, ())):
        if one.achievement.get(name) is not None:
            return weak(f"{ACHIEVEMENT}/{name}", _OWN.format(member=name))
    return None


def _credits(one: Described) -> str:
    """Return where credits stand, empty if there are none: a number above 0."""
    places = ((one.achievement, f"{ACHIEVEMENT}/creditsAvailable"), (one.subject, "/credentialSubject/creditsEarned"))
    for of, where in places:
        number = of.get(where.rpartition("/")[2])
        if isinstance(number, int | float) and not isinstance(number, bool) and number > 0:
            return where
    return ""


def _minutes(hours: re.Match[str]) -> float:
    whole, rest, alone = hours.groups()
    return float(whole or 0) * 60 + float(rest or 0) + float(alone or 0)


def _not_aligned(*kinds: str) -> Finding:
    if len(kinds) == 1:
        return missing(Sentence("The achievement has no alignment of type {type}.", type=kinds[0]))
    return missing(
        Sentence("The achievement has no alignment of type {type} or {other}.", type=kinds[0], other=kinds[1])
    )
