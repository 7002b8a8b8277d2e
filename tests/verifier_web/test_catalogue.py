"""What is said in each language: every sentence that judging can give, and strangers' words as they are."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from registry.checks.report import CheckResult, Report, standing
from registry.checks.sentences import moment
from registry.core.sentence import Day, Number, Sentence, counted, joined_on, technical
from verifier_web import wording as say
from verifier_web.catalogue import Catalogue, catalog
from verifier_web.languages import LANGUAGES, Language

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

BY_TAG = {language.tag: language for language in LANGUAGES}
OTHERS = LANGUAGES[1:]
CHANGES = (
    "with_endorsements",
    "on_main_network",
    "altered",
    "revoked",
    "suspended",
    "expired",
    "not_yet_valid",
    "not_anchored",
    "by_somebody_else",
    "key_retired",
    "not_final",
    "unconfirmed",
    "confirmed_by_domain",
    "unreachable",
    "wrong_network",
    "without_receipt",
)
SENTENCE = "{accreditor} vouches on the chain that this issuer is {name}."


def said(tag: str, value: object) -> str:
    return str(Catalogue(BY_TAG[tag]).say(value))


def templates(value: object) -> Iterator[str | tuple[str, str]]:
    if isinstance(value, Sentence):
        yield (value.template, value.plural) if value.plural else value.template
        for one in value.values.values():
            yield from templates(one)


def sentences(report: Report) -> Iterator[Sentence]:
    yield from (report.summary, standing(report))
    for result in report.checks:
        assert isinstance(result, CheckResult)
        yield result.detail
    for part in report.parts:
        yield from sentences(part.report)


@pytest.mark.parametrize("change", CHANGES)
def test_every_sentence_of_a_judgement_is_in_every_catalogue(made: ModuleType, change: str) -> None:
    report = made.judged_of(getattr(made, change)(made.good_facts(made.credential_document()))).report

    used = {template for sentence in sentences(report) for template in templates(sentence)}

    for language in OTHERS:
        known = {message.id for message in catalog(language)}
        assert used - known == set()


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("en", "30 June 2026"),
        ("es", "30 de junio de 2026"),
        ("fr", "30 juin 2026"),
        ("de", "30. Juni 2026"),
        ("pt", "30 de junho de 2026"),
        ("zh", "2026年6月30日"),
        ("ar", "30 يونيو 2026"),
    ],
)
def test_a_date_is_written_as_its_readers_write_it(tag: str, text: str) -> None:
    assert said(tag, Day(date(2026, 6, 30))) == text


def test_a_time_says_that_it_is_utc_in_every_language(made: ModuleType) -> None:
    for language in LANGUAGES:
        text = said(language.tag, moment(made.ANCHORED_AT))
        assert "UTC" in text
        assert f"{made.ANCHORED_AT:%H:%M}" in text


@pytest.mark.parametrize(
    ("tag", "whole", "part"),
    [("en", "12,345", "2.5"), ("de", "12.345", "2,5"), ("pt", "12.345", "2,5"), ("zh", "12,345", "2.5")],
)
def test_a_number_is_written_as_its_readers_write_it(tag: str, whole: str, part: str) -> None:
    assert (said(tag, Number(12345)), said(tag, Number(2.5))) == (whole, part)


@pytest.mark.parametrize("value", [1e300, 1e-9, float("inf")])
def test_a_number_that_cannot_be_written_out_stays_as_it_is(value: float) -> None:
    assert said("de", Number(value)) == Number(value)


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "(0 محرف"), (1, "واحد"), (2, "محرفان"), (3, "3 محارف"), (11, "11 محرفًا"), (100, "100 محرف ")],
)
def test_what_is_counted_takes_the_form_that_the_language_has_for_it(number: int, text: str) -> None:
    assert text in said("ar", counted("{text}… ({number} more characters)", number, text="x"))


@pytest.mark.parametrize(
    ("tag", "categories"),
    [
        ("en", {"one", "other"}),
        ("fr", {"one", "many", "other"}),
        ("zh", {"other"}),
        ("ar", {"zero", "one", "two", "few", "many", "other"}),
    ],
)
def test_the_forms_of_what_is_counted_go_by_the_plural_categories_of_the_language(
    tag: str, categories: set[str]
) -> None:
    sentence = counted("All {number} components verify.", 2)

    forms = Catalogue(BY_TAG[tag]).forms(sentence)

    assert forms.keys() == categories
    assert forms["other"].count("{number}") == 1


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.tag)
@pytest.mark.parametrize(
    "hostile", ["{accreditor}", "{name.__class__.__mro__}", "{0}{{}}", "%s%(name)s", "Verified", "مرحبا {name}", "שלום"]
)
def test_a_strangers_words_are_neither_translated_nor_read_as_a_template(language: Language, hostile: str) -> None:
    text = said(language.tag, Sentence(SENTENCE, accreditor="A", name=hostile))

    assert text.count(hostile) == 1
    assert said(language.tag, hostile) == hostile


@pytest.mark.parametrize(
    ("tag", "name", "isolated"), [("ar", "Ada", True), ("ar", "ليلى", True), ("en", "Ada", False), ("de", "ليلى", True)]
)
def test_a_name_of_another_direction_cannot_reorder_the_sentence(tag: str, name: str, isolated: bool) -> None:  # noqa: FBT001
    text = said(tag, Sentence(SENTENCE, accreditor="", name=name))

    assert (f"\u2068{name}\u2069" in text) == isolated
    assert text.count("\u2068") == text.count("\u2069")


def test_english_is_said_as_the_command_line_says_it() -> None:
    sentence = Sentence(
        "Not verified: {finding}", finding=joined_on(Sentence("It expired on {day}.", day=Day(date(2026, 1, 2))))
    )

    assert said("en", sentence) == sentence == "Not verified: it expired on 2 January 2026."


def test_technical_detail_stays_english() -> None:
    assert said("de", technical("proof has {number} siblings")) == "proof has {number} siblings"


@pytest.mark.parametrize("language", OTHERS, ids=lambda one: one.tag)
def test_verified_not_verified_and_cannot_tell_are_three_different_words(language: Language) -> None:
    words = [said(language.tag, word) for word in say.VERDICT_WORDS.values()]

    assert len(set(words)) == len(words)
    for verdict, sentence in (
        (words[0], Sentence("Verified.")),
        (words[1], Sentence("Not verified: the issuer revoked it.")),
        (words[2], Sentence("Cannot tell: the chain could not be reached.")),
    ):
        assert said(language.tag, sentence).startswith(verdict)


def test_a_word_of_the_page_is_a_sentence_and_a_code_is_not() -> None:
    assert isinstance(say.TAGLINE, Sentence)
    assert isinstance(say.HOW[0][1], Sentence)
    assert isinstance(say.KINDS[say.Kind.PDF].advice, Sentence)
    assert not any(isinstance(code, Sentence) for code in say.MEANINGS)
