"""What the cells of a roster may hold: dates, numbers, web addresses and texts, each read strictly."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache

from registry.core.errors import InputError

MAX_CELL_CHARACTERS = 20_000
"""Longest narrative."""
MAX_WORD_CHARACTERS = 300
"""Longest name, identifier or grade."""
MAX_URL_CHARACTERS = 2_000
"""Longest web address."""
FIRST_YEAR, LAST_YEAR = 1900, 2999
"""Years that are believed to be meant."""
MAX_CREDITS = 10_000
"""Most credits that one achievement is believed to carry."""

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ISO_INSTANT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?([Zz]|[+-]\d{2}:\d{2})?", re.ASCII
)
_DOTTED_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_SLASHED_DATE = re.compile(r"\d{1,4}/\d{1,2}/\d{1,4}(?:,? \d{1,2}:\d{2}.*)?", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}(?:[.,]\d{1,6})?", re.ASCII)
# Characters that an IRI may not hold would be lost or refused when the credential is canonicalised as RDF.
_WEB_ADDRESS = re.compile(
    r"https?://[^\s\x00-\x20\x7f<>\"{}|\\^`/?#]+(?:[/?#][^\s\x00-\x20\x7f<>\"{}|\\^`]*)?", re.IGNORECASE
)
_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,4}")


@lru_cache(maxsize=256)  # most rows of a roster share a few dates
def date_of(text: str) -> date | datetime:
    """Read 2026-06-30, 30.06.2026, or a date-time with its zone such as 2026-05-14T09:30:00+02:00.

    A date-time comes back in UTC, in whole seconds.

    Raises:
        InputError: there is no such day, its order is ambiguous, or a date-time names no zone.

    """
    if _SLASHED_DATE.fullmatch(text):
        message = f"{text[:60]} may mean day/month or month/day; write the date as 2026-06-30 or 30.06.2026"
        raise InputError(f"{message}, or say which with date_format in a mapping file")
    if found := _ISO_INSTANT.fullmatch(text):
        return _instant(text, *found.groups())
    dotted = _DOTTED_DATE.fullmatch(text)
    if not dotted and not _ISO_DATE.fullmatch(text):
        raise InputError(f"{text[:60]!r} is not a date; write it as 2026-06-30 or 30.06.2026")
    year, month, day = reversed(dotted.groups()) if dotted else text.split("-")
    try:
        return _believed(date(int(year), int(month), int(day)))
    except ValueError as error:
        raise InputError(f"{text} is not a day of the calendar; correct the date") from error


@lru_cache(maxsize=256)
def date_in(text: str, date_format: str) -> date | datetime:
    """Read a date that is written as `date_format` says, in the letters of `strptime`.

    A time of the day is only a moment if the format has a zone (`%z`); without one, the day alone is kept.

    Raises:
        InputError: it is written otherwise, or there is no such day.

    """
    try:
        found = datetime.strptime(text, date_format)  # noqa: DTZ007  a format without a zone gives a day
    except ValueError as error:
        raise InputError(f"{text[:60]!r} is not a date as {date_format} writes it; correct one of the two") from error
    _believed(found.date())
    return found.astimezone(UTC).replace(microsecond=0) if found.tzinfo else found.date()


def start_of(when: date | datetime) -> datetime:
    """Return the instant, or 00:00:00 UTC of the day."""
    return when if isinstance(when, datetime) else datetime.combine(when, time(0), UTC)


def end_of(when: date | datetime) -> datetime:
    """Return the instant, or 23:59:59 UTC of the day: what expires on a day is valid through that day."""
    return when if isinstance(when, datetime) else datetime.combine(when, time(23, 59, 59), UTC)


def credits_of(text: str) -> Decimal:
    """Read a number of credits with a decimal point or comma; InputError for a sign, a thousands mark or a word."""
    if not _NUMBER.fullmatch(text):
        raise InputError(f"{text[:60]!r} is not a number of credits; write it as 5, 2.5 or 2,5")
    number = Decimal(text.replace(",", "."))
    if number > MAX_CREDITS:
        raise InputError(
            f"{text} credits are more than one achievement can carry ({MAX_CREDITS:,}); correct the number"
        )
    return number


def grade_of(text: str) -> str:
    """Return a grade as it is awarded; a number with a decimal comma gets a point, as JSON readers expect."""
    return word_of(text.replace(",", ".") if _NUMBER.fullmatch(text) else text)


def web_address_of(text: str) -> str:
    """Return an http or https address; InputError for another scheme or characters that no address may hold."""
    if len(text) > MAX_URL_CHARACTERS:
        raise InputError(f"the address has {len(text):,} characters; at most {MAX_URL_CHARACTERS:,} are taken")
    if not _WEB_ADDRESS.fullmatch(text):
        raise InputError(f"{text[:80]!r} is not a web address; it begins with https:// and holds no spaces or quotes")
    return text


def locale_of(text: str) -> str:
    """Return a language tag such as `de` or `pt-BR`; InputError for anything else."""
    if not _LOCALE.fullmatch(text):
        raise InputError(f"{text[:60]!r} is not a language tag; write it as de or pt-BR")
    return text.replace("_", "-")


def word_of(text: str) -> str:
    """Return a short text; InputError if it is too long."""
    return _no_longer_than(MAX_WORD_CHARACTERS, text)


def text_of(text: str) -> str:
    """Return a narrative; InputError if it is too long."""
    return _no_longer_than(MAX_CELL_CHARACTERS, text)


def _no_longer_than(limit: int, text: str) -> str:
    if len(text) > limit:
        raise InputError(f"the cell has {len(text):,} characters; at most {limit:,} are taken, so shorten it")
    return text


def _instant(text: str, day: str, clock: str, zone: str | None) -> datetime:
    if zone is None:
        raise InputError(f"{text} names no time zone; add Z for UTC or an offset such as +02:00, or give the day alone")
    try:
        local = datetime.fromisoformat(f"{day}T{clock}{zone.upper()}")
    except ValueError as error:
        raise InputError(f"{text} is not a moment of the calendar; correct the date or the time") from error
    _believed(local.date())
    return local.astimezone(UTC)


def _believed(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InputError(f"the year {day.year} is outside {FIRST_YEAR} to {LAST_YEAR}; correct the date")
    return day
