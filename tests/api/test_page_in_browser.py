"""The credential pages in a real browser: nothing from elsewhere, nothing run, nothing cut off, every button works."""

from __future__ import annotations

import importlib.util
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from playwright.sync_api import Browser, Page


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


# --- The recipient's own page


@pytest.fixture
def credential(site: Any) -> Any:
    [made] = site.issue(f"{secrets.token_hex(4)}@x.example")
    return made


def own_page(site: Any, browser: Browser, credential: Any, width: int = 1280, height: int = 900) -> Page:
    screen = {"width": width, "height": height}
    nobody = {"server": "http://127.0.0.1:9", "bypass": "localhost"}  # what leaves this machine gets no answer
    context = browser.new_context(viewport=screen, java_script_enabled=False, proxy=nobody)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{site.url}/r/{credential.recipient_token}")
    return page


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)])
def test_a_link_is_made_copied_opened_and_turned_off_without_any_script(
    site: Any, credential: Any, browser: Browser, width: int, height: int
) -> None:
    page = own_page(site, browser, credential, width, height)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    name = "Acme Ltd, who look for somebody to run their data platform"
    page.get_by_label("Who or what is the new link for?").fill(name)
    page.get_by_role("button", name="New link").click()

    assert page.url.endswith("#share")
    shown = page.get_by_label(f"Address of {name}")
    shown.press("Control+a")
    shown.press("Control+c")
    paste = page.get_by_label("Who or what is the new link for?")
    paste.press("Control+v")
    address = paste.input_value()
    assert address == shown.input_value()
    assert address.startswith(f"{site.url}/c/")
    for part in ("main", ".links", ".new-link", ".linkedin"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width

    page.get_by_role("link", name=f"Open {name}").click()
    assert page.url == address
    assert page.locator("#verdict").inner_text().startswith("Cannot tell")
    page.go_back()
    page.get_by_role("button", name=f"Turn off {name}").click()
    assert page.get_by_label(f"Address of {name}").count() == 0
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 410
    assert "The recipient turned this link off" in page.locator("main").inner_text()
    assert [one for one in complaints if "410" not in one] == []
    page.context.close()


def test_adding_to_linkedin_leaves_for_linkedin_and_says_from_where_to_nobody(
    site: Any, credential: Any, browser: Browser
) -> None:
    page = own_page(site, browser, credential)
    with page.expect_event("requestfailed", lambda request: "linkedin" in request.url) as waiting:
        page.get_by_role("button", name="Add to LinkedIn").click()
    request = waiting.value
    assert request.url.startswith("https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME&")
    assert (request.method, request.headers.get("referer")) == ("GET", None)
    assert request.failure == "net::ERR_PROXY_CONNECTION_FAILED"  # it was on its way, and no policy stopped it
    page.context.close()


def test_a_page_of_another_web_site_makes_no_link_in_the_recipients_browser(
    site: Any, credential: Any, browser: Browser
) -> None:
    page = browser.new_page()
    form = f'<form method="post" action="{site.url}/r/{credential.recipient_token}/links"><button>Go</button></form>'
    page.route("http://evil.example/", lambda route: route.fulfill(body=form, content_type="text/html"))
    page.goto("http://evil.example/")
    page.get_by_role("button").click()
    page.get_by_text("This did not come from your own page").wait_for()
    assert site.store.live_share_links(credential.uuid) == []
    page.close()
