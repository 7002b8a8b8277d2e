"""Check that every sentence of the verifier page is translated into each of its languages; --update adds what is new.

What needs a translation: each `Sentence("…")` and `counted("…", …)` in the code, each constant of the page's words,
and the titles of the networks that come with the package.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from registry.chain.networks import load_networks
from registry.core.sentence import Sentence, places
from verifier_web import labels, private_wording, wording
from verifier_web.catalogue import catalog
from verifier_web.languages import ENGLISH, LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages.catalog import Message

    from verifier_web.languages import Language

ROOT = Path(__file__).parent.parent
PACKAGES = ("registry", "verifier_web")
COUNT = frozenset({"number"})
"""A form for one or two things may leave out how many there are."""


def template() -> Catalog:
    """Return every message that needs a translation, in the order of the code."""
    found = Catalog(charset="utf-8")
    words, private = (*_constants(vars(wording)), *_constants(vars(labels))), _constants(vars(private_wording))
    for message in (*words, *_in_code(), *_networks(), *private):
        found.add(message)
    return found


def problems(language: Language, needed: Catalog) -> Iterator[str]:
    """Yield what is wrong with one language's catalogue, a line each."""
    written = catalog(language)
    for message in _messages(needed):
        found = written.get(message.id)
        if found is None or found.fuzzy or not all(_forms(found)):
            yield f"{language.tag}: not translated: {message.id!r}"
        elif not _fits(found):
            yield f"{language.tag}: other places than the English has: {found.string!r}"
    stale = [*(one.id for one in _messages(written) if needed.get(one.id) is None), *written.obsolete]
    yield from (f"{language.tag}: nothing says this any more: {one!r}" for one in stale)


def main(arguments: list[str]) -> int:
    """Return 0 if all is translated, else say what is not and return 1."""
    needed = template()
    languages = [language for language in LANGUAGES if language is not ENGLISH]
    if arguments == ["--update"]:
        for language in languages:
            _update(language, needed)
    found = [problem for language in languages for problem in problems(language, needed)]
    sys.stderr.writelines(f"{problem}\n" for problem in found)
    return 1 if found else 0


def _update(language: Language, needed: Catalog) -> None:
    written = catalog(language)
    written.update(needed, no_fuzzy_matching=True, update_creation_date=False)
    with (ROOT / "verifier_web" / "locale" / f"{language.tag}.po").open("wb") as file:
        write_po(file, written, width=120, ignore_obsolete=True)


def _constants(value: Any) -> Iterator[str | tuple[str, str]]:  # noqa: ANN401  any constant
    if isinstance(value, Sentence):
        yield (value.template, value.plural) if value.plural else value.template
    elif isinstance(value, dict):
        for one in value.values():
            yield from _constants(one)
    elif isinstance(value, tuple):
        for one in value:
            yield from _constants(one)
    elif isinstance(value, wording.Told):
        yield from (value.title, value.advice)


def _in_code() -> Iterator[str | tuple[str, str]]:
    for path in sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                yield from _in_call(node.func.id, node)


def _in_call(name: str, call: ast.Call) -> Iterator[str | tuple[str, str]]:
    first = call.args[0]
    if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
        return
    if name == "Sentence":
        yield first.value
    elif name == "counted":
        one = next((word.value.value for word in call.keywords if word.arg == "one"), first.value)
        yield (one, first.value)


def _networks() -> Iterator[str]:
    yield from (network.title for network in load_networks(None).values())


def _messages(of: Catalog) -> list[Message]:
    return [message for message in of if message.id]


def _forms(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def _fits(message: Message) -> bool:
    """Return whether each form has the places of the English, where there is a count perhaps without the count."""
    if not message.pluralizable:
        return places(message.string) == places(message.id)
    wanted = places(message.id[1])
    return (
        all(wanted - COUNT <= places(form) <= wanted for form in message.string) and places(message.string[-1]) >= COUNT
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
