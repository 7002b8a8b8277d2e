"""The languages of the page, and which of them a reader gets: the address says so, else the browser, else English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

MAX_PREFERRED = 20
"""Most languages of one browser that are looked at."""
_PREFERENCE = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]{1,40})?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?")


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the page."""

    tag: str
    """BCP 47, and the name of its catalogue."""
    name: str
    """What its own speakers call it."""
    locale: str
    """CLDR's locale by which dates and numbers are written."""
    direction: Literal["ltr", "rtl"] = "ltr"
    """In which direction it is written."""


ENGLISH = Language("en", "English", "en")
LANGUAGES = (
    ENGLISH,
    Language("es", "Español", "es"),
    Language("fr", "Français", "fr"),
    Language("de", "Deutsch", "de"),
    Language("pt", "Português", "pt"),
    Language("zh", "中文", "zh_Hans"),
    Language("ar", "العربية", "ar", "rtl"),
)
"""All of them, in the order in which the page lists them."""
PARAMETER = "lang"
"""Name of the query parameter that chooses one."""
_BY_TAG = {language.tag: language for language in LANGUAGES}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The language of one answer."""

    language: Language
    """The language."""
    by_address: bool
    """Whether the address says so, and so must the addresses that lead on from the page."""

    def address(self, path: str) -> str:
        """Return the address of another page in the same language."""
        return f"{path}?{PARAMETER}={self.language.tag}" if self.by_address else path


def language_of(request: Request) -> Chosen:
    """Return the language for a request; nothing is remembered from one to the next."""
    return chosen(request.query_params.get(PARAMETER, ""), request.headers.get("accept-language", ""))


def chosen(parameter: str, accepted: str) -> Chosen:
    """Return the language that a query parameter and a header `Accept-Language` (RFC 9110, 12.5.4) ask for."""
    if parameter in _BY_TAG:
        return Chosen(_BY_TAG[parameter], by_address=True)
    known = (_BY_TAG[tag] for tag in _preferred(accepted) if tag in _BY_TAG)
    return Chosen(next(known, ENGLISH), by_address=False)


def _preferred(accepted: str) -> Iterator[str]:
    """Yield the languages of the header without their regions, the most wanted first."""
    entries = [_PREFERENCE.fullmatch(entry) for entry in accepted.split(",")[:MAX_PREFERRED]]
    found = [(float(entry[2] or 1), entry[1].lower()) for entry in entries if entry is not None]
    yield from (tag for weight, tag in sorted(found, key=lambda one: -one[0]) if weight > 0)
