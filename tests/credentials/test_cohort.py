"""Signing a cohort gives, byte for byte, what signing each document alone gives; every doubt goes the slow way."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.core.canonical import canonical_bytes
from registry.core.errors import CanonicalFormError, CredentialFormatError
from registry.credentials import cohort as cohorts
from registry.credentials import entry_template, graph_template
from registry.credentials.arrays import with_arrays
from registry.credentials.cohort import ProofCohort, is_same
from registry.credentials.compose import PERSONAL, composed
from registry.credentials.contexts import CONTEXTS, SERVED, context_document
from registry.credentials.hole_texts import SAFE_SCHEMES
from registry.credentials.holes import Places
from registry.credentials.jsonld import canonical_nquads
from registry.credentials.keys import multibase
from registry.credentials.mapping import mapping_of
from registry.credentials.recipient_id import Recipient
from registry.credentials.roster import RosterRow
from registry.credentials.signing import ProofOptions, require_signable, secure, sign, signing_input, verify_proof
from registry.credentials.status_list import status_entry

EXAMPLE = Path(__file__).parents[2] / "docs" / "example" / "data-foundations.json"
OPTIONS = ProofOptions(datetime(2026, 7, 1, tzinfo=UTC), "did:web:uni.example#z6Mk")
ISSUER = {"id": "did:web:uni.example", "type": ["Profile"], "name": "Example University"}
MAPPING = mapping_of(["email", "award_date", "Note"], file="class.csv").overridden(["Note=grade"])
FULL = {**json.loads(EXAMPLE.read_text("utf-8")), "id": "https://uni.example/achievements/data"}
NAME = FULL["name"]

# --- What issuers and recipients may be

any_text = st.text(max_size=12) | st.sampled_from(
    ["", " ", '\t\n\r\\"%s%b%', "urn:hole:0:000000:", "signature:", "_:c14n0", '" .\n<a> <b> <c> .', NAME, "data", "5"]
)
plain = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=12)
addresses = st.sampled_from(
    [
        "https://a.example/x",
        "https://uni.example/achievements/data",
        "http://é.example/%7E?q=%20#f",
        "did:web:uni.example",
    ]
)
odd_addresses = addresses | st.sampled_from(
    [
        "x",
        "",
        "_:b",
        "@id",
        "rdf:type",
        "https://a b",
        "mailto:a@b.example",
        "xsd:date",
        "urn:",
        "../y",
        "HTTPS://A.EXAMPLE",
    ]
)
alignments = st.fixed_dictionaries(
    {
        "type": st.just(["Alignment"]),
        "targetName": plain,
        "targetUrl": st.sampled_from(["https://a.example/x", "urn:b"]),
    },
    optional={"targetCode": plain, "targetType": st.sampled_from(["ext:EQF", "CTDL"])},
)
achievements = st.fixed_dictionaries(
    {
        "id": st.just("https://uni.example/achievements/data"),
        "type": st.just(["Achievement"]),
        "name": plain,
        "description": plain,
        "criteria": st.fixed_dictionaries({"narrative": plain}, optional={"id": addresses}),
    },
    optional={
        "tag": st.lists(plain, min_size=1, max_size=3),
        "alignment": st.lists(alignments, min_size=1, max_size=3),
        "creditsAvailable": st.sampled_from([4, 4.5, 0.1, 1e21, 12345678901234567]),
        "inLanguage": st.sampled_from(["en", "de-CH"]),
        "image": st.just({"id": "https://a.example/p.png", "type": "Image"}),
    },
)
instants = st.datetimes(timezones=st.just(UTC))
rows = st.builds(
    RosterRow,
    mapping=st.just(MAPPING),
    row_number=st.just(2),
    achievement=st.none(),
    recipient=st.builds(
        Recipient,
        email=st.none() | any_text,
        did=st.none() | odd_addresses,
        student_id=st.none() | any_text,
        name=st.none() | any_text,
    ),
    awarded_on=st.just(datetime(2026, 6, 30, tzinfo=UTC).date()),
    awarded_at=instants,
    expires_at=st.none() | instants,
    narrative=st.none() | any_text,
    evidence_narrative=st.none() | any_text,
    evidence_url=st.none() | odd_addresses,
    credits_earned=st.none()
    | st.sampled_from([Decimal(5), Decimal("2.5"), Decimal("0.000001"), Decimal("9999.123456")]),
)


def cohort_for(achievement: dict[str, Any], personal: frozenset[str] = PERSONAL) -> ProofCohort:
    issuer, awarded = with_arrays(ISSUER), with_arrays(achievement)
    return ProofCohort(OPTIONS, Places({id(part): part for part in (issuer, awarded)}, personal))


def document(cohort: ProofCohort, row: RosterRow, number: int = 0, salt: str = "s") -> dict[str, Any]:
    issuer, achievement = cohort.places.fixed.values()
    return composed(
        achievement,
        issuer,
        row,
        credential_id=f"urn:uuid:00000000-0000-4000-8000-{number:012d}",
        status_entry=status_entry("https://uni.example/issuers/uni/status/0", number),
        salt=salt,
    )


def row(**members: Any) -> RosterRow:
    given = {"recipient": Recipient(email="a@b.example", name="Zoë"), "narrative": "Well done", **members}
    day = datetime(2026, 6, 30, tzinfo=UTC)
    return RosterRow(mapping=MAPPING, row_number=2, achievement=None, awarded_on=day.date(), awarded_at=day, **given)


def is_fast(cohort: ProofCohort, unsigned: dict[str, Any]) -> bool:
    holes = cohort.places.holes(unsigned)
    shape = cohort.shapes.get(holes.key)
    return shape is not None and shape.filled(holes.values) is not None


# --- The same bytes


def require_same_as_alone(cohort: ProofCohort, unsigned: dict[str, Any]) -> None:
    """Compare with the slow path, and that with PyLD; or see the same refusal."""
    try:
        message = signing_input(unsigned, OPTIONS)
        entry = rfc8785.dumps(secure(unsigned, OPTIONS, bytes(64)))
    except (CredentialFormatError, CanonicalFormError, rfc8785.CanonicalizationError, UnicodeError):
        with pytest.raises((CredentialFormatError, CanonicalFormError)):
            cohort.prepared(unsigned)
        return
    made = cohort.prepared(unsigned)
    assert made.defect == ""
    assert made.message == message
    assert made.head + multibase(bytes(64)).encode() + made.tail == entry
    assert is_same(made, unsigned, OPTIONS)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(achievement=achievements | st.just(FULL), recipients=st.lists(st.tuples(rows, any_text), min_size=2, max_size=4))
def test_whatever_recipients_and_achievements_are_a_cohort_signs_what_each_alone_signs(
    achievement: dict[str, Any], recipients: list[tuple[RosterRow, str]]
) -> None:
    cohort = cohort_for(achievement)
    for number, (one, salt) in enumerate(recipients):
        require_same_as_alone(cohort, document(cohort, one, number, salt))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_a_value_equal_to_any_other_in_the_document_stays_in_its_place(data: st.DataObject) -> None:
    cohort = cohort_for(FULL)
    first = document(cohort, row(evidence_url="https://a.example/x"), 1)
    cohort.prepared(first)
    strings = sorted({text for text in flat(first) if isinstance(text, str)})
    name, narrative, url = (data.draw(st.sampled_from(strings)) for _ in range(3))
    other = row(recipient=Recipient(email=name, name=name), narrative=narrative, evidence_url=url)
    require_same_as_alone(cohort, document(cohort, other, 2))


def flat(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in flat(item)]
    return [leaf for item in value for leaf in flat(item)] if isinstance(value, list) else [value]


LANGUAGE = {"@value": "Gut gemacht", "@language": "de"}


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one["credentialSubject"].update(narrative=LANGUAGE),
        lambda one: one.update(name=LANGUAGE),
        lambda one: one["credentialSubject"].update(creditsEarned=2**53 - 1),
        lambda one: one["credentialSubject"].update(creditsEarned=1e21),
        lambda one: one["credentialSubject"].update(creditsEarned=3.0),
        lambda one: one["credentialSubject"].update(creditsEarned=True),
        lambda one: one["credentialSubject"].update(creditsEarned=1e-7),
        lambda one: one["credentialSubject"].update(narrative=["twice", "twice"]),
        lambda one: one["credentialSubject"].update(term="Spring", role="assessor"),
        lambda one: one["credentialSubject"]["identifier"].append(one["credentialSubject"]["identifier"][0]),
        lambda one: one.update(validFrom="2026-06-30T02:00:00+02:00"),
        lambda one: one.update(evidence=[{"type": ["Evidence"]}, {"type": ["Evidence"]}]),
    ],
)
def test_members_and_values_of_another_kind_make_another_shape(change: Any) -> None:
    cohort = cohort_for(FULL)
    usual = document(cohort, row(), 1)
    changed = {**usual, "credentialSubject": copy.copy(usual["credentialSubject"])}
    changed["credentialSubject"]["identifier"] = list(usual["credentialSubject"]["identifier"])
    change(changed)
    for one in (usual, changed, document(cohort, row(), 2), changed):
        require_same_as_alone(cohort, one)


def test_an_achievement_that_others_endorsed_keeps_its_graphs_apart() -> None:
    word = {
        "@context": list(CONTEXTS),
        "id": "urn:uuid:00000000-0000-4000-8000-0000000000aa",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "A word",
        "issuer": {"id": "did:web:agency.example", "type": ["Profile"]},
        "validFrom": "2026-06-30T00:00:00Z",
        "credentialSubject": {"id": FULL["id"], "type": ["EndorsementSubject"], "endorsementComment": "Good."},
    }
    other = ProofOptions(OPTIONS.created, "did:web:agency.example#z6Mk")
    cohort = cohort_for({**FULL, "endorsement": [secure(word, other, bytes(64))]})
    for number in range(3):
        unsigned = document(cohort, row(narrative=f"{number}"), number)
        require_same_as_alone(cohort, unsigned)
        assert is_fast(cohort, unsigned)


def test_all_sums_of_credits_make_two_shapes() -> None:
    cohort = cohort_for(FULL)
    for cents in range(0, 300, 7):
        unsigned = document(cohort, row(credits_earned=Decimal(cents) / 100))
        require_same_as_alone(cohort, unsigned)
        assert is_fast(cohort, unsigned)
    assert len(cohort.shapes) == 2


# --- What is done once, and what is not


def test_a_recipient_of_a_known_shape_needs_no_json_ld_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    cohort = cohort_for(FULL)
    cohort.prepared(document(cohort, row(), 1))
    monkeypatch.setattr("registry.credentials.signing.expand", None)
    monkeypatch.setattr("registry.credentials.cohort.signing_input", None)
    cohort.prepared(document(cohort, row(narrative="Also\twell done"), 2))


def test_two_nodes_that_a_recipient_makes_alike_go_the_slow_way() -> None:
    cohort = cohort_for(FULL)
    twins = document(cohort, row(), 1)
    for texts, fast in ((("a", "b"), True), (("a", "a"), False)):
        twins["evidence"] = [{"type": ["Evidence"], "narrative": text} for text in texts]
        require_same_as_alone(cohort, twins)
        assert is_fast(cohort, twins) is fast


def test_two_evidences_of_one_address_are_one_thing_in_the_graph() -> None:
    cohort = cohort_for(FULL)
    badge = document(cohort, row(), 1)
    for end, fast in (("y", True), ("x", False)):
        urls = ("https://a.example/x", f"https://a.example/{end}")
        badge["evidence"] = [{"id": url, "type": ["Evidence"]} for url in urls]
        require_same_as_alone(cohort, badge)
        assert is_fast(cohort, badge) is fast


def test_percent_signs_and_backslashes_stay_what_they_are() -> None:
    cohort = cohort_for({**FULL, "description": "100 % of %s, %b and \\n"})
    for narrative in ("%s", "%%", "\\n", '\\"\n\t\r'):
        unsigned = document(cohort, row(narrative=narrative))
        require_same_as_alone(cohort, unsigned)
        assert is_fast(cohort, unsigned)


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x7f", "\uffff"])
def test_a_control_character_is_refused_in_a_known_shape_too(character: str) -> None:
    cohort = cohort_for(FULL)
    cohort.prepared(document(cohort, row()))
    with pytest.raises(CredentialFormatError, match="control character"):
        cohort.prepared(document(cohort, row(narrative=f"a{character}b")))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": True}, {"a": 1}),
        ({"a": 1}, {"a": 1.0}),
        ({"a": {"x": "y"}}, {"a": "x", "y": {}}),
        ({"a": [["b"]]}, {"a": ["b", []]}),
        ({"id": "x"}, {"id": 1}),
        ({"id": 1}, {"id": 1.5}),
        ({"id": "x", "a": "b"}, {"id": "x", "a": "c"}),
        ({"id": None}, {"id": "x"}),
    ],
)
def test_what_differs_in_more_than_a_value_has_another_shape(one: dict[str, Any], other: dict[str, Any]) -> None:
    places = Places({}, PERSONAL)
    assert places.holes(one).key != places.holes(other).key


@pytest.mark.parametrize(
    "url", ["x", "", "_:b", "@id", "rdf:type", "mailto:a@b.example", "https://a.example/%zz", 'https://a.example/"']
)
def test_an_address_that_is_read_in_its_context_goes_the_slow_way(url: str) -> None:
    cohort = cohort_for(FULL)
    usual = document(cohort, row(evidence_url="https://a.example/x"))
    cohort.prepared(usual)
    odd = document(cohort, row(evidence_url="https://a.example/x"))
    odd["evidence"][0]["id"] = url
    require_same_as_alone(cohort, odd)
    assert not is_fast(cohort, odd)
    assert is_fast(cohort, usual)


def test_no_context_that_we_serve_defines_a_scheme_that_we_take_for_one() -> None:
    for url in SERVED:
        defined = json.dumps(context_document(url))
        assert not [scheme for scheme in SAFE_SCHEMES if f'"{scheme}":' in defined]


def test_a_member_that_the_graph_does_not_keep_is_refused_as_it_is_alone() -> None:
    cohort = cohort_for(FULL)
    undefined = {**document(cohort, row()), "colour": "blue"}
    with pytest.raises(CredentialFormatError, match="colour"):
        cohort.prepared(undefined)


def test_a_cohort_of_endless_shapes_keeps_a_bounded_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cohorts, "MAX_SHAPES", 2)
    cohort = cohort_for(FULL, frozenset({"id"}))  # every other value is part of the shape
    for number in range(4):
        require_same_as_alone(cohort, document(cohort, row(narrative=f"{number}"), number))
    assert len([shape for shape in cohort.shapes.values() if shape]) == 2


@pytest.mark.parametrize("known", [ISSUER["id"], FULL["id"]])
def test_a_recipient_with_the_id_of_something_else_in_the_credential_goes_the_slow_way(known: str) -> None:
    cohort = cohort_for(FULL)
    require_same_as_alone(cohort, document(cohort, row(recipient=Recipient(did="did:web:ada.example")), 1))
    same = document(cohort, row(recipient=Recipient(did=known)), 2)
    assert not is_fast(cohort, same)
    require_same_as_alone(cohort, same)
    assert is_fast(cohort, document(cohort, row(recipient=Recipient(did="did:web:bea.example")), 3))


def test_two_values_of_one_member_are_two_statements_and_not_if_they_are_the_same() -> None:
    unsigned = document(cohort_for(FULL), row())
    achievement = unsigned["credentialSubject"]["achievement"]

    def tagged(*tags: str) -> dict[str, Any]:
        return {
            **unsigned,
            "credentialSubject": {"type": ["AchievementSubject"], "achievement": achievement | {"tag": list(tags)}},
        }

    markers = ("urn:hole:1:", "urn:hole:2:")
    template = graph_template.graph_template(require_signable(tagged(*markers)), markers)
    assert template is not None
    for tags in (("a", "b"), ("b", "a")):
        assert template.filled(tags) == canonical_nquads(require_signable(tagged(*tags)))
    assert template.filled(("a", "a")) is None


# --- Defects


def without_accent(value: Any) -> Any:
    return value.replace("é", "e") if isinstance(value, str) else value


@pytest.mark.parametrize("part", [graph_template.GraphTemplate, entry_template.EntryTemplate])
def test_a_defect_of_the_fast_way_is_told_and_not_signed(part: type, monkeypatch: pytest.MonkeyPatch) -> None:
    cohort = cohort_for(FULL)
    cohort.prepared(document(cohort, row(), 1))
    wrong = document(cohort, row(narrative="Café"), 2)
    expected = signing_input(wrong, OPTIONS)
    whole = part.filled  # type: ignore[attr-defined]
    monkeypatch.setattr(part, "filled", lambda self, values: whole(self, [without_accent(one) for one in values]))
    made = cohort.prepared(wrong, checked=True)
    assert "would have signed other bytes" in made.defect
    assert made.message == expected
    assert not is_fast(cohort, wrong)
    assert cohort.prepared(document(cohort, row(narrative="Café"), 3)).defect == ""


def test_a_document_made_in_bulk_verifies() -> None:
    key = Ed25519PrivateKey.generate()
    public = multibase(b"\xed\x01" + key.public_key().public_bytes_raw())
    options = ProofOptions(OPTIONS.created, f"did:web:uni.example#{public}")
    cohort = ProofCohort(options, cohort_for(FULL).places)
    for number in range(3):
        made = cohort.prepared(document(cohort, row(recipient=Recipient(email=f"{number}@b.example")), number))
        entry = made.head + multibase(sign(key, made.message)).encode() + made.tail
        assert verify_proof(json.loads(entry)).outcome == "passed"
        assert canonical_bytes(json.loads(entry)) == entry
