"""The verifier page in a real browser, served by the real server around judgements from hand-built facts."""

from __future__ import annotations

import importlib.util
import socket
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pypdfium2
import pytest
import uvicorn

from registry.core.sentence import places
from verifier_web.app import create_app
from verifier_web.catalogue import catalog
from verifier_web.languages import ENGLISH, LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from playwright.sync_api import Browser, Page

    from tests.verifier_web.made import FakeVerifier
    from verifier_web.languages import Language

TESTS = Path(__file__).parents[1]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}


def _loaded(name: str, path: Path) -> ModuleType:
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


browser_module = _loaded("e2e_browser", TESTS / "e2e" / "browser.py")
made = _loaded("verifier_web_made", TESTS / "verifier_web" / "made.py")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(browser_module.missing() is not None, reason=str(browser_module.missing())),
]


@dataclass
class Site:
    """The running page, and what a browser did there."""

    url: str
    verifier: FakeVerifier
    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture
def site() -> Iterator[Site]:
    verifier = made.FakeVerifier()
    app = create_app(verifier, networks={"sepolia": made.SEPOLIA})
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield Site(f"http://127.0.0.1:{listener.getsockname()[1]}/", verifier)
        server.should_exit = True
        thread.join()


def _page(browser: Browser, site: Site, **options: Any) -> Page:
    page = browser.new_context(**{"viewport": DESKTOP, **options}).new_page()
    page.on("request", lambda request: site.hosts.add(urlsplit(request.url).hostname or request.url))
    page.on("console", lambda message: site.complaints.append(message.text))
    page.on("pageerror", lambda error: site.complaints.append(str(error)))
    page.goto(site.url)
    return page


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    page = _page(browser, site)
    yield page
    page.context.close()


def _paste(page: Page, text: str) -> None:
    page.get_by_label("Paste the credential").fill(text)
    page.get_by_role("button", name="Check it").click()
    page.wait_for_selector("#verdict")
    page.wait_for_load_state()  # the style sheet comes after the words


def test_a_pasted_bundle_gets_its_verdict_without_a_complaint_or_a_request_elsewhere(page: Page, site: Site) -> None:
    _paste(page, made.bundle_text())

    assert page.get_by_role("heading", level=1).inner_text() == "Verified on the Sepolia test network."
    assert page.locator(".who").first.inner_text() == "Ada Okafor"
    assert site.hosts == {"127.0.0.1"}
    assert site.complaints == []


@pytest.mark.parametrize("change", ["altered", "revoked", "expired", "unreachable"])
def test_the_verdict_is_in_words_and_above_everything_else(page: Page, site: Site, change: str) -> None:
    site.verifier.change = getattr(made, change)

    _paste(page, made.bundle_text())

    heading = page.get_by_role("heading", level=1)
    box = heading.bounding_box()
    assert heading.inner_text().startswith(("Not verified", "Cannot tell"))
    assert box is not None
    assert box["y"] < DESKTOP["height"] / 2


def test_a_dropped_file_is_checked_at_once(page: Page, site: Site) -> None:
    transfer = page.evaluate_handle(
        """(text) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([text], "ada.json", {type: "application/json"}));
            return transfer;
        }""",
        made.bundle_text(),
    )

    page.dispatch_event("body", "drop", {"dataTransfer": transfer})
    page.wait_for_selector("#verdict")

    assert site.verifier.asked == [(made.bundle_text().encode(), None)]


def test_a_chosen_file_is_checked_with_the_persons_name(page: Page, site: Site, tmp_path: Path) -> None:
    (tmp_path / "ada.json").write_text(made.bundle_text(), "utf-8")

    page.get_by_label("Or choose its file").set_input_files(tmp_path / "ada.json")
    page.get_by_label("Is it this person's?").fill("Ada Okafor")
    page.get_by_role("button", name="Check it").click()
    page.wait_for_selector("#verdict")

    assert page.get_by_text("It fits the person you asked about.").is_visible()
    assert site.complaints == []


def test_the_person_can_be_asked_for_on_the_verdict_page(page: Page) -> None:
    _paste(page, made.bundle_text())

    page.get_by_label("Is it this person's?").fill("Someone Else")
    page.get_by_role("button", name="Compare").click()
    page.wait_for_selector(".verdict.bad")

    assert "issued to somebody else" in page.get_by_role("heading", level=1).inner_text()


@pytest.mark.parametrize("change", ["with_endorsements", "altered", "in_a_large_batch"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_overflows_a_narrow_phone(browser: Browser, site: Site, change: str, scheme: str) -> None:
    site.verifier.change = getattr(made, change)
    page = _page(browser, site, viewport=PHONE, color_scheme=scheme)

    _paste(page, made.bundle_text())
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")

    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    page.context.close()


def test_copying_a_line_takes_it_as_it_stands(browser: Browser, site: Site) -> None:
    page = _page(browser, site, permissions=["clipboard-read", "clipboard-write"])
    _paste(page, made.bundle_text())
    page.get_by_text("Show the lines to paste").click()

    page.get_by_role("button", name="Copy").first.click()

    assert page.evaluate("navigator.clipboard.readText()") == "export ETH_RPC_URL=https://open-rpc.example"
    page.context.close()


@pytest.mark.parametrize(("button", "begins"), [("Report as PDF", b"%PDF-"), ("Report as data", b"{")])
def test_a_report_is_downloaded_and_the_page_stays(page: Page, site: Site, button: str, begins: bytes) -> None:
    _paste(page, made.bundle_text())

    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()

    assert download.value.suggested_filename.startswith("verification-report-2026-11-22-1000.")
    assert Path(download.value.path()).read_bytes().startswith(begins)
    assert page.get_by_role("heading", level=1).inner_text() == "Verified on the Sepolia test network."
    assert page.get_by_role("button", name=button).is_enabled()
    assert site.complaints == []


@pytest.mark.parametrize("script", [True, False])
def test_on_paper_everything_is_unfolded_and_nothing_is_there_to_press(
    browser: Browser,
    site: Site,
    script: bool,  # noqa: FBT001
) -> None:
    site.verifier.change = made.with_endorsements
    page = _page(browser, site, java_script_enabled=script)
    _paste(page, made.bundle_text())

    pages = pypdfium2.PdfDocument(page.pdf(format="A4"))

    words = " ".join(" ".join(one.get_textpage().get_text_bounded() for one in pages).split())
    for folded in ("cast call", "The credential as it was read", '"proofValue"', "type of assessment", "Its checks"):
        assert folded in words
    for pressed in ("Report as PDF", "Is it this person", "Copy", "Check another one", "Skip to the content"):
        assert pressed not in words
    assert "(https://portfolio.example/ada/final)" in words
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_paper_it_is_black_on_white_whatever_the_screen_is(browser: Browser, site: Site, scheme: str) -> None:
    page = _page(browser, site, color_scheme=scheme)
    _paste(page, made.bundle_text())

    page.emulate_media(media="print")

    colours = (
        "(place) => { const s = getComputedStyle(document.querySelector(place)); return [s.color, s.backgroundColor]; }"
    )
    assert page.evaluate(colours, "body") == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    assert page.evaluate(colours, ".title")[0] == "rgb(0, 0, 0)"
    page.context.close()


def test_on_paper_the_technical_part_begins_a_page(page: Page) -> None:
    _paste(page, made.bundle_text())

    pages = pypdfium2.PdfDocument(page.pdf(format="A4"))

    texts = [one.get_textpage().get_text_bounded().strip() for one in pages]
    assert [text.startswith("Check it yourself") for text in texts if "Check it yourself" in text] == [True]


def test_the_tree_of_a_large_batch_folds_its_middle_and_works_without_javascript(browser: Browser, site: Site) -> None:
    site.verifier.change = made.in_a_large_batch
    page = _page(browser, site, java_script_enabled=False)

    _paste(page, made.bundle_text())

    assert page.locator(".tree > .pair:visible").count() == 4
    page.get_by_text("16 more steps").click()
    assert page.locator(".tree .pair:visible").count() == 20
    page.context.close()


def test_a_hostile_document_runs_nothing(page: Page, site: Site) -> None:
    document = made.credential_document()
    document["credentialSubject"]["achievement"]["name"] = "<img src=https://evil.example/x onerror=alert(1)>"
    document["credentialSubject"]["achievement"]["image"] = {"id": "https://evil.example/badge.png", "type": "Image"}

    _paste(page, made.bundle_text(document))

    assert page.locator(".title").inner_text() == "<img src=https://evil.example/x onerror=alert(1)>"
    assert site.hosts == {"127.0.0.1"}
    assert site.complaints == []


@pytest.mark.parametrize("mebibytes", [5, 24])
def test_a_file_that_is_too_large_gets_a_page_that_says_so(
    page: Page, site: Site, tmp_path: Path, mebibytes: int
) -> None:
    (tmp_path / "big.json").write_bytes(b" " * mebibytes * 1024 * 1024)

    page.get_by_label("Or choose its file").set_input_files(tmp_path / "big.json")
    page.get_by_role("button", name="Check it").click()
    page.wait_for_selector("#verdict")

    assert page.get_by_role("heading", level=1).inner_text() == "That is too large"
    assert site.verifier.asked == []


def _drop(page: Page, *texts: str) -> None:
    transfer = page.evaluate_handle(
        """(texts) => {
            const transfer = new DataTransfer();
            texts.forEach((text, at) => transfer.items.add(new File([text], `${at + 1}.json`)));
            return transfer;
        }""",
        texts,
    )
    page.dispatch_event("body", "drop", {"dataTransfer": transfer})
    page.wait_for_selector("#verdict")


def test_several_dropped_files_are_listed_and_each_opens_in_full(page: Page, site: Site) -> None:
    _drop(page, made.bundle_text(), "{", made.bundle_text())

    assert page.get_by_role("heading", level=1).inner_text() == "Checked one by one: 3"
    assert page.locator("h2[id^=entry]").all_inner_texts()[0] == "Verified on the Sepolia test network."
    page.get_by_role("button", name="Open it in full").nth(1).click()
    page.wait_for_selector("text=What it says")

    assert page.get_by_role("heading", level=1).inner_text() == "Verified on the Sepolia test network."
    assert site.complaints == []


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.tag)
def test_each_language_has_its_direction_and_its_own_words(browser: Browser, site: Site, language: Language) -> None:
    page = _page(browser, site, locale=language.tag, viewport=PHONE)

    _require_all_in(page, language)
    page.locator("#text").fill(made.bundle_text())
    page.locator("form.check button[type=submit]").click()
    page.wait_for_selector("#verdict")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    _require_all_in(page, language)

    assert page.context.cookies() == []
    page.context.close()


def _require_all_in(page: Page, language: Language) -> None:
    shown = page.evaluate("[document.documentElement.lang, getComputedStyle(document.body).direction]")
    assert shown == [language.tag, language.direction]
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    text = page.locator("body").inner_text()
    english = [one.id for one in (catalog(language) if language is not ENGLISH else ()) if " " in one.id]
    assert [one for one in english if isinstance(one, str) and not places(one) and one in text] == []
