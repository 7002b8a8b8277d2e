"""What results an achievement allows: values of a list, numbers between two ends, levels of a rubric, a status.

Listed values and levels stand from low to high, so one below the required one is no pass. Of two numbers nobody says
which is the better: in some countries 1 is the best grade.

Source: Open Badges 3.0, ResultDescription.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from registry.core.errors import InputError
from registry.credentials.findings import MemberProblem
from registry.credentials.members import as_objects
from registry.credentials.terms import RESULT_STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_CHOICES = 20
"""Most values that a message lists."""
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)


def outcome_of(description: dict[str, Any], grade: str) -> dict[str, str]:
    """Return the member of a Result that a grade fills: `status`, `achievedLevel` or `value`.

    A rubric's level is given by its name or id. `description` is a ResultDescription in array form.

    Raises:
        InputError: the grade is outside the scale, or a listed one below what the achievement requires.

    """
    if description["resultType"] == "Status":
        _require_among(RESULT_STATUSES, grade)
        return {"status": grade}
    if _is_rubric(description):
        return {"achievedLevel": _level(description, grade)}
    allowed = description.get("allowedValue")
    if allowed:
        _require_among(allowed, grade)
        _require_reached(allowed, grade, description.get("requiredValue"))
    else:
        _require_within(description, grade)
    return {"value": grade}


def scale_problems(achievement: dict[str, Any]) -> Iterator[MemberProblem]:
    """Yield what keeps an achievement's result descriptions from being used, in array form; empty if nothing."""
    described = achievement.get("resultDescription", [])
    yield from _repeated([one["id"] for one in described], "resultDescription[{at}].id")
    for at, one in enumerate(described):
        place = f"resultDescription[{at}]"
        yield from _value_problems(one, place)
        yield from _level_problems(one, place)


def _is_rubric(description: dict[str, Any]) -> bool:
    values = any(description.get(name) for name in ("allowedValue", "valueMin", "valueMax"))
    has_levels = bool(description.get("rubricCriterionLevel")) and not values
    return has_levels or description["resultType"] == "RubricCriterionLevel"


def _level(description: dict[str, Any], grade: str) -> str:
    levels = as_objects(description.get("rubricCriterionLevel"))
    ids = {name: str(level["id"]) for level in levels for name in (level["id"], level["name"])}
    _require_among(ids, grade)
    _require_reached([str(level["id"]) for level in levels], ids[grade], description.get("requiredLevel"))
    return ids[grade]


def _require_among(allowed: Any, grade: str) -> None:  # noqa: ANN401  any collection of strings
    if grade not in allowed:
        choices = ", ".join(list(allowed)[:MAX_CHOICES])
        raise InputError(f"the achievement knows no result {grade!r}; it allows {choices}")


def _require_reached(order: Sequence[str], reached: str, required: str | None) -> None:
    if required in order and order.index(reached) < order.index(required):
        raise InputError(f"the result {reached!r} is below {required!r}, which the achievement requires; correct it")


def _require_within(description: dict[str, Any], grade: str) -> None:
    low, high = _number(description.get("valueMin")), _number(description.get("valueMax"))
    if low is None and high is None:
        return
    value = _number(grade)
    ends = f"{description.get('valueMin', '')} to {description.get('valueMax', '')}".strip()
    if value is None:
        raise InputError(f"the result {grade!r} is no number, and the achievement's scale is {ends}")
    if (low is not None and value < low) or (high is not None and value > high):
        raise InputError(f"the result {grade!r} is outside the achievement's scale, {ends}")


def _value_problems(one: dict[str, Any], place: str) -> Iterator[MemberProblem]:
    allowed, needed = one.get("allowedValue", []), one.get("requiredValue")
    yield from _repeated(allowed, f"{place}.allowedValue[{{at}}]")
    for name in ("valueMin", "valueMax"):
        if name in one and _number(one[name]) is None:
            yield MemberProblem(f"{place}.{name}", f"is {one[name][:40]!r}, which is no number.")
    low, high = _number(one.get("valueMin")), _number(one.get("valueMax"))
    if low is not None and high is not None and low > high:
        yield MemberProblem(f"{place}.valueMin", f"is {low}, which is above valueMax, {high}.")
    if needed is None:
        return
    number = _number(needed)
    if allowed and needed not in allowed:
        yield MemberProblem(f"{place}.requiredValue", f"is {needed[:40]!r}, which is not among allowedValue.")
    elif not allowed and (low, high) != (None, None) and not _is_within(number, low, high):
        yield MemberProblem(
            f"{place}.requiredValue", f"is {needed[:40]!r}, which is not between valueMin and valueMax."
        )


def _level_problems(one: dict[str, Any], place: str) -> Iterator[MemberProblem]:
    levels = one.get("rubricCriterionLevel", [])
    ids = [level["id"] for level in levels]
    yield from _repeated(ids, f"{place}.rubricCriterionLevel[{{at}}].id")
    yield from _repeated([level["name"] for level in levels], f"{place}.rubricCriterionLevel[{{at}}].name")
    if one["resultType"] == "RubricCriterionLevel" and not levels:
        yield MemberProblem(f"{place}.rubricCriterionLevel", "is missing, so that no level could ever be reached.")
    if "requiredLevel" in one and one["requiredLevel"] not in ids:
        yield MemberProblem(
            f"{place}.requiredLevel", f"is {one['requiredLevel'][:80]!r}, which is the id of none of its levels."
        )


def _repeated(values: Sequence[str], place: str) -> Iterator[MemberProblem]:
    for at, value in enumerate(values):
        if value in values[:at]:
            yield MemberProblem(place.format(at=at), f"is {value[:80]!r} once more; each may stand there once.")


def _is_within(number: Decimal | None, low: Decimal | None, high: Decimal | None) -> bool:
    if number is None:
        return False
    return (low is None or low <= number) and (high is None or number <= high)


def _number(text: str | None) -> Decimal | None:
    return Decimal(text) if text is not None and _NUMBER.fullmatch(text) else None
