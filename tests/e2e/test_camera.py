"""The page that reads QR codes; headless Chromium has neither a camera nor a detector, so both are pretended."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from verifier_web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

browser_module, made = sys.modules["e2e_browser"], sys.modules["verifier_web_made"]  # loaded by conftest.py
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(browser_module.missing() is not None, reason=str(browser_module.missing())),
]
DETECTOR = """window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect(video) {
    window.looks = (window.looks ?? 0) + 1;
    window.running = video.videoWidth > 0;
    return window.looks > 2 ? [{rawValue: %s}] : [];
  }
};"""
CAMERA = """navigator.mediaDevices.getUserMedia = async () => {
  const canvas = document.createElement("canvas");
  canvas.getContext("2d").fillRect(0, 0, 9, 9);
  window.stream = canvas.captureStream(20);
  return window.stream;
};"""
LINK = "https://uni.example/c/abc"


@dataclass(frozen=True)
class Site:
    """The running page."""

    url: str
    verifier: Any


@pytest.fixture
def site() -> Iterator[Site]:
    verifier = made.FakeVerifier()
    with sys.modules["e2e_served"].served(create_app(verifier)) as url:
        yield Site(f"{url}/", verifier)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    yield page
    page.context.close()


def test_the_link_of_a_qr_code_is_handed_in(page: Page, site: Site) -> None:
    page.add_init_script(CAMERA + DETECTOR % f'"{LINK}"')

    page.goto(site.url + "camera")
    page.wait_for_selector("#verdict")

    assert site.verifier.asked == [(LINK.encode(), None)]


def test_a_qr_code_that_holds_no_link_is_said_and_the_camera_looks_on(page: Page, site: Site) -> None:
    page.add_init_script(CAMERA + DETECTOR % '"javascript:alert(1)"')

    page.goto(site.url + "camera")
    page.get_by_text("This QR code holds no link.").wait_for()
    page.wait_for_function("window.looks > 4 && window.running")
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    ended = page.evaluate("window.stream.getTracks().map((track) => track.readyState)")

    assert ended == ["ended"]
    assert site.verifier.asked == []


def test_a_browser_that_reads_no_qr_codes_says_so_and_asks_for_no_camera(page: Page, site: Site) -> None:
    page.add_init_script(
        "delete window.BarcodeDetector; navigator.mediaDevices.getUserMedia = () => { window.bad = 1; }"
    )

    page.goto(site.url + "camera")
    page.get_by_text("This browser cannot read QR codes.").wait_for()

    assert page.evaluate("window.bad") is None
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_a_camera_that_is_refused_or_not_there_is_said(page: Page, site: Site) -> None:
    page.add_init_script(DETECTOR % '""')  # the browser's own answer: there is no camera

    page.goto(site.url + "camera")

    page.get_by_text("The camera cannot be used").wait_for()


def test_no_other_page_may_use_the_camera(page: Page, site: Site) -> None:
    may_ask = "document.featurePolicy.allowsFeature('camera')"

    page.goto(site.url)
    elsewhere = page.evaluate(may_ask)
    page.get_by_role("link", name="Scan the QR code of a certificate").click()
    page.wait_for_url("**/camera")

    assert (elsewhere, page.evaluate(may_ask)) == (False, True)


def test_without_javascript_the_page_says_that_it_needs_it(browser: Browser, site: Site) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()

    page.goto(site.url + "camera")

    assert page.get_by_text("Scanning needs JavaScript.").is_visible()
    page.context.close()
