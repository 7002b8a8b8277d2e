"""The page at 400 % zoom, with text twice as large, and with the spacing of WCAG 2.2, 1.4.12: nothing is lost."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.e2e.visit import Windows

made, visits = sys.modules["verifier_web_made"], sys.modules["e2e_visit"]  # loaded by conftest.py
browser_module = sys.modules["e2e_browser"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(browser_module.missing() is not None, reason=str(browser_module.missing())),
]
SPACING = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-block-end: 2em !important; }"""
MAGNIFIED = {
    "zoom-400": (320, ""),  # 1280 px at 400 % are 320 CSS pixels
    "text-200": (640, "html { font-size: 200% !important; }"),
    "spacing": (360, SPACING),
}
STYLE = """(text) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  document.adoptedStyleSheets = [sheet];
}"""
CUT_OFF = """() => [...document.querySelectorAll("main *")]
  .filter((one) => one.checkVisibility() && getComputedStyle(one).overflow === "hidden" && !one.matches(".unseen"))
  .filter((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)
  .map((one) => one.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("language", visits.LANGUAGES)
@pytest.mark.parametrize("kind", ["start", "verdict"])
@pytest.mark.parametrize("how", MAGNIFIED)
def test_nothing_is_cut_off_or_beyond_the_edge(windows: Windows, site: Any, how: str, kind: str, language: str) -> None:
    width, style = MAGNIFIED[how]
    visit = windows.window(f"{how}-{language}", viewport={"width": width, "height": 512})
    site.verifier.change = made.with_endorsements
    address = f"{site.url}/?lang={language}"
    visit.page.goto(address)
    if kind == "verdict":
        visit.hand_in(address, made.bundle_text())
    visit.page.evaluate(STYLE, style)
    visit.page.evaluate(visits.UNFOLD)
    visit.picture(kind)

    assert visit.beyond_the_edge() == []
    assert visit.page.evaluate(CUT_OFF) == []
