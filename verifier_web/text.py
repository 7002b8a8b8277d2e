"""Strings of strangers made harmless to look at; escaping for HTML is the templates' own."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any

from registry.core.sentence import Day, Number, Sentence, counted

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_LINE = 300
"""Most characters shown of a name or title."""
MAX_PARAGRAPH = 4000
"""Most characters shown of a description."""
MAX_JSON = 60_000
"""Most characters shown of a document's JSON."""
MAX_MARKS = 6
"""Most combining marks shown on one letter; no living script needs more."""
REPLACEMENT = "\ufffd"

# Embeddings, overrides and isolates: a stranger's text must not reorder ours.
_BIDI = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
_LABEL = re.compile(r"[^\s:/?#.@%]+")
# Zero width (non-)joiners: Persian, Indic scripts and emoji are misspelt without them.
_JOINERS = {0x200C, 0x200D}


def line(value: object, limit: int = MAX_LINE) -> str:
    """Return a string on one line, at most `limit` characters of it; empty for anything but a string.

    Of a sentence of ours, its values are taken so, and the sentence stays one that can be translated.
    """
    return _shown(value, limit, lambda text: " ".join(text.split()))


def paragraph(value: object, limit: int = MAX_PARAGRAPH) -> str:
    """Return a string with its line breaks, at most `limit` characters of it; empty for anything but a string.

    Of a sentence of ours, its values are taken so, and the sentence stays one that can be translated.
    """
    return _shown(value, limit, str.strip)


def lines(value: object, limit: int) -> tuple[str, ...]:
    """Return the strings of a list (or the one string given), each on one line, at most `limit` of them."""
    entries = value if isinstance(value, list) else [value]
    return tuple(text for text in (line(entry) for entry in entries[:limit]) if text)


def json_text(value: Any) -> str:  # noqa: ANN401  any JSON value
    """Return JSON for reading: characters that hide or reorder text are written as escapes."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    head = text[:MAX_JSON]
    shown = "".join(_escaped(character) for character in head)
    rest = len(text) - len(head)
    return counted("{text}\n… ({number} more characters)", rest, text=shown) if rest else shown


def identifier(value: object) -> str:
    """Return an id on one line, in ASCII: a label with other letters as `xn--`, so that it passes for no look-alike."""
    if not isinstance(value, str) or value.isascii():
        return line(value)
    return line(_LABEL.sub(_as_ascii, value[:MAX_LINE]))


def number(value: object) -> str:
    """Return a JSON number as people write it (5, 2.5), empty for anything but a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return Number(float(value))


def _shown(value: object, limit: int, laid_out: Callable[[str], str]) -> str:
    if isinstance(value, Sentence):
        return value.with_values(lambda one: _shown(one, limit, laid_out))
    if isinstance(value, Day | Number):
        return value
    if not isinstance(value, str):
        return ""
    head = value[:limit]
    rest = len(value) - len(head)
    text = laid_out(_few_marks("".join(_harmless(character) for character in head)))
    return counted("{text}… ({number} more characters)", rest, text=text) if rest else text


def _as_ascii(label: re.Match[str]) -> str:
    text = label[0]
    return text if text.isascii() else "xn--" + text.encode("punycode").decode("ascii")


def _harmless(character: str) -> str:
    if character == "\n":
        return character
    category = unicodedata.category(character)
    if category in {"Zs", "Zl", "Zp", "Cc"}:
        return " "
    if ord(character) in _BIDI or category in {"Cs", "Co"}:
        return REPLACEMENT
    if category == "Cf" and ord(character) not in _JOINERS:
        return ""
    return character


def _escaped(character: str) -> str:
    if character == "\n" or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}:
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def _few_marks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)
