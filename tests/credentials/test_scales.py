"""Which results a scale allows, and where each goes in a Result."""

from __future__ import annotations

from typing import Any

import pytest

from registry.core.errors import InputError
from registry.credentials.scales import outcome_of

SCALE: dict[str, Any] = {"id": "urn:x:1", "name": "Grade", "resultType": "Result"}
LETTERS = SCALE | {"allowedValue": ["E", "D", "C", "B", "A"]}
NUMBERS = SCALE | {"valueMin": "1", "valueMax": "10"}
LEVELS = [{"id": f"urn:x:{name}", "name": name} for name in ("Novice", "Able", "Expert")]
RUBRIC = SCALE | {"rubricCriterionLevel": LEVELS}


@pytest.mark.parametrize(
    ("scale", "grade", "outcome"),
    [
        (SCALE, "with honours", {"value": "with honours"}),
        (LETTERS, "B", {"value": "B"}),
        (NUMBERS, "1", {"value": "1"}),
        (NUMBERS, "10.0", {"value": "10.0"}),
        (SCALE | {"valueMin": "5"}, "99", {"value": "99"}),
        (SCALE | {"resultType": "Status"}, "Completed", {"status": "Completed"}),
        (RUBRIC, "Able", {"achievedLevel": "urn:x:Able"}),
        (RUBRIC | {"resultType": "RubricCriterion"}, "urn:x:Able", {"achievedLevel": "urn:x:Able"}),
        (RUBRIC | {"valueMin": "1", "valueMax": "3"}, "2", {"value": "2"}),
        (LETTERS | {"requiredValue": "D"}, "D", {"value": "D"}),
        (NUMBERS | {"requiredValue": "4"}, "1.3", {"value": "1.3"}),  # a German grade: lower is better
        (RUBRIC | {"requiredLevel": "urn:x:Able"}, "Expert", {"achievedLevel": "urn:x:Expert"}),
    ],
)
def test_a_result_on_its_scale_goes_where_open_badges_wants_it(
    scale: dict[str, Any], grade: str, outcome: dict[str, str]
) -> None:
    assert outcome_of(scale, grade) == outcome


@pytest.mark.parametrize(
    ("scale", "grade", "says"),
    [
        (LETTERS, "F", "it allows E, D, C, B, A"),
        (NUMBERS, "0.9", "outside the achievement's scale, 1 to 10"),
        (NUMBERS, "10.1", "outside"),
        (NUMBERS, "eight", "is no number"),
        (NUMBERS, "Infinity", "is no number"),
        (SCALE | {"valueMin": "5"}, "4", "outside"),
        (SCALE | {"resultType": "Status"}, "Passed", "it allows Completed"),
        (RUBRIC, "Genius", "it allows urn:x:Novice, Novice"),
        (LETTERS | {"requiredValue": "D"}, "E", "below 'D'"),
        (RUBRIC | {"requiredLevel": "urn:x:Able"}, "Novice", "below 'urn:x:Able'"),
    ],
)
def test_a_result_outside_its_scale_or_a_listed_one_below_the_pass_is_refused(
    scale: dict[str, Any], grade: str, says: str
) -> None:
    with pytest.raises(InputError, match=says):
        outcome_of(scale, grade)
