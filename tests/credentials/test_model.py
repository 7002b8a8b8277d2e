"""The forms against the published JSON schemas, and an issuer's own files."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from registry.core.errors import CredentialFormatError
from registry.credentials.contexts import CLR_CONTEXTS
from registry.credentials.model import parse_achievement, parse_profile
from registry.credentials.shape import shape_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = Path(__file__).parents[2].parent / "shared" / "data"
BADGE: dict[str, Any] = json.loads(Path(__file__).parents[1].joinpath("vectors", "full_badge.json").read_text("utf-8"))
SCHEMAS = ["ob_v3p0_achievementcredential_schema.json", "clr_v2p0_achievementcredential_schema.json"]
WHERE_WE_ASK_MORE = ("names nobody", "says nothing", "type does not name", "its type names none")
"""What the specification demands and its schemas leave out."""

needs_schemas = pytest.mark.skipif(not DATA.is_dir(), reason="the 1EdTech schemas are not beside this repository")


def validator(name: str) -> jsonschema.Draft201909Validator:
    schema = json.loads((DATA / "schemas" / name).read_text("utf-8"))
    return jsonschema.Draft201909Validator(schema, format_checker=jsonschema.FormatChecker())


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in items:
        yield from places(item, (*path, step))


def mutated(document: dict[str, Any], path: tuple[Any, ...], *value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    parent: Any = changed
    for step in path[:-1]:
        parent = parent[step]
    if value:
        parent[path[-1]] = value[0]
    else:
        del parent[path[-1]]
    return changed


def problems(document: dict[str, Any]) -> list[str]:
    return [problem.detail for problem in shape_problems(document)]


def signed_looking(document: dict[str, Any]) -> dict[str, Any]:
    proof = {"type": "DataIntegrityProof", "created": "2026-01-01T00:00:00Z", "proofValue": "z1"}
    return {**document, "proof": [proof]}


def stack() -> dict[str, Any]:
    association = {"type": "Association", "associationType": "precedes", "sourceId": "urn:a", "targetId": "urn:b"}
    subject = {"type": ["ClrSubject"], "identifier": BADGE["credentialSubject"]["identifier"]}
    subject |= {"verifiableCredential": [signed_looking(BADGE)], "association": [association]}
    head = {"@context": list(CLR_CONTEXTS), "type": ["VerifiableCredential", "ClrCredential"], "partial": True}
    return {
        **{name: BADGE[name] for name in ("id", "name", "issuer", "validFrom")},
        **head,
        "credentialSubject": subject,
    }


def endorsement() -> dict[str, Any]:
    word: dict[str, Any] = BADGE["credentialSubject"]["achievement"]["endorsement"][0]
    return word


CASES = [
    (SCHEMAS[0], signed_looking(BADGE)),
    (SCHEMAS[1], BADGE),
    ("ob_v3p0_endorsementcredential_schema.json", endorsement()),
    ("clr_v2p0_clrcredential_schema.json", stack()),
]


@needs_schemas
@pytest.mark.parametrize(("name", "document"), CASES, ids=[name for name, _ in CASES])
def test_a_credential_that_the_schema_accepts_has_the_right_shape(name: str, document: dict[str, Any]) -> None:
    assert validator(name).is_valid(document)
    assert problems(document) == []


WRONG = (5, "x", True, {"x y": 5}, [])


@needs_schemas
@pytest.mark.parametrize(("name", "document"), CASES, ids=[name for name, _ in CASES])
def test_on_every_altered_member_we_agree_with_the_schema(name: str, document: dict[str, Any]) -> None:
    schema = validator(name)
    disagreed = []
    # Contexts have a check of their own, which is stricter.
    for at, path in enumerate(path for path in places(document) if "@context" not in path):
        for changed in (mutated(document, path), mutated(document, path, WRONG[at % len(WRONG)])):
            found = problems(changed)
            stricter = found and all(any(words in text for words in WHERE_WE_ASK_MORE) for text in found)
            if schema.is_valid(changed) == bool(found) and not stricter:
                disagreed.append((path, WRONG[at % len(WRONG)], found))

    assert disagreed == []


@needs_schemas
@pytest.mark.parametrize("path", sorted(DATA.glob("samples/*/*.json")), ids=lambda path: path.stem)
def test_on_samples_from_the_field_we_agree_with_the_schema(path: Path) -> None:
    document = json.loads(path.read_text("utf-8"))
    alarms = [text for text in problems(document) if not any(words in text for words in WHERE_WE_ASK_MORE)]

    assert validator(SCHEMAS[0]).is_valid(document) == (alarms == [])


@pytest.mark.parametrize(
    "dropped", [("credentialSubject", "identifier"), ("credentialSubject", "achievement", "criteria")]
)
def test_nobody_and_nothing_asked_are_refused_though_the_schemas_accept_them(dropped: tuple[str, ...]) -> None:
    assert problems(mutated(BADGE, dropped, {} if dropped[-1] == "criteria" else []))


def test_a_closed_list_of_terms_takes_no_terms_of_ones_own() -> None:
    place = ("credentialSubject", "result", 0, "status")

    assert "no defined term" in problems(mutated(BADGE, place, "ext:Done"))[0]


MINIMAL = {"name": "Water", "description": "Sampling.", "criteria": {"narrative": "A report."}}


def test_an_achievement_file_needs_neither_id_nor_type() -> None:
    assert parse_achievement(MINIMAL) == {**MINIMAL, "type": ["Achievement"]}


def test_the_full_achievement_is_read_as_it_stands() -> None:
    achievement = BADGE["credentialSubject"]["achievement"]

    assert parse_achievement(achievement) == achievement


def test_a_profile_is_read_as_it_stands() -> None:
    assert parse_profile(BADGE["issuer"]) == BADGE["issuer"]


def test_single_values_become_arrays_wherever_several_may_stand() -> None:
    alignment = {"type": "Alignment", "targetName": "EQF 5", "targetUrl": "http://data.europa.eu/snb/eqf/5"}
    read = parse_achievement({**MINIMAL, "tag": "water", "alignment": alignment, "type": "Achievement"})

    assert read["tag"] == ["water"]
    assert read["alignment"] == [{**alignment, "type": ["Alignment"]}]
    assert read["type"] == ["Achievement"]


def test_own_terms_with_the_prefix_ext_are_kept() -> None:
    assert parse_achievement({**MINIMAL, "achievementType": "ext:Nanodegree"})["achievementType"] == "ext:Nanodegree"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"aligment": []}, "aligment is not a member of Open Badges 3.0; did you mean 'alignment'?"),
        ({"criteria": {"narative": "x", "id": "urn:c"}}, "criteria.narative .* did you mean 'narrative'"),
        ({"zzz": 1}, "zzz is not a member of Open Badges 3.0; known are achievementType"),
        ({"criteria": {}}, "criteria says nothing; give it a narrative"),
        ({"name": None}, "name must be text"),
        ({"achievementType": "Microcredential"}, "the nearest is 'MicroCredential', or a term of your own"),
        ({"creditsAvailable": "5"}, "creditsAvailable must be a number"),
        ({"alignment": [{"type": ["Alignment"], "targetName": "x"}]}, r"alignment\[0\].targetUrl is missing"),
        (
            {"alignment": [{"type": ["Alignment"], "targetName": "x", "tagetUrl": "x"}]},
            "'tagetUrl' may be meant for it",
        ),
        ({"type": ["Profile"]}, "type does not name Achievement"),
        ({"inLanguage": "german"}, "inLanguage is not as Open Badges 3.0 asks"),
        ({"image": "logo.png"}, "image must be an object"),
    ],
)
def test_a_wrong_achievement_file_is_refused_in_words_that_help(change: dict[str, Any], message: str) -> None:
    with pytest.raises(CredentialFormatError, match=message):
        parse_achievement({**MINIMAL, **change})


@pytest.mark.parametrize("value", [[], "text", None, 5])
def test_a_file_that_is_no_object_is_refused(value: object) -> None:
    with pytest.raises(CredentialFormatError, match="must be an object"):
        parse_profile(value)


def test_every_wrong_member_is_reported_at_once() -> None:
    with pytest.raises(CredentialFormatError, match=r"name is missing.*criteria is missing"):
        parse_achievement({"description": "x"})
