"""The credential page in a real browser: nothing from elsewhere, nothing run, nothing cut off."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from playwright.sync_api import Browser


def _loaded() -> ModuleType:
    name = "e2e_browser"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).parents[1] / "e2e" / "browser.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


browser_module = _loaded()
pytestmark = [
    pytest.mark.chain,
    pytest.mark.browser,
    pytest.mark.xdist_group("home"),
    pytest.mark.skipif(browser_module.missing() is not None, reason=str(browser_module.missing())),
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser_module.chromium(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)])
@pytest.mark.parametrize("achievement", ["data-foundations", "hostile"])
def test_a_page_fits_its_screen_and_asks_nobody_else(
    site: Any, anchored: Any, browser: Browser, achievement: str, width: int, height: int
) -> None:
    shown = anchored
    if achievement == "hostile":
        [shown] = site.issue(f"screen{width}@x.example", achievement="hostile")
    page = browser.new_context(viewport={"width": width, "height": height}).new_page()
    hosts: set[str] = set()
    complaints: list[str] = []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))

    page.goto(site.url + site.link(shown, "test"), wait_until="networkidle")

    assert hosts - {""} == {urlsplit(site.url).netloc}
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("[...document.images].every((image) => image.naturalWidth > 0)")
    verdict = page.locator("#verdict").bounding_box()
    assert verdict is not None
    assert verdict["y"] < height / 4
    page.context.close()


def test_the_files_can_be_fetched_from_the_page(site: Any, anchored: Any, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(site.url + site.link(anchored, "test"))
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Credential (JSON)").click()
    path = waiting.value.path()
    assert site.verifier.verify(path.read_bytes()).report.verdict.value == "verified"
    page.close()
