"""Every page in every language: nothing of ours is left in English, and strangers' words are as in English."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from verifier_web.catalogue import catalog
from verifier_web.languages import LANGUAGES

if TYPE_CHECKING:
    from types import ModuleType

    import httpx

    from tests.verifier_web.made import FakeVerifier
    from verifier_web.languages import Language

pytestmark = pytest.mark.anyio

OTHERS = [one for one in LANGUAGES if one.tag != "en"]
CHANGES = ("with_endorsements", "altered", "revoked", "expired", "unreachable", "unconfirmed", "wrong_network")
NOT_READ = {"script", "style", "code", "pre"}
VOID = {"meta", "link", "img", "input", "br"}
SAME = {*(one.name for one in LANGUAGES), "5 ECTS"}
"""Texts that are the same in every language."""
NAMES = (
    "Adam Okafor",
    "Endorsement by the Leeds Data Guild",
    "Old guild",
    "We hire on the strength of this",
    "Northbridge University",
)


class _Words(HTMLParser):
    """The texts of a page that a person reads in its language: nothing in code, nothing marked as English."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[bool] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.texts += [given[name] or "" for name in ("alt", "aria-label", "data-busy", "data-copy") if name in given]
        if tag not in VOID:
            self.open.append(tag in NOT_READ or (tag != "html" and given.get("lang") == "en"))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(self.open):
            self.texts.append(" ".join(data.split()))


def _left_in_english(language: Language, page: str, english: str, strangers: str) -> set[str]:
    """Return the texts that both pages have, that no stranger wrote, and that are no word of both languages."""
    both = set(_Words(page).texts) & set(_Words(english).texts)
    shared = {one.id for one in catalog(language) if one.id == one.string and " " not in one.id}
    words = {text for text in both - shared - SAME if re.search(r"[A-Za-z]{3}", text) and not text.startswith("0x")}
    return {text for text in words if text.strip(" .,:;()") not in strangers}


async def _pages(client: httpx.AsyncClient, language: Language, text: str | None) -> tuple[str, str]:
    pages = []
    for tag in (language.tag, "en"):
        address = f"/?lang={tag}"
        answer = await (client.post(address, files={"text": (None, text)}) if text else client.get(address))
        pages.append(answer.text)
    return pages[0], pages[1]


@pytest.mark.parametrize("language", OTHERS, ids=lambda one: one.tag)
async def test_the_start_page_has_no_english_left(client: httpx.AsyncClient, language: Language) -> None:
    assert _left_in_english(language, *await _pages(client, language, None), "/v1/openapi.json") == set()


@pytest.mark.parametrize("language", OTHERS, ids=lambda one: one.tag)
@pytest.mark.parametrize("change", CHANGES)
async def test_a_verdict_page_has_no_english_left(
    client: httpx.AsyncClient, verifier: FakeVerifier, made: ModuleType, language: Language, change: str
) -> None:
    verifier.change = getattr(made, change)
    strangers = made.bundle_text() + "\n".join(NAMES)

    page, english = await _pages(client, language, made.bundle_text())

    assert _left_in_english(language, page, english, strangers) == set()
    assert f'<html lang="{language.tag}"' in page
    assert (
        page.count(' lang="en" dir="ltr"') == 1
    )  # the button that asks for English; nothing is marked as untranslated


@pytest.mark.parametrize("language", OTHERS, ids=lambda one: one.tag)
@pytest.mark.parametrize("text", ["https://example.org/badge", "%PDF-1.7", '{"a": 1}', "just words", "<html>"])
async def test_a_page_on_what_is_no_credential_has_no_english_left(
    client: httpx.AsyncClient, language: Language, text: str
) -> None:
    assert _left_in_english(language, *await _pages(client, language, text), "") == set()


@pytest.mark.parametrize("language", OTHERS, ids=lambda one: one.tag)
async def test_the_pages_of_several_and_of_the_camera_have_no_english_left(
    client: httpx.AsyncClient, made: ModuleType, language: Language
) -> None:
    several = [("file", ("ada.json", made.bundle_text())), ("file", ("other.json", "{"))]
    found = [await client.post(f"/?lang={tag}", files=several) for tag in (language.tag, "en")]
    camera = [await client.get(f"/camera?lang={tag}") for tag in (language.tag, "en")]

    strangers = made.bundle_text() + "ada.json other.json".join(NAMES)
    assert _left_in_english(language, *(answer.text for answer in found), strangers) == set()
    assert _left_in_english(language, *(answer.text for answer in camera), "") == set()


@pytest.mark.parametrize("language", OTHERS, ids=lambda one: one.tag)
async def test_the_page_of_the_private_check_has_no_english_left_and_leads_to_itself_in_other_languages(
    client: httpx.AsyncClient, language: Language
) -> None:
    page, english = [(await client.get(f"/private?lang={tag}")).text for tag in (language.tag, "en")]

    assert _left_in_english(language, page, english, "") == set()
    assert f'<html lang="{language.tag}" dir="{language.direction}">' in page
    assert all(f'href="/private?lang={one.tag}"' in page for one in LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.tag)
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("{finding} {0} {self.__class__} %s", "{finding} {0} {self.__class__} %s"),
        ("\u202eadA\u2066\u2069 \u0627\u062f\u0627", "\ufffdadA\ufffd\ufffd \u0627\u062f\u0627"),
        ("<b>Verified</b>", "&lt;b&gt;Verified&lt;/b&gt;"),
    ],
)
async def test_a_hostile_name_is_shown_as_it_is_in_every_language(
    client: httpx.AsyncClient, made: ModuleType, document: dict[str, Any], language: Language, name: str, shown: str
) -> None:
    document["credentialSubject"]["identifier"][0]["identityHash"] = name

    page = (await client.post(f"/?lang={language.tag}", files={"text": (None, made.bundle_text(document))})).text

    assert f'<p class="who"><bdi>{shown}</bdi></p>' in page
