"""What is asked of whoever describes an achievement; every question can be answered in a file as well."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.core.errors import InputError
from registry.credentials.cells import date_of
from registry.credentials.target_urls import url_problem

if TYPE_CHECKING:
    from collections.abc import Callable

_CREDITS = re.compile(r"\d+(?:\.\d+)?(?: +\S.*)?", re.ASCII)
_HOURS = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,4}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")


def _any(text: str) -> str:
    return text


def _address(text: str) -> str:
    problem = url_problem(text)
    if problem:
        raise InputError(f"it {problem}")
    return text


def _page(text: str) -> str:
    return _address(text.partition("#")[0])  # its parts are named by what follows a number sign


def _last_is_an_address(text: str) -> str:
    _, bar, address = text.rpartition("|")
    if not bar:
        raise InputError(f"{text[:60]!r} has no address; write it after a bar, as NAME | https://…")
    _address(address.strip())
    return text


def _language(text: str) -> str:
    if not _LANGUAGE.fullmatch(text):
        raise InputError(f"{text[:60]!r} is not a language tag; write it as en or pt-BR")
    return text


def _level(highest: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in map(str, range(1, highest + 1)):
            raise InputError(f"{text[:60]!r} is no level; write a number from 1 to {highest}")
        return text

    return read


def _credits(text: str) -> str:
    if not _CREDITS.fullmatch(text):
        raise InputError(f"{text[:60]!r} is not a number and its unit; write it as 4 ECTS, or 0 if it bears no credit")
    return text


def _hours(text: str) -> str:
    if not _HOURS.fullmatch(text):
        raise InputError(f"{text[:60]!r} is not a number of hours; write it as 100 or 1.5")
    return text


def _day(text: str) -> str:
    return date_of(text).isoformat()[:10]


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to be said of an achievement."""

    key: str
    """Its name in a file of answers."""
    text: str
    """The question."""
    example: str
    """An answer that could be given."""
    needed: bool = False
    """Whether there is no achievement without an answer."""
    many: bool = False
    """Whether it may be answered several times."""
    read: Callable[[str], str] = _any
    """Takes an answer without the white space around it; InputError says what is wrong with it."""


QUESTIONS = (
    Question("name", "What is it called?", "Data Foundations", needed=True),
    Question("description", "What is it about, in a sentence?", "Collecting, cleaning and showing data.", needed=True),
    Question("page", "Which web page describes it?", "https://uni.example/data-101", needed=True, read=_page),
    Question("criteria", "What does it take to earn it?", "Four projects and an examination, all passed.", needed=True),
    Question("prerequisites", "What is needed to enrol?", "none"),
    Question("language", "In which language is it taught?", "en", read=_language),
    Question(
        "editions",
        "Where are editions in other languages, and in which?",
        "de | https://uni.example/de/data-101",
        many=True,
        read=_last_is_an_address,
    ),
    Question("version", "Which version of it is this?", "2026"),
    Question("code", "What is its course code?", "DATA-101"),
    Question("field", "To which field of study does it belong?", "Data science"),
    Question("specialization", "To which specialisation?", "Statistics"),
    Question("tags", "By which words should it be found?", "data, statistics"),
    Question("outcomes", "What can a learner do afterwards?", "Clean and reshape a data set", many=True),
    Question(
        "skills",
        "Which skills of ESCO are that, with their addresses?",
        "perform data analysis | http://data.europa.eu/esco/skill/2b92a5b2-6758-4ee3-9fb4-b6387a55cc8f",
        many=True,
        read=_last_is_an_address,
    ),
    Question("foundation_skills", "Which foundation skills does it develop (Australia)?", "Numeracy", many=True),
    Question("eqf", "At which level of the European Qualifications Framework?", "5", read=_level(8)),
    Question("ehea", "At which cycle of the European Higher Education Area?", "first cycle"),
    Question("aqf", "At which level of the Australian Qualifications Framework?", "5", read=_level(10)),
    Question("credits", "How many credits does it bear, and of which system?", "4 ECTS", read=_credits),
    Question("hours", "How many hours of work does it take?", "100", read=_hours),
    Question("assessment", "How is it assessed?", "practical assessment", many=True),
    Question("participation", "Online, on site or blended?", "blended"),
    Question(
        "supervision",
        "Is the assessment supervised, and the learner's identity checked?",
        "Supervised on site with identity verification",
    ),
    Question("quality", "Who assures its quality?", "Reviewed each year by the faculty | https://uni.example/quality"),
    Question("credit_recognition", "Who gives credit for it?", "10 credit points towards the Bachelor of Data Science"),
    Question("industry_recognition", "Which professional body recognises it?", "Counts 20 hours for members"),
    Question("stackability", "What larger qualification is it a part of?", "Certificate in Data Science, 20 ECTS"),
    Question("offered_from", "From which day on can it be awarded?", "2026-01-31", read=_day),
    Question("grade", "Which grades are there, from low to high?", "Final grade: 1 to 10, or Final grade: C, B, A"),
    Question("rubric", "Or which levels of a rubric, from low to high?", "Able | works without help", many=True),
    Question("pass", "Which grade or level is needed to pass?", "6"),
    Question("image", "Where is its picture, a PNG or SVG file or an address?", "badge.png"),
)
"""All questions, in the order in which they are asked."""
