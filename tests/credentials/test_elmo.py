from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from registry.credentials.elmo import NAMESPACE, elmo_xml

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

EXAMPLE = Path(__file__).parents[2] / "docs" / "example" / "data-foundations.json"
ACHIEVEMENT = {**json.loads(EXAMPLE.read_text("utf-8")), "id": "https://uni.example/achievements/data"}
BUNDLE = b'{"credential": {}, "receipts": []}'
# The children of each element that we write, in the order of the sequences of schema.xsd, which was read, not run.
SEQUENCES = {
    "elmo": ["generatedDate", "learner", "report", "attachment", "groups", "extension", "Signature"],
    "learner": ["citizenship", "identifier", "givenNames", "familyName", "bday"],
    "report": ["issuer", "learningOpportunitySpecification", "issueDate", "gradingScheme", "attachment"],
    "issuer": ["country", "identifier", "title", "url"],
    "learningOpportunitySpecification": [
        "identifier", "title", "type", "subjectArea", "iscedCode", "url", "description", "descriptionHtml", "specifies",
    ],
    "specifies": ["learningOpportunityInstance"],
    "learningOpportunityInstance": [
        "identifier", "start", "date", "academicTerm", "status", "gradingSchemeLocalId", "resultLabel", "credit",
        "level", "languageOfInstruction", "engagementHours", "attachments",
    ],
    "credit": ["scheme", "level", "value"],
    "level": ["type", "description", "value"],
    "gradingScheme": ["description"],
    "attachment": ["identifier", "title", "type", "description", "content"],
    "attachments": ["ref"],
}  # fmt: skip


def credential(**subject: Any) -> dict[str, Any]:
    return {
        "id": "urn:uuid:8d0f2f5e-5a67-4f5e-9d86-0c6f1c2b7a11",
        "issuer": {
            "id": "did:web:uni.example%3A8320:issuers:uni",
            "name": "Uni & Söhne",
            "address": {"addressCountryCode": "gb"},
            "otherIdentifier": [{"identifier": "uni.example", "identifierType": "ext:schac"}],
        },
        "validFrom": "2026-06-30T00:00:00Z",
        "awardedDate": "2026-06-30T00:00:00Z",
        "credentialSubject": {
            "identifier": [
                {"hashed": True, "identityHash": "sha256$abc", "identityType": "emailAddress", "salt": "x"},
                {"hashed": False, "identityHash": "Ada Okafor", "identityType": "name"},
            ],
            "achievement": ACHIEVEMENT,
            "result": [{"value": "B"}],
            "creditsEarned": 2.5,
            **subject,
        },
        "proof": [{"created": "2026-07-01T09:30:00Z"}],
    }


def parsed(document: dict[str, Any]) -> Element:
    root: Element = fromstring(elmo_xml(document, BUNDLE))
    return root


def text(root: Element, path: str) -> str | None:
    return root.findtext("/".join(f"{{{NAMESPACE}}}{name}" for name in path.split("/")))


def plain(element: Element) -> str:
    return element.tag.removeprefix(f"{{{NAMESPACE}}}")


INSTANCE = "report/learningOpportunitySpecification/specifies/learningOpportunityInstance"


def test_what_a_student_record_system_wants_stands_where_it_looks() -> None:
    root = parsed(credential())
    assert {
        path: text(root, path)
        for path in (
            "generatedDate", "learner/givenNames", "learner/familyName", "report/issuer/country", "report/issuer/title",
            "report/issuer/url", "report/learningOpportunitySpecification/identifier", "report/issueDate",
            f"{INSTANCE}/date", f"{INSTANCE}/status", f"{INSTANCE}/resultLabel", f"{INSTANCE}/credit/scheme",
            f"{INSTANCE}/credit/value", f"{INSTANCE}/level/type", f"{INSTANCE}/level/value",
            f"{INSTANCE}/languageOfInstruction",
        )
    } == {
        "generatedDate": "2026-07-01T09:30:00Z",
        "learner/givenNames": "Ada Okafor",
        "learner/familyName": "",
        "report/issuer/country": "GB",
        "report/issuer/title": "Uni & Söhne",
        "report/issuer/url": "https://uni.example:8320",
        "report/learningOpportunitySpecification/identifier": "DATA-101",
        "report/issueDate": "2026-06-30T00:00:00Z",
        f"{INSTANCE}/date": "2026-06-30",
        f"{INSTANCE}/status": "passed",
        f"{INSTANCE}/resultLabel": "B",
        f"{INSTANCE}/credit/scheme": "ects",
        f"{INSTANCE}/credit/value": "2.5",
        f"{INSTANCE}/level/type": "EQF",
        f"{INSTANCE}/level/value": "5",
        f"{INSTANCE}/languageOfInstruction": "en",
    }  # fmt: skip


def test_the_grade_refers_to_its_scheme_and_the_result_to_the_bundle() -> None:
    root = parsed(credential())
    (scheme,) = root.iter(f"{{{NAMESPACE}}}gradingScheme")
    assert scheme.get("localId") == text(root, f"{INSTANCE}/gradingSchemeLocalId")
    allowed = ", ".join(ACHIEVEMENT["resultDescription"][0]["allowedValue"])
    assert text(root, "report/gradingScheme/description") == f"Final grade: {allowed}"
    assert text(root, f"{INSTANCE}/attachments/ref") == text(root, "report/attachment/identifier")
    content = text(root, "report/attachment/content") or ""
    assert base64.b64decode(content.removeprefix("data:application/json;base64,")) == BUNDLE


def test_every_element_stands_in_the_order_of_the_schema() -> None:
    root = parsed(credential(id="did:key:z6Mk", activityStartDate="2026-02-01T00:00:00Z"))
    for element in root.iter():
        if len(element):
            order = [SEQUENCES[plain(element)].index(plain(child)) for child in element]
            assert order == sorted(order), plain(element)


def test_hashed_identifiers_stay_out_and_open_ones_are_shown() -> None:
    assert "sha256" not in elmo_xml(credential(), b"{}").decode()
    shown = [{"hashed": False, "identityHash": "20451", "identityType": "ext:studentNumber"}]
    (identifier,) = parsed(credential(identifier=shown)).iterfind(
        f".//{{{NAMESPACE}}}learner/{{{NAMESPACE}}}identifier"
    )
    assert (identifier.get("type"), identifier.text) == ("studentNumber", "20451")


@pytest.mark.parametrize(
    ("status", "written"), [("Failed", "failed"), ("InProgress", "in-progress"), ("Completed", "passed")]
)
def test_a_result_that_is_a_status_is_the_status(status: str, written: str) -> None:
    root = parsed(credential(result=[{"status": status}]))
    assert (text(root, f"{INSTANCE}/status"), text(root, f"{INSTANCE}/resultLabel")) == (written, None)


def test_a_rubric_level_is_written_by_its_name() -> None:
    levels = [{"id": "urn:uuid:1", "name": "Proficient"}]
    described = [{**ACHIEVEMENT["resultDescription"][0], "rubricCriterionLevel": levels}]
    root = parsed(
        credential(
            achievement={**ACHIEVEMENT, "resultDescription": described}, result=[{"achievedLevel": "urn:uuid:1"}]
        )
    )
    assert text(root, f"{INSTANCE}/resultLabel") == "Proficient"


def test_credits_without_a_system_are_not_called_ects() -> None:
    bare = {name: value for name, value in ACHIEVEMENT.items() if name != "alignment"}
    root = parsed(credential(achievement=bare))
    assert (text(root, f"{INSTANCE}/credit/scheme"), text(root, f"{INSTANCE}/level/value")) == ("local", None)


@given(name=st.text(max_size=30), narrative=st.text(max_size=60))
def test_whatever_a_credential_holds_the_file_is_well_formed(name: str, narrative: str) -> None:
    achievement = {**ACHIEVEMENT, "criteria": {"narrative": narrative}}
    shown = [{"hashed": False, "identityHash": f"</givenNames>]]>&{name}", "identityType": "name"}]
    root = parsed(credential(achievement=achievement, identifier=shown))
    assert (text(root, "learner/givenNames") or "").startswith("</givenNames>]]>&")


@pytest.mark.parametrize("member", ["issuer", "credentialSubject", "proof", "awardedDate", "validFrom"])
@pytest.mark.parametrize("value", [None, "x", 3, [], ["x"], {}])
def test_a_credential_of_another_make_is_written_as_far_as_it_goes(member: str, value: Any) -> None:
    assert text(parsed({**credential(), member: value}), "report/attachment/type") == "Other"
