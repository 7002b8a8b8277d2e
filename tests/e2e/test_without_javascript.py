"""The page without JavaScript: every way to hand something in, and every way on from a verdict."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.e2e.visit import Windows

made = sys.modules["verifier_web_made"]  # loaded by conftest.py
browser_module = sys.modules["e2e_browser"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(browser_module.missing() is not None, reason=str(browser_module.missing())),
]
VERIFIED = "Verified on the Sepolia test network."


@pytest.fixture
def page(windows: Windows, site: Any) -> Page:
    """A window without JavaScript, on the start page."""
    page = windows.window("no-script", java_script_enabled=False).page
    site.verifier.change = lambda facts: facts
    page.goto(site.url)
    return page


def _paste(page: Page) -> None:
    page.get_by_label("Paste the credential").fill(made.bundle_text())
    page.get_by_role("button", name="Check it").click()


def test_a_pasted_credential_gets_its_verdict(page: Page) -> None:
    _paste(page)

    assert page.get_by_role("heading", level=1).inner_text() == VERIFIED
    assert page.get_by_role("button", name="Copy").count() == 0


def test_a_chosen_file_gets_its_verdict(page: Page, tmp_path: Path) -> None:
    (tmp_path / "ada.json").write_text(made.bundle_text(), "utf-8")

    page.get_by_label("Or choose its file").set_input_files(tmp_path / "ada.json")
    page.get_by_role("button", name="Check it").click()

    assert page.get_by_role("heading", level=1).inner_text() == VERIFIED


def test_several_pasted_credentials_are_listed_and_each_opens_in_full(page: Page) -> None:
    page.get_by_label("Paste the credential").fill(f"{made.bundle_text()}\n{made.bundle_text()}")
    page.get_by_role("button", name="Check it").click()
    counted = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("button", name="Open it in full").last.click()

    assert counted == "Checked one by one: 2"
    assert page.get_by_role("heading", level=1).inner_text() == VERIFIED


def test_the_person_is_compared(page: Page) -> None:
    _paste(page)

    page.get_by_label("Is it this person's?").fill("Ada Okafor")
    page.get_by_role("button", name="Compare").click()

    assert page.get_by_text("It fits the person you asked about.").is_visible()


@pytest.mark.parametrize("button", ["Report as PDF", "Report as data"])
def test_a_report_is_downloaded(page: Page, button: str) -> None:
    _paste(page)

    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()

    assert download.value.suggested_filename.startswith("verification-report-")


def test_the_language_of_a_verdict_is_changed(page: Page) -> None:
    _paste(page)

    page.get_by_role("button", name="Deutsch").click()

    assert page.get_by_role("heading", level=1).inner_text() == "Verifiziert auf dem Sepolia-Testnetz."
    assert page.locator(".brand").get_attribute("href") == "/?lang=de"
