"""Words of ours that can be said in another language later: an English text that remembers what it was made of.

What judges stays pure and English. Whoever shows a text to a person may say it again from its template and values. A
plain `str` is somebody else's words, or technical detail: it is never translated, and never read as a template.
"""

from __future__ import annotations

import functools
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

TECHNICAL = "{technical}"
"""Template of technical detail, which stays English in every language."""
_PLACE = re.compile(r"\{([a-z_]+)\}")


def filled(template: str, values: Mapping[str, object]) -> str:
    """Return a template with each `{name}` replaced by its value; braces in a value, or of no value, stay.

    There is no other syntax in a template: a value can neither bring one of its own nor reach into an object.
    """
    return _PLACE.sub(lambda found: str(values.get(found[1], found[0])), template)


def places(template: str) -> frozenset[str]:
    """Return the names of a template's places."""
    return frozenset(_PLACE.findall(template))


class Sentence(str):
    """A text in English with the template and the values it was made of.

    Values are names and other strings of strangers, or texts of this module.
    """

    __slots__ = ("plural", "template", "values")

    template: str
    """The English template, which is also its key in a catalogue; where there is a count, for one."""
    plural: str
    """The template for other counts than one, with the count as `{number}`; empty where there is no count."""
    values: Mapping[str, object]
    """What fills the template's places, by name."""

    def __new__(cls, template: str, /, **values: object) -> Self:
        """Return the text of a template filled with values."""
        made = str.__new__(cls, filled(template, values) if values else template)
        made.template, made.plural, made.values = template, "", MappingProxyType(values)
        return made

    def format(self, *_: object, **values: object) -> Sentence:
        """Return the same template filled with values, as `filled` does it."""
        return Sentence(self.template, **values)

    def __str__(self) -> Sentence:
        """Return itself, so that the text of an error raised with a sentence is that sentence."""
        return self

    def __reduce__(self) -> tuple[Callable[..., Sentence], tuple[str, str, str, dict[str, object]]]:
        """Let it pass from a worker process to the one that asked."""
        return _made, (self[:], self.template, self.plural, dict(self.values))

    def with_text(self, text: str) -> Sentence:
        """Return the same with another English text, as where it stands inside of another sentence."""
        return _made(text, self.template, self.plural, self.values)

    def with_values(self, change: Callable[[object], object]) -> Sentence:
        """Return the same with every value changed."""
        values = {name: change(value) for name, value in self.values.items()}
        if values == self.values:
            return self
        template = self.template if not self.plural or _is_one(values) else self.plural
        text = filled(template, values)
        same = text[:1].lower() == self[:1]  # it goes on after a colon
        return _made(self[:1] + text[1:] if same else text, self.template, self.plural, values)


class Day(str):
    """A date in English, as `30 June 2026`."""

    __slots__ = ("on",)

    on: date
    """The date."""

    def __new__(cls, on: date) -> Self:
        """Return the text of a date."""
        made = str.__new__(cls, f"{on.day} {on:%B %Y}")
        made.on = on
        return made

    def __reduce__(self) -> tuple[type[Day], tuple[date]]:
        """Let it pass from a worker process to the one that asked."""
        return Day, (self.on,)


class Number(str):
    """A number in English, as `12,345` or `2.5`."""

    __slots__ = ("value",)

    value: float
    """The number."""

    def __new__(cls, value: float) -> Self:
        """Return the text of a number."""
        made = str.__new__(cls, f"{value:,}" if isinstance(value, int) else f"{value:.12g}")
        made.value = value
        return made

    def __reduce__(self) -> tuple[type[Number], tuple[float]]:
        """Let it pass from a worker process to the one that asked."""
        return Number, (self.value,)


def counted(many: str, number: int, /, one: str = "", **values: object) -> Sentence:
    """Return `many`, or `one` for 1, filled with `number` and other values; languages have more forms than these."""
    all_values = {"number": Number(number), **values}
    return _made(filled(one or many if number == 1 else many, all_values), one or many, many, all_values)


def listed(texts: Sequence[str]) -> str:
    """Return texts one after the other, with a comma between two; each can still be said in another language."""
    return functools.reduce(lambda first, rest: Sentence("{text}, {rest}", text=first, rest=rest), texts or [""])


def then(first: Sentence, rest: Sentence) -> Sentence:
    """Return two sentences one after the other."""
    return Sentence("{first} {rest}", first=first, rest=rest)


def technical(text: str) -> Sentence:
    """Return technical detail as a sentence that nobody translates; what is a sentence already stays one."""
    return text if isinstance(text, Sentence) else Sentence(TECHNICAL, technical=text)


def joined_on(sentence: Sentence) -> Sentence:
    """Return a sentence that goes on after a colon: its first letter small in English, untouched elsewhere."""
    return sentence.with_text(sentence[:1].lower() + sentence[1:])


def _is_one(values: Mapping[str, object]) -> bool:
    number = values["number"]
    return isinstance(number, Number) and number.value == 1


def _made(text: str, template: str, plural: str, values: Mapping[str, object]) -> Sentence:
    made = str.__new__(Sentence, text)
    made.template, made.plural, made.values = template, plural, MappingProxyType(dict(values))
    return made
