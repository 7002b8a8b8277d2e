"""The browser that pages are tried in, and what serves them, loaded by their paths: tests are no package."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from verifier_web.app import Limits, create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

TESTS = Path(__file__).parents[1]
FILES = {
    "e2e_browser": TESTS / "e2e" / "browser.py",
    "e2e_served": TESTS / "e2e" / "served.py",
    "e2e_visit": TESTS / "e2e" / "visit.py",
    "verifier_web_made": TESTS / "verifier_web" / "made.py",
    "verifier_web_headlines": TESTS / "verifier_web" / "test_headlines.py",
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


@dataclass(frozen=True)
class Site:
    """The running page, without a slash at the end of its address, and what judges there."""

    url: str
    verifier: Any


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    made = sys.modules["verifier_web_made"]
    verifier = made.FakeVerifier()
    app = create_app(verifier, networks={"sepolia": made.SEPOLIA}, limits=Limits(per_minute=0))
    with sys.modules["e2e_served"].served(app) as url:
        yield Site(url, verifier)


@pytest.fixture(scope="module")
def windows(browser: Browser) -> Iterator[Any]:
    windows = sys.modules["e2e_visit"].Windows(browser)
    yield windows
    windows.close()
