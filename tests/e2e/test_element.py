"""<credanchor-verifier> on another site's page, under a strict policy of that page's own, in a real browser."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from verifier_web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

browser_module = sys.modules["e2e_browser"]  # loaded by conftest.py
made, served = sys.modules["verifier_web_made"], sys.modules["e2e_served"].served
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(browser_module.missing() is not None, reason=str(browser_module.missing())),
]
VERDICT = "Verified on the Sepolia test network."


@pytest.fixture
def verifier() -> Any:
    return made.FakeVerifier()


class Embedding:
    """Another site's page with an element on it, and what a browser did there."""

    def __init__(self, browser: Browser, verifier: str) -> None:
        self.verifier = verifier
        self.element = "<credanchor-verifier></credanchor-verifier>"
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page = browser.new_context().new_page()
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.app = Starlette(routes=[Route("/", self._host), Route("/ada.json", self._bundle)])

    async def _host(self, _request: object) -> Response:
        script = f'<script type="module" src="{self.verifier}/static/element.js"></script>'
        policy = (
            f"default-src 'none'; script-src {self.verifier}; connect-src 'self' {self.verifier}; "
            f"form-action {self.verifier}; img-src data:"
        )
        text = f"<!doctype html><html lang=en><link rel=icon href=data:><title>Careers</title>{script}{self.element}"
        return HTMLResponse(text, headers={"Content-Security-Policy": policy})

    async def _bundle(self, _request: object) -> Response:
        return Response(made.bundle_text(), media_type="application/json")

    def opened(self, element: str, url: str) -> Page:
        self.element = element
        self.page.goto(url)
        return self.page


@pytest.fixture
def embedding(browser: Browser, verifier: Any) -> Iterator[tuple[Embedding, str]]:
    with served(create_app(verifier, networks={"sepolia": made.SEPOLIA})) as home:
        there = Embedding(browser, home)
        with served(there.app) as host:
            yield there, host
        there.page.context.close()


def test_a_credential_at_an_address_of_the_page_gets_its_verdict_person_and_issuer(
    embedding: tuple[Embedding, str], verifier: Any
) -> None:
    there, host = embedding

    page = there.opened('<credanchor-verifier src="/ada.json"></credanchor-verifier>', host)
    page.get_by_text(VERDICT).wait_for()

    assert page.locator("dd").all_inner_texts() == ["Ada Okafor", "Northbridge University"]
    assert verifier.asked == [(made.bundle_text().encode(), None)]
    assert {url.rpartition("/")[0] for url in there.requests if not url.startswith("data:")} <= {
        host,
        f"{there.verifier}/static",
        f"{there.verifier}/v1",
    }
    assert there.complaints == []


def test_the_elements_own_text_is_checked_for_the_person_who_is_named(embedding: tuple[Embedding, str]) -> None:
    there, host = embedding
    script = f'<script type="application/json">{made.bundle_text()}</script>'

    page = there.opened(f'<credanchor-verifier recipient="Josée Ω">{script}</credanchor-verifier>', host)
    page.locator("p.not-verified").wait_for()

    assert "issued to somebody else" in page.locator("p.not-verified").inner_text()
    assert there.complaints == []


def test_a_chosen_or_dropped_file_is_checked(embedding: tuple[Embedding, str], verifier: Any, tmp_path: Path) -> None:
    there, host = embedding
    (tmp_path / "ada.json").write_text(made.bundle_text())
    page = there.opened("<credanchor-verifier></credanchor-verifier>", host)

    page.get_by_label("Choose a credential, or drop it here").set_input_files(tmp_path / "ada.json")
    page.get_by_text(VERDICT).wait_for()
    verifier.change = made.revoked
    transfer = page.evaluate_handle(
        """(text) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([text], "ada.json"));
            return transfer;
        }""",
        made.bundle_text(),
    )
    page.locator(".box").dispatch_event("drop", {"dataTransfer": transfer})
    page.locator("p.not-verified").wait_for()

    assert len(verifier.asked) == 2
    assert there.complaints == []


def test_the_way_on_opens_the_verifiers_own_page_with_the_same_credential(embedding: tuple[Embedding, str]) -> None:
    there, host = embedding
    page = there.opened('<credanchor-verifier src="/ada.json" recipient="Ada Okafor"></credanchor-verifier>', host)
    page.get_by_text(VERDICT).wait_for()

    with page.context.expect_page() as opened:
        page.get_by_role("button", name="See every check").click()
    full = opened.value
    full.wait_for_selector("#verdict")

    assert full.url == f"{there.verifier}/"
    assert full.get_by_role("heading", level=1).inner_text() == VERDICT
    assert full.get_by_text("It fits the person you asked about.").is_visible()
    assert full.evaluate("window.opener") is None


def test_a_hostile_credential_stays_text_and_words_can_be_put_in_the_pages_language(
    embedding: tuple[Embedding, str],
) -> None:
    there, host = embedding
    document = made.credential_document()
    document["credentialSubject"]["identifier"][0]["identityHash"] = "<img src=x onerror=alert(1)>"
    script = f'<script type="application/json">{made.bundle_text(document)}</script>'

    element = f'<credanchor-verifier label-issuedto="Ausgestellt für">{script}</credanchor-verifier>'
    page = there.opened(element, host)
    page.get_by_text(VERDICT).wait_for()

    assert page.locator("dt").first.inner_text() == "Ausgestellt für"
    assert page.locator("dd").first.inner_text() == "<img src=x onerror=alert(1)>"
    assert page.locator("img").count() == 0
    assert there.complaints == []


@pytest.mark.parametrize(
    ("element", "words"),
    [
        ("<credanchor-verifier>hello</credanchor-verifier>", "This is not a credential"),
        ('<credanchor-verifier src="/nothing"></credanchor-verifier>', "could not be read from its address"),
    ],
)
def test_what_is_no_credential_or_not_there_is_said(embedding: tuple[Embedding, str], element: str, words: str) -> None:
    there, host = embedding

    page = there.opened(element, host)

    page.get_by_text(words).wait_for()


def test_a_verifier_that_does_not_answer_is_said_to_say_nothing(embedding: tuple[Embedding, str]) -> None:
    there, host = embedding
    there.page.route("**/v1/verifications", lambda route: route.abort())

    page = there.opened('<credanchor-verifier src="/ada.json"></credanchor-verifier>', host)

    page.get_by_text("That says nothing about the credential.").wait_for()
