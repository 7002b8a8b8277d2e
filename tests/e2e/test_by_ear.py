"""The page as a screen reader tells it: the verdict first, headings without gaps, and a word when something happens."""

from __future__ import annotations

import sys
from itertools import pairwise
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
BEGINS = """- main:
  - region "Verified on the Sepolia test network.":
    - heading "Verified on the Sepolia test network." [level=1]
    - paragraph: It is unaltered, anchored by its issuer, and neither withdrawn nor out of date.
    - paragraph: "A test network is for trying things out: anybody can write on it for free."
    - heading "Issued to" [level=2]
    - paragraph: Ada Okafor"""
LEVELS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
  .filter((one) => one.checkVisibility()).map((one) => Number(one.tagName[1]))"""
COUNT_AND_STAY = """() => {
  window.sent = 0;
  document.querySelector("form.check").addEventListener("submit", (event) => {
    if (!event.defaultPrevented) window.sent += 1;
    event.preventDefault();
  });
}"""
LANDMARKS = """() => [...document.querySelectorAll("body > *")].map((one) => one.localName)"""


def test_the_content_begins_with_the_verdict_what_it_means_and_whose_it_is(windows: Windows, site: Any) -> None:
    visit = windows.window("plain")
    site.verifier.change = lambda facts: facts

    visit.hand_in(site.url, made.bundle_text())

    assert visit.page.locator("main").aria_snapshot().startswith(BEGINS)
    assert visit.page.title().startswith("Verified on the Sepolia test network.")


@pytest.mark.parametrize("text", ["bundle", "letter", None])
def test_headings_leave_out_no_level_and_landmarks_hold_everything(
    windows: Windows, site: Any, text: str | None
) -> None:
    visit = windows.window("plain")
    site.verifier.change = made.with_endorsements
    visit.page.goto(site.url)
    if text is not None:
        visit.hand_in(site.url, made.bundle_text() if text == "bundle" else "Dear team, I finished.")
    visit.page.evaluate(visits.UNFOLD)

    levels = visit.page.evaluate(LEVELS)

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert visit.page.evaluate(LANDMARKS) == ["a", "header", "main", "footer"]


def test_while_a_check_is_under_way_it_is_said_the_focus_stays_and_nothing_is_sent_twice(
    windows: Windows, site: Any
) -> None:
    page = windows.window("plain").page
    page.goto(site.url)
    page.evaluate(COUNT_AND_STAY)
    page.locator("form.check button").focus()

    page.keyboard.press("Enter")
    page.keyboard.press("Enter")

    assert page.locator("form.check [role=status]").inner_text() == "Checking…"
    assert page.evaluate("document.activeElement.textContent") == "Checking…"
    assert page.evaluate("window.sent") == 1
