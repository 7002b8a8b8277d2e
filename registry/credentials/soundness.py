"""What is wrong with an achievement though its shape is right, told before it is issued to anybody."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from registry.credentials.descriptors import AQF, EQF, ESCO_SKILL, OFFERED_FROM, ONCE, WORKLOAD, kind_of, learnt
from registry.credentials.findings import MemberProblem
from registry.credentials.scales import scale_problems
from registry.credentials.target_urls import url_problem

if TYPE_CHECKING:
    from collections.abc import Iterator

LEVELS = {EQF: range(1, 9), AQF: range(1, 11)}
"""Levels that there are in each framework."""
_HOURS = re.compile(r"PT(?=\d)(?:\d+(?:\.\d+)?H)?(?:\d+M)?", re.ASCII)
_LAST = re.compile(r"(\d+)/?$", re.ASCII)
"""The number at the end of an address: the level that it leads to."""


def soundness_problems(achievement: dict[str, Any]) -> Iterator[MemberProblem]:
    """Yield everything that would mislead whoever reads a credential of it; empty if nothing.

    `achievement` is as `parse_achievement` returns it.
    """
    yield from _blank(achievement)
    yield from _addresses(achievement)
    for at, alignment in enumerate(achievement.get("alignment", [])):
        yield from _alignment_problems(alignment, f"alignment[{at}]")
    yield from _repeated_outcomes(achievement)
    yield from _repeated_properties(achievement)
    yield from _related_problems(achievement)
    yield from scale_problems(achievement)


def _blank(achievement: dict[str, Any]) -> Iterator[MemberProblem]:
    for name in ("name", "description"):
        if not achievement[name].strip():
            yield MemberProblem(name, "is empty.")
    criteria = achievement["criteria"]
    if not str(criteria.get("narrative", "")).strip() and not criteria.get("id"):
        yield MemberProblem("criteria.narrative", "is empty; say what it takes to earn the achievement.")
    if achievement.get("creditsAvailable", 0) < 0:
        yield MemberProblem("creditsAvailable", f"is {achievement['creditsAvailable']}; credits are 0 or more.")


def _addresses(achievement: dict[str, Any]) -> Iterator[MemberProblem]:
    named = [
        ("id", achievement.get("id")),
        ("criteria.id", achievement["criteria"].get("id")),
        *_target_urls(achievement, ""),
        *((f"related[{at}].id", one["id"]) for at, one in enumerate(achievement.get("related", []))),
    ]
    image = achievement.get("image", {}).get("id", "")
    if image and not image.lower().startswith("data:"):
        named.append(("image.id", image))
    for at, described in enumerate(achievement.get("resultDescription", [])):
        named += _target_urls(described, f"resultDescription[{at}].")
        for level, rubric in enumerate(described.get("rubricCriterionLevel", [])):
            named += _target_urls(rubric, f"resultDescription[{at}].rubricCriterionLevel[{level}].")
    for place, address in named:
        problem = url_problem(address) if address is not None else ""
        if problem:
            yield MemberProblem(place, f"{problem}.")


def _target_urls(of: dict[str, Any], place: str) -> Iterator[tuple[str, str]]:
    for at, one in enumerate(of.get("alignment", [])):
        yield f"{place}alignment[{at}].targetUrl", one["targetUrl"]


def _alignment_problems(one: dict[str, Any], place: str) -> Iterator[MemberProblem]:
    kind, code, url = kind_of(one), one.get("targetCode", ""), one["targetUrl"]
    if not one["targetName"].strip():
        yield MemberProblem(f"{place}.targetName", "is empty.")
    if kind in LEVELS:
        yield from _level_problems(kind, code, url, place)
    if kind == WORKLOAD and code and not _HOURS.fullmatch(code):
        yield MemberProblem(f"{place}.targetCode", f"is {code[:40]!r}; write a number of hours as PT100H.")
    if kind == OFFERED_FROM and not _is_day(code):
        yield MemberProblem(f"{place}.targetCode", f"is {code[:40]!r}; write the first day as 2026-01-31.")


def _level_problems(kind: str, code: str, url: str, place: str) -> Iterator[MemberProblem]:
    levels, framework = LEVELS[kind], kind.removeprefix("ext:")
    named = _LAST.search(url)
    said = code or (named[1] if named else "")
    if said not in map(str, levels):
        text = f"is {said[:40]!r}, which is no level of the {framework}; it has {levels[0]} to {levels[-1]}."
        yield MemberProblem(f"{place}.targetCode", text)
    elif named and named[1] != said:
        text = f"ends with {named[1][:40]}, but targetCode is {said}; both must name the same level."
        yield MemberProblem(f"{place}.targetUrl", text)


def _repeated_outcomes(achievement: dict[str, Any]) -> Iterator[MemberProblem]:
    seen: dict[tuple[str, str], int] = {}
    for at, one in learnt(achievement):
        keys = [("name", " ".join(one["targetName"].casefold().split()))]
        if kind_of(one) == ESCO_SKILL:  # outcomes of one's own may share the address of the page that lists them
            keys.append(("skill", one["targetUrl"]))
        first = next((seen[key] for key in keys if key in seen), None)
        if first is not None:
            yield MemberProblem(f"alignment[{at}]", f"says the same outcome as alignment[{first}]; leave one out.")
        seen.update(dict.fromkeys(keys, at))


def _repeated_properties(achievement: dict[str, Any]) -> Iterator[MemberProblem]:
    seen: dict[str, int] = {}
    for at, one in enumerate(achievement.get("alignment", [])):
        kind = kind_of(one)
        if kind in ONCE and kind in seen:
            yield MemberProblem(f"alignment[{at}]", f"is of type {kind}, as alignment[{seen[kind]}] is; keep one.")
        seen.setdefault(kind, at)


def _related_problems(achievement: dict[str, Any]) -> Iterator[MemberProblem]:
    for at, one in enumerate(achievement.get("related", [])):
        if one["id"] == achievement.get("id"):
            yield MemberProblem(f"related[{at}].id", "is the achievement itself; name another edition of it.")
        if "version" not in one and one.get("inLanguage", "") == achievement.get("inLanguage"):
            text = f"is {one['inLanguage']}, as the achievement is, and no version tells the two apart."
            yield MemberProblem(f"related[{at}].inLanguage", text)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
