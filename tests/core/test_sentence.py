"""Sentences that remember what they were made of."""

from __future__ import annotations

import json
import pickle
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.core.sentence import (
    TECHNICAL,
    Day,
    Number,
    Sentence,
    counted,
    filled,
    joined_on,
    listed,
    places,
    technical,
    then,
)


@given(first=st.text(), second=st.text())
def test_a_value_stands_in_a_sentence_as_it_is_whatever_it_holds(first: str, second: str) -> None:
    assert Sentence("{one} and {two}.", one=first, two=second) == first + " and " + second + "."


@pytest.mark.parametrize("hostile", ["{two}", "{one.__class__}", "{0}", "{", "}}", "{{two}}", "%(two)s", "{two!r:>99}"])
def test_a_value_is_never_read_as_a_template(hostile: str) -> None:
    said = Sentence("{one} and {two}.", one=hostile, two="secret")

    assert said == f"{hostile} and secret."
    assert filled(said.template, said.values) == said


def test_a_place_without_a_value_stays_visible() -> None:
    assert Sentence("a {missing} word") == "a {missing} word"


def test_a_template_names_its_places() -> None:
    assert places("{who} of {other}, {who}, {Not}, {0}, { who }") == {"who", "other"}


def test_a_sentence_is_a_plain_string_to_json_and_comparison() -> None:
    said = Sentence("{a} b", a="x")

    assert json.dumps([said, Day(date(2026, 6, 30)), Number(12345)]) == '["x b", "30 June 2026", "12,345"]'
    assert {said: 1}["x b"] == 1


def test_formatting_a_sentence_gives_a_sentence_of_the_same_template() -> None:
    said = Sentence("{count} more").format(count="{x}", unused=object())

    assert (said, said.template) == ("{x} more", "{count} more")


def test_the_text_of_an_error_is_the_sentence_it_was_raised_with() -> None:
    said = Sentence("More than {most}.", most=Number(4))

    assert str(ValueError(said)) is said


@pytest.mark.parametrize(
    "one",
    [
        Sentence("{a} b", a=Sentence("{c}", c="x")),
        counted("{number} things", 1, one="{number} thing"),
        joined_on(Sentence("The {a}.", a="X")),
        Day(date(2026, 6, 30)),
        Number(2.5),
    ],
)
def test_it_passes_from_a_worker_process_as_it_was(one: Any) -> None:
    copy = pickle.loads(pickle.dumps(one))  # noqa: S301  our own bytes

    assert (copy, type(copy)) == (one, type(one))
    for name in type(one).__slots__:
        assert getattr(copy, name) == getattr(one, name)


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 things of x"), (1, "1 thing of x"), (2, "2 things of x"), (1000, "1,000 things of x")]
)
def test_what_is_counted_agrees_with_its_number(number: int, text: str) -> None:
    said = counted("{number} things of {name}", number, one="{number} thing of {name}", name="x")

    assert said == text
    assert (said.template, said.plural) == ("{number} thing of {name}", "{number} things of {name}")


def test_where_english_has_one_form_it_is_used_for_every_number() -> None:
    assert [counted("all {number}", number) for number in (1, 2)] == ["all 1", "all 2"]


@pytest.mark.parametrize("number", [1, 2])
def test_changing_the_values_keeps_the_form_that_the_number_asks_for(number: int) -> None:
    said = counted("{number} things of {name}", number, one="{number} thing of {name}", name="x")

    changed = said.with_values(lambda value: value if isinstance(value, Number) else f"<{value}>")

    assert changed == said.replace("x", "<x>")
    assert (changed.template, changed.plural) == (said.template, said.plural)


def test_values_that_do_not_change_leave_the_very_same_sentence() -> None:
    said = Sentence("{a}", a="x")

    assert said.with_values(lambda value: value) is said


def test_what_goes_on_after_a_colon_begins_small_and_stays_so_when_its_values_change() -> None:
    said = joined_on(Sentence("The issuer is {name}.", name="X"))

    assert (said, said.template) == ("the issuer is X.", "The issuer is {name}.")
    assert said.with_values(lambda _: "Y") == "the issuer is Y."


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (1234567, "1,234,567"), (5.0, "5"), (2.5, "2.5")])
def test_numbers_are_written_as_people_write_them(value: float, text: str) -> None:
    assert Number(value) == text


def test_a_list_has_commas_and_its_entries_can_each_be_translated() -> None:
    said = listed([Sentence("present"), "x", Sentence("weak")])

    assert said == "present, x, weak"
    assert isinstance(said, Sentence)
    assert said.values["rest"].template == "weak"  # type: ignore[attr-defined]
    assert listed([]) == ""


def test_two_sentences_stand_one_after_the_other() -> None:
    assert then(Sentence("First."), Sentence("Second.")) == "First. Second."


def test_technical_detail_is_no_template_and_a_sentence_stays_what_it_is() -> None:
    said = Sentence("{a}", a="x")

    assert technical(said) is said
    assert (technical("a {b}"), technical("a {b}").template) == ("a {b}", TECHNICAL)
