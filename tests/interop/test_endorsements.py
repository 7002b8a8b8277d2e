"""Our endorsements, alone and in what they endorse, judged by other people's verifiers and by both schema variants."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from jsonschema import Draft201909Validator, FormatChecker

from registry.core.account import Address
from registry.credentials.contexts import CONTEXTS
from registry.credentials.endorsement import compose_endorsement, endorsed_object
from registry.credentials.model import parse_achievement
from registry.credentials.safe_mode import require_safe_achievement
from registry.credentials.screen import screen
from registry.credentials.status_list import status_entry
from registry.records import IssuerRow, SigningKeyRow
from registry.services.site import did_document

homes = sys.modules["tests_homes"]  # loaded by tests/conftest.py
judges = sys.modules["interop_judges"]
expected = sys.modules["interop_expected"]
worlds = sys.modules["services_world"]
arrays_only = sys.modules["tests_strict_schema"].arrays_only

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ENDORSER, UNIVERSITY = worlds.new_issuer("guild"), worlds.new_issuer("uni")
STATUS = "https://guild.example/status/0"
PROFILE = {"id": ENDORSER.did, "type": ["Profile"], "name": "The Leeds Data Guild", "url": "https://guild.example"}


def achievement() -> dict[str, Any]:
    written = json.loads((homes.EXAMPLE / "data-foundations.json").read_text("utf-8"))
    return parse_achievement({**written, "id": "https://uni.example/achievements/data"})


REFUSED = {("alone", "openbadgeslib"), ("embedded", "openvc")}
"""openbadgeslib reads no endorsement alone, and openvc-core no credential in a credential: with a digest or without."""


def endorsement(*, bound: bool = True) -> dict[str, Any]:
    unsigned = compose_endorsement(
        endorsed_object(achievement()),
        PROFILE,
        name="Data Foundations",
        comment="We hire on the strength of this.",
        credential_id="urn:uuid:8d0a8f2e-7f5e-4f0a-9d87-3f1c5b7f9a01",
        status_entry=status_entry(STATUS, 41),
        valid_from=NOW - timedelta(days=1),
        valid_until=datetime(2099, 1, 1, tzinfo=UTC),
    )
    if not bound:
        del unsigned["credentialSubject"]["digestMultibase"]
    signed: dict[str, Any] = ENDORSER.signed(unsigned)
    return signed


def badge(word: dict[str, Any]) -> dict[str, Any]:
    unsigned = worlds.unsigned_badge(UNIVERSITY)
    unsigned["credentialSubject"]["achievement"] = {**achievement(), "endorsement": [word]}
    signed: dict[str, Any] = UNIVERSITY.signed(unsigned)
    return signed


def _web() -> Any:
    documents = {STATUS: worlds.status_list(ENDORSER, STATUS, [])}
    documents[STATUS]["proof"] = documents[STATUS]["proof"][0]
    for issuer in (ENDORSER, UNIVERSITY):
        row = IssuerRow("x", issuer.did, Address("0x" + "11" * 20), {})
        key = SigningKeyRow(1, issuer.public.multibase, "x.pem", NOW)
        documents[judges.did_url(issuer.did)] = did_document(row, [key], [], "https://x.example")
    return judges.Web(documents)


@pytest.fixture(scope="module")
def said() -> dict[str, dict[str, Any]]:
    word = endorsement()
    altered = {**word, "credentialSubject": {**word["credentialSubject"], "digestMultibase": "uEiAAAA"}}
    plain = endorsement(bound=False)
    cases = {
        "alone": (word, ENDORSER),
        "embedded": (badge(word), UNIVERSITY),
        "alone, no digest": (plain, ENDORSER),
        "embedded, no digest": (badge(plain), UNIVERSITY),
        "altered": (altered, ENDORSER),
    }
    web = _web()
    node = judges.by_node({name: document for name, (document, _) in cases.items()}, web)
    return {
        name: {
            **node[name],
            "openbadgeslib": judges.by_openbadgeslib(document, issuer.did, web),
            "openvc": judges.by_openvc(judges.unwrapped(document), web),
        }
        for name, (document, issuer) in cases.items()
    }


@pytest.mark.parametrize("judge", expected.JUDGES)
@pytest.mark.parametrize("form", ["alone", "embedded"])
def test_other_peoples_verifiers_say_of_our_endorsements_what_they_say_of_any(
    form: str, judge: str, said: dict[str, dict[str, Any]]
) -> None:
    mine, any_other = said[form][judge], said[f"{form}, no digest"][judge]

    assert mine.accepted is any_other.accepted is ((form, judge) not in REFUSED), (mine.note, any_other.note)


@pytest.mark.parametrize("judge", expected.JUDGES)
def test_another_digest_is_another_content_to_them(judge: str, said: dict[str, dict[str, Any]]) -> None:
    assert not said["altered"][judge].accepted


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.skipif(not judges.has_schemas(), reason=judges.NO_SCHEMAS)
@pytest.mark.parametrize("name", ["ob_v3p0_endorsementcredential_schema.json", judges.SCHEMA])
def test_both_schema_variants_accept_them(name: str, strict: bool) -> None:  # noqa: FBT001  a parameter
    published = json.loads((judges.SCHEMAS / name).read_bytes())
    schema = arrays_only(published) if strict else published
    document = endorsement() if "endorsement" in name else badge(endorsement())
    errors = [one.message for one in Draft201909Validator(schema, format_checker=FormatChecker()).iter_errors(document)]

    assert errors == []


def test_an_endorsement_is_written_back_as_its_maker_signed_it() -> None:
    word = endorsement()
    loose = {**word, "proof": word["proof"][0], "type": list(word["type"]), "@context": list(CONTEXTS)}
    kept = parse_achievement({**achievement(), "endorsement": loose})["endorsement"]

    assert kept == [loose]
    assert screen(badge(kept[0])) == ()
    require_safe_achievement({**achievement(), "endorsement": kept})
