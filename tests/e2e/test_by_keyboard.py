"""The page by the keyboard alone: what is reached, in which order, and whether one sees where one is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.visit import Windows

made, visits = sys.modules["verifier_web_made"], sys.modules["e2e_visit"]  # loaded by conftest.py
browser_module = sys.modules["e2e_browser"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(browser_module.missing() is not None, reason=str(browser_module.missing())),
]
CONTROLS = """() => {
  const all = "a[href], button:not(:disabled), input:not([type=hidden]), textarea, summary, [tabindex='0']";
  window.controls = [...document.querySelectorAll(all)].filter((one) => one.checkVisibility());
  return window.controls.length;
}"""
AT = "() => window.controls.indexOf(document.activeElement)"
UNSEEN = """() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  const level = ([red, green, blue]) => [red, green, blue].map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  let behind = one.parentElement;
  while (behind.parentElement && (parts(getComputedStyle(behind).backgroundColor)[3] ?? 1) === 0) {
    behind = behind.parentElement;
  }
  const [low, high] = [level(parts(style.outlineColor)), level(parts(getComputedStyle(behind).backgroundColor))]
    .sort((a, b) => a - b);
  const shown = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const marked = style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2;
  return shown && marked && (high + 0.05) / (low + 0.05) >= 3 ? [] : [one.outerHTML.slice(0, 120)];
}"""


def _press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def _held(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["start", "verdict"])
def test_each_control_is_reached_once_in_the_order_of_reading_and_one_sees_which(
    windows: Windows, site: Any, kind: str, scheme: str
) -> None:
    visit = windows.window(scheme, color_scheme=scheme)
    site.verifier.change = made.with_endorsements
    page = visit.page
    page.goto(site.url)
    if kind == "verdict":
        visit.hand_in(site.url, made.bundle_text())
    page.evaluate(visits.UNFOLD)
    count = page.evaluate(CONTROLS)

    forth, unseen = [], []
    for _ in range(count):
        _press(page, "Tab")
        forth.append(page.evaluate(AT))
        unseen += page.evaluate(UNSEEN)
    back = []
    for _ in range(count - 1):
        _press(page, "Shift+Tab")
        back.append(page.evaluate(AT))

    assert forth == list(range(count))
    assert back == list(reversed(range(count - 1)))
    assert unseen == []


def test_the_skip_link_passes_over_the_head_of_the_page(windows: Windows, site: Any) -> None:
    page = windows.window("light").page
    page.goto(site.url)

    _press(page, "Tab", "Enter", "Tab")

    assert _held(page) == "text"


def test_the_way_from_the_address_to_a_comparison_needs_no_mouse(windows: Windows, site: Any) -> None:
    page = windows.window("light").page
    site.verifier.change = lambda facts: facts
    page.goto(site.url)

    _press(page, "Tab", "Enter", "Tab")
    page.keyboard.insert_text(made.bundle_text())
    _press(page, "Tab", "Tab", "Tab", "Enter")
    page.wait_for_selector(".verdict.good")
    _press(page, "Tab", "Enter", "Tab")
    page.keyboard.insert_text("Someone Else")
    _press(page, "Tab", "Enter")
    page.wait_for_selector(".verdict.bad")

    assert "issued to somebody else" in page.locator("h1").inner_text()


def test_what_is_folded_opens_and_closes_by_keyboard(windows: Windows, site: Any) -> None:
    visit = windows.window("light")
    site.verifier.change = lambda facts: facts
    visit.hand_in(site.url, made.bundle_text())
    visit.page.locator(".technical summary").first.focus()

    _press(visit.page, "Enter")
    opened = visit.page.locator(".technical details").first.evaluate("(one) => one.open")
    _press(visit.page, "Tab")
    inside = visit.page.evaluate("document.activeElement.tagName")
    _press(visit.page, "Shift+Tab", "Space")

    assert (opened, inside) == (True, "PRE")
    assert visit.page.locator(".technical details").first.evaluate("(one) => one.open") is False
