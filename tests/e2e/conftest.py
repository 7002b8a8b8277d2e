"""The browser that pages are tried in, and what serves them, loaded by their paths: tests are no package."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

TESTS = Path(__file__).parents[1]
FILES = {
    "e2e_browser": TESTS / "e2e" / "browser.py",
    "e2e_served": TESTS / "e2e" / "served.py",
    "verifier_web_made": TESTS / "verifier_web" / "made.py",
}
for _name, _path in FILES.items():
    if _name not in sys.modules:
        _spec = importlib.util.spec_from_file_location(_name, _path)
        assert _spec is not None
        assert _spec.loader is not None
        sys.modules[_name] = importlib.util.module_from_spec(_spec)
        _spec.loader.exec_module(sys.modules[_name])


@pytest.fixture(scope="session")
def chromium_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where Chromium is unpacked, once for all files of tests."""
    return tmp_path_factory.mktemp("chromium")


@pytest.fixture(scope="module")
def browser(chromium_folder: Path) -> Iterator[Browser]:
    """Chromium; closed with each file, because its event loop would be in the way of tests with their own."""
    with sys.modules["e2e_browser"].chromium(chromium_folder) as browser:
        yield browser
