"""Our sentences in another language: the catalogues of locale/, and CLDR's dates and numbers."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

from babel.core import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from registry.core.sentence import Day, Number, Sentence, filled
from verifier_web.languages import ENGLISH

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

    from verifier_web.languages import Language

_ISOLATE, _END = "\u2068", "\u2069"  # first strong isolate, pop directional isolate: what <bdi> does, in plain text
_WRITTEN_OUT = frozenset("-0123456789.,")
_RIGHT_TO_LEFT = {"R", "AL"}
_COUNTS = (1_000_000, *range(102, -1, -1))  # every plural category of every language; the smallest count decides


class Catalogue:
    """What is said in one language."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._translations = translations(language)

    def say(self, value: object) -> object:
        """Return a sentence, date or number of ours in this language; anything else, as a stranger's text, as it is."""
        if isinstance(value, Sentence):
            return self._sentence(value)
        if isinstance(value, Day):
            return value if self._language is ENGLISH else format_date(value.on, "long", self._language.locale)
        if isinstance(value, Number):
            return value if self._language is ENGLISH else self._number(value)
        return value

    def forms(self, counted: Sentence) -> dict[str, str]:
        """Return the templates of what is counted by CLDR's plural category, as `Intl.PluralRules` names it."""
        category = Locale.parse(self._language.locale).plural_form
        said = self._translations.ngettext
        return {category(count): said(counted.template, counted.plural, count) for count in _COUNTS}

    def _sentence(self, sentence: Sentence) -> str:
        if self._language is ENGLISH:
            return sentence.with_values(self._value)
        values = {name: self._value(value) for name, value in sentence.values.items()}
        return filled(self._template(sentence), values)

    def _template(self, sentence: Sentence) -> str:
        number = sentence.values.get("number")
        if sentence.plural and isinstance(number, Number):
            return self._translations.ngettext(sentence.template, sentence.plural, int(number.value))
        return self._translations.gettext(sentence.template) if sentence.template else ""

    def _value(self, value: object) -> object:
        return self._isolated(value) if type(value) is str else self.say(value)

    def _isolated(self, text: str) -> str:
        """Return a stranger's text so that it cannot reorder the sentence around it, nor the sentence it."""
        mixed = self._language.direction == "rtl" or any(
            unicodedata.bidirectional(one) in _RIGHT_TO_LEFT for one in text
        )
        return f"{_ISOLATE}{text}{_END}" if text and mixed else text

    def _number(self, number: Number) -> str:
        if not _WRITTEN_OUT.issuperset(number):  # too large or too small for that
            return number
        return format_decimal(Decimal(str(number.value)), locale=self._language.locale, decimal_quantization=False)


@cache
def translations(language: Language) -> NullTranslations:
    """Return the compiled catalogue of a language; English is what all of them translate."""
    if language is ENGLISH:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, catalog(language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def catalog(language: Language) -> Catalog:
    """Return the catalogue of a language as its file says it, with comments and obsolete entries."""
    with files("verifier_web").joinpath("locale", f"{language.tag}.po").open("rb") as file:
        return read_po(file, locale=language.locale)
