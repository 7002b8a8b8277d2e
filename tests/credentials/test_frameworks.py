"""What the frameworks find in a credential: present, weak or missing, and where."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.credentials.described import Described
from registry.credentials.framework import report_on, report_value
from registry.credentials.frameworks import FRAMEWORKS, european_report

A = "/credentialSubject/achievement"
ISSUER: dict[str, Any] = {
    "id": "did:web:uni.example",
    "name": "University",
    "url": "https://uni.example",
    "address": {"type": ["Address"], "addressCountryCode": "NL"},
}
EQF5 = {
    "targetType": "ext:EQF",
    "targetName": "EQF level 5",
    "targetCode": "5",
    "targetUrl": "http://data.europa.eu/snb/eqf/5",
}


def aligned(kind: str, **members: Any) -> dict[str, Any]:
    return {"targetType": kind, "targetName": "Some", "targetUrl": "https://uni.example/some", **members}


ACHIEVEMENT: dict[str, Any] = {
    "name": "Data",
    "description": "About data.",
    "criteria": {"id": "https://uni.example/data", "narrative": "Prerequisites: none."},
    "achievementType": "MicroCredential",
    "inLanguage": "en",
    "creditsAvailable": 4,
    "tag": ["data"],
    "image": {"id": "https://uni.example/badge.png", "type": "Image"},
    "resultDescription": [{"id": "urn:x:1", "name": "Grade", "resultType": "LetterGrade"}],
    "alignment": [
        aligned("ext:LearningOutcome"),
        aligned("ext:ESCOSkill"),
        EQF5,
        aligned("ext:CreditSystem", targetCode="ECTS"),
        aligned("ext:Workload", targetCode="PT100H"),
        aligned("ext:AssessmentType"),
        aligned("ext:Participation"),
        aligned("ext:QualityAssurance"),
        aligned("ext:SupervisionVerification"),
        aligned("ext:Stackability"),
        aligned("ext:CreditRecognition"),
        aligned("ext:IndustryRecognition"),
        aligned("ext:AQF", targetCode="4"),
        aligned("ext:FoundationSkill"),
    ],
}
ISSUED: dict[str, Any] = {
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "issuer": {**ISSUER, "endorsement": [{"id": "urn:uuid:1"}]},
    "validFrom": "2026-06-30T00:00:00Z",
    "validUntil": "2031-06-30T00:00:00Z",
    "awardedDate": "2026-06-30T00:00:00Z",
    "evidence": [{"id": "https://portfolio.example/1", "type": ["Evidence"]}],
    "credentialSubject": {
        "identifier": [{"identityType": "emailAddress", "identityHash": "sha256$0", "hashed": True}],
        "result": [{"value": "A"}],
        "achievement": ACHIEVEMENT,
    },
}


def without(document: dict[str, Any], *path: str) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    parent = changed
    for step in path[:-1]:
        parent = parent[step]
    del parent[path[-1]]
    return changed


def found(framework: str, name: str, credential: dict[str, Any]) -> tuple[str, str]:
    lines = report_on(FRAMEWORKS[framework], Described(credential, awarded=True)).lines
    [line] = [line for line in lines if line.descriptor.name == name]
    assert (line.finding.state == "missing") == (line.finding.where == "")
    return line.finding.state, line.finding.where


def of_achievement(framework: str, name: str, **members: Any) -> tuple[str, str]:
    credential = copy.deepcopy(ISSUED)
    credential["credentialSubject"]["achievement"] |= members
    return found(framework, name, credential)


@pytest.mark.parametrize("key", FRAMEWORKS)
@pytest.mark.parametrize("described", [Described(ISSUED, awarded=True), Described.offer(ACHIEVEMENT, ISSUED["issuer"])])
def test_a_credential_that_says_everything_has_every_descriptor_of_every_framework(
    key: str, described: Described
) -> None:
    report = report_on(FRAMEWORKS[key], described)
    assert [line.descriptor.name for line in report.lines if line.finding.state != "present"] == []
    assert report.lacking == ()
    assert all(line.finding.where.startswith("/") for line in report.lines)


def test_the_european_list_has_eleven_mandatory_elements_and_five_optional_ones() -> None:
    levels = [one.level for one in FRAMEWORKS["eu"].descriptors]
    assert (sum(level != "optional" for level in levels), levels.count("optional")) == (11, 5)


@pytest.mark.parametrize("key", FRAMEWORKS)
def test_every_place_that_is_named_leads_to_something_in_the_credential(key: str) -> None:
    for line in report_on(FRAMEWORKS[key], Described(ISSUED, awarded=True)).lines:
        value: Any = ISSUED
        for step in line.finding.where.split("/")[1:]:
            value = value[int(step)] if isinstance(value, list) else value[step]
        assert value


@pytest.mark.parametrize("key", FRAMEWORKS)
def test_an_empty_credential_has_nothing_mandatory(key: str) -> None:
    report = report_on(FRAMEWORKS[key], Described({}, awarded=True))
    mandatory = [line for line in report.lines if line.descriptor.level == "mandatory"]
    assert [line.descriptor.name for line in mandatory if line.finding.state == "present"] == []
    assert set(report.lacking) >= set(mandatory)
    assert all(line.finding.why for line in report.lines)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*ISSUED, *ACHIEVEMENT, *EQF5, "endorsement", "identityType", "address", "id", "result"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(issuer=junk, subject=junk, achievement=junk, alignment=junk)
def test_no_credential_of_a_stranger_stops_a_report(
    issuer: Any, subject: Any, achievement: Any, alignment: Any
) -> None:
    wrapped = {**achievement, "alignment": alignment} if isinstance(achievement, dict) else achievement
    whole = {**subject, "achievement": wrapped} if isinstance(subject, dict) else subject
    for framework in FRAMEWORKS.values():
        assert len(report_on(framework, Described({"issuer": issuer, "credentialSubject": whole}, awarded=True)).lines)


LEARNER, OUTCOMES, WORKLOAD = "identification of the learner", "learning outcomes", "notional workload"
LEVEL, COUNTRY, QUALITY = (
    "level of the learning experience",
    "country or region of the issuer",
    "type of quality assurance",
)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ({"id": "did:key:z6Mk"}, ("present", "/credentialSubject/id")),
        ({"id": "urn:uuid:1"}, ("weak", "/credentialSubject/id")),
        ({"identifier": [{"identityType": "name"}]}, ("weak", "/credentialSubject/identifier/0")),
        (
            {"identifier": [{"identityType": "name"}, {"identityType": "ext:studentNumber"}]},
            ("present", "/credentialSubject/identifier/1"),
        ),
        ({}, ("missing", "")),
    ],
)
def test_a_learner_is_identified_by_what_tells_them_from_others(
    subject: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert found("eu", LEARNER, {**ISSUED, "credentialSubject": subject}) == expected


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ({"address": {"addressCountryCode": "XX"}}, ("weak", "/issuer/address/addressCountryCode")),
        ({"address": {"addressCountryCode": "XK"}}, ("present", "/issuer/address/addressCountryCode")),
        ({"address": {"addressCountryCode": "Netherlands"}}, ("weak", "/issuer/address/addressCountryCode")),
        ({"address": {"addressCountry": "Netherlands"}}, ("weak", "/issuer/address/addressCountry")),
        (
            {"parentOrg": {"address": {"addressCountryCode": "NL"}}},
            ("present", "/issuer/parentOrg/address/addressCountryCode"),
        ),
        ({}, ("missing", "")),
    ],
)
def test_a_country_is_the_code_of_one(profile: dict[str, Any], expected: tuple[str, str]) -> None:
    assert found("eu", COUNTRY, {**ISSUED, "issuer": profile}) == expected


def test_a_date_since_when_it_is_valid_is_a_weak_award_date() -> None:
    assert found("eu", "date of issuing", without(ISSUED, "awardedDate")) == ("weak", "/validFrom")


def test_an_issuer_that_is_an_address_alone_is_a_weak_awarding_body() -> None:
    assert found("eu", "awarding body", {**ISSUED, "issuer": "did:web:uni.example"}) == ("weak", "/issuer")


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"alignment": [EQF5]}, ("weak", f"{A}/criteria/narrative")),
        ({"alignment": [EQF5], "criteria": {"id": "https://x.example"}}, ("missing", "")),
        ({"alignment": [EQF5, aligned("CFItem")]}, ("present", f"{A}/alignment/1")),
        ({"alignment": [aligned("ext:LearningOutcome", targetUrl="ftp://x.example/a")]}, ("weak", f"{A}/alignment/0")),
    ],
)
def test_outcomes_stand_in_alignments_that_lead_somewhere(members: dict[str, Any], expected: tuple[str, str]) -> None:
    assert of_achievement("eu", OUTCOMES, **members) == expected


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"alignment": []}, ("weak", f"{A}/creditsAvailable")),
        ({"alignment": [aligned("ext:CreditSystem")]}, ("present", f"{A}/creditsAvailable")),
        ({"alignment": [aligned("ext:NotionalHours")], "creditsAvailable": 0}, ("present", f"{A}/alignment/0")),
        ({"alignment": [aligned("ext:CreditSystem")], "creditsAvailable": 0}, ("missing", "")),
        ({"alignment": [], "creditsAvailable": None, "SBU": 240}, ("weak", f"{A}/SBU")),
    ],
)
def test_a_workload_has_a_unit(members: dict[str, Any], expected: tuple[str, str]) -> None:
    assert of_achievement("eu", WORKLOAD, **members) == expected


@pytest.mark.parametrize(
    ("code", "state"), [("PT30M", "weak"), ("PT1H", "present"), ("PT0.5H", "weak"), ("10", "weak")]
)
def test_australia_asks_for_an_hour_or_more(code: str, state: str) -> None:
    alignment = [aligned("ext:Workload", targetCode=code)]
    assert of_achievement("au", "learner effort of one hour or more", alignment=alignment)[0] == state


@pytest.mark.parametrize(
    ("alignment", "state"),
    [
        (EQF5, "present"),
        ({**EQF5, "targetUrl": "https://content.example.com/description-eqf-levels"}, "weak"),
        ({**EQF5, "targetCode": "", "targetUrl": "https://uni.example/level"}, "weak"),
        ({**EQF5, "targetCode": ""}, "present"),
        (aligned("ext:QF-EHEA", targetCode="first cycle"), "present"),
        (aligned("ext:QF-EHEA"), "weak"),
        (aligned("ext:AQF", targetCode="5"), "missing"),
    ],
)
def test_a_level_is_a_code_with_an_address_that_leads_to_it(alignment: dict[str, Any], state: str) -> None:
    assert of_achievement("eu", LEVEL, alignment=[alignment])[0] == state


def test_a_level_is_lacking_only_where_it_is_badly_said() -> None:
    bad = {**EQF5, "targetUrl": "https://content.example.com/description-eqf-levels"}
    for alignment, lacking in (([], False), ([bad], True), ([EQF5], False)):
        described = Described.offer({**ACHIEVEMENT, "alignment": alignment}, ISSUER)
        names = [line.descriptor.name for line in report_on(FRAMEWORKS["eu"], described).lacking]
        assert (LEVEL in names) is lacking


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"achievement": {"endorsement": [{}]}}, ("present", f"{A}/endorsement")),
        ({"issuer": {"endorsement": [{}]}}, ("weak", "/issuer/endorsement")),
        ({"endorsementJwt": ["a.b.c"]}, ("weak", "/endorsementJwt")),
        ({}, ("missing", "")),
    ],
)
def test_quality_is_assured_for_the_achievement_itself(document: dict[str, Any], expected: tuple[str, str]) -> None:
    achievement = document.pop("achievement", {})
    assert found("eu", QUALITY, {**document, "credentialSubject": {"achievement": achievement}}) == expected


@pytest.mark.parametrize(
    ("narrative", "state"),
    [
        ("Prerequisites: none.", "present"),
        ("An exam. Prerequisite: a year of practice.", "present"),
        ("Entry requirements: A-levels", "present"),
        ("There are prerequisites.", "weak"),
        ("Prerequisites:", "weak"),
        ("An exam.", "missing"),
    ],
)
def test_prerequisites_are_a_sentence_that_begins_with_the_word(narrative: str, state: str) -> None:
    assert of_achievement("eu", "prerequisites to enrol", criteria={"narrative": narrative})[0] == state


def test_a_member_of_somebody_elses_context_is_weak_and_says_so() -> None:
    assert of_achievement("eu", "type of assessment", alignment=[], assessmentType="testing") == (
        "weak",
        f"{A}/assessmentType",
    )


def test_trusted_asks_for_skills_that_stand_in_a_framework() -> None:
    alignment = [aligned("ext:LearningOutcome")]
    assert of_achievement("trusted", "skills and outcomes", alignment=alignment) == ("weak", f"{A}/alignment/0")


def test_a_result_without_its_scale_is_weak_and_a_scale_without_a_result_is_missing() -> None:
    assert of_achievement("eu", "grade achieved", resultDescription=[]) == ("weak", "/credentialSubject/result")
    assert found("eu", "grade achieved", without(ISSUED, "credentialSubject", "result")) == ("missing", "")


def test_only_what_says_that_it_is_a_micro_credential_is_compared_with_the_european_list_unasked() -> None:
    report = european_report(ISSUED)
    assert report is not None
    assert report.framework.key == "eu"
    for other in ({}, {"achievement": {"achievementType": "Course"}}, []):
        assert european_report({**ISSUED, "credentialSubject": other}) is None


def test_what_the_roster_gives_is_present_before_anything_is_awarded() -> None:
    lines = report_on(FRAMEWORKS["eu"], Described.offer(ACHIEVEMENT, ISSUER), about="award").lines
    assert [line.finding.why for line in lines] == ["Each row of the roster gives it."] * 3


def test_a_report_as_json_says_of_each_descriptor_its_name_its_state_and_where_it_stands() -> None:
    value = report_value(report_on(FRAMEWORKS["au"], Described.offer({"name": "X"}, {})))
    assert (value["framework"], value["confirmed"]) == ("au", False)
    title, provider = value["descriptors"][:2]
    assert (title["name"], title["state"], title["where"]) == ("title", "present", f"{A}/name")
    assert (provider["name"], provider["state"], provider["where"]) == ("provider", "missing", None)


@pytest.mark.parametrize(("key", "confirmed"), [("eu", True), ("au", False), ("trusted", False)])
def test_a_list_that_could_not_be_confirmed_at_its_source_says_so(key: str, confirmed: bool) -> None:  # noqa: FBT001  a pytest parameter
    framework = FRAMEWORKS[key]
    assert framework.confirmed is confirmed
    assert ("could not be confirmed at its source" in framework.note) is not confirmed
