"""docs/frameworks.md says what is computed: of the demo's achievements, and of other people's samples."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from registry.services.achievement_file import judge_file

HERE = Path(__file__).parent


def _expected() -> Any:
    name = "frameworks_expected"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, HERE / "expected.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


expected = _expected()
needs_samples = pytest.mark.skipif(not expected.SAMPLES.is_dir(), reason="the samples are not beside this repository")
TABLES = [pytest.param(name, marks=needs_samples if name == "samples" else ()) for name in expected.TABLES]
ACHIEVEMENTS = [*(f"anchoring/demo/{key}.json" for key, *_ in expected.DEMO), "docs/example/data-foundations.json"]


@pytest.mark.parametrize("name", TABLES)
def test_the_document_holds_the_table_that_is_computed(name: str) -> None:
    written = expected.between(expected.DOCUMENT.read_text("utf-8"), name)
    assert written == expected.TABLES[name](), f"run {expected.COMMAND}"


@needs_samples
def test_every_sample_is_judged_and_given_reasons() -> None:
    paths = sorted(expected.SAMPLES.rglob("*.json"))
    sections = expected.between(expected.DOCUMENT.read_text("utf-8"), "samples").split("#### ")[1:]
    assert len(sections) == len(paths) > 0
    assert all(section.count("- ") > 1 for section in sections)


@pytest.mark.parametrize("path", ACHIEVEMENTS)
def test_the_achievements_of_demo_and_example_can_be_issued(path: str) -> None:
    assert judge_file((expected.ROOT / path).read_bytes()).problems == ()


@pytest.mark.parametrize("key", expected.DEMO)
def test_the_demos_achievements_have_all_that_the_european_list_asks(key: tuple[str, str, str]) -> None:
    report = expected.report_on(expected.FRAMEWORKS["eu"], expected._offer(*key))
    assert report.lacking == ()
    assert report.summary.startswith("11 of 11 ")


def test_the_example_is_the_demos() -> None:
    demo, example = (
        json.loads((expected.ROOT / path).read_text("utf-8")) for path in (ACHIEVEMENTS[0], ACHIEVEMENTS[2])
    )
    assert example == demo
