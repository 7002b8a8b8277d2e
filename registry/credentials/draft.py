"""Answers to the questions become an Open Badges achievement, with every descriptor in its place."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

from registry.core.errors import InputError
from registry.credentials import descriptors as kind
from registry.credentials.eu_concepts import CONCEPTS, ECTS, EQF_LEVEL
from registry.credentials.questions import QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_PROPERTIES = (
    ("ehea", kind.QF_EHEA),
    ("assessment", kind.ASSESSMENT),
    ("participation", kind.PARTICIPATION),
    ("supervision", kind.SUPERVISION),
    ("quality", kind.QUALITY_ASSURANCE),
    ("credit_recognition", kind.CREDIT_RECOGNITION),
    ("industry_recognition", kind.INDUSTRY_RECOGNITION),
    ("stackability", kind.STACKABILITY),
)
"""Answers that stand as they are, in an alignment of their own."""
_ENDS = re.compile(r"(-?\d+(?:\.\d+)?) to (-?\d+(?:\.\d+)?)", re.ASCII)


def draft_of(answers: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return the achievement that answers by key describe; what was left out is left out.

    An answer may end with a bar and an address; without one, what has no address in a European list has that of the
    achievement's own page.

    Raises:
        InputError: a key is unknown, a needed answer is missing, or an answer cannot be read; names the key.

    """
    given = _read(answers)
    first = {key: texts[0] for key, texts in given.items()}
    if "pass" in first and not {"grade", "rubric"} & first.keys():
        raise InputError("pass: there is neither a grade nor a rubric that could be passed; answer one of them too.")
    achievement = {
        "type": ["Achievement"],
        "achievementType": "MicroCredential",
        "name": first["name"],
        "description": first["description"],
        "criteria": {"id": first["page"], "narrative": _narrative(first)},
        "inLanguage": first.get("language"),
        "version": first.get("version"),
        "humanCode": first.get("code"),
        "fieldOfStudy": first.get("field"),
        "specialization": first.get("specialization"),
        "creditsAvailable": _credits(first)[0],
        "tag": [tag for text in given.get("tags", ()) for tag in _listed(text)],
        "related": [_edition(text) for text in given.get("editions", ())],
        "image": {"id": first["image"], "type": "Image"} if "image" in first else None,
        "alignment": list(_alignments(given, first)),
        "resultDescription": list(_results(given, first)),
    }
    return {name: value for name, value in achievement.items() if value not in (None, [])}


def read_answer(key: str, text: str) -> str:
    """Return one answer as it is kept; InputError names the key and says what is wrong."""
    question = next((one for one in QUESTIONS if one.key == key), None)
    if question is None:
        near = difflib.get_close_matches(key, [one.key for one in QUESTIONS], n=1, cutoff=0)[0]
        raise InputError(f"{key[:60]!r} answers no question; the nearest is {near!r}.")
    try:
        return question.read(text.strip())
    except InputError as error:
        raise InputError(f"{key}: {error}. For example: {question.example}") from error


def _read(answers: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    read = {key: [read_answer(key, text) for text in texts if text.strip()] for key, texts in answers.items()}
    given = {key: texts for key, texts in read.items() if texts}
    for question in QUESTIONS:
        if question.needed and question.key not in given:
            raise InputError(f"{question.key} is missing: {question.text} For example: {question.example}")
        if not question.many and len(given.get(question.key, ())) > 1:
            raise InputError(f"{question.key} can be answered once; it has {len(given[question.key])} answers.")
    return given


def _narrative(first: Mapping[str, str]) -> str:
    said = first.get("prerequisites")
    return f"{first['criteria']}\n\nPrerequisites: {said}" if said else first["criteria"]


def _credits(first: Mapping[str, str]) -> tuple[int | float | None, str]:
    """Return the number of credits and the name of their system."""
    number, _, system = first.get("credits", "").partition(" ")
    if not number:
        return None, ""
    value = float(number)
    return (int(value) if value.is_integer() else value), system.strip()


def _alignments(given: Mapping[str, Sequence[str]], first: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    page, course = first["page"], first.get("code") or first["name"]
    for number, text in enumerate(given.get("outcomes", ()), 1):
        yield _alignment(kind.LEARNING_OUTCOME, text, f"{page}#outcome-{number}", f"Learning outcomes of {course}")
    for text in given.get("skills", ()):
        yield _alignment(kind.ESCO_SKILL, text, page, "ESCO")
    for number, text in enumerate(given.get("foundation_skills", ()), 1):
        yield _alignment(kind.FOUNDATION_SKILL, text, f"{page}#foundation-skill-{number}")
    yield from _levels(first)
    yield from _effort(first)
    for key, target in _PROPERTIES:
        for text in given.get(key, ()):
            url = CONCEPTS.get(target, {}).get(text.lower(), f"{page}#{key.replace('_', '-')}")
            yield _alignment(target, text, url)
    if "offered_from" in first:
        day = first["offered_from"]
        yield _alignment(kind.OFFERED_FROM, f"Offered from {day}", page, code=day)


def _levels(first: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    if "eqf" in first:
        url = EQF_LEVEL.format(code=first["eqf"])
        framework = "European Qualifications Framework"
        yield _alignment(kind.EQF, f"EQF level {first['eqf']}", url, framework, code=first["eqf"])
    if "aqf" in first:
        url = f"{first['page']}#aqf-{first['aqf']}"
        framework = "Australian Qualifications Framework"
        yield _alignment(kind.AQF, f"AQF level {first['aqf']}", url, framework, code=first["aqf"])


def _effort(first: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    system, hours = _credits(first)[1], first.get("hours")
    if system:
        url = ECTS if system == "ECTS" else f"{first['page']}#credits"
        yield _alignment(kind.CREDIT_SYSTEM, f"{system} credits", url, code=system)
    if hours:
        yield _alignment(kind.WORKLOAD, f"{hours} hours of work", f"{first['page']}#workload", code=f"PT{hours}H")


def _alignment(target: str, text: str, url: str, framework: str = "", *, code: str = "") -> dict[str, Any]:
    name, given = _name_and_address(text)
    members = {
        "type": ["Alignment"],
        "targetName": name,
        "targetCode": code,
        "targetUrl": given or url,
        "targetFramework": framework,
        "targetType": target,
    }
    return {member: value for member, value in members.items() if value}


def _edition(text: str) -> dict[str, Any]:
    language, address = _name_and_address(text)
    return {"id": address, "type": ["Related"], "inLanguage": language}


def _results(given: Mapping[str, Sequence[str]], first: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    needed = first.get("pass")
    if "grade" in first:
        name, _, values = first["grade"].rpartition(":")
        ends = _ENDS.fullmatch(values.strip())
        scale = {"valueMin": ends[1], "valueMax": ends[2]} if ends else {"allowedValue": _listed(values)}
        required = {"requiredValue": needed} if needed else {}
        yield _result(f"{first['page']}#grade", name.strip() or "Grade", "Result", {**scale, **required})
    if "rubric" in given:
        levels = [_rubric_level(first["page"], at, text) for at, text in enumerate(given["rubric"], 1)]
        met = next((level["id"] for level in levels if level["name"] == needed), None)
        required = {"requiredLevel": met or needed} if needed and "grade" not in first else {}
        scale = {"rubricCriterionLevel": levels, **required}
        yield _result(f"{first['page']}#rubric", "Level reached", "RubricCriterionLevel", scale)


def _result(address: str, name: str, result_type: str, scale: dict[str, Any]) -> dict[str, Any]:
    return {"id": address, "type": ["ResultDescription"], "name": name, "resultType": result_type, **scale}


def _rubric_level(page: str, number: int, text: str) -> dict[str, Any]:
    name, _, description = (part.strip() for part in text.partition("|"))
    level = {"id": f"{page}#level-{number}", "type": ["RubricCriterionLevel"], "name": name}
    return {**level, "description": description} if description else level


def _name_and_address(text: str) -> tuple[str, str]:
    name, bar, address = text.rpartition("|")
    return (name.strip(), address.strip()) if bar else (text, "")


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
