"""What is refused of an achievement though its shape is right, and by which member."""

from __future__ import annotations

from typing import Any

import pytest

from registry.credentials.model import achievement_problems, parse_achievement
from registry.credentials.soundness import soundness_problems

MINIMAL: dict[str, Any] = {"name": "Data", "description": "About data.", "criteria": {"narrative": "An exam."}}
SCALE: dict[str, Any] = {"id": "urn:x:1", "type": "ResultDescription", "name": "Grade", "resultType": "Result"}
LEVEL: dict[str, Any] = {"id": "urn:x:2", "type": "RubricCriterionLevel", "name": "Good"}


def aligned(**members: Any) -> dict[str, Any]:
    base = {"type": "Alignment", "targetName": "Clean data", "targetUrl": "https://uni.example/1"}
    return {**base, "targetType": "ext:LearningOutcome", **members}


def eqf(code: str, url: str) -> dict[str, Any]:
    return aligned(targetType="ext:EQF", targetCode=code, targetUrl=url)


def refused(**members: Any) -> list[str]:
    achievement = parse_achievement({**MINIMAL, **members})
    return [problem.where for problem in soundness_problems(achievement)]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://uni.example/1",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "mailto:a@uni.example",
        "data:text/html,x",
        "HTTPX://uni.example",
        "uni.example/1",
        "/outcomes/1",
        "",
        "https://",
        "https:uni.example",
        "https://user:secret@uni.example/",
        "https://uni example/1",
        "urn:x",
        "did:web",
    ],
)
def test_an_alignment_that_leads_nowhere_is_refused_by_its_place(url: str) -> None:
    assert refused(alignment=[aligned(), aligned(targetName="Two", targetUrl=url)]) == ["alignment[1].targetUrl"]


@pytest.mark.parametrize(
    "url", ["http://uni.example", "HTTPS://uni.example:8443/a?b#c", "urn:isbn:0451450523", "did:web:uni.example"]
)
def test_a_page_and_a_lasting_name_are_taken(url: str) -> None:
    assert refused(alignment=aligned(targetUrl=url)) == []


def test_every_scheme_that_is_refused_is_named() -> None:
    achievement = parse_achievement({**MINIMAL, "alignment": aligned(targetUrl="ftp://uni.example/1")})
    [problem] = soundness_problems(achievement)
    assert "the scheme ftp: leads nowhere" in problem.sentence
    assert "http, https, urn, did" in problem.sentence


@pytest.mark.parametrize(
    ("members", "where"),
    [
        ({"criteria": {"id": "ftp://uni.example"}}, "criteria.id"),
        ({"id": "ftp://uni.example"}, "id"),
        ({"image": {"id": "ftp://uni.example/a.png", "type": "Image"}}, "image.id"),
        ({"related": {"id": "ftp://uni.example", "type": "Related"}}, "related[0].id"),
        (
            {"resultDescription": {**SCALE, "alignment": aligned(targetUrl="ftp://x.example")}},
            "resultDescription[0].alignment[0].targetUrl",
        ),
        (
            {
                "resultDescription": {
                    **SCALE,
                    "rubricCriterionLevel": {**LEVEL, "alignment": aligned(targetUrl="ftp://x.example")},
                }
            },
            "resultDescription[0].rubricCriterionLevel[0].alignment[0].targetUrl",
        ),
        ({"name": "  "}, "name"),
        ({"description": ""}, "description"),
        ({"criteria": {"narrative": " "}}, "criteria.narrative"),
        ({"creditsAvailable": -0.5}, "creditsAvailable"),
        ({"alignment": aligned(targetName=" ")}, "alignment[0].targetName"),
        ({"alignment": aligned(targetType="ext:Workload", targetCode="100 hours")}, "alignment[0].targetCode"),
        ({"alignment": aligned(targetType="ext:Workload", targetCode="PT")}, "alignment[0].targetCode"),
        ({"alignment": aligned(targetType="ext:OfferedFrom", targetCode="2026-02-30")}, "alignment[0].targetCode"),
        ({"alignment": aligned(targetType="ext:OfferedFrom")}, "alignment[0].targetCode"),
    ],
)
def test_what_would_mislead_a_reader_is_refused_by_its_place(members: dict[str, Any], where: str) -> None:
    assert refused(**members) == [where]


@pytest.mark.parametrize(
    ("alignment", "where"),
    [
        (eqf("5", "http://data.europa.eu/snb/eqf/5"), []),
        (eqf("", "http://data.europa.eu/snb/eqf/5"), []),
        (eqf("5", "https://uni.example/levels"), []),
        (eqf("5", "http://data.europa.eu/snb/eqf/4"), ["alignment[0].targetUrl"]),
        (eqf("9", "http://data.europa.eu/snb/eqf/9"), ["alignment[0].targetCode"]),
        (eqf("0", "https://uni.example/levels"), ["alignment[0].targetCode"]),
        (eqf("EQF 5", "https://uni.example/levels"), ["alignment[0].targetCode"]),
        (eqf("", "https://uni.example/levels"), ["alignment[0].targetCode"]),
        ({**eqf("10", "https://uni.example#aqf-10"), "targetType": "ext:AQF"}, []),
        ({**eqf("11", "https://uni.example#aqf-11"), "targetType": "ext:AQF"}, ["alignment[0].targetCode"]),
        ({**eqf("9", "https://uni.example#aqf-10"), "targetType": "ext:AQF"}, ["alignment[0].targetUrl"]),
    ],
)
def test_a_level_exists_and_its_address_leads_to_the_same(alignment: dict[str, Any], where: list[str]) -> None:
    assert refused(alignment=alignment) == where


def test_an_outcome_that_stands_twice_is_refused_however_it_is_written() -> None:
    twice = [aligned(), aligned(targetName="  clean DATA", targetUrl="https://uni.example/2")]
    assert refused(alignment=twice) == ["alignment[1]"]


def test_a_skill_that_stands_twice_is_refused_and_outcomes_may_share_a_page() -> None:
    one, other = aligned(targetName="One"), aligned(targetName="Other")
    assert refused(alignment=[one, other]) == []
    skills = [{**each, "targetType": "ext:ESCOSkill"} for each in (one, other)]
    assert refused(alignment=skills) == ["alignment[1]"]


def test_an_achievement_has_one_level_and_one_credit_system_but_several_kinds_of_assessment() -> None:
    url = "http://data.europa.eu/snb/eqf/"
    assert refused(alignment=[eqf("4", f"{url}4"), eqf("5", f"{url}5")]) == ["alignment[1]"]
    assessments = [aligned(targetName=name, targetType="ext:AssessmentType") for name in ("Exam", "Project")]
    assert refused(alignment=assessments) == []


def test_another_edition_differs_from_the_achievement() -> None:
    def related(**members: str) -> dict[str, str]:
        return {"id": "https://uni.example/de", "type": "Related", **members}

    here = {"id": "https://uni.example/en", "inLanguage": "en"}
    assert refused(**here, related=[related(inLanguage="de"), related(inLanguage="en", version="1")]) == []
    assert refused(**here, related=related(inLanguage="en")) == ["related[0].inLanguage"]
    assert refused(**here, related={**related(version="1"), "id": here["id"]}) == ["related[0].id"]


@pytest.mark.parametrize(
    ("scale", "where"),
    [
        ({"allowedValue": ["A", "B"], "requiredValue": "C"}, "requiredValue"),
        ({"allowedValue": ["A", "B", "A"]}, "allowedValue[2]"),
        ({"valueMin": "10", "valueMax": "9"}, "valueMin"),
        ({"valueMin": "low", "valueMax": "9"}, "valueMin"),
        ({"valueMax": "1e3"}, "valueMax"),
        ({"valueMin": "1", "valueMax": "10", "requiredValue": "11"}, "requiredValue"),
        ({"valueMin": "1", "valueMax": "10", "requiredValue": "good"}, "requiredValue"),
        ({"rubricCriterionLevel": [LEVEL, LEVEL | {"name": "Better"}]}, "rubricCriterionLevel[1].id"),
        ({"rubricCriterionLevel": [LEVEL, LEVEL | {"id": "urn:x:3"}]}, "rubricCriterionLevel[1].name"),
        ({"rubricCriterionLevel": LEVEL, "requiredLevel": "Good"}, "requiredLevel"),
        ({"resultType": "RubricCriterionLevel"}, "rubricCriterionLevel"),
    ],
)
def test_a_scale_that_contradicts_itself_is_refused_by_its_place(scale: dict[str, Any], where: str) -> None:
    assert refused(resultDescription=SCALE | scale) == [f"resultDescription[0].{where}"]


def test_two_results_of_one_id_are_refused() -> None:
    assert refused(resultDescription=[SCALE, SCALE]) == ["resultDescription[1].id"]


@pytest.mark.parametrize(
    "scale",
    [
        {"allowedValue": ["B", "A"], "requiredValue": "B"},
        {"valueMin": "-1.5", "valueMax": "10", "requiredValue": "5.5"},
        {"valueMin": "9", "valueMax": "10"},
        {"rubricCriterionLevel": LEVEL, "requiredLevel": "urn:x:2"},
    ],
)
def test_a_scale_that_holds_together_is_taken(scale: dict[str, Any]) -> None:
    assert refused(resultDescription=SCALE | scale) == []


def test_the_problems_of_a_shape_name_their_members() -> None:
    found = achievement_problems({"name": 7, "criteria": {}, "alignment": [{"type": "Alignment"}], "colour": "red"})
    places = {problem.where for problem in found}
    assert places >= {"name", "description", "criteria", "alignment[0].targetName", "alignment[0].targetUrl"}
    assert [problem.where for problem in achievement_problems({**MINIMAL, "colour": "red"})] == ["colour"]
