"""Verifying end to end against chains and web sites in memory: what is asked, how often, and what follows."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import Any

import pytest

from registry.core.account import Address
from registry.core.errors import InputError
from registry.core.proof import InclusionProof
from registry.core.receipt import MAX_ANCHORS, MAX_RECEIPTS, AnchorHint
from registry.ports import IssuerSite
from registry.services import chain_questions, gather, web_questions
from registry.services.anchors import MAX_ANCHORS_ASKED
from registry.services.embedded import embedded_in

worlds = sys.modules["services_world"]  # loaded by conftest.py
World, told, check = worlds.World, worlds.told, worlds.check


@pytest.fixture
def world() -> Any:
    return World()


# --- Receipts


def test_a_bundle_of_an_accredited_issuer_is_verified_without_any_web_site(world: Any) -> None:
    document = worlds.badge(world.issuer)
    judged = world.judge(document, world.chain.anchor([document], world.issuer))
    assert told(judged) == ("verified", "verified")
    assert (world.chain.asked, world.web.asked) == (1, [])


def test_a_bare_credential_gets_its_receipt_from_the_issuers_registry(world: Any) -> None:
    document = worlds.badge(world.issuer)
    world.web.name_account(world.issuer)
    place = ("https://uni.example/receipts", document["id"])
    world.web.registries[place] = world.chain.anchor([document], world.issuer)
    judged = world.judge(document)
    assert told(judged) == ("verified", "verified")
    assert judged.facts.receipt is not None


def test_the_second_registry_is_asked_where_the_first_does_not_answer(world: Any) -> None:
    document = worlds.badge(world.issuer)
    world.web.sites[world.issuer.did] = IssuerSite((), ("https://old.example", "https://new.example"))
    world.web.registries["https://new.example", document["id"]] = world.chain.anchor([document], world.issuer)
    assert told(world.judge(document)) == ("verified", "verified")


def test_a_registry_that_does_not_answer_leaves_the_credential_undecided(world: Any) -> None:
    judged = world.judge(worlds.badge(world.issuer))
    assert told(judged) == ("undecided", "receipt-unreachable")


def test_a_registry_that_answers_with_receipts_of_other_credentials_gives_none(world: Any) -> None:
    document, other = worlds.badge(world.issuer), worlds.badge(world.issuer)
    world.web.name_account(world.issuer)
    place = ("https://uni.example/receipts", document["id"])
    world.web.registries[place] = world.chain.anchor([other], world.issuer)
    assert told(world.judge(document)) == ("undecided", "no-receipt")


def test_an_issuer_without_a_web_site_is_not_looked_up(world: Any) -> None:
    key = world.issuer.public.multibase
    issuer = replace(world.issuer, did=f"did:key:{key}")
    judged = world.judge(worlds.badge(issuer))
    assert told(judged) == ("undecided", "no-receipt")
    assert world.web.asked == []


def test_a_receipt_on_a_chain_that_is_not_accepted_does_not_hide_one_that_is(world: Any) -> None:
    document = worlds.badge(world.issuer)
    foreign = worlds.receipts_for([document], world.issuer, chain_id=5)
    good = world.chain.anchor([document], world.issuer)
    assert told(world.judge(document, [*foreign, *good])) == ("verified", "verified")


def test_a_damaged_receipt_does_not_hide_a_sound_one(world: Any) -> None:
    document = worlds.badge(world.issuer)
    [good] = world.chain.anchor([document], world.issuer)
    longer = InclusionProof(good.proof.index, good.proof.tree_size, (*good.proof.path, good.root))
    judged = world.judge(document, [replace(good, proof=longer), good])
    assert told(judged) == ("verified", "verified")


def test_a_batch_that_was_never_anchored_does_not_hide_one_that_was(world: Any) -> None:
    document = worlds.badge(world.issuer)
    never = worlds.receipts_for([document], world.issuer, worlds.NETWORK.chain_id)
    good = world.chain.anchor([document], world.issuer)
    assert told(world.judge(document, [*never, *good])) == ("verified", "verified")


def test_of_several_accepted_chains_the_main_network_speaks() -> None:
    main = worlds.Chain(worlds.MAIN)
    world = World(others=(main,))
    document = worlds.badge(world.issuer)
    receipts = [*world.chain.anchor([document], world.issuer), *main.anchor([document], world.issuer)]
    judged = world.judge(document, receipts)
    assert (told(judged), judged.report.network) == (("verified", "verified"), "mainnet")


def test_a_chain_that_is_down_is_passed_over_for_one_that_holds_the_anchor() -> None:
    main = worlds.Chain(worlds.MAIN, down=True)
    world = World(others=(main,))
    document = worlds.badge(world.issuer)
    receipts = [*main.anchor([document], world.issuer), *world.chain.anchor([document], world.issuer)]
    assert told(world.judge(document, receipts)) == ("verified", "verified")


def test_a_chain_that_is_down_outweighs_one_that_holds_no_anchor() -> None:
    main = worlds.Chain(worlds.MAIN, down=True)
    world = World(others=(main,))
    document = worlds.badge(world.issuer)
    elsewhere = worlds.receipts_for([document], world.issuer, worlds.NETWORK.chain_id)
    judged = world.judge(document, [*main.anchor([document], world.issuer), *elsewhere])
    assert told(judged) == ("undecided", "chain-unreachable")


def test_a_receipt_that_names_a_strangers_account_first_does_not_hide_the_issuers(world: Any) -> None:
    document = worlds.badge(world.issuer)
    [good] = world.chain.anchor([document], world.issuer)
    stranger = worlds.new_issuer()
    world.chain.enrol(stranger, accredited=False)
    place = (stranger.account, good.root, good.proof.tree_size)
    world.chain.anchors[place] = world.chain.anchors[world.issuer.account, good.root, good.proof.tree_size]
    theirs = AnchorHint(worlds.NETWORK.chain_id, worlds.CONTRACT, stranger.account)
    receipt = replace(good, anchors=(theirs, *good.anchors))
    assert told(world.judge(document, [receipt])) == ("verified", "verified")


def test_a_pending_receipt_that_names_no_chain_waits(world: Any) -> None:
    document = worlds.badge(world.issuer)
    [receipt] = worlds.receipts_for([document], world.issuer, worlds.NETWORK.chain_id)
    judged = world.judge(document, [replace(receipt, state="pending", anchors=())])
    assert told(judged) == ("undecided", "waiting-for-anchor")


def test_a_pending_receipt_is_made_good_by_the_issuers_registry(world: Any) -> None:
    document = worlds.badge(world.issuer)
    [receipt] = world.chain.anchor([document], world.issuer)
    world.web.name_account(world.issuer)
    world.web.registries["https://uni.example/receipts", document["id"]] = [receipt]
    judged = world.judge(document, [replace(receipt, state="pending", anchors=())])
    assert told(judged) == ("verified", "verified")


def test_a_receipt_that_names_the_credential_but_not_its_content_fails(world: Any) -> None:
    document, other = worlds.badge(world.issuer), worlds.badge(world.issuer)
    [receipt] = world.chain.anchor([other], world.issuer)
    judged = world.judge(document, [replace(receipt, credential_id=document["id"])])
    assert told(judged) == ("not-verified", "leaf-mismatch")


def test_the_proof_that_was_anchored_is_the_one_that_is_judged(world: Any) -> None:
    document = worlds.badge(world.issuer)
    second = worlds.new_issuer().key
    twice = {**document, "proof": [*world.issuer.signed(without_proof(document), second)["proof"]]}
    world.chain.add_key(world.issuer, worlds.PublicKey.of(second), retired_since=worlds.ANCHORED_AT - worlds.DAY)
    receipts = world.chain.anchor([twice], world.issuer)
    both = {**document, "proof": [*document["proof"], *twice["proof"]]}
    judged = world.judge(both, receipts)
    assert told(judged) == ("not-verified", "key-retired")


def test_of_two_proofs_the_one_anchored_on_an_accepted_chain_is_judged(world: Any) -> None:
    document = worlds.badge(world.issuer)
    second = worlds.new_issuer().key
    other = {**document, "proof": world.issuer.signed(without_proof(document), second)["proof"]}
    world.chain.add_key(world.issuer, worlds.PublicKey.of(second))
    foreign = worlds.receipts_for([document], world.issuer, chain_id=5)
    both = {**document, "proof": [*document["proof"], *other["proof"]]}
    judged = world.judge(both, [*foreign, *world.chain.anchor([other], world.issuer)])
    assert told(judged) == ("verified", "verified")


def without_proof(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "proof"}


# --- Issuer keys and identity


@pytest.mark.parametrize(
    ("days", "verdict"), [(-1, ("not-verified", "key-retired")), (0, ("not-verified", "key-retired")), (1, None)]
)
def test_a_retired_key_spoils_only_what_was_anchored_from_then_on(
    world: Any, days: int, verdict: tuple[str, str] | None
) -> None:
    document = worlds.badge(world.issuer)
    receipts = world.chain.anchor([document], world.issuer)
    world.chain.add_key(world.issuer, world.issuer.public, worlds.ANCHORED_AT + days * worlds.DAY)
    assert told(world.judge(document, receipts)) == (verdict or ("verified", "verified"))


def test_the_did_document_confirms_an_issuer_that_nobody_accredited(world: Any) -> None:
    world.chain.accredited.clear()
    document = worlds.badge(world.issuer)
    world.web.name_account(world.issuer)
    judged = world.judge(document, world.chain.anchor([document], world.issuer))
    assert check(judged, "issuer-identity") == ("passed", "domain-confirmed")
    assert told(judged) == ("verified", "verified")


def test_a_did_document_that_names_another_account_fails(world: Any) -> None:
    world.chain.accredited.clear()
    document = worlds.badge(world.issuer)
    world.web.name_account(world.issuer, account=Address("0x" + "66" * 20))
    judged = world.judge(document, world.chain.anchor([document], world.issuer))
    assert told(judged) == ("not-verified", "not-the-issuer")


def test_an_unreachable_did_document_leaves_the_issuer_unconfirmed(world: Any) -> None:
    world.chain.accredited.clear()
    document = worlds.badge(world.issuer)
    judged = world.judge(document, world.chain.anchor([document], world.issuer))
    assert told(judged) == ("undecided", "issuer-unconfirmed")


@pytest.mark.parametrize("half", ["\ud800", "x\udfffy"])
def test_half_a_surrogate_pair_is_judged_in_words(world: Any, half: str) -> None:
    document = worlds.badge(world.issuer)
    document["credentialSubject"]["achievement"]["description"] = half
    judged = world.verifier.verify(json.dumps({"credential": document, "receipts": []}).encode())
    assert told(judged)[0] != "verified"
    assert check(judged, "signature") == ("undecided", "not-canonical")


# --- Status lists

URL = "https://uni.example/status/0"


def listed(world: Any, answer: Any) -> Any:
    document = worlds.badge(world.issuer, status_url=URL)
    if answer is not None:
        world.web.documents[URL] = answer
    return world.judge(document, world.chain.anchor([document], world.issuer))


def test_a_status_list_that_agrees_passes_without_a_note(world: Any) -> None:
    judged = listed(world, worlds.status_list(world.issuer, URL, [6, 8]))
    assert check(judged, "status") == ("passed", "active")
    assert judged.facts.status_list.trusted
    assert "list" not in next(one.detail for one in judged.report.checks if one.check == "status")


def test_a_status_list_that_says_revoked_fails_although_the_chain_says_nothing(world: Any) -> None:
    judged = listed(world, worlds.status_list(world.issuer, URL, [7]))
    assert told(judged) == ("not-verified", "revoked")


def test_a_status_list_signed_with_another_key_of_the_issuer_counts(world: Any) -> None:
    newer = worlds.new_issuer().key
    world.chain.add_key(world.issuer, worlds.PublicKey.of(newer))
    assert told(listed(world, worlds.status_list(world.issuer, URL, [7], newer))) == ("not-verified", "revoked")


@pytest.mark.parametrize("whose", ["the credential's", "another"])
def test_a_status_list_signed_with_a_retired_key_is_ignored_with_a_note(world: Any, whose: str) -> None:
    key = world.issuer.key if whose == "the credential's" else worlds.new_issuer().key
    world.chain.add_key(world.issuer, worlds.PublicKey.of(key), retired_since=worlds.NOW - worlds.DAY)
    judged = listed(world, worlds.status_list(world.issuer, URL, [7], key))
    assert told(judged) == ("verified", "verified")  # anchored before the key was retired; the list may be a thief's
    assert not judged.facts.status_list.trusted
    assert "was ignored" in next(one.detail for one in judged.report.checks if one.check == "status")


def test_a_status_list_signed_with_a_key_that_is_retired_later_counts(world: Any) -> None:
    newer = worlds.new_issuer().key
    world.chain.add_key(world.issuer, worlds.PublicKey.of(newer), retired_since=worlds.NOW + worlds.DAY)
    assert told(listed(world, worlds.status_list(world.issuer, URL, [7], newer))) == ("not-verified", "revoked")


def test_a_status_list_of_an_unknown_key_is_ignored_with_a_note(world: Any) -> None:
    judged = listed(world, worlds.status_list(world.issuer, URL, [7], worlds.new_issuer().key))
    assert told(judged) == ("verified", "verified")
    assert "not signed by the issuer" in next(one.detail for one in judged.report.checks if one.check == "status")


def test_a_status_list_of_another_issuer_is_ignored_with_a_note(world: Any) -> None:
    other = replace(world.issuer, did="did:web:other.example")
    judged = listed(world, worlds.status_list(other, URL, [7]))
    assert not judged.facts.status_list.trusted


def test_a_status_list_that_was_altered_is_ignored_with_a_note(world: Any) -> None:
    genuine, other = (worlds.status_list(world.issuer, URL, revoked) for revoked in ([], [7]))
    forged = {**genuine, "credentialSubject": other["credentialSubject"]}
    judged = listed(world, forged)
    assert (judged.facts.status_list.revoked, judged.facts.status_list.trusted) == (True, False)
    assert told(judged) == ("verified", "verified")


def test_a_status_list_that_is_not_written_plainly_is_ignored_with_a_note(world: Any) -> None:
    genuine = worlds.status_list(world.issuer, URL, [7])
    judged = listed(world, {**genuine, "description": None})  # which no signature covers
    assert not judged.facts.status_list.trusted


@pytest.mark.parametrize(
    "answer", [None, [], "list", {"id": URL}, {"credentialSubject": {"type": "BitstringStatusList"}}]
)
def test_a_status_list_that_cannot_be_read_is_a_note(world: Any, answer: Any) -> None:
    judged = listed(world, answer)
    assert told(judged) == ("verified", "verified")
    assert "could not be read" in next(one.detail for one in judged.report.checks if one.check == "status")


@pytest.mark.parametrize(
    "entry",
    [
        {"id": "urn:x:1", "type": "1EdTechRevocationList"},
        {"id": "urn:x:1", "type": "BitstringStatusListEntry", "statusPurpose": "suspension"},
    ],
)
def test_a_status_entry_of_a_kind_that_is_not_read_is_a_note(world: Any, entry: dict[str, str]) -> None:
    signed = world.issuer.signed({**worlds.unsigned_badge(world.issuer), "credentialStatus": entry})
    judged = world.judge(signed, world.chain.anchor([signed], world.issuer))
    assert told(judged) == ("verified", "verified")
    assert "no list of revocations that is read" in next(
        one.detail for one in judged.report.checks if one.check == "status"
    )


def test_two_status_entries_are_named(world: Any) -> None:
    document = worlds.unsigned_badge(world.issuer, status_url=URL)
    signed = world.issuer.signed({**document, "credentialStatus": [document["credentialStatus"]] * 2})
    judged = world.judge(signed, world.chain.anchor([signed], world.issuer))
    assert told(judged) == ("not-verified", "several-statuses")
    assert "2 status entries" in judged.report.checks[0].detail


@pytest.mark.parametrize("index", ["-1", "٣", "9" * 5000, "131072", "1.5", ""])
def test_a_status_index_that_is_no_place_in_the_list_is_a_note(world: Any, index: str) -> None:
    document = worlds.unsigned_badge(world.issuer, status_url=URL)
    document["credentialStatus"]["statusListIndex"] = index
    signed = world.issuer.signed(document)
    world.web.documents[URL] = worlds.status_list(world.issuer, URL, [7])
    judged = world.judge(signed, world.chain.anchor([signed], world.issuer))
    assert "could not be read" in next(one.detail for one in judged.report.checks if one.check == "status")


def test_without_a_chain_a_trusted_list_still_tells_of_a_revocation(world: Any) -> None:
    world.chain.down = True
    assert told(listed(world, worlds.status_list(world.issuer, URL, [7]))) == ("not-verified", "revoked")


def test_nothing_that_an_altered_document_names_is_asked(world: Any) -> None:
    document = worlds.badge(world.issuer, status_url="https://victim.example/")
    altered = {**document, "name": "Professor"}
    world.chain.accredited.clear()
    judged = world.judge(altered, world.chain.anchor([altered], world.issuer))
    assert told(judged)[0] == "not-verified"
    assert world.web.asked == []


# --- What is embedded


def test_a_standing_endorsement_is_counted_and_judged_by_its_own_signature(world: Any) -> None:
    guild = worlds.new_issuer("guild")
    world.chain.enrol(guild)
    word = worlds.endorsement(guild)
    document = worlds.badge(world.issuer, [word])
    receipts = [*world.chain.anchor([document], world.issuer), *world.chain.anchor([word], guild)]
    judged = world.judge(document, receipts)
    assert told(judged) == ("verified", "verified")
    assert check(judged, "endorsements") == ("passed", "endorsed")
    assert [part.place for part in judged.report.parts] == ["credentialSubject.achievement.endorsement[0]"]


def test_a_revoked_endorsement_is_shown_as_such_and_spoils_nothing(world: Any) -> None:
    guild = worlds.new_issuer("guild")
    world.chain.enrol(guild)
    word = worlds.endorsement(guild)
    document = worlds.badge(world.issuer, [word])
    receipts = [*world.chain.anchor([document], world.issuer), *world.chain.anchor([word], guild)]
    world.chain.revoke(word, guild)
    judged = world.judge(document, receipts)
    assert told(judged) == ("verified", "verified")
    assert check(judged, "endorsements")[1] == "endorsement-not-standing"
    assert judged.report.parts[0].report.reason == "revoked"


def stacked(world: Any, count: int = 2) -> tuple[Any, list[Any], list[Any]]:
    components = [worlds.badge(world.issuer) for _ in range(count)]
    whole = worlds.stack(world.issuer, components)
    receipts = world.chain.anchor([whole, *components], world.issuer)
    return whole, components, receipts


def test_a_stack_stands_with_all_its_components(world: Any) -> None:
    whole, _, receipts = stacked(world)
    judged = world.judge(whole, receipts)
    assert told(judged) == ("verified", "verified"), judged.report
    assert check(judged, "components") == ("passed", "components-verified")


def test_a_stack_with_one_revoked_component_fails(world: Any) -> None:
    whole, components, receipts = stacked(world)
    world.chain.revoke(components[1], world.issuer)
    assert told(world.judge(whole, receipts)) == ("not-verified", "component-failed")


def test_a_stack_with_a_component_without_receipt_is_undecided(world: Any) -> None:
    whole, _, receipts = stacked(world)
    assert told(world.judge(whole, receipts[:2])) == ("undecided", "component-undecided")


def test_a_component_that_is_no_token_is_refused_as_a_part_and_not_as_the_whole(world: Any) -> None:
    whole, _, receipts = stacked(world)
    whole["credentialSubject"]["verifiableCredential"].append("not.a.token")
    judged = world.judge(whole, receipts)
    assert told(judged)[0] == "not-verified"


def test_a_token_that_endorses_is_found_and_undecided(world: Any) -> None:
    token = "eyJhbGciOiJFZERTQSJ9.eyJpZCI6InVybjp1dWlkOjEifQ.c2ln"
    unsigned = worlds.unsigned_badge(world.issuer)
    unsigned["credentialSubject"]["achievement"]["endorsementJwt"] = [token]
    document = world.issuer.signed(unsigned)
    judged = world.judge(document, world.chain.anchor([document], world.issuer))
    assert told(judged) == ("verified", "verified")
    assert check(judged, "endorsements") == ("passed", "endorsement-not-standing")


def test_a_text_where_an_endorsement_belongs_is_a_part_that_does_not_stand(world: Any) -> None:
    unsigned = worlds.unsigned_badge(world.issuer)
    unsigned["credentialSubject"]["achievement"]["endorsementJwt"] = ["eyJh.not-json.c2ln"]
    document = world.issuer.signed(unsigned)
    judged = world.judge(document, world.chain.anchor([document], world.issuer))
    assert told(judged) == ("verified", "verified")
    assert judged.report.parts[0].report.verdict.value == "not-verified"


def test_credentials_are_found_wherever_they_stand_and_not_in_proofs_contexts_or_each_other() -> None:
    inner = {"endorsement": [{"id": "deeper"}]}
    document = {
        "@context": [{"endorsement": {"id": "context"}}],
        "proof": [{"endorsement": {"id": "proof"}}],
        "endorsement": inner,
        "issuer": {"parentOrg": {"endorsementJwt": ["a.b.c"]}},
        "credentialSubject": {"achievement": [{}, {"endorsement": [inner, 7]}], "verifiableCredential": [inner]},
    }
    assert [(one.kind, one.place) for one in embedded_in(document)] == [
        ("endorsement", "endorsement[0]"),
        ("endorsement", "issuer.parentOrg.endorsementJwt[0]"),
        ("endorsement", "credentialSubject.achievement[1].endorsement[0]"),
        ("component", "credentialSubject.verifiableCredential[0]"),
    ]


def test_components_of_one_issuer_ask_for_their_status_list_once(world: Any) -> None:
    components = [worlds.badge(world.issuer, status_url=URL) for _ in range(30)]
    world.web.documents[URL] = worlds.status_list(world.issuer, URL, [])
    whole = worlds.stack(world.issuer, components)
    judged = world.judge(whole, world.chain.anchor([whole, *components], world.issuer))
    assert told(judged) == ("verified", "verified")
    assert world.web.asked == [URL]


# --- Hostile documents


def test_a_component_beyond_the_limit_is_never_passed_over_in_silence(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gather, "MAX_PARTS", 2)
    whole, components, receipts = stacked(world, 3)
    world.chain.revoke(components[2], world.issuer)
    judged = world.judge(whole, receipts)
    assert told(judged) == ("undecided", "too-many-parts")
    assert "verifiableCredential[2]" in judged.report.checks[0].detail


def test_one_component_more_than_is_judged_leaves_a_whole_stack_undecided(world: Any) -> None:
    whole, _, receipts = stacked(world, gather.MAX_PARTS + 1)

    assert told(world.judge(whole, receipts)) == ("undecided", "too-many-parts")


def test_the_limit_of_parts_counts_all_levels_together(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "MAX_PARTS", 4)
    made = [stacked(world) for _ in range(2)]
    outer = worlds.stack(world.issuer, [whole for whole, _, _ in made])
    receipts = [*world.chain.anchor([outer], world.issuer), *made[0][2], *made[1][2]]
    judged = world.judge(outer, receipts)
    assert told(judged) == ("undecided", "component-undecided")


def test_a_stack_of_stacks_is_judged_to_a_depth_and_undecided_below(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gather, "MAX_NESTING", 2)
    whole, components, _ = stacked(world, 1)
    inner = worlds.stack(world.issuer, [whole])
    outer = worlds.stack(world.issuer, [inner])
    receipts = world.chain.anchor([outer, inner, whole, *components], world.issuer)
    judged = world.judge(outer, receipts)
    assert told(judged) == ("undecided", "component-undecided")


def test_exactly_as_deep_as_is_judged_is_judged(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "MAX_NESTING", 2)
    whole, components, _ = stacked(world, 1)
    outer = worlds.stack(world.issuer, [whole])
    receipts = world.chain.anchor([outer, whole, *components], world.issuer)
    assert told(world.judge(outer, receipts)) == ("verified", "verified")


def test_thousands_of_parts_ask_no_more_than_the_limits(world: Any) -> None:
    unsigned = worlds.unsigned_badge(world.issuer)
    fake = {"type": ["VerifiableCredential"], "issuer": "did:web:x.example", "id": "urn:uuid:2"}
    unsigned["endorsement"] = [
        {**fake, "issuer": f"did:web:x{number}.example", "credentialStatus": {"statusPurpose": "revocation"}}
        for number in range(3000)
    ]
    judged = world.judge({**unsigned, "proof": worlds.badge(world.issuer)["proof"]})
    assert told(judged)[0] == "not-verified"
    assert world.chain.asked == 0
    assert world.web.asked == []


def test_many_receipts_with_many_anchors_ask_each_chain_a_few_times(world: Any) -> None:
    document = worlds.badge(world.issuer)
    [receipt] = world.chain.anchor([document], world.issuer)
    strangers = [Address(f"0x{number:040x}") for number in range(1, MAX_ANCHORS * MAX_RECEIPTS + 1)]
    hints = [AnchorHint(worlds.NETWORK.chain_id, worlds.CONTRACT, one) for one in strangers]
    hostile = [
        replace(receipt, anchors=tuple(hints[at : at + MAX_ANCHORS])) for at in range(0, len(hints), MAX_ANCHORS)
    ]
    judged = world.judge(document, hostile)
    assert told(judged)[0] == "not-verified"
    assert world.chain.asked <= MAX_ANCHORS_ASKED


def test_the_same_anchor_named_a_thousand_times_is_asked_once(world: Any) -> None:
    document = worlds.badge(world.issuer)
    [receipt] = world.chain.anchor([document], world.issuer)
    repeated = replace(receipt, anchors=receipt.anchors * MAX_ANCHORS)
    assert told(world.judge(document, [repeated] * MAX_RECEIPTS)) == ("verified", "verified")
    assert world.chain.asked == 1


def test_repeated_anchors_do_not_crowd_out_a_good_one(world: Any) -> None:
    document = worlds.badge(world.issuer)
    [good] = world.chain.anchor([document], world.issuer)
    stranger = AnchorHint(worlds.NETWORK.chain_id, worlds.CONTRACT, Address("0x" + "99" * 20))
    crowded = replace(good, anchors=(stranger,) * MAX_ANCHORS)
    assert told(world.judge(document, [crowded, good])) == ("verified", "verified")


def test_all_parts_together_ask_the_chain_a_bounded_number_of_times(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain_questions, "MAX_QUESTIONS", 3)
    whole, _, receipts = stacked(world, 6)
    judged = world.judge(whole, receipts)
    assert told(judged) == ("undecided", "component-undecided")
    assert world.chain.asked == 3


def test_a_chain_that_is_down_is_waited_for_once(world: Any) -> None:
    whole, _, receipts = stacked(world, 6)
    world.chain.down = True
    assert told(world.judge(whole, receipts)) == ("undecided", "chain-unreachable")
    assert world.chain.asked == 1


def test_all_parts_together_ask_web_sites_a_bounded_number_of_times(world: Any) -> None:
    components = [worlds.badge(worlds.new_issuer(f"x{number}")) for number in range(web_questions.MAX_FETCHES + 5)]
    judged = world.judge(worlds.stack(world.issuer, components))
    assert told(judged)[0] == "undecided"
    assert len(world.web.asked) == web_questions.MAX_FETCHES


# --- Stacks that claim too much


def test_a_component_that_stands_twice_fails_the_stack_and_is_named(world: Any) -> None:
    one = worlds.badge(world.issuer)
    whole = worlds.stack(world.issuer, [one, one])

    judged = world.judge(whole, world.chain.anchor([whole, one], world.issuer))

    assert told(judged) == ("not-verified", "component-twice")
    assert "Data Foundations stands in it more than once" in judged.report.checks[-1].detail


def test_no_chain_is_needed_to_see_that_a_component_stands_twice(world: Any) -> None:
    one = worlds.badge(world.issuer)
    world.chain.down = True

    judged = world.judge(worlds.stack(world.issuer, [one, {**one, "id": one["id"]}]))

    assert check(judged, "components") == ("failed", "component-twice")


def named(world: Any, *names: str) -> list[Any]:
    """Return badges of people of these names."""
    badges = []
    for name in names:
        unsigned = worlds.unsigned_badge(world.issuer)
        unsigned["credentialSubject"]["identifier"][0]["identityHash"] = name
        badges.append(world.issuer.signed(unsigned))
    return badges


def stack_of(world: Any, name: str, components: list[Any]) -> Any:
    unsigned = {**worlds.stack(world.issuer, components)}
    del unsigned["proof"]
    plain = {"type": "IdentityObject", "hashed": False, "identityHash": name, "identityType": "name"}
    unsigned["credentialSubject"] = {**unsigned["credentialSubject"], "identifier": [plain]}
    return world.issuer.signed(unsigned)


@pytest.mark.parametrize(
    ("names", "verdict"),
    [
        (("Ada Okafor", "ada  okafor"), ("verified", "verified")),
        (("Ada Okafor", "Bo Lind"), ("undecided", "component-of-another")),
    ],
)
def test_a_component_of_another_person_leaves_the_stack_undecided(world: Any, names: Any, verdict: Any) -> None:
    components = named(world, *names)
    whole = stack_of(world, "Ada Okafor", components)

    judged = world.judge(whole, world.chain.anchor([whole, *components], world.issuer))

    assert told(judged) == verdict


def test_a_component_swapped_for_another_persons_is_an_altered_stack(world: Any) -> None:
    ada, bo = named(world, "Ada Okafor", "Bo Lind")
    whole = stack_of(world, "Ada Okafor", [ada])
    receipts = world.chain.anchor([whole, ada, bo], world.issuer)
    subject = {**whole["credentialSubject"], "verifiableCredential": [bo]}

    assert told(world.judge({**whole, "credentialSubject": subject}, receipts)) == ("not-verified", "altered")


def test_where_the_stack_shows_no_tie_to_a_component_it_says_whose_word_that_is(world: Any) -> None:
    whole, _, receipts = stacked(world)

    assert (
        "2 of them are this person's is the issuer's own word" in world.judge(whole, receipts).report.checks[-1].detail
    )


# --- Whose it is, and what it is


@pytest.mark.parametrize(
    ("name", "verdict"),
    [("Ada Okafor", ("verified", "verified")), ("Eve", ("not-verified", "another-recipient")), ("", None)],
)
def test_the_expected_person_is_compared_if_one_is_named(
    world: Any, name: str, verdict: tuple[str, str] | None
) -> None:
    document = worlds.badge(world.issuer)
    judged = world.judge(document, world.chain.anchor([document], world.issuer), name)
    assert told(judged) == (verdict or ("verified", "verified"))


def test_a_text_that_only_looks_like_a_token_is_not_a_credential(world: Any) -> None:
    with pytest.raises(InputError):
        world.verifier.verify(b"aaa.bbb.ccc")


def test_closing_a_verifier_closes_every_chain() -> None:
    main = worlds.Chain(worlds.MAIN)
    world = World(others=(main,))
    world.verifier.close()
    assert (world.chain.down, main.down) == (True, True)


def test_a_judgement_keeps_the_bundle_that_it_was_made_from(world: Any) -> None:
    document = worlds.badge(world.issuer)
    judged = world.judge(document, world.chain.anchor([document], world.issuer))
    assert judged.bundle.credential == json.loads(json.dumps(document))
