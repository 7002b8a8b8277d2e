"""What an achievement carries after endorsements were given, kept, or left behind by a changed text."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from registry.core.canonical import canonical_bytes
from registry.core.errors import InputError, StateError
from registry.core.receipt import MAX_ENDORSEMENTS
from registry.credentials.endorsement import endorsed_object
from registry.services.embed import Embedded, Embedding
from registry.services.endorse import endorsable

worlds = sys.modules["services_world"]  # loaded by tests/services/conftest.py
TEXT: dict[str, Any] = worlds.ACHIEVEMENT


class Maker:
    """A guild that endorses the achievement, and an issuer that takes its words in."""

    def __init__(self) -> None:
        self.world = worlds.World()
        self.guild = worlds.new_issuer("guild")
        self.world.chain.enrol(self.guild)

    def given(self, **changes: Any) -> tuple[dict[str, Any], tuple[str, bytes]]:
        word = worlds.endorsement(self.guild, **changes)
        return word, ("word.json", worlds.bundle_bytes(word, self.world.chain.anchor([word], self.guild)))

    def embedded(self, document: dict[str, Any], before: dict[str, Any] | None, *given: tuple[str, bytes]) -> Embedded:
        return Embedding(self.world.verifier.verify_endorsement).embedded(document, before, given)


def test_a_given_endorsement_is_carried_with_its_receipt() -> None:
    maker = Maker()
    word, given = maker.given()
    found = maker.embedded(TEXT, None, given)

    assert found.document == {**TEXT, "endorsement": [word]}
    assert [receipt.leaf_hash for receipt in found.receipts] == [worlds.leaf_of(word)]


def test_what_was_carried_stays_and_is_not_judged_again_while_the_text_is_the_same() -> None:
    maker = Maker()
    word, given = maker.given()
    before = {**TEXT, "endorsement": [word]}
    maker.world.chain.revoke(word, maker.guild)
    other, also = maker.given(endorsementComment="In other words.")

    assert maker.embedded(TEXT, before).document == before
    assert maker.embedded(TEXT, before, also).document["endorsement"] == [word, other]
    with pytest.raises(InputError, match=r"word.json: Withdrawn: the issuer revoked it on .* Nothing was changed"):
        maker.embedded(TEXT, before, given)


def test_a_changed_text_leaves_the_endorsements_of_the_former_one_behind() -> None:
    maker = Maker()
    word, _ = maker.given()
    changed = {**TEXT, "name": "Data Mastery"}
    found = maker.embedded(changed, {**TEXT, "endorsement": [word]})

    assert (found.document, found.dropped) == (changed, (maker.guild.did,))


def test_an_endorsement_written_into_the_file_is_judged_unless_it_was_carried_for_this_text() -> None:
    maker = Maker()
    word, _ = maker.given()
    before = {**TEXT, "endorsement": [word]}

    assert maker.embedded(before, before).document == before
    with pytest.raises(InputError, match=r"endorsement\[0\]: .* endorses another text"):
        maker.embedded({**before, "name": "Data Mastery"}, before)
    assert maker.embedded({**TEXT, "endorsement": []}, before).document == TEXT


def test_what_cannot_be_told_now_is_not_carried() -> None:
    maker = Maker()
    _, given = maker.given()
    maker.world.chain.down = True
    with pytest.raises(StateError, match="could not be reached"):
        maker.embedded(TEXT, None, given)


def test_a_badge_and_a_token_are_no_endorsement_to_carry() -> None:
    maker = Maker()
    badge = worlds.badge(maker.guild)
    with pytest.raises(InputError, match="is none"):
        maker.embedded(
            TEXT, None, ("badge.json", worlds.bundle_bytes(badge, maker.world.chain.anchor([badge], maker.guild)))
        )
    with pytest.raises(InputError, match="VC-JWT"):
        maker.embedded(TEXT, None, ("token.jwt", b"eyJhbGciOiJFZERTQSJ9.e30.c2ln"))


def test_no_more_are_carried_than_a_bundle_has_receipts_for() -> None:
    maker = Maker()
    word, given = maker.given()
    many = [{**word, "id": f"urn:uuid:{number}"} for number in range(MAX_ENDORSEMENTS)]
    with pytest.raises(InputError, match="at most 63 endorsements, not 64"):
        maker.embedded(TEXT, {**TEXT, "endorsement": many}, given)


def test_an_achievement_and_a_profile_can_be_endorsed_as_they_stand() -> None:
    profile = {"id": "did:web:uni.example", "type": ["Profile"], "name": "The University"}
    for thing in (TEXT, {**TEXT, "type": "Achievement"}, profile):
        found = endorsable("x.json", canonical_bytes(thing))
        assert (found.endorsed, found.name, found.bundle) == (endorsed_object(thing), thing["name"], None)
    with pytest.raises(InputError, match=r"x.json: .*criteria is missing.* Nothing was signed"):
        endorsable("x.json", canonical_bytes({"id": "urn:x", "type": ["Achievement"], "name": "x", "description": "x"}))
