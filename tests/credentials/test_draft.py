"""Answers become an achievement that can be issued, with every descriptor in its place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from registry.core.errors import InputError
from registry.credentials.described import Described
from registry.credentials.draft import draft_of, read_answer
from registry.credentials.framework import report_on
from registry.credentials.frameworks import FRAMEWORKS
from registry.credentials.questions import QUESTIONS
from registry.services.achievement_file import judge_file

NEEDED = {
    "name": ["Data"],
    "description": ["About data."],
    "page": ["https://uni.example/data#top"],
    "criteria": ["An exam."],
}
FULL = {one.key: [one.example] for one in QUESTIONS if one.key not in {"image", "rubric"}} | {
    "grade": ["Final grade: 1 to 10"]
}


def problems(answers: dict[str, list[str]]) -> list[str]:
    return [one.sentence for one in judge_file(json.dumps(draft_of(answers)).encode()).problems]


def aligned(answers: dict[str, Any], kind: str) -> dict[str, Any]:
    [found] = [one for one in draft_of(NEEDED | answers)["alignment"] if one["targetType"] == kind]
    return found


def test_the_examples_of_all_questions_make_an_achievement_that_lacks_nothing_of_any_framework() -> None:
    assert problems(FULL) == []
    for framework in FRAMEWORKS.values():
        report = report_on(framework, Described.offer(draft_of(FULL), {}), about="achievement")
        lacking = [line.descriptor.name for line in report.lines if line.finding.state != "present"]
        assert lacking in ([], ["image"])


def test_the_needed_answers_alone_make_one_without_empty_members() -> None:
    assert problems(NEEDED) == []
    assert draft_of(NEEDED | {"language": [""], "tags": [" "]}) == {
        "type": ["Achievement"],
        "achievementType": "MicroCredential",
        "name": "Data",
        "description": "About data.",
        "criteria": {"id": "https://uni.example/data", "narrative": "An exam."},
    }


@pytest.mark.parametrize("key", NEEDED)
def test_a_needed_answer_that_is_missing_is_named_with_its_question(key: str) -> None:
    with pytest.raises(InputError, match=f"^{key} is missing: .* For example: "):
        draft_of({**NEEDED, key: ["  "]})


@pytest.mark.parametrize(
    ("key", "answer", "says"),
    [
        ("eqf", "9", "1 to 8"),
        ("aqf", "11", "1 to 10"),
        ("eqf", "five", "1 to 8"),
        ("page", "uni.example", "https://"),
        ("page", "ftp://uni.example", "ftp:"),
        ("language", "English", "language tag"),
        ("credits", "four ECTS", "4 ECTS"),
        ("hours", "100h", "100 or 1.5"),
        ("offered_from", "01/02/2026", "day/month"),
        ("skills", "perform data analysis", "has no address"),
        ("skills", "perform data analysis | esco", "no absolute address"),
        ("editions", "de", "has no address"),
    ],
)
def test_an_answer_that_cannot_be_read_is_refused_by_its_key_and_with_an_example(
    key: str, answer: str, says: str
) -> None:
    with pytest.raises(InputError, match=says) as caught:
        draft_of({**NEEDED, key: [answer]})
    assert str(caught.value).startswith(f"{key}: ")
    assert "For example: " in str(caught.value)


def test_an_unknown_key_is_told_the_nearest() -> None:
    with pytest.raises(InputError, match="'outcome' answers no question; the nearest is 'outcomes'"):
        read_answer("outcome", "x")


def test_what_can_be_answered_once_is_refused_twice() -> None:
    with pytest.raises(InputError, match="language can be answered once"):
        draft_of(NEEDED | {"language": ["en", "de"]})
    assert len(draft_of(NEEDED | {"outcomes": ["One", "Two"]})["alignment"]) == 2


def test_a_word_of_a_european_list_has_its_address_there_and_another_that_of_the_page() -> None:
    blended = aligned({"participation": ["Blended"]}, "ext:Participation")
    assert blended["targetUrl"] == "http://data.europa.eu/snb/learning-assessment/e92d221e4d"
    outdoors = aligned({"participation": ["Outdoors"]}, "ext:Participation")
    assert outdoors["targetUrl"] == "https://uni.example/data#participation"
    own = aligned({"quality": ["The faculty | https://uni.example/quality"]}, "ext:QualityAssurance")
    assert (own["targetName"], own["targetUrl"]) == ("The faculty", "https://uni.example/quality")


def test_credits_have_a_unit_and_may_be_none() -> None:
    draft = draft_of(NEEDED | {"credits": ["2.5 ECTS"]})
    assert draft["creditsAvailable"] == 2.5
    assert aligned({"credits": ["2.5 ECTS"]}, "ext:CreditSystem")["targetCode"] == "ECTS"
    assert draft_of(NEEDED | {"credits": ["0"]})["creditsAvailable"] == 0


@pytest.mark.parametrize(
    ("answers", "scale"),
    [
        ({"grade": ["Mark: 1 to 10"], "pass": ["6"]}, {"valueMin": "1", "valueMax": "10", "requiredValue": "6"}),
        ({"grade": ["C, B, A"], "pass": ["C"]}, {"allowedValue": ["C", "B", "A"], "requiredValue": "C"}),
    ],
)
def test_a_grade_is_a_scale_of_numbers_or_of_values(answers: dict[str, list[str]], scale: dict[str, Any]) -> None:
    [described] = draft_of(NEEDED | answers)["resultDescription"]
    assert {name: described.get(name) for name in scale} == scale
    assert problems(NEEDED | answers) == []


def test_a_rubric_has_its_levels_and_the_one_that_is_needed() -> None:
    answers = NEEDED | {"rubric": ["Novice", "Able | works without help"], "pass": ["Able"]}
    [described] = draft_of(answers)["resultDescription"]
    assert [level["name"] for level in described["rubricCriterionLevel"]] == ["Novice", "Able"]
    assert described["requiredLevel"] == described["rubricCriterionLevel"][1]["id"]
    assert problems(answers) == []


def test_a_pass_that_nothing_can_reach_is_refused() -> None:
    with pytest.raises(InputError, match="neither a grade nor a rubric"):
        draft_of(NEEDED | {"pass": ["6"]})
    assert problems(NEEDED | {"rubric": ["Able"], "pass": ["Best"]}) != []
