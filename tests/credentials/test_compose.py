from __future__ import annotations

import hashlib
import json
import re
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft201909Validator, FormatChecker
from openbadgeslib.ob3.contexts import document_loader
from pyld import jsonld

from registry.checks.recipient import recipient_matches
from registry.core.canonical import canonical_bytes
from registry.core.errors import RosterError
from registry.credentials.compose import Disclosure, check_grade, compose, require_offered
from registry.credentials.mapping import mapping_of
from registry.credentials.recipient_id import Recipient, email_of
from registry.credentials.roster import RosterRow
from registry.credentials.screen import screen
from registry.credentials.signing import ProofOptions, signing_input
from registry.credentials.status_list import status_entry

arrays_only = sys.modules["tests_strict_schema"].arrays_only  # loaded by tests/conftest.py
SCHEMA = Path(__file__).parents[2].parent / "shared" / "data" / "schemas" / "ob_v3p0_achievementcredential_schema.json"
MAPPING = mapping_of(["email", "award_date", "Note"], file="class.csv").overridden(["Note=grade"])
ISSUER = {"id": "did:web:uni.example", "type": "Profile", "name": "Example University"}
ACHIEVEMENT = {
    "id": "https://uni.example/achievements/data",
    "type": "Achievement",
    "achievementType": "MicroCredential",
    "name": "Data foundations",
    "description": "Reads, cleans and shows data.",
    "criteria": {"narrative": "Four projects and an exam."},
}
SCALE = {"id": "urn:uuid:00000000-0000-4000-8000-000000000001", "type": "ResultDescription", "name": "Grade"}
PROOF = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-rdfc-2022",
    "created": "2026-07-01T00:00:00Z",
    "verificationMethod": "did:web:uni.example#z6Mk",
    "proofPurpose": "assertionMethod",
    "proofValue": "z3Fx",
}

texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=20
)
alignments = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["Alignment", ["Alignment"]]),
        "targetName": texts,
        "targetUrl": st.just("http://data.europa.eu/snb/eqf/5"),
    },
    optional={"targetCode": texts, "targetType": st.sampled_from(["ext:EQF", "CTDL"]), "targetFramework": texts},
)
scales = st.fixed_dictionaries(
    {
        "id": st.just(SCALE["id"]),
        "type": st.sampled_from(["ResultDescription", ["ResultDescription"]]),
        "name": texts,
        "resultType": st.sampled_from(["LetterGrade", "Result", "ext:Note"]),
    },
    optional={"valueMin": st.just("1"), "allowedValue": st.just("1.3"), "alignment": alignments},
)
achievements = st.fixed_dictionaries(
    {
        "id": st.just("https://uni.example/achievements/data"),
        "type": st.sampled_from(["Achievement", ["Achievement"]]),
        "name": texts,
        "description": texts,
        "criteria": st.fixed_dictionaries({"narrative": texts}),
        "resultDescription": st.one_of(scales, st.lists(scales, min_size=1, max_size=1)),
    },
    optional={
        "achievementType": st.sampled_from(["MicroCredential", "ext:ShortCourse"]),
        "alignment": st.one_of(alignments, st.lists(alignments, min_size=1, max_size=3)),
        "tag": st.one_of(texts, st.lists(texts, min_size=1, max_size=3)),
        "creditsAvailable": st.floats(0, 30),
        "inLanguage": st.sampled_from(["de", "pt-BR"]),
        "image": st.just({"id": "https://uni.example/data.png", "type": "Image"}),
        "otherIdentifier": st.just({"type": "IdentifierEntry", "identifier": "4711", "identifierType": "systemId"}),
    },
)
issuers = st.fixed_dictionaries(
    {"id": st.just("did:web:uni.example"), "type": st.sampled_from(["Profile", ["Profile"]]), "name": texts},
    optional={
        "url": st.just("https://uni.example/"),
        "address": st.fixed_dictionaries({"type": st.just("Address"), "addressCountryCode": st.just("NL")}),
        "parentOrg": st.fixed_dictionaries({"id": st.just("https://parent.example/"), "type": st.just("Profile")}),
    },
)
recipients = st.builds(
    Recipient,
    email=st.just("zoë@école.example"),
    did=st.none() | st.just("did:key:z6MkhaXg"),
    student_id=st.none() | texts,
    name=st.none() | texts,
)
moments = st.datetimes(datetime(1900, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  bounds are naive
rows = st.builds(
    RosterRow,
    mapping=st.just(MAPPING),
    row_number=st.just(2),
    achievement=st.none(),
    recipient=recipients,
    awarded_on=st.just(date(2026, 6, 30)),
    awarded_at=moments,
    expires_at=st.none() | moments,
    narrative=st.none() | texts,
    evidence_narrative=st.none() | texts,
    evidence_url=st.none() | st.just("https://portfolio.example/ada?x=1"),
    credits_earned=st.none() | st.decimals(0, 999, places=2),
    grade=st.none() | st.just("1.3"),
    locale=st.none() | st.just("de"),
)
disclosures = st.builds(Disclosure, st.sampled_from(["hashed", "plain"]), st.sampled_from(["plain", "omitted"]))


def a_row(**changes: Any) -> RosterRow:
    fields = {
        "mapping": MAPPING,
        "row_number": 7,
        "achievement": None,
        "recipient": Recipient(email="ada@school.example", student_id="20451", name="Ada Okafor"),
        "awarded_on": date(2026, 6, 30),
        "awarded_at": datetime(2026, 6, 30, tzinfo=UTC),
    }
    return RosterRow(**(fields | changes))


def composed(
    row: RosterRow,
    achievement: dict[str, Any] = ACHIEVEMENT,
    issuer: dict[str, Any] = ISSUER,
    disclosure: Disclosure | None = None,
) -> dict[str, Any]:
    return compose(
        achievement,
        issuer,
        row,
        credential_id="urn:uuid:b3f0a2f6-9e0a-4f2e-8c9d-3c1d0e5f7a21",
        status_entry=status_entry("https://uni.example/status/1", 41),
        salt="5f1d",
        disclosure=disclosure or Disclosure(),
    )


def subject_of(row: RosterRow, **achievement: Any) -> dict[str, Any]:
    subject: dict[str, Any] = composed(row, ACHIEVEMENT | achievement)["credentialSubject"]
    return subject


def schema(*, strict: bool) -> Draft201909Validator:
    if not SCHEMA.exists():
        pytest.skip("the JSON schemas are not beside this repository")
    published = json.loads(SCHEMA.read_bytes())
    document = arrays_only(published) if strict else published
    return Draft201909Validator(document, format_checker=FormatChecker())


@pytest.mark.parametrize("strict", [False, True])
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(achievement=achievements, issuer=issuers, row=rows, disclosure=disclosures)
def test_every_credential_is_valid_under_both_schema_variants(
    strict: bool,  # noqa: FBT001  a pytest parameter
    achievement: dict[str, Any],
    issuer: dict[str, Any],
    row: RosterRow,
    disclosure: Disclosure,
) -> None:
    credential = composed(row, achievement, issuer, disclosure) | {"proof": [PROOF]}
    assert [error.message for error in schema(strict=strict).iter_errors(credential)] == []


def test_the_strict_schema_of_these_tests_refuses_single_values() -> None:
    credential = composed(a_row()) | {"proof": PROOF}
    assert not schema(strict=True).is_valid(credential)
    assert schema(strict=False).is_valid(credential)


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(achievement=achievements, issuer=issuers, row=rows, disclosure=disclosures)
def test_no_term_is_undefined_in_the_three_contexts(
    achievement: dict[str, Any], issuer: dict[str, Any], row: RosterRow, disclosure: Disclosure
) -> None:
    credential = composed(row, achievement, issuer, disclosure)
    dropped: list[str] = []
    options = {"documentLoader": document_loader(), "base": "https://undefined.example/"}

    expanded = jsonld.expand(credential, options, on_property_dropped=dropped.append)

    assert dropped == []
    assert "undefined.example" not in json.dumps(expanded)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(achievement=achievements, issuer=issuers, row=rows, disclosure=disclosures)
def test_our_own_verifier_and_signer_have_nothing_to_say_against_it(
    achievement: dict[str, Any], issuer: dict[str, Any], row: RosterRow, disclosure: Disclosure
) -> None:
    credential = composed(row, achievement, issuer, disclosure)
    options = ProofOptions(datetime(2026, 7, 1, tzinfo=UTC), "did:web:uni.example#z6Mk")

    assert len(signing_input(credential, options)) == 64
    assert screen(credential | {"proof": [PROOF]}) == ()


@given(achievement=achievements, issuer=issuers, row=rows)
def test_the_same_row_gives_the_same_bytes_and_leaves_its_sources_as_they_are(
    achievement: dict[str, Any], issuer: dict[str, Any], row: RosterRow
) -> None:
    before = json.dumps([achievement, issuer])
    first = json.dumps(composed(row, achievement, issuer))
    assert json.dumps(composed(row, achievement, issuer)) == first
    assert json.dumps([achievement, issuer]) == before


@given(row=rows)
def test_the_numbers_we_write_are_in_canonical_form_in_any_serialiser(row: RosterRow) -> None:
    credential = composed(row, ACHIEVEMENT | {"resultDescription": SCALE | {"resultType": "Result"}})
    plain = json.dumps(credential, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert plain.encode() == canonical_bytes(credential)


def test_contexts_types_and_status_stand_as_the_design_says() -> None:
    credential = composed(a_row())
    assert credential["@context"] == [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
    ]
    assert credential["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert credential["credentialStatus"] == {
        "id": "https://uni.example/status/1#41",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "41",
        "statusListCredential": "https://uni.example/status/1",
    }


def test_the_award_date_is_when_validity_begins_and_the_expiry_when_it_ends() -> None:
    row = a_row(awarded_at=datetime(2026, 6, 30, 9, 30, tzinfo=UTC), expires_at=datetime(2029, 6, 30, tzinfo=UTC))
    credential = composed(row)
    assert credential["validFrom"] == credential["awardedDate"] == "2026-06-30T09:30:00Z"
    assert credential["validUntil"] == "2029-06-30T00:00:00Z"


def test_without_an_expiry_a_credential_has_no_end() -> None:
    assert "validUntil" not in composed(a_row())


def test_the_name_is_readable_and_address_and_number_are_hashed_unless_told_otherwise() -> None:
    email, number, name = subject_of(a_row())["identifier"]
    assert email == {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": "sha256$" + hashlib.sha256(b"ada@school.example5f1d").hexdigest(),
        "identityType": "emailAddress",
        "salt": "5f1d",
    }
    assert (number["hashed"], number["identityType"]) == (True, "ext:studentNumber")
    assert (name["hashed"], name["identityHash"], name["identityType"]) == (False, "Ada Okafor", "name")


def test_an_issuer_may_show_identifiers_and_leave_out_the_name() -> None:
    credential = composed(a_row(), disclosure=Disclosure(identifiers="plain", name="omitted"))
    shown = [(entry["identityHash"], entry["hashed"]) for entry in credential["credentialSubject"]["identifier"]]
    assert shown == [("ada@school.example", False), ("20451", False)]


@pytest.mark.parametrize("asked", ["ada@school.example", "ADA@school.example", "20451", "ada okafor"])
def test_whoever_knows_the_recipient_can_confirm_it(asked: str) -> None:
    assert recipient_matches(composed(a_row()), asked)


@pytest.mark.parametrize("asked", ["eve@school.example", "20452", "5f1d"])
def test_whoever_does_not_know_the_recipient_cannot(asked: str) -> None:
    assert not recipient_matches(composed(a_row()), asked)


@pytest.mark.parametrize("written", ["JOSÉ@Escuela.example", "jose\u0301@escuela.example", "STRASSE@x.example"])
def test_an_address_is_confirmed_however_it_is_written(written: str) -> None:
    row = a_row(recipient=Recipient(email=email_of(written)))
    assert recipient_matches(composed(row), written)


def test_a_did_is_the_subjects_id() -> None:
    subject = subject_of(a_row(recipient=Recipient(did="did:key:z6MkhaXg")))
    assert subject["id"] == "did:key:z6MkhaXg"
    assert "identifier" not in subject


def test_evidence_narrative_and_credits_are_carried() -> None:
    row = a_row(
        narrative="Four projects.",
        evidence_narrative="The last one.",
        evidence_url="https://portfolio.example/ada",
        credits_earned=Decimal("2.50"),
    )
    credential = composed(row)
    assert credential["evidence"] == [
        {"id": "https://portfolio.example/ada", "type": ["Evidence"], "narrative": "The last one."}
    ]
    assert credential["credentialSubject"]["narrative"] == "Four projects."
    assert credential["credentialSubject"]["creditsEarned"] == 2.5


def test_a_whole_number_of_credits_is_an_integer() -> None:
    assert json.dumps(subject_of(a_row(credits_earned=Decimal("5.0")))["creditsEarned"]) == "5"


def test_zero_credits_are_not_lost() -> None:
    assert subject_of(a_row(credits_earned=Decimal(0)))["creditsEarned"] == 0


def test_a_grade_is_linked_to_the_achievements_first_result_description() -> None:
    subject = subject_of(a_row(grade="1.3"), resultDescription=SCALE | {"resultType": "Result"})
    assert subject["result"] == [{"type": ["Result"], "resultDescription": SCALE["id"], "value": "1.3"}]
    assert subject["achievement"]["resultDescription"][0]["id"] == SCALE["id"]


def test_a_status_and_a_rubric_level_go_where_open_badges_wants_them() -> None:
    level = {"id": "urn:uuid:00000000-0000-4000-8000-000000000002", "type": "RubricCriterionLevel", "name": "Mastered"}
    rubric = SCALE | {"resultType": "RubricCriterionLevel", "rubricCriterionLevel": level}
    passed = subject_of(a_row(grade="Completed"), resultDescription=SCALE | {"resultType": "Status"})
    mastered = subject_of(a_row(grade="Mastered"), resultDescription=rubric)
    assert passed["result"][0]["status"] == "Completed"
    assert mastered["result"][0]["achievedLevel"] == level["id"]


@pytest.mark.parametrize(
    ("described", "says"),
    [
        ({}, "describes no result"),
        ({"resultDescription": []}, "describes no result"),
        ({"resultDescription": SCALE | {"resultType": "Result", "allowedValue": ["A", "B"]}}, "allows A, B"),
        ({"resultDescription": SCALE | {"resultType": "Status"}}, "allows Completed"),
        ({"resultDescription": SCALE | {"resultType": "RubricCriterionLevel"}}, "knows no result"),
    ],
)
def test_a_grade_that_the_achievement_does_not_describe_is_refused_with_its_place(
    described: dict[str, Any], says: str
) -> None:
    with pytest.raises(RosterError, match=re.escape(says)) as caught:
        check_grade(ACHIEVEMENT | described, a_row(grade="1.3"))
    assert (caught.value.file, caught.value.row, caught.value.column) == ("class.csv", 7, "Note")


def test_an_award_before_the_achievement_was_offered_is_neither_checked_nor_composed() -> None:
    first = {"type": "Alignment", "targetName": "x", "targetUrl": "https://x.example", "targetType": "ext:OfferedFrom"}
    achievement = ACHIEVEMENT | {"alignment": first | {"targetCode": "2026-07-01"}}
    require_offered(None, a_row())
    require_offered(date(2026, 7, 1), a_row(awarded_on=date(2026, 7, 1)))
    with pytest.raises(RosterError, match=r'column "award_date": it was awarded on 2026-06-30'):
        require_offered(date(2026, 7, 1), a_row())
    with pytest.raises(RosterError, match="offered from 2026-07-01"):
        composed(a_row(), achievement)


def test_a_row_that_can_be_composed_passes_the_check() -> None:
    check_grade(ACHIEVEMENT | {"resultDescription": SCALE | {"resultType": "Result"}}, a_row(grade="1.3"))


def test_an_embedded_endorsement_is_left_as_its_signer_made_it() -> None:
    endorsement = {"type": ["VerifiableCredential"], "credentialSubject": {"id": "x", "type": "Profile", "tag": "y"}}
    subject = subject_of(a_row(), endorsement=endorsement)
    assert subject["achievement"]["endorsement"] == [endorsement]
