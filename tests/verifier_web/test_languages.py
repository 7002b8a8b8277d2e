"""Which language a reader gets, and that it lasts from page to page without a cookie."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from verifier_web.languages import ENGLISH, LANGUAGES, chosen
from verifier_web.wording import LANGUAGES_AGAIN, MEANINGS

if TYPE_CHECKING:
    import httpx

    from tests.verifier_web.made import FakeVerifier


@pytest.mark.parametrize(
    ("parameter", "accepted", "tag"),
    [
        ("", "", "en"),
        ("", "de", "de"),
        ("", "de-AT,de;q=0.9,en;q=0.8", "de"),
        ("", "pt-PT, pt;q=0.9", "pt"),
        ("", "zh-Hans-CN", "zh"),
        ("", "AR-eg", "ar"),
        ("", "en;q=0.3, fr;q=0.7", "fr"),
        ("", "nl, fi;q=0.9, es;q=0.1", "es"),
        ("", "nl, *;q=0.5", "en"),
        ("", "fr;q=0, de;q=0.1", "de"),
        ("", "fr;q=0", "en"),
        ("", "fr ; q = 0.5 , de;q=0.4", "fr"),
        ("", "fr;q=2, de;q=nonsense, ;;;, es", "es"),
        ("", ",".join(["xx"] * 50 + ["fr"]), "en"),
        ("fr", "de", "fr"),
        ("FR", "de", "de"),
        ("xx", "de", "de"),
        ("../../etc", "", "en"),
    ],
)
def test_the_address_chooses_first_then_the_browser_then_english(parameter: str, accepted: str, tag: str) -> None:
    assert chosen(parameter, accepted).language.tag == tag


def test_only_what_the_address_chose_is_carried_in_addresses() -> None:
    assert chosen("ar", "").address("/") == "/?lang=ar"
    assert chosen("", "ar").address("/") == "/"


@pytest.mark.anyio
@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.tag)
async def test_a_page_says_in_which_language_it_is(client: httpx.AsyncClient, language: object) -> None:
    answer = await client.get("/", headers={"Accept-Language": language.tag})  # type: ignore[attr-defined]

    assert answer.headers["content-language"] == language.tag  # type: ignore[attr-defined]
    assert answer.headers["vary"] == "Accept-Language"
    assert f'<html lang="{language.tag}" dir="{language.direction}">' in answer.text  # type: ignore[attr-defined]
    assert "set-cookie" not in answer.headers


@pytest.mark.anyio
async def test_every_language_is_a_link_in_its_own_words(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text

    links = re.findall(r'<a href="/\?lang=(\w+)" lang="(\w+)" dir="\w+" hreflang="(\w+)"[^>]*>([^<]+)</a>', page)
    assert links == [(one.tag, one.tag, one.tag, one.name) for one in LANGUAGES]
    assert page.count('aria-current="true"') == 1


@pytest.mark.anyio
async def test_the_form_keeps_the_language_that_the_address_chose(client: httpx.AsyncClient, bundle_text: str) -> None:
    start = (await client.get("/?lang=de", headers={"Accept-Language": "fr"})).text
    action = re.search(r'<form class="card check" method="post" action="([^"]+)"', start)
    assert action is not None

    verdict = await client.post(action[1], files={"text": (None, bundle_text)}, headers={"Accept-Language": "fr"})

    assert verdict.headers["content-language"] == "de"
    assert "Verifiziert auf dem Sepolia-Testnetz." in verdict.text
    assert 'class="button" href="/?lang=de"' in verdict.text


@pytest.mark.anyio
async def test_a_verdict_is_given_again_in_another_language_for_the_same_person(
    client: httpx.AsyncClient, verifier: FakeVerifier, bundle_text: str
) -> None:
    first = (await client.post("/", files={"text": (None, bundle_text), "recipient": (None, "Ada Okafor")})).text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', first))
    actions = re.findall(r'formaction="(/\?lang=[^"]+)"', first)
    assert [action[-2:] for action in actions] == [one.tag for one in LANGUAGES]

    second = await client.post(actions[1], files={name: (None, value) for name, value in fields.items()})

    assert second.headers["content-language"] == "es"
    assert verifier.asked == [(bundle_text.encode(), "Ada Okafor")] * 2


@pytest.mark.anyio
async def test_what_is_too_large_to_carry_along_is_said_to_be(client: httpx.AsyncClient, bundle_text: str) -> None:
    large = bundle_text + " " * 300_000

    page = (await client.post("/", files={"file": ("large.json", large)})).text

    assert LANGUAGES_AGAIN in page
    assert "formaction" not in page
    assert page.count("hreflang") == len(LANGUAGES)


@pytest.mark.anyio
@pytest.mark.parametrize(("path", "status"), [("/?lang=fr", 422), ("/nowhere?lang=fr", 404)])
async def test_a_page_about_a_problem_is_in_the_same_language(
    client: httpx.AsyncClient, path: str, status: int
) -> None:
    answer = await client.post(path, files={"text": (None, "https://example.org/")})

    assert (answer.status_code, answer.headers["content-language"]) == (status, "fr")
    assert '<html lang="fr" dir="ltr">' in answer.text


@pytest.mark.anyio
async def test_a_sentence_of_ours_on_a_problem_is_translated_and_technical_detail_is_marked(
    client: httpx.AsyncClient,
) -> None:
    ours = await client.post("/?lang=de", content=b"{}", headers={"Content-Type": "application/json"})
    detail = await client.post("/?lang=de", files={"text": (None, '{"a": 1')})

    assert "<p>Diese Adresse nimmt das Formular der Seite; Programme verwenden POST /v1/verifications.</p>" in ours.text
    assert '<p lang="en" dir="ltr"><bdi>' in detail.text


@pytest.mark.anyio
async def test_the_api_answers_in_english_whatever_the_browser_prefers(
    client: httpx.AsyncClient, bundle_text: str
) -> None:
    headers = {"Content-Type": "application/json", "Accept-Language": "ar"}

    report = (await client.post("/v1/verifications?lang=ar", content=bundle_text, headers=headers)).json()
    problem = (await client.post("/v1/verifications?lang=ar", content="{", headers=headers)).json()

    assert report["summary"] == "Verified on the Sepolia test network."
    assert problem["title"] == "Not a credential"


def test_english_is_what_everybody_else_gets() -> None:
    assert LANGUAGES[0] is ENGLISH
    assert MEANINGS["verified"].startswith("It is unaltered")
