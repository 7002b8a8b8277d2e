"""How a grade becomes a Result that is linked to what the achievement says about its results.

Source: Open Badges 3.0, Result and ResultDescription.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol

from registry.core.errors import InputError
from registry.credentials.scales import outcome_of

if TYPE_CHECKING:
    from registry.core.errors import RosterError


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
    status or a rubric level. `achievement` is in array form.

    Raises:
        RosterError: the achievement describes no result, does not allow this one, or requires a better one.

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
    try:
        outcome = outcome_of(described[0], row.grade)
    except InputError as error:
        raise row.error("grade", str(error)) from error
    return {"type": ["Result"], "resultDescription": described[0]["id"], **outcome}
