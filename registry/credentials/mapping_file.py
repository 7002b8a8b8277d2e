"""A mapping file: what the columns of a roster mean that is not recognised, in TOML.

```
name = "Coursera learners"        # how it is shown
delimiter = ";"                   # where it is not found by itself
encoding = "windows-1252"         # where the file is not UTF-8
date_format = "%d/%m/%Y"          # in the letters of strptime

[columns]                         # column = field; every other column is left alone
"Email" = "identifier"
[constants]                       # for every row whose own cell is empty or missing
achievement = "data-foundations"
[only]                            # which rows count: one of these texts, or true for any
"Completed" = ["Yes"]
[values.achievement]              # what a cell of a field stands for; no other cell is taken
"ai-essentials" = "data-foundations"
```
"""

# ruff: noqa: TC001  Pydantic reads the annotations at run time

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError
from pydantic import Field as Member

from registry.core.errors import InputError, RosterError
from registry.credentials.cells import (
    credits_of,
    date_in,
    date_of,
    grade_of,
    locale_of,
    text_of,
    web_address_of,
    word_of,
)
from registry.credentials.fields import Field, Shared
from registry.credentials.rules import Only, Rules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Encoding = Literal["utf-8", "windows-1250", "windows-1251", "windows-1252", "iso-8859-1", "iso-8859-2", "iso-8859-15"]
"""The encodings that are read, by the names that the IANA gives them."""
_PROBE = datetime(2026, 11, 23, tzinfo=UTC)
_PARSERS: dict[Shared, Callable[[str], object]] = {
    "achievement": word_of,
    "narrative": text_of,
    "evidence_narrative": text_of,
    "evidence_url": web_address_of,
    "awarded_on": date_of,
    "expires_on": date_of,
    "credits_earned": credits_of,
    "grade": grade_of,
    "locale": locale_of,
}


@dataclass(frozen=True, slots=True)
class MappingFile:
    """What a mapping file says; without arguments, what it would say if there were none."""

    file: str = ""
    """Its name, for messages."""
    name: str = ""
    """What the roster is called when it is shown; may be empty."""
    delimiter: str | None = None
    """The separator, None if it is to be found."""
    encoding: Encoding = "utf-8"
    """How the roster is encoded."""
    columns: Mapping[str, Field] = field(default_factory=dict)
    """Column and field, as written; empty if the header is to be recognised."""
    rules: Rules = field(default_factory=Rules)
    """What is said beside the columns."""
    line_item: str = ""
    """Of a OneRoster gradebook, the `sourcedId` or title of the line item whose result counts."""

    def with_constants(self, constants: Mapping[Shared, str]) -> MappingFile:
        """Return the same with other constants in place of its own; InputError if one cannot be meant."""
        for where, text in constants.items():
            _PARSERS[where](text)
        both: dict[Field, str] = dict(self.rules.constants)
        both.update((where, text) for where, text in constants.items())
        return replace(self, rules=replace(self.rules, constants=both))


def parse_mapping_file(data: bytes, *, file: str) -> MappingFile:
    """Read a mapping file.

    Raises:
        RosterError: it is no TOML (with line and column), holds a key that means nothing, or a key says what cannot be
            meant; the message names the file and the key.

    """
    try:
        form = _Form.model_validate(tomllib.loads(data.decode("utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"] if part not in _BRANCHES)
        raise RosterError(f"{key}: {_sentence(first['msg'])}", file=file) from error
    except UnicodeDecodeError as error:
        raise RosterError(f"the mapping file is not UTF-8 (byte {error.start}); save it as UTF-8", file=file) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RosterError(f"the mapping file is not TOML: {error}; correct that place", file=file) from error
    _require_date_format(form.date_format, file)
    _require_constants(form.constants, file)
    only = tuple(Only(column, _accepted(texts)) for column, texts in form.only.items())
    rules = Rules(
        dict(form.constants.items()),
        dict(form.values.items()),
        only,
        form.date_format,
    )
    return MappingFile(file, form.name, form.delimiter, form.encoding, form.columns, rules, form.line_item)


def _constant(value: object) -> object:
    """Return a day or moment as the text a cell would hold; TOML has values of its own for them."""
    return value.isoformat() if isinstance(value, date | datetime) else value


_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
_Constant = Annotated[_Text, BeforeValidator(_constant)]
_BRANCHES = {"list[str]", "literal[True]"}  # how Pydantic names the two ways of [only]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str = ""
    delimiter: Literal[",", ";", "\t"] | None = None
    encoding: Encoding = "utf-8"
    date_format: str | None = None
    line_item: str = ""
    columns: dict[_Text, Field] = Member(default_factory=dict)
    constants: dict[Shared, _Constant] = Member(default_factory=dict)
    only: dict[_Text, list[str] | Literal[True]] = Member(default_factory=dict)
    values: dict[Shared, dict[str, _Text]] = Member(default_factory=dict)


def _accepted(texts: list[str] | Literal[True]) -> frozenset[str] | None:
    return None if texts is True else frozenset(text.strip().casefold() for text in texts)


def _require_date_format(date_format: str | None, file: str) -> None:
    if date_format is None:
        return
    try:
        found = date_in(_PROBE.strftime(date_format), date_format)
    except (InputError, ValueError, re.error) as error:  # re.error: a letter stands twice
        raise RosterError(f"date_format: {date_format!r} is not a way to write dates ({error})", file=file) from error
    if (found.year, found.month, found.day) != (_PROBE.year, _PROBE.month, _PROBE.day):
        message = f"date_format: {date_format!r} does not hold day, month and year; write it as %d/%m/%Y"
        raise RosterError(message, file=file)


def _require_constants(constants: Mapping[Shared, str], file: str) -> None:
    for where, text in constants.items():
        try:
            _PARSERS[where](text)
        except InputError as error:
            raise RosterError(f"constants.{where}: {error}", file=file) from error


def _sentence(message: str) -> str:
    """Return Pydantic's words for it, as the middle of a sentence."""
    return message[:1].lower() + message[1:]
