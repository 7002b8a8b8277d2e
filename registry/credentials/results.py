"""How a grade becomes a Result that is linked to what the achievement says about its results.

Source: Open Badges 3.0, Result and ResultDescription.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from registry.core.errors import RosterError

STATUSES = ("Completed", "Enrolled", "Failed", "InProgress", "OnHold", "Provisional", "Withdrew")
"""What a result of type Status may be."""


class Graded(Protocol):
    """Something with a grade: a roster's row, or what a registrar corrects."""

    @property
    def grade(self) -> str | None:
        """Return the grade as it is awarded."""
        ...

    def error(self, where: Literal["grade"], message: str) -> RosterError:
        """Return an error that says where the grade stands."""
        ...


def result_of(achievement: dict[str, Any], row: Graded) -> dict[str, Any] | None:
    """Return the Result of a row's grade, or None if the row has no grade.

    The grade belongs to the achievement's first result description, whose type says whether it is a value, a
    status or a rubric level (given by the level's name or id). `achievement` is in array form.

    Raises:
        RosterError: the achievement describes no result, or does not allow this one.

    """
    if row.grade is None:
        return None
    described = achievement.get("resultDescription")
    if not described:
        message = (
            "there is a grade, but the achievement describes no result; "
            "add a resultDescription to the achievement, or leave the column out"
        )
        raise row.error("grade", message)
    return {
        "type": ["Result"],
        "resultDescription": described[0]["id"],
        **_outcome(described[0], row, row.grade),
    }


def _outcome(description: dict[str, Any], row: Graded, grade: str) -> dict[str, str]:
    match description["resultType"]:
        case "Status":
            _require_allowed(STATUSES, row, grade)
            return {"status": grade}
        case "RubricCriterionLevel":
            levels = description.get("rubricCriterionLevel", [])
            ids = {name: level["id"] for level in levels for name in (level["id"], level["name"])}
            _require_allowed(ids, row, grade)
            return {"achievedLevel": ids[grade]}
    if allowed := description.get("allowedValue"):
        _require_allowed(allowed, row, grade)
    return {"value": grade}


def _require_allowed(allowed: Any, row: Graded, grade: str) -> None:  # noqa: ANN401  any collection of strings
    if grade not in allowed:
        choices = ", ".join(list(allowed)[:20])
        raise row.error("grade", f"the achievement knows no result {grade!r}; it allows {choices}")
