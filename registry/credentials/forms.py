"""What the Open Badges forms are made of: texts, lists of terms, one-or-many members, and errors in plain words."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, ClassVar, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic.alias_generators import to_camel

from registry.core.errors import CredentialFormatError
from registry.credentials.findings import MemberProblem
from registry.credentials.times import parse_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

T = TypeVar("T")

# Open Badges 3.0, the pattern of every list of terms that may be extended.
EXTENSION = re.compile(r"ext:[a-zA-Z0-9.|_]+")
_JSON_KIND = {
    "string_type": "text",
    "bool_type": "true or false",
    "int_type": "a number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "list_type": "an array",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "dict_type": "an object",
}


class Form(BaseModel):
    """A form of Open Badges 3.0 as JSON; members that it does not know are kept apart, not refused."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=False,
        extra="allow",
        frozen=True,
        strict=True,
        allow_inf_nan=False,
        defer_build=True,  # a form is made ready when it is first used
    )

    is_a: ClassVar[tuple[str, ...]] = ()
    """`type` must name one of these; empty where the form has no type of its own."""
    is_signed: ClassVar[bool] = False
    """Whether it is somebody's signed document, whose members are not ours to know."""

    @model_validator(mode="after")
    def _names_its_type(self) -> Self:
        types = getattr(self, "type", None)
        if self.is_a and isinstance(types, list) and not set(self.is_a) & set(types):
            raise ValueError(f"type: does not name {' or '.join(self.is_a)}")
        return self


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _date_time(value: str) -> str:
    try:
        parse_time(value, "the value")
    except CredentialFormatError as error:
        raise ValueError(f"is {value[:60]!r}, not a date with time and zone such as 2026-11-21T12:00:00Z") from error
    return value


def _day(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"is {value[:60]!r}, not a date such as 2026-11-21") from error
    return value


Many = Annotated[list[T], BeforeValidator(_listed)]
"""One value or an array of them; always an array inside."""
Number = int | float
DateTime = Annotated[str, AfterValidator(_date_time)]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\d$"), AfterValidator(_day)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,4}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$")]
CompactJws = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_-]+\.[a-zA-Z0-9_-]*\.[a-zA-Z0-9_-]+$")]
Types = Annotated[Many[str], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class OneOf:
    """A validator of text that must be one of its terms, or an `ext:` term if the list may be extended."""

    terms: tuple[str, ...]
    """The defined terms."""
    extensible: bool
    """Whether issuers may add terms of their own."""

    def __call__(self, value: str) -> str:
        """Return the text; ValueError if it is no such term."""
        if value in self.terms or (self.extensible and EXTENSION.search(value)):
            return value
        near = difflib.get_close_matches(value, self.terms, n=1, cutoff=0.0)[0]
        own = ", or a term of your own with the prefix ext:" if self.extensible else ""
        raise ValueError(f"is {value[:60]!r}, which is no defined term; the nearest is {near!r}{own}")


def one_of(*terms: str, extensible: bool) -> AfterValidator:
    """Return a validator of text that must be one of `terms`, or an `ext:` term if the list may be extended."""
    return AfterValidator(OneOf(terms, extensible))


def sentences(error: ValidationError) -> Iterator[str]:
    """Yield one finished sentence for each thing that is wrong, naming the member, for example `criteria.narrative`."""
    for problem in member_problems(error):
        yield problem.sentence


def member_problems(error: ValidationError) -> Iterator[MemberProblem]:
    """Yield each thing that is wrong with its member."""
    for detail in error.errors(include_url=False):
        yield _problem(detail)


def unknown_members(form: object, place: str = "") -> Iterator[MemberProblem]:
    """Yield each member that no form knows, with the nearest known name."""
    if isinstance(form, list):
        for at, item in enumerate(form):
            yield from unknown_members(item, f"{place}[{at}]")
    if not isinstance(form, BaseModel) or getattr(form, "is_signed", False):
        return
    known = {field.alias or name: name for name, field in type(form).model_fields.items()}
    for name in form.model_extra or {}:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(known))}."
        yield MemberProblem(_joined(place, name[:60]), f"is not a member of Open Badges 3.0; {hint}")
    for alias, name in known.items():
        yield from unknown_members(getattr(form, name), _joined(place, alias))


def _problem(detail: ErrorDetails) -> MemberProblem:
    place = _place(detail["loc"])
    if detail["type"] == "missing":
        return MemberProblem(place, f"is missing{_misspelt(detail)}.")
    if detail["type"] == "value_error":
        message = str(detail["ctx"]["error"])
        member, colon, rest = message.partition(": ")
        return MemberProblem(_joined(place, member), f"{rest}.") if colon else MemberProblem(place, f"{message}.")
    kind = _JSON_KIND.get(detail["type"])
    if kind:
        return MemberProblem(place, f"must be {kind}.")
    said = f"{detail['msg'][:1].lower()}{detail['msg'][1:]}"
    return MemberProblem(place, f"is not as Open Badges 3.0 asks: {said}.")


def _misspelt(detail: ErrorDetails) -> str:
    given = detail["input"]
    near = difflib.get_close_matches(str(detail["loc"][-1]), given, n=1, cutoff=0.75) if isinstance(given, dict) else []
    return f"; {near[0]!r} may be meant for it" if near else ""


def _place(loc: Sequence[int | str]) -> str:
    place = ""
    for part in loc:
        # Names in angle brackets are the branches of a choice, not members.
        if isinstance(part, int):
            place += f"[{part}]"
        elif not part.startswith("<") and part not in {"int", "float"}:
            place = _joined(place, part)
    return place or "The document"


def _joined(place: str, name: str) -> str:
    return f"{place}.{name}" if place and place != "The document" else name
