"""What the verdict page says of each case: pure functions from facts to values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from verifier_web import wording as say
from verifier_web.pages import VerdictPage, verdict_page

if TYPE_CHECKING:
    from types import ModuleType

CASES = {
    "with_endorsements": "Verified on the Sepolia test network.",
    "on_main_network": "Verified on Ethereum.",
    "altered": "Not verified: the content was altered after it was signed.",
    "revoked": "Not verified: the issuer revoked it.",
    "suspended": "Not verified: the issuer has suspended it.",
    "expired": "Not verified: it has expired.",
    "not_yet_valid": "Not verified: it is not valid yet.",
    "not_anchored": "Not verified: the issuer did not anchor it.",
    "by_somebody_else": "Not verified: it was anchored by somebody other than the named issuer.",
    "key_retired": "Not verified: it was anchored after the issuer had retired the signing key.",
    "not_final": "Cannot tell yet: the anchor waits to become final; this resolves by itself.",
    "unconfirmed": "Cannot tell: nobody you trust confirms who the issuer is.",
    "unreachable": "Cannot tell: the chain could not be reached.",
    "wrong_network": "Cannot tell: it was anchored on a network that this verifier does not accept.",
    "without_receipt": "Cannot tell: signed, but not anchored as far as we can see.",
}


@pytest.fixture
def page_of(made: ModuleType) -> Any:
    def page(change: str, document: dict[str, Any] | None = None) -> VerdictPage:
        facts = getattr(made, change)(made.good_facts(document or made.credential_document()))
        return verdict_page(made.judged_of(facts), {"sepolia": made.SEPOLIA})

    return page


@pytest.mark.parametrize(("change", "headline"), CASES.items())
def test_each_case_has_its_own_headline(page_of: Any, change: str, headline: str) -> None:
    assert page_of(change).headline == headline


@pytest.mark.parametrize("change", CASES)
def test_the_icon_says_the_same_as_the_words(page_of: Any, change: str) -> None:
    page = page_of(change)

    tones = {"Verified": "good", "Not verified": "bad", "Cannot tell": "open"}
    assert page.headline.startswith(page.word)
    assert page.tone == tones[page.word]


@pytest.mark.parametrize("change", [case for case in CASES if case not in {"with_endorsements", "on_main_network"}])
def test_each_case_says_what_it_means_in_its_own_words(page_of: Any, change: str) -> None:
    known = {*say.MEANINGS.values(), *say.MEANINGS_GENUINE.values()}
    assert page_of(change).meaning.removeprefix("This says nothing against the credential. ") in known


def test_the_rest_of_a_summary_follows_the_headline(page_of: Any) -> None:
    assert page_of("unreachable").meaning.startswith("This says nothing against the credential. ")


def test_a_test_network_is_said_to_be_worth_little_and_a_main_network_is_not(page_of: Any) -> None:
    assert page_of("with_endorsements").network_note == say.NETWORK_NOTES["test"]
    assert page_of("on_main_network").network_note == ""
    assert page_of("revoked").network_note == ""


@pytest.mark.parametrize(
    ("change", "standing", "name"),
    [
        ("with_endorsements", "accredited", "Northbridge University"),
        ("confirmed_by_domain", "domain", "northbridge.example"),
        ("revoked", "accredited", "Northbridge University"),
        ("unconfirmed", "unconfirmed", say.UNCONFIRMED),
        ("altered", "unproven", say.UNPROVEN),
        ("by_somebody_else", "unproven", say.UNPROVEN),
        ("unreachable", "unproven", say.UNPROVEN),
        ("key_retired", "unproven", say.UNPROVEN),
    ],
)
def test_the_issuer_is_named_by_what_is_proven(page_of: Any, change: str, standing: str, name: str) -> None:
    issuer = page_of(change).issuer

    assert (issuer.standing, issuer.name) == (standing, name)
    assert issuer.self_given == "Northbridge University of Applied Data"


@pytest.mark.parametrize(("change", "explanation"), [("altered", say.NOT_PROVEN), ("unreachable", say.NOT_KNOWN)])
def test_an_issuer_that_is_refuted_is_told_from_one_that_is_not_known(
    page_of: Any,
    change: str,
    explanation: str,
) -> None:
    assert page_of(change).issuer.explanation == explanation


def test_a_document_that_is_not_proven_only_says_whose_it_is(page_of: Any) -> None:
    assert page_of("expired").holder.label == say.ISSUED_TO
    assert page_of("altered").holder.label == say.SAYS_ISSUED_TO
    assert page_of("altered").holder.name == "Adam Okafor"


@pytest.mark.parametrize("change", ["unconfirmed", "by_somebody_else", "key_retired", "not_anchored", "unreachable"])
def test_nothing_is_called_confirmed_before_its_issuer_is(page_of: Any, change: str) -> None:
    page = page_of(change)

    assert not page.proven
    assert page.holder.label == say.SAYS_ISSUED_TO


@pytest.mark.parametrize("change", ["unreachable", "without_receipt", "unconfirmed", "altered"])
def test_what_has_expired_is_called_genuine_only_if_all_else_is_proven(made: ModuleType, change: str) -> None:
    good = made.good_facts(made.credential_document())
    doubtful = made.expired(getattr(made, change)(good))

    proven, not_proven = (verdict_page(made.judged_of(facts), {}) for facts in (made.expired(good), doubtful))

    assert "genuine" in proven.meaning
    assert "genuine" not in not_proven.meaning


def test_the_altered_page_asks_the_contract_about_what_is_shown(page_of: Any, made: ModuleType) -> None:
    commands = [command.text for command in page_of("altered").recheck.commands]

    genuine = made.receipt_for(made.credential_document()).leaf_hash.to_hex()
    assert commands
    assert not any(genuine in command for command in commands)


def test_the_credential_is_shown_as_a_person_reads_it(page_of: Any) -> None:
    shown = page_of("with_endorsements").credential

    facts = {fact.label: fact.value for fact in shown.facts}
    assert (shown.title, shown.kind) == ("Data Foundations", "Micro-credential")
    assert facts["Awarded on"] == "30 June 2026"
    assert facts["Level (EQF)"] == "EQF level 5"
    assert facts["Credits"] == "5 ECTS"
    assert facts["Assessment"] == "Project work and oral examination"
    assert [item.name for item in shown.outcomes.shown] == ["interpret current data", "perform data cleansing"]
    assert [(one.name, one.value) for one in shown.results] == [("Final grade", "1.3")]
    assert shown.results[0].scale == "from 1.0 to 5.0; 4.0 is needed"
    assert [(one.name, one.note) for one in shown.evidence.shown] == [("Final project: bus arrivals in Leeds", "")]


def test_a_micro_credential_says_how_well_it_describes_itself_and_another_does_not(
    page_of: Any, document: dict[str, Any]
) -> None:
    report = page_of("expired", document).credential.framework
    states = {line.descriptor.name: line.finding.state for line in report.lines}
    assert states["type of assessment"] == "present"
    assert states["country or region of the issuer"] == "missing"
    document["credentialSubject"]["achievement"]["achievementType"] = "Course"
    assert page_of("expired", document).credential.framework is None


def test_each_endorsement_comes_with_its_own_verdict_and_comment(page_of: Any) -> None:
    parts = page_of("with_endorsements").parts

    assert [part.tone for part in parts] == ["good", "bad"]
    withdrawn = "Withdrawn: the issuer revoked it on 3 September 2026: issued in error."
    assert [part.summary for part in parts] == ["It stands.", withdrawn]
    assert parts[0].comment == "We hire on the strength of this."
    assert (parts[0].issuer.label, parts[0].issuer.name) == (say.ENDORSED_BY, "Northbridge University")


@pytest.mark.parametrize(
    ("subject", "name", "named"),
    [
        ({"identifier": [{"identityType": "name", "identityHash": "Zoë Müller", "hashed": False}]}, "Zoë Müller", True),
        ({"identifier": {"identityType": "emailAddress", "identityHash": "a@b.example"}}, "a@b.example", True),
        ({"identifier": [{"identityHash": "sha256$abcd", "hashed": True}]}, say.NAMELESS_HASHED, False),
        ({"identifier": [{"identityHash": "sha256$abcd"}]}, say.NAMELESS_HASHED, False),
        ({"id": "mailto:z@learners.example"}, "z@learners.example", True),
        ({"id": "did:key:z6Mk"}, "did:key:z6Mk", True),
        ({}, say.NAMELESS, False),
        ([{"name": "First"}, {"name": "Second"}], "First", True),
        ("somebody", say.NAMELESS, False),
    ],
)
def test_whose_it_is_stands_large_in_every_form_of_subject(
    page_of: Any,
    document: dict[str, Any],
    subject: Any,
    name: str,
    named: bool,  # noqa: FBT001
) -> None:
    document["credentialSubject"] = subject

    holder = page_of("expired", document).holder

    assert (holder.name, holder.named) == (name, named)


def test_asking_whose_it_is_shows_the_answer(made: ModuleType, document: dict[str, Any]) -> None:
    facts = replace(made.good_facts(document), expected=made.Expected("Ada Okafor"))

    holder = verdict_page(made.judged_of(facts), {}).holder

    assert (holder.tone, holder.hint) == ("good", say.HOLDER_MATCHES)


@pytest.mark.parametrize("value", [None, 5, "text", [], {}, [None], [[]], {"id": {}, "name": [1]}, True])
def test_members_of_any_shape_break_nothing(page_of: Any, document: dict[str, Any], value: Any) -> None:
    achievement = document["credentialSubject"]["achievement"]
    for target in (achievement, document["credentialSubject"]):
        for member in list(target):
            target[member] = value
    document.update(name=value, evidence=value, awardedDate=value)
    document["credentialSubject"]["achievement"] = achievement

    assert page_of("expired", document).headline == "Not verified: it has expired."


@pytest.mark.parametrize(
    ("earned", "available", "unit", "shown"),
    [
        (5, 5, None, "5 credits"),
        (2.5, 5, "ECTS", "2.5 of 5 ECTS"),
        (None, 3, "SBU", "3 SBU"),
        (0, 0, None, "0 credits"),
    ],
)
def test_credits_are_shown_with_their_unit(
    page_of: Any,
    document: dict[str, Any],
    earned: float | None,
    available: float,
    unit: str | None,
    shown: str,
) -> None:
    subject = document["credentialSubject"]
    subject["creditsEarned"], subject["achievement"]["creditsAvailable"] = earned, available
    systems = [{"targetType": "ext:CreditSystem", "targetCode": unit}] if unit else []
    subject["achievement"]["alignment"] = systems

    facts = {fact.label: fact.value for fact in page_of("expired", document).credential.facts}

    assert facts["Credits"] == shown


def test_every_word_a_page_can_need_exists() -> None:
    assert set(say.KINDS) == set(say.Kind)
    assert set(say.VERDICT_WORDS) == set(say.MEANINGS_ELSE) == set(say.Verdict)
    assert set(say.OUTCOME_WORDS) == set(say.Outcome)
