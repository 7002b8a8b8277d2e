"""A pathway's larger credential, judged by the published schemas and by other people's verifiers."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jsonschema import Draft201909Validator, FormatChecker
from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3.clr import bundled_clr_contexts
from openbadgeslib.ob3.ldp import verify_data_integrity_proof

from registry.credentials.contexts import CLR_CONTEXT, context_document
from registry.credentials.recipient_id import hashed_identity
from registry.credentials.record import Record, compose_record
from registry.credentials.status_list import status_entry

judges = sys.modules["interop_judges"]  # loaded by conftest.py
arrays_only = sys.modules["tests_strict_schema"].arrays_only
STATUS = "https://uni.example/status/0"
SCHEMA = judges.SCHEMAS / "clr_v2p0_clrcredential_schema.json"
worlds = sys.modules["services_world"]


@pytest.fixture(scope="module")
def issuer() -> Any:
    return worlds.new_issuer()


@pytest.fixture(scope="module")
def record(issuer: Any) -> dict[str, Any]:
    """Return a signed record of two credentials, with a larger achievement, associations and evidence."""
    unsigned = [worlds.unsigned_badge(issuer) for _ in range(2)]
    for number, one in enumerate(unsigned):
        one["credentialSubject"]["achievement"]["id"] = f"https://uni.example/a/{number}"
        one["credentialSubject"]["identifier"].append(hashed_identity("emailAddress", "ada@uni.example", str(number)))
    larger = {**unsigned[0]["credentialSubject"]["achievement"], "id": "https://uni.example/a/whole"}
    draft = Record(
        name="Analyst",
        recipient="mailto:ada@uni.example",
        components=tuple(issuer.signed(one) for one in unsigned),
        achievements=(larger,),
        associations=(
            ("isPartOf", "https://uni.example/a/0", larger["id"]),
            ("precedes", "https://uni.example/a/0", "https://uni.example/a/1"),
        ),
        evidence=({"type": ["Evidence"], "id": "https://uni.example/e", "name": "Portfolio", "genre": "Portfolio"},),
        partial=True,
    )
    profile = {"id": issuer.did, "type": ["Profile"], "name": "The University"}
    entry = status_entry(STATUS, 7)
    composed = compose_record(
        draft, profile, credential_id="urn:uuid:6d2c1f0e-0c55-4a1e-9d38-3f1f3a0c8a11", status_entry=entry, at=worlds.NOW
    )
    return issuer.signed(composed)


@pytest.mark.skipif(not SCHEMA.is_file(), reason="the published CLR 2.0 schema is not beside this folder")
@pytest.mark.parametrize("strict", [False, True])
def test_a_record_is_valid_under_both_variants_of_the_schema(record: dict[str, Any], *, strict: bool) -> None:
    published = json.loads(SCHEMA.read_bytes())

    validator = Draft201909Validator(arrays_only(published) if strict else published, format_checker=FormatChecker())

    assert [error.message for error in validator.iter_errors(record)] == []


def web_of(issuer: Any) -> Any:
    """Return what the judges may fetch: the DID document, a status list, and the context that npm does not have."""
    url = f"{issuer.did}#{issuer.public.multibase}"
    method = {"id": url, "type": "Multikey", "controller": issuer.did, "publicKeyMultibase": issuer.public.multibase}
    contexts = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]
    document = {"@context": contexts, "id": issuer.did, "verificationMethod": [method], "assertionMethod": [url]}
    listed = worlds.status_list(issuer, STATUS, [])
    return judges.Web(
        {
            judges.did_url(issuer.did): document,
            CLR_CONTEXT: context_document(CLR_CONTEXT),
            STATUS: {**listed, "proof": listed["proof"][0]},
        }
    )


def proven_by_openbadgeslib(record: dict[str, Any], issuer: Any) -> bool:
    """Ask for the proof alone: the library's verifier of whole credentials takes no learner records."""
    pem = issuer.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    single = {**record, "proof": record["proof"][0]}
    try:
        verify_data_integrity_proof(single, pem, extra_contexts=bundled_clr_contexts())
    except LibOpenBadgesException:
        return False
    return True


def test_other_peoples_verifiers_accept_a_record(record: dict[str, Any], issuer: Any) -> None:
    said = judges.by_node({"record": record}, web_of(issuer))["record"]

    assert said["vc"].accepted, said
    assert proven_by_openbadgeslib(record, issuer)


def test_other_peoples_verifiers_refuse_a_record_whose_component_was_swapped(
    record: dict[str, Any], issuer: Any
) -> None:
    subject = record["credentialSubject"]
    inside = [subject["verifiableCredential"][0], worlds.badge(issuer)]
    swapped = {**record, "credentialSubject": {**subject, "verifiableCredential": inside}}

    assert not judges.by_node({"record": swapped}, web_of(issuer))["record"]["vc"].accepted
    assert not proven_by_openbadgeslib(swapped, issuer)
