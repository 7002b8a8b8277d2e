"""The check of the translations finds what is missing, stale, or has other places than the English."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from babel.messages.catalog import Catalog

from verifier_web.languages import LANGUAGES

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[2]
GERMAN = next(language for language in LANGUAGES if language.tag == "de")


@pytest.fixture(scope="module")
def check() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_translations", ROOT / "docs" / "check_translations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def catalogue(*entries: tuple[Any, Any], flags: tuple[str, ...] = ()) -> Catalog:
    made = Catalog(locale="de")
    for message, translation in entries:
        made.add(message, translation, flags=flags)
    return made


def found(check: ModuleType, monkeypatch: pytest.MonkeyPatch, needed: Catalog, written: Catalog) -> list[str]:
    monkeypatch.setattr(check, "catalog", lambda _: written)
    return list(check.problems(GERMAN, needed))


def test_everything_is_translated(check: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main([]) == 0
    assert capsys.readouterr().err == ""


def test_the_sentences_of_the_checks_of_the_page_and_of_networks_are_all_looked_for(check: ModuleType) -> None:
    needed = {message.id for message in check.template()}

    assert "It expired on {day}." in needed
    assert "Is this credential genuine?" in needed
    assert "the Sepolia test network" in needed
    assert "Micro-credential" in needed
    assert "Private check" in needed
    assert any(isinstance(one, tuple) and "sealed batch" in one[1] for one in needed)


@pytest.mark.parametrize(
    ("message", "translation", "problem"),
    [
        ("A {b}.", "Ein {b}.", None),
        ("A {b}.", "", "not translated"),
        ("A {b}.", "Ein {c}.", "other places"),
        ("A {b}.", "Ein b.", "other places"),
        ("A.", "Ein {b}.", "other places"),
        (("{number} {a}", "{number} {a}s"), ("ein {a}", "{number} {a}"), None),
        (("{number} {a}", "{number} {a}s"), ("{number}", "{number} {a}"), "other places"),
        (("{number} {a}", "{number} {a}s"), ("{number} {a}", "{a}"), "other places"),
        (("{number} {a}", "{number} {a}s"), ("{number} {a}", ""), "not translated"),
    ],
)
def test_a_translation_must_be_there_and_have_the_places_of_the_english(
    check: ModuleType, monkeypatch: pytest.MonkeyPatch, message: Any, translation: Any, problem: str | None
) -> None:
    said = found(check, monkeypatch, catalogue((message, "")), catalogue((message, translation)))

    assert [problem in one for one in said] == ([True] if problem else [])


def test_a_guess_counts_as_no_translation(check: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    written = catalogue(("A.", "Ein."), flags=("fuzzy",))

    assert "not translated" in found(check, monkeypatch, catalogue(("A.", "")), written)[0]


def test_what_nothing_says_any_more_is_found(check: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    written = catalogue(("A.", "Ein."), ("Old.", "Alt."))

    assert found(check, monkeypatch, catalogue(("A.", "")), written) == ["de: nothing says this any more: 'Old.'"]
