"""What the private check's script says in each language: the catalogues' words, CLDR's dates, numbers and plurals."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from registry.checks.sentences import moment
from registry.core.sentence import Sentence, counted, places
from verifier_web.catalogue import Catalogue
from verifier_web.languages import ENGLISH, LANGUAGES
from verifier_web.private_details import DETAILS
from verifier_web.private_wording import COUNTED, SENTENCES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from verifier_web.languages import Language

    RunIn = Callable[[Sequence[dict[str, Any]], Language], list[dict[str, Any]]]

world = sys.modules["services_world"]  # loaded by conftest.py
OTHERS = [one for one in LANGUAGES if one is not ENGLISH]
FILL = "{place} <b>"
"""A stranger's text, which is neither a template nor markup."""
SAME = {"The @context"}
"""English that is a keyword of JSON-LD, as it is in Chinese."""
AT = datetime(2026, 3, 5, 4, 7, tzinfo=UTC)
ISOLATES = str.maketrans("", "", "\u2068\u2069")
COUNTS = (0, 1, 2, 3, 10, 11, 99, 100, 101, 1234, 1_000_000)


def _say(key: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {"do": "say", "key": key, "values": dict(values)}


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _every_sentence() -> list[dict[str, Any]]:
    plain = [_say(key, dict.fromkeys(places(text), FILL)) for key, text in SENTENCES.items()]
    of_many = [_say(key, {**dict.fromkeys(places(one.plural), FILL), "number": 2}) for key, one in COUNTED.items()]
    return plain + of_many


@pytest.mark.parametrize("language", OTHERS, ids=lambda one: one.tag)
def test_no_sentence_of_ours_is_left_in_english_or_with_an_unfilled_place(run_in: RunIn, language: Language) -> None:
    tasks = _every_sentence()

    english, told = run_in(tasks, ENGLISH), run_in(tasks, language)

    for task, before, after in zip(tasks, english, told, strict=True):
        text = after["value"]
        assert text != before["value"] or text in SAME, task["key"]
        assert set(re.findall(r"\{\w+\}", text)) <= {"{place}"}, task["key"]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.tag)
def test_a_time_is_written_as_the_ordinary_page_writes_it_with_utc(run_in: RunIn, language: Language) -> None:
    network = Sentence(world.NETWORK.title)
    sentence = Sentence(SENTENCES["anchor.anchored"].template, network=network, at=moment(AT))

    values = {"network": {"network": world.NETWORK.name}, "at": {"moment": _milliseconds(AT)}}
    [told] = run_in([_say("anchor.anchored", values)], language)

    assert told["value"] == str(Catalogue(language).say(sentence)).translate(ISOLATES)
    assert "04:07 UTC" in told["value"]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.tag)
def test_what_is_counted_is_said_as_the_ordinary_page_says_it(run_in: RunIn, language: Language) -> None:
    made = COUNTED["inclusion.included"]

    told = run_in([_say("inclusion.included", {"number": count}) for count in COUNTS], language)

    expected = [Catalogue(language).say(counted(made.plural, count, one=made.template)) for count in COUNTS]
    assert [one["value"] for one in told] == expected


@pytest.mark.parametrize(
    ("tag", "number"), [("en", "12,345"), ("de", "12.345"), ("fr", "12\u202f345"), ("ar", "12,345")]
)
def test_a_number_is_written_as_its_readers_write_it(run_in: RunIn, tag: str, number: str) -> None:
    language = next(one for one in LANGUAGES if one.tag == tag)

    [told] = run_in([_say("finality.final", {"block": 12345})], language)

    assert number in told["value"]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.tag)
def test_technical_detail_stays_english_with_its_numbers(run_in: RunIn, language: Language) -> None:
    [told] = run_in([_say("json.too-long", {"size": 5_000_000, "most": 4_194_304})], language)

    assert told["value"] == DETAILS["json.too-long"].format(size="5,000,000", most="4,194,304")


@pytest.mark.parametrize(
    ("tag", "name", "isolated"), [("ar", "Ada", True), ("ar", "ليلى", True), ("en", "Ada", False), ("de", "ليلى", True)]
)
def test_a_name_of_another_direction_cannot_reorder_the_sentence(
    run_in: RunIn,
    tag: str,
    name: str,
    isolated: bool,  # noqa: FBT001
) -> None:
    language = next(one for one in LANGUAGES if one.tag == tag)
    values = {"accreditor": "", "name": f"{name}\u202e"}

    [told] = run_in([_say("issuer-identity.accredited", values)], language)

    assert (f"\u2068{name}\ufffd\u2069" in told["value"]) == isolated
    assert "\u202e" not in told["value"]
