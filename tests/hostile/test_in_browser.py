"""The verdict page of a credential that is stuffed with payloads, in a real browser: nothing runs, nothing leaves."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

browser_module = sys.modules["e2e_browser"]  # loaded by conftest.py
worlds = sys.modules["services_world"]
documents = sys.modules["hostile_documents"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(browser_module.missing() is not None, reason=str(browser_module.missing())),
]
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PAYLOADS = (
    '"><script>window.ran = 1; fetch("https://evil.example/")</script>',
    "'\"><img src=https://evil.example/x onerror=window.ran=1>",
    "</title></textarea></pre><svg onload=window.ran=1><iframe src=https://evil.example/>",
    '<a href="javascript:window.ran=1">x</a><form action=https://evil.example/><button>go</button></form>',
    '<meta http-equiv=refresh content="0;url=https://evil.example/"><base href=https://evil.example/>',
    "<link rel=stylesheet href=https://evil.example/x.css><style>*{background:url(https://evil.example/)}</style>",
    "{{ 7*7 }} {% raw %} ${7*7} #{7*7} <%= 7*7 %> {0.__class__} %s%n %(x)s",
    "\u202egnp.exe\u2066\u200b\u0000\ud800 a\u0301\u0323\u0301\u0323\u0301\u0323\u0301\u0323\u0301\u0323",
    "&lt;script&gt;window.ran=1&lt;/script&gt; <!-- --> ]]> \\u003cscript\\u003e",
)
ADDRESSES = (
    "javascript:window.ran=1",
    "data:text/html,<script>window.ran=1</script>",
    "vbscript:x",
    "//evil.example/",
    "http://evil.example/",
    "https://\u0435vil.example/",
    "https://user:pass@evil.example/",
    'https://evil.example/" onmouseover="window.ran=1',
    "https://evil.example/plain",
)
PICTURES = (
    "https://evil.example/badge.png",
    "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIG9ubG9hZD0id2luZG93LnJhbj0xIi8+",
    "data:text/html;base64,PHNjcmlwdD53aW5kb3cucmFuPTE8L3NjcmlwdD4=",
    "data:image/png;base64,PHN2Zz48c2NyaXB0PndpbmRvdy5yYW49MTwvc2NyaXB0Pjwvc3ZnPg==",
    f"data:image/png;base64,{PIXEL}",
)


@dataclass
class Watched:
    """What a page did."""

    page: Page
    requests: list[str] = field(default_factory=list)
    noises: list[str] = field(default_factory=list)
    """Dialogs, pages opened, downloads, console messages and errors."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser_module.chromium(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture
def watched(browser: Browser, hostile_site: str) -> Iterator[Watched]:
    context = browser.new_context()
    watched = Watched(context.new_page())
    context.on("request", lambda request: watched.requests.append(request.url))
    context.on("page", lambda page: watched.noises.append(f"opened {page.url}"))
    for event in ("console", "pageerror", "download"):
        watched.page.on(event, lambda what: watched.noises.append(str(what)))
    watched.page.on("dialog", lambda dialog: (watched.noises.append(dialog.message), dialog.dismiss()))
    watched.page.goto(hostile_site)
    yield watched
    context.close()


def _stuffed(payload: str, address: str, image: str) -> bytes:
    named = {"id": address, "type": ["Profile"], "name": payload, "url": address}
    badge: dict[str, Any] = json.loads(documents.TEXT)
    badge |= {
        "id": payload,
        "name": payload,
        "description": payload,
        "issuer": {**badge["issuer"], "name": payload, "url": address},
        "evidence": [{"id": address, "type": ["Evidence"], "name": payload, "description": payload, "genre": payload}],
        "endorsement": [{**badge, "name": payload, "credentialSubject": {"endorsementComment": payload}}],
    }
    identifier = {"type": "IdentityObject", "hashed": False, "identityHash": payload, "identityType": payload}
    badge["credentialSubject"] = {
        "identifier": [identifier, {**identifier, "identityType": "name"}],
        "narrative": payload,
        "source": named,
        "result": [{"type": ["Result"], "value": payload, "status": payload}],
        "achievement": {
            "name": payload,
            "description": payload,
            "achievementType": payload,
            "image": {"id": image, "type": "Image"},
            "criteria": {"id": address, "narrative": payload},
            "tag": [payload],
            "humanCode": payload,
            "alignment": [
                {"targetName": payload, "targetUrl": address, "targetCode": payload, "targetType": kind}
                for kind in (payload, "ext:EQF")
            ],
        },
    }
    return json.dumps(badge).encode()


@pytest.mark.parametrize("at", range(len(PAYLOADS)))
def test_a_credential_full_of_payloads_runs_nothing_and_sends_nothing(
    at: int, watched: Watched, hostile_site: str
) -> None:
    page = watched.page
    content = _stuffed(PAYLOADS[at], ADDRESSES[at], PICTURES[at % len(PICTURES)])
    file = {"name": f"{PAYLOADS[at][:60]}.json", "mimeType": "application/json", "buffer": content}

    page.locator("input[type=file]").set_input_files(file)
    page.locator("form[data-check] button[type=submit]").click()
    page.wait_for_selector("#verdict")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.wait_for_load_state("networkidle")

    assert {urlsplit(one).hostname for one in watched.requests if not one.startswith("data:")} == {"127.0.0.1"}
    assert watched.noises == []
    assert page.evaluate("window.ran === undefined")
    assert page.url == hostile_site
    assert {one.get_attribute("src") for one in page.locator("main img").all()} <= {PICTURES[-1]}
    assert page.locator("iframe, main form[action^=http], base, meta[http-equiv], style, main link").count() == 0
    assert {urlsplit(str(one.get_attribute("href"))).scheme for one in page.locator("main a").all()} <= {"", "https"}
    assert "49" not in page.locator("h3.title").inner_text()


def test_a_strangers_words_stand_on_the_page_as_they_were_written(watched: Watched) -> None:
    page = watched.page
    page.locator("textarea").fill(_stuffed(PAYLOADS[0], ADDRESSES[0], PICTURES[0]).decode())
    page.locator("form[data-check] button[type=submit]").click()
    page.wait_for_selector("#verdict")

    assert page.locator("h3.title").inner_text() == PAYLOADS[0]
