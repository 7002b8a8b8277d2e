"""The pages around the verdict, and every kind of page in the colours and with the motion that a reader chose."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from verifier_web.app import Limits, create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.e2e.visit import Visit, Windows

made, visits = sys.modules["verifier_web_made"], sys.modules["e2e_visit"]  # loaded by conftest.py
browser_module = sys.modules["e2e_browser"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(browser_module.missing() is not None, reason=str(browser_module.missing())),
]
LOOKS = {
    "dark": {"color_scheme": "dark"},
    "forced": {"color_scheme": "dark", "forced_colors": "active"},
}
BARE = """() => [...document.querySelectorAll("button, .button, input:not([type=hidden], [type=file]), textarea")]
  .filter((one) => one.checkVisibility() && parseFloat(getComputedStyle(one).borderTopWidth) < 1)
  .map((one) => one.outerHTML)"""
MOVING = """() => [...document.querySelectorAll("*")].filter((one) => {
  const style = getComputedStyle(one);
  return style.animationName !== "none" || style.transitionDuration.split(", ").some((time) => time !== "0s");
}).map((one) => one.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def busy() -> Iterator[str]:
    """Give the address of a page where nobody may ask a second time within a minute."""
    app = create_app(made.FakeVerifier(), networks={"sepolia": made.SEPOLIA}, limits=Limits(per_minute=1))
    with sys.modules["e2e_served"].served(app) as url:
        yield url


def _start(visit: Visit, url: str, tail: str) -> None:
    visit.page.goto(f"{url}/{tail}")


def _camera(visit: Visit, url: str, tail: str) -> None:
    visit.page.goto(f"{url}/camera{tail}")


def _private(visit: Visit, url: str, tail: str) -> None:
    visit.page.goto(f"{url}/private{tail}")


def _nowhere(visit: Visit, url: str, tail: str) -> None:
    visit.page.goto(f"{url}/nowhere{tail}")


def _several(visit: Visit, url: str, tail: str) -> None:
    text = made.bundle_text().encode()
    names = ("ada.json", "a_very_long_file_name_of_a_screenshot_that_is_no_credential.png", "ada (2).json")
    contents = (text, b"\x89PNG\r\n\x1a\n", text)
    files = [{"name": n, "mimeType": "", "buffer": c} for n, c in zip(names, contents, strict=True)]
    visit.page.goto(f"{url}/{tail}")
    visit.page.locator("#file").set_input_files(files)
    visit.page.locator("form.check button[type=submit]").click()
    visit.page.wait_for_selector("#entry-3")
    visit.page.wait_for_load_state()


def _with_parts(visit: Visit, url: str, tail: str) -> None:
    visit.hand_in(f"{url}/{tail}", made.bundle_text())


PAGES: dict[str, Callable[[Visit, str, str], None]] = {
    "start": _start,
    "camera": _camera,
    "private": _private,
    "nowhere": _nowhere,
    "several": _several,
    "with_parts": _with_parts,
}


@pytest.mark.parametrize("width", visits.WIDTHS)
@pytest.mark.parametrize("language", visits.LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_each_page_is_within_reach_of_everybody(
    windows: Windows, site: Any, name: str, language: str, width: int
) -> None:
    visit = windows.window(f"{width}-{language}", viewport={"width": width, "height": visits.WIDTHS[width]})
    site.verifier.change = made.with_endorsements

    PAGES[name](visit, site.url, f"?lang={language}")
    visit.picture(name)

    assert visit.faults() == []


@pytest.mark.parametrize("language", visits.LANGUAGES)
def test_a_page_that_refuses_is_within_reach_of_everybody(windows: Windows, busy: str, language: str) -> None:
    visit = windows.window(f"360-{language}", viewport={"width": 360, "height": visits.WIDTHS[360]})
    for _ in range(2):
        visit.hand_in(f"{busy}/?lang={language}", "Dear team, I finished.")
    visit.picture("too_many")

    assert visit.faults() == []


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_each_page_keeps_to_the_colours_that_its_reader_chose(
    windows: Windows, site: Any, name: str, look: str
) -> None:
    visit = windows.window(look, viewport={"width": 360, "height": 740}, **LOOKS[look])
    site.verifier.change = made.with_endorsements

    PAGES[name](visit, site.url, "?lang=en")
    visit.picture(name)

    assert visit.page.evaluate(BARE) == []  # where colours are forced, a control is known by its border alone
    assert visit.faults() == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_moves_for_a_reader_who_wants_no_motion(windows: Windows, site: Any, name: str) -> None:
    visit = windows.window("still", reduced_motion="reduce")
    site.verifier.change = made.with_endorsements

    PAGES[name](visit, site.url, "?lang=en")

    assert visit.page.evaluate(MOVING) == []


@pytest.mark.parametrize("change", ["altered", "unreachable", "revoked"])
def test_each_verdict_has_enough_contrast_in_the_dark(windows: Windows, site: Any, change: str) -> None:
    visit = windows.window("dark", viewport={"width": 360, "height": 740}, **LOOKS["dark"])
    site.verifier.change = getattr(made, change)

    visit.hand_in(f"{site.url}/?lang=en", made.bundle_text())
    visit.picture(change)

    assert visit.faults() == []
