"""Endorsements: each stands only by what it is really about, and none spoils what it is embedded in."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.checks.report import report_json, standing
from registry.core.account import Address
from registry.core.canonical import canonical_bytes, entry_of
from registry.core.errors import CredentialFormatError, ReceiptFormatError
from registry.core.receipt import MAX_ENDORSEMENTS, parse_bundle
from registry.credentials.endorsement import (
    compose_endorsement,
    digest_text,
    endorsed_credential,
    endorsed_object,
    read_digest,
)
from registry.credentials.keys import multibase

if TYPE_CHECKING:
    from collections.abc import Callable

worlds = sys.modules["services_world"]  # loaded by tests/services/conftest.py
check, told = worlds.check, worlds.told


@pytest.fixture
def world() -> Any:
    return worlds.World()


@pytest.fixture
def guild(world: Any) -> Any:
    made = worlds.new_issuer("guild")
    world.chain.enrol(made)
    return made


def judged(world: Any, guild: Any, word: dict[str, Any], **achievement: Any) -> Any:
    """Judge a badge whose achievement carries this endorsement, and is changed as said."""
    unsigned = worlds.unsigned_badge(world.issuer, [word])
    unsigned["credentialSubject"]["achievement"] |= achievement
    document = world.issuer.signed(unsigned)
    receipts = [*world.chain.anchor([document], world.issuer), *world.chain.anchor([word], guild)]
    return world.judge(document, receipts)


def finding(report: Any) -> tuple[str, str]:
    [part] = report.parts
    found = next(one for one in part.report.checks if one.check == "endorsed")
    return found.outcome.value, found.code


def test_an_endorsement_of_exactly_this_achievement_stands(world: Any, guild: Any) -> None:
    report = judged(world, guild, worlds.endorsement(guild)).report

    assert finding(report) == ("passed", "endorses-this")
    assert standing(report.parts[0].report) == "It stands."


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"id": "urn:uuid:another"}, ("failed", "endorses-something-else")),
        ({"digestMultibase": digest_text(endorsed_object({"id": "x"}).digest)}, ("failed", "endorses-something-else")),
        ({"digestMultibase": None}, ("undecided", "endorsed-by-id-alone")),
        ({"digestMultibase": "uEiA"}, ("undecided", "unknown-digest")),
        ({"digestMultibase": "zQm"}, ("undecided", "unknown-digest")),
    ],
)
def test_an_endorsement_of_something_else_or_of_no_text_does_not_stand(
    world: Any, guild: Any, changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    whole = judged(world, guild, worlds.endorsement(guild, **changes))

    assert finding(whole.report) == expected
    assert told(whole) == ("verified", "verified")
    assert check(whole, "endorsements") == ("passed", "endorsement-not-standing")


@pytest.mark.parametrize("changed", [{"name": "Data Mastery"}, {"creditsAvailable": 60}, {"criteria": {"id": "urn:x"}}])
def test_an_endorsement_lifted_into_another_text_of_the_same_id_does_not_stand(
    world: Any, guild: Any, changed: dict[str, Any]
) -> None:
    report = judged(world, guild, worlds.endorsement(guild), **changed).report

    assert finding(report) == ("failed", "endorses-something-else")
    assert "another text" in standing(report.parts[0].report) or "something else" in standing(report.parts[0].report)


def test_a_good_badge_in_the_place_of_an_endorsement_is_none(world: Any, guild: Any) -> None:
    token = "eyJhbGciOiJFZERTQSJ9.e30.c2ln"
    unsigned = worlds.unsigned_badge(world.issuer)
    unsigned["credentialSubject"]["achievement"]["endorsementJwt"] = [token]
    report = world.judge(world.issuer.signed(unsigned)).report
    assert finding(report) == ("failed", "no-endorsement")
    inside = judged(world, guild, worlds.badge(guild))
    assert inside.report.verdict.value == "not-verified"


def carrying(guild: Any, word: dict[str, Any], name: str) -> dict[str, Any]:
    """Return this endorsement under another id, with itself in its issuer."""
    bare = {member: value for member, value in word.items() if member != "proof"}
    return guild.signed({**bare, "id": name, "issuer": {**bare["issuer"], "endorsement": [word]}})


def test_an_endorsement_that_carries_itself_is_refused(world: Any, guild: Any) -> None:
    word = worlds.endorsement(guild)
    whole = judged(world, guild, carrying(guild, word, word["id"]))

    assert told(whole) == ("verified", "verified")
    assert whole.report.parts[0].report.reason == "described-twice"


def test_an_endorsement_of_an_achievement_does_not_endorse_the_profile_it_was_moved_to(world: Any, guild: Any) -> None:
    whole = judged(world, guild, carrying(guild, worlds.endorsement(guild), "urn:uuid:another"))

    [outer] = whole.report.parts
    assert (finding(whole.report), finding(outer.report)) == (
        ("passed", "endorses-this"),
        ("failed", "endorses-something-else"),
    )


def test_an_endorsement_by_a_bare_key_stands_for_nobody(world: Any) -> None:
    key = Ed25519PrivateKey.generate()
    name = worlds.PublicKey.of(key).multibase
    nobody = worlds.Issuer(f"did:key:{name}", key, Address("0x" + "77" * 20))
    word = worlds.endorsement(nobody)
    document = worlds.badge(world.issuer, [word])
    report = world.judge(document, world.chain.anchor([document], world.issuer)).report

    assert report.verdict.value == "verified"
    assert (report.parts[0].report.verdict.value, report.parts[0].issuer) == ("undecided", "")


def test_a_withdrawn_endorsement_is_shown_as_withdrawn_with_its_date(world: Any, guild: Any) -> None:
    word = worlds.endorsement(guild)
    world.chain.revoke(word, guild)
    whole = judged(world, guild, word)

    assert told(whole) == ("verified", "verified")
    assert standing(whole.report.parts[0].report) == "Withdrawn: the issuer revoked it on 22 November 2026."


def test_the_endorser_is_named_by_its_accreditor_and_never_by_itself(world: Any) -> None:
    stranger = worlds.new_issuer("stranger")
    world.chain.enrol(stranger, accredited=False)
    known = worlds.new_issuer("guild")
    world.chain.enrol(known)
    names = [judged(world, one, worlds.endorsement(one)).report.parts[0].issuer for one in (known, stranger)]

    assert names == ["The University", ""]


def test_an_endorser_whose_web_site_confirms_it_is_named_by_its_address(world: Any) -> None:
    guild = worlds.new_issuer("guild")
    world.chain.enrol(guild, accredited=False)
    world.web.name_account(guild)

    assert judged(world, guild, worlds.endorsement(guild)).report.parts[0].issuer == "guild.example"


def test_the_json_report_says_who_endorses_what_they_say_and_whether_it_stands(world: Any, guild: Any) -> None:
    [part] = report_json(judged(world, guild, worlds.endorsement(guild)).report, "x")["parts"]

    said = {"issuedBy": "The University", "comment": "We hire on the strength of this.", "standing": "It stands."}
    assert said.items() <= part.items()


def test_the_receipt_of_an_endorsement_is_asked_of_the_endorsers_registry(world: Any, guild: Any) -> None:
    word = worlds.endorsement(guild)
    document = worlds.badge(world.issuer, [word])
    world.web.name_account(guild)
    world.web.registries["https://guild.example/receipts", word["id"]] = world.chain.anchor([word], guild)

    assert check(world.judge(document, world.chain.anchor([document], world.issuer)), "endorsements")[1] == "endorsed"


def test_an_endorsement_of_a_profile_stands_in_that_profile_and_in_no_other(world: Any, guild: Any) -> None:
    unsigned = worlds.unsigned_badge(world.issuer)
    word = worlds.endorsement(guild, endorsed_object(unsigned["issuer"]))
    for name, expected in (("The University", "endorses-this"), ("A Grander University", "endorses-something-else")):
        document = world.issuer.signed(
            {**unsigned, "issuer": {**unsigned["issuer"], "name": name, "endorsement": [word]}}
        )
        assert finding(world.judge(document).report)[1] == expected


def test_an_endorsement_shown_alone_says_what_it_is_of_and_was_not_compared(world: Any, guild: Any) -> None:
    word = worlds.endorsement(guild)
    whole = world.judge(word, world.chain.anchor([word], guild))

    assert (told(whole), check(whole, "endorsed")) == (("verified", "verified"), ("skipped", "shown-alone"))


# --- Of one credential, beside it


def beside(world: Any, guild: Any, of: Callable[[dict[str, Any]], bytes]) -> Any:
    document = worlds.badge(world.issuer)
    word = worlds.endorsement(guild, endorsed_credential(document["id"], of(document)))
    receipts = [*world.chain.anchor([document], world.issuer), *world.chain.anchor([word], guild)]
    return world.verifier.verify(worlds.bundle_bytes(document, receipts, [word]))


def _entry(document: dict[str, Any]) -> bytes:
    return entry_of(document, document["proof"][0])


def test_an_endorsement_beside_the_credential_it_endorses_stands(world: Any, guild: Any) -> None:
    whole = beside(world, guild, _entry)

    assert (told(whole), finding(whole.report)) == (("verified", "verified"), ("passed", "endorses-this"))
    assert whole.report.parts[0].place == "endorsements[0]"


def test_an_endorsement_of_a_credential_still_stands_when_somebody_adds_a_proof_of_their_own(
    world: Any, guild: Any
) -> None:
    document = worlds.badge(world.issuer)
    word = worlds.endorsement(guild, endorsed_credential(document["id"], _entry(document)))
    shown = {**document, "proof": [*document["proof"], {"type": "SomebodysProof2031"}]}
    receipts = [*world.chain.anchor([document], world.issuer), *world.chain.anchor([word], guild)]

    assert finding(world.verifier.verify(worlds.bundle_bytes(shown, receipts, [word])).report)[1] == "endorses-this"


def test_an_endorsement_of_another_credential_with_the_same_id_does_not_stand(world: Any, guild: Any) -> None:
    whole = beside(world, guild, lambda document: _entry({**document, "name": "Data Mastery"}))

    assert (told(whole), finding(whole.report)) == (("verified", "verified"), ("failed", "endorses-something-else"))


def test_a_thousand_endorsements_are_not_judged(world: Any, guild: Any) -> None:
    word = worlds.endorsement(guild)
    document = worlds.badge(world.issuer)
    with pytest.raises(ReceiptFormatError, match="endorsements"):
        parse_bundle({"credential": document, "endorsements": [word] * (MAX_ENDORSEMENTS + 1)})
    unsigned = worlds.unsigned_badge(world.issuer, [word] * 1000)
    whole = world.judge({**unsigned, "proof": document["proof"]})
    assert told(whole) == ("not-verified", "too-complex")
    assert world.chain.asked == 0


# --- The values themselves


def test_an_achievement_is_endorsed_without_the_endorsements_in_it() -> None:
    bare = endorsed_object(worlds.ACHIEVEMENT)
    assert endorsed_object({**worlds.ACHIEVEMENT, "endorsement": [{}], "endorsementJwt": ["a.b.c"]}) == bare
    assert endorsed_object({**worlds.ACHIEVEMENT, "tag": ["x"]}) != bare


def test_a_digest_is_read_as_it_was_written_and_in_base58() -> None:
    digest = endorsed_object(worlds.ACHIEVEMENT).digest
    assert digest is not None
    assert digest_text(digest).startswith("uEi")
    assert read_digest(digest_text(digest)) == digest
    assert read_digest(multibase(b"\x12\x20" + digest)) == digest


@pytest.mark.parametrize("text", ["", "u", "u!!!!", "uEiA", "zQm", "mEiA", "u" + "A" * 46, "u" + "é" * 46])
def test_what_is_no_sha_256_multihash_is_refused(text: str) -> None:
    with pytest.raises(CredentialFormatError):
        read_digest(text)


@pytest.mark.parametrize("thing", [{"name": "x"}, {"id": "urn:x", "creditsAvailable": 2**60}])
def test_what_has_no_id_or_no_canonical_form_is_not_endorsed(thing: dict[str, Any]) -> None:
    with pytest.raises(CredentialFormatError, match="cannot be endorsed"):
        compose_endorsement(
            endorsed_object(thing),
            {"id": "did:web:x", "type": ["Profile"]},
            name="x",
            comment="x",
            credential_id="urn:uuid:x",
            status_entry={},
            valid_from=worlds.NOW,
        )


def test_a_bundle_without_endorsements_is_written_as_it_always_was(world: Any) -> None:
    document = worlds.badge(world.issuer)
    assert worlds.bundle_bytes(document) == canonical_bytes({"credential": document, "receipts": []})
