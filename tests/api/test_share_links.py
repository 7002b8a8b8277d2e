"""A recipient's own page, the share links made there, and what is left of a link that was turned off."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import secrets
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import png
import pytest

from registry.api.linkedin import add_to_profile
from registry.api.page import Place, page_of
from registry.api.preview import preview_of
from registry.checks.report import Verdict
from registry.credentials.findings import SignatureFinding
from registry.credentials.presented import Presented
from registry.services.export import file_content
from registry.services.receipts import bundle_of
from registry.services.share_links import MAX_LIVE
from registry.services.succession import Succession
from registry.services.unwrap import unwrap

if TYPE_CHECKING:
    import httpx

codes_in = sys.modules["tests_printed_codes"].codes_in  # loaded by tests/conftest.py
pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("home"), pytest.mark.anyio]
BROWSER = {"Accept": "text/html,application/xhtml+xml"}
SAME_SITE = {"Sec-Fetch-Site": "same-origin", **BROWSER}
MARKUP = "<script>alert(1)</script>"


@pytest.fixture
def credential(site: Any) -> Any:
    [made] = site.issue(f"{secrets.token_hex(4)}@x.example")
    return made


def own(credential: Any) -> str:
    return f"/r/{credential.recipient_token}"


def picture_of(width: int, height: int) -> str:
    written = io.BytesIO()
    png.Writer(width, height, greyscale=True).write(written, [[0] * width] * height)
    return f"data:image/png;base64,{base64.b64encode(written.getvalue()).decode()}"


def paths_below(link: str) -> list[str]:
    files = ("bundle.json", "badge.png", "badge.svg", "credential.jwt", "certificate.pdf")
    return [link, f"{link}/newer", *(f"{link}/{name}" for name in files), *(f"{link}/newer/{name}" for name in files)]


async def press(client: httpx.AsyncClient, path: str, data: dict[str, str], **headers: str) -> httpx.Response:
    return await client.post(path, data=data, headers={**SAME_SITE, **headers})


async def test_a_certificate_leads_to_the_link_it_came_by_and_the_recipients_own_to_a_link_called_pdf(
    client: httpx.AsyncClient, site: Any, credential: Any
) -> None:
    shared = site.link(credential, "Acme Ltd")

    theirs = await client.get(f"{shared}/certificate.pdf")
    mine = [await client.get(f"{own(credential)}/certificate.pdf") for _ in range(2)]

    assert theirs.headers["content-type"] == "application/pdf"
    assert unwrap(theirs.content).credential["id"] == credential.credential_id
    assert codes_in(theirs.content) == [f"{site.url}{shared}"]
    [printed] = [one for one in site.store.live_share_links(credential.uuid) if one.label == "PDF"]
    assert [codes_in(one.content) for one in mine] == [[f"{site.url}/c/{printed.token}"]] * 2


async def test_a_certificate_of_who_has_as_many_links_as_there_may_be_has_no_code(
    client: httpx.AsyncClient, site: Any, credential: Any
) -> None:
    for number in range(MAX_LIVE):
        site.link(credential, f"Employer {number}")

    assert codes_in((await client.get(f"{own(credential)}/certificate.pdf")).content) == []


# --- The recipient's own page


async def test_the_own_page_shows_credential_verdict_and_links_and_stays_out_of_caches_and_search_engines(
    client: httpx.AsyncClient, site: Any, anchored: Any
) -> None:
    link = site.link(anchored, "Acme Ltd")
    answer = await client.get(own(anchored), headers=BROWSER)
    for words in ("Verified on ", "Ada Okafor", "Share it", "Acme Ltd", f"{site.url}{link}", "Add to LinkedIn"):
        assert words in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "form-action 'self' https://www.linkedin.com;" in answer.headers["content-security-policy"]
    assert "access-control-allow-origin" not in answer.headers
    assert "og:" not in answer.text


async def test_a_page_that_is_shared_has_no_form_and_nothing_of_the_recipients_own_link(
    client: httpx.AsyncClient, site: Any, anchored: Any
) -> None:
    answer = await client.get(site.link(anchored, "test"), headers=BROWSER)
    assert "form-action 'none'" in answer.headers["content-security-policy"]
    assert "<form" not in answer.text
    assert anchored.recipient_token not in answer.text
    assert (await client.get(f"/c/{anchored.recipient_token}")).status_code == 404
    assert (await client.get(f"/r/{site.link(anchored, 'test')[3:]}")).status_code == 404


async def test_a_link_is_made_and_turned_off_by_forms_that_lead_back_to_the_page(
    client: httpx.AsyncClient, site: Any, credential: Any
) -> None:
    path = own(credential)
    made = await press(client, f"{path}/links", {"label": "  Acme\tLtd "})
    assert (made.status_code, str(made.next_request.url)) == (303, f"http://issuer.example{path}#share")
    [link] = site.store.live_share_links(credential.uuid)
    assert link.label == "Acme Ltd"
    assert (await client.get(f"/c/{link.token}")).json()["credential"]["id"] == credential.credential_id
    for _ in range(2):
        off = await press(client, f"{path}/off", {"link": link.token})
        assert (off.status_code, str(off.next_request.url)) == (303, f"http://issuer.example{path}#share")
    assert link.token not in (await client.get(path, headers=BROWSER)).text


async def test_nobody_turns_off_a_link_of_somebody_else(client: httpx.AsyncClient, site: Any, anchored: Any) -> None:
    [stranger] = site.issue(f"{secrets.token_hex(4)}@x.example")
    link = site.link(anchored, "test")
    await press(client, f"{own(stranger)}/off", {"link": link.removeprefix("/c/")})
    assert (await client.get(link)).status_code == 200


async def test_a_hostile_name_of_a_link_is_shown_as_text(client: httpx.AsyncClient, credential: Any) -> None:
    await press(client, f"{own(credential)}/links", {"label": f"\"{MARKUP}' \u202eevil"})
    page = (await client.get(own(credential), headers=BROWSER)).text
    assert MARKUP not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 4  # beside its bdi, in three quoted attributes
    assert page.count("<script") == 0


async def test_the_twentieth_link_is_the_last_until_one_is_turned_off(
    client: httpx.AsyncClient, site: Any, credential: Any
) -> None:
    path = own(credential)
    for _ in range(MAX_LIVE):
        assert (await press(client, f"{path}/links", {})).status_code == 303
    page = (await client.get(path, headers=BROWSER)).text
    assert ("the most there may be" in page, 'name="label"' in page) == (True, False)
    for form in ("links", "linkedin"):
        refused = await press(client, f"{path}/{form}", {}, Accept="*/*")
        assert (refused.status_code, refused.json()["code"]) == (409, "share-links-full")
    assert len(site.store.live_share_links(credential.uuid)) == MAX_LIVE
    await press(client, f"{path}/off", {"link": site.store.live_share_links(credential.uuid)[0].token})
    assert (await press(client, f"{path}/links", {})).status_code == 303


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b"label=" + b"x" * 61, "application/x-www-form-urlencoded", "61 characters"),
        (b"label=" + b"x" * 5000, "application/x-www-form-urlencoded", "4,096 bytes"),
        (b"a&" * 20, "application/x-www-form-urlencoded", "8 fields"),
        (b'{"label": "x"}', "application/json", "own form"),
        (b"label=x", "text/plain", "own form"),
    ],
)
async def test_a_form_that_cannot_be_read_changes_nothing(
    client: httpx.AsyncClient, site: Any, credential: Any, body: bytes, kind: str, words: str
) -> None:
    headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": kind}
    answer = await client.post(f"{own(credential)}/links", content=body, headers=headers)
    assert (answer.status_code, words in answer.json()["detail"]) == (422, True), answer.text
    assert site.store.live_share_links(credential.uuid) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "OWN"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
async def test_another_web_sites_page_can_press_nothing(
    client: httpx.AsyncClient, site: Any, credential: Any, headers: dict[str, str]
) -> None:
    sent = {name: value.replace("OWN", site.url) for name, value in headers.items()}
    token = site.link(credential).removeprefix("/c/")
    for form in ("links", "off", "linkedin"):
        answer = await client.post(f"{own(credential)}/{form}", data={"link": token}, headers=sent)
        assert (answer.status_code, answer.json()["code"]) == (403, "cross-site")
    assert [one.token for one in site.store.live_share_links(credential.uuid)] == [token]


@pytest.mark.parametrize("origin", ["OWN", None])
async def test_an_old_browser_on_the_own_page_and_a_program_without_a_page_are_let_in(
    client: httpx.AsyncClient, site: Any, credential: Any, origin: str | None
) -> None:
    headers = {"Origin": site.url} if origin else {}
    assert (await client.post(f"{own(credential)}/links", data={}, headers=headers)).status_code == 303


async def test_nothing_is_made_behind_a_link_that_is_none(client: httpx.AsyncClient) -> None:
    for form in ("links", "off", "linkedin"):
        assert (await press(client, f"/r/unknown/{form}", {}, Accept="*/*")).json()["code"] == "not-found"
        assert (await client.get(f"/r/unknown/{form}")).status_code in {404, 405}


# --- Links that were turned off, and pages for people


async def test_a_link_that_was_turned_off_gives_nothing_on_any_path_below_it(
    client: httpx.AsyncClient, site: Any, anchored: Any
) -> None:
    old, other = site.issue(f"{secrets.token_hex(4)}@x.example", f"{secrets.token_hex(4)}@x.example")
    site.home.do("reissue", old.uuid, "--set", "name=Ada Obi", "--reason", "x")
    for shown in (anchored, old):
        link = site.link(shown, "to be turned off")
        kept = site.link(shown, "kept")
        await press(client, f"{own(shown)}/off", {"link": link.removeprefix("/c/")})
        for path in paths_below(link):
            answer = await client.get(path)
            assert (answer.status_code, answer.headers["content-type"]) == (410, "application/problem+json"), path
            assert answer.json()["code"] == "link-off"
            assert "Ada" not in answer.text
            assert answer.headers["cache-control"] == "no-store"
        page = await client.get(link, headers=BROWSER)
        assert page.headers["content-type"].startswith("text/html")
        assert "The recipient turned this link off; ask them for another." in page.text
        assert (await client.get(kept)).status_code == 200
    assert (await client.get(site.link(other))).status_code == 200


async def test_a_person_gets_a_page_where_nothing_is_and_a_program_a_problem(client: httpx.AsyncClient) -> None:
    for path, up in (("/c/unknown", "../"), ("/c/unknown/newer/badge.png", "../../../"), ("/nowhere", "")):
        page = await client.get(path, headers=BROWSER)
        assert (page.status_code, "<h1>Not " in page.text) == (404, True)
        assert f'href="{up}static/credential.css"' in page.text


# --- Files


async def test_the_files_of_both_pages_are_the_exported_ones(
    client: httpx.AsyncClient, site: Any, anchored: Any
) -> None:
    bundle = bundle_of(site.store, anchored)
    for base in (own(anchored), site.link(anchored, "test")):
        for name, form, kind in (
            ("bundle.json", "json", "application/json"),
            ("badge.png", "png", "image/png"),
            ("badge.svg", "svg", "image/svg+xml"),
        ):
            answer = await client.get(f"{base}/{name}")
            assert (answer.content, answer.headers["content-type"].split(";")[0]) == (file_content(bundle, form), kind)
            assert answer.headers["cache-control"] == "no-store"
            assert "form-action 'none'" in answer.headers["content-security-policy"]
            assert unwrap(answer.content) == bundle
        assert (await client.get(f"{base}/credential.jwt")).json()["code"] == "not-found"


async def test_a_vc_jwt_can_be_had_alone(client: httpx.AsyncClient, site: Any, tmp_path: Any) -> None:
    address = f"{secrets.token_hex(4)}@x.example"
    path = tmp_path / "roster.csv"
    path.write_text(
        f"Badge Class ID,Identifier,First Name,Last Name,Issue Date\ndata-foundations,{address},Ada,Okafor,2026-06-30\n"
    )
    site.home.do("issue", str(path), "--proof", "jwt")
    made = next(one for one in site.store.credentials() if one.recipient.endswith(address))
    page = (await client.get(own(made), headers=BROWSER)).text
    assert f'href="{made.recipient_token}/credential.jwt"' in page
    answer = await client.get(f"{own(made)}/credential.jwt")
    assert (answer.content, answer.headers["content-type"]) == (made.entry, "application/vc+jwt")
    to_linkedin = await press(client, f"{own(made)}/linkedin", {})
    assert dict(parse_qsl(urlsplit(to_linkedin.headers["location"]).query))["name"] == "Data Foundations"


# --- What took its place


async def test_the_newest_is_seen_below_the_old_link_and_no_other_secret_is_handed_out(
    client: httpx.AsyncClient, site: Any
) -> None:
    [first] = site.issue(f"{secrets.token_hex(4)}@x.example")
    chain = [first]
    for name in ("Ada Obi", "Ada Obi-Okafor"):
        site.home.do("reissue", chain[-1].uuid, "--set", f"name={name}", "--reason", "x")
        chain.append(site.store.credential(site.store.reissue_of(chain[-1].uuid).new))
    first, middle, newest = chain
    link = site.link(first)
    hidden = [one.recipient_token for one in chain] + [site.link(newest)[3:]]

    page = await client.get(link, headers=BROWSER)
    assert f'<a href="{link[3:]}/newer">Open the newer one</a>' in page.text
    newer = await client.get(f"{link}/newer", headers=BROWSER)
    assert "Ada Obi-Okafor" in newer.text
    assert 'src="newer/badge.png"' in newer.text
    assert 'href="../../static/credential.css"' in newer.text
    assert f'property="og:url" content="{site.url}{link}/newer"' in newer.text
    for text in (page.text, newer.text):
        assert not [one for one in hidden if one in text]
    shown = (await client.get(f"{link}/newer")).json(), (await client.get(f"{link}/newer/bundle.json")).json()
    assert {one["credential"]["id"] for one in shown} == {newest.credential_id}
    assert unwrap((await client.get(f"{link}/newer/badge.png")).content) == bundle_of(site.store, newest)
    own_page = (await client.get(own(first), headers=BROWSER)).text
    assert f'<a href="{newest.recipient_token}">Open the newer one</a>' in own_page

    site.home.do("erase", newest.uuid, "--yes")
    assert (await client.get(f"{link}/newer")).json()["credential"]["id"] == middle.credential_id
    site.home.do("erase", middle.uuid, "--yes")
    assert (await client.get(f"{link}/newer")).json()["code"] == "not-found"
    page = (await client.get(link, headers=BROWSER)).text
    assert ("replaced it by a newer" in page, "Open the newer" in page) == (True, False)


async def test_what_was_not_replaced_has_nothing_newer(client: httpx.AsyncClient, site: Any, anchored: Any) -> None:
    link = site.link(anchored, "test")
    for path in (f"{link}/newer", f"{link}/newer/bundle.json"):
        assert (await client.get(path)).json()["code"] == "not-found"


# --- Previews


def tags(page: str) -> dict[str, str]:
    found = re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)">', page)
    return {name: html.unescape(value) for name, value in found}


async def test_a_preview_says_what_from_whom_and_when_and_neither_whose_nor_the_verdict(
    client: httpx.AsyncClient, site: Any, anchored: Any
) -> None:
    link = site.link(anchored, "test")
    found = tags((await client.get(link, headers=BROWSER)).text)
    assert found == {
        "og:type": "website",
        "og:title": "Data Foundations",
        "og:description": "Awarded by Northfield University on 30 June 2026. Open the link to see whose it is, and "
        "whether it holds.",
        "og:site_name": "Northfield University",
        "og:url": site.url + link,
        "og:image": f"{site.url}{link}/badge.png",
        "og:image:type": "image/png",
        "og:image:width": "320",
        "og:image:height": "320",
        "og:image:alt": "Badge: Data Foundations",
        "twitter:card": "summary",
    }
    assert site.get(urlsplit(found["og:image"]).path).headers["content-type"] == "image/png"


async def test_a_hostile_name_stays_inside_its_tag(client: httpx.AsyncClient, site: Any) -> None:
    [hostile] = site.issue(f"{secrets.token_hex(4)}@x.example", achievement="hostile")
    page = (await client.get(site.link(hostile), headers=BROWSER)).text
    assert tags(page)["og:title"] == "</title><script>alert(1)</script> & \"Data\" 'x' evil"
    assert len(tags(page)) == 11
    assert MARKUP not in page


@pytest.mark.parametrize(("picture", "size"), [(picture_of(3, 2), (3, 2)), ("data:image/png;base64,%%%", None)])
async def test_a_preview_tells_the_size_of_the_achievements_own_picture_if_it_can_be_read(
    site: Any, anchored: Any, picture: str, size: Any
) -> None:
    document = json.loads(anchored.entry)
    document["credentialSubject"]["achievement"]["image"] = {"id": picture, "type": "Image"}
    judged = site.verifier.verify(json.dumps(document).encode())
    page = page_of(judged, Place("../", "x", "", ""), Succession())
    assert preview_of(judged, page, "https://uni.example/c/x").image_size == size


@pytest.mark.parametrize("agent", ["LinkedInBot/1.0 (compatible)", "Slackbot-LinkExpanding 1.0", "WhatsApp/2.23"])
async def test_a_program_that_makes_previews_gets_the_page_though_it_asks_for_anything(
    client: httpx.AsyncClient, site: Any, anchored: Any, agent: str
) -> None:
    headers = {"Accept": "*/*", "User-Agent": agent}
    assert "og:title" in (await client.get(site.link(anchored, "test"), headers=headers)).text


# --- LinkedIn


async def test_adding_to_linkedin_leads_there_with_a_live_link_of_that_name(
    client: httpx.AsyncClient, site: Any, credential: Any
) -> None:
    asked = [await press(client, f"{own(credential)}/linkedin", {}) for _ in range(2)]
    [link] = site.store.live_share_links(credential.uuid)
    assert link.label == "LinkedIn"
    for answer in asked:
        address = urlsplit(answer.headers["location"])
        assert (answer.status_code, address.scheme, address.netloc, address.path) == (
            303, "https", "www.linkedin.com", "/profile/add",
        )  # fmt: skip
        assert dict(parse_qsl(address.query)) == {
            "startTask": "CERTIFICATION_NAME",
            "name": "Data Foundations",
            "organizationName": "Northfield University",
            "issueYear": "2026",
            "issueMonth": "6",
            "certUrl": f"{site.url}/c/{link.token}",
            "certId": credential.credential_id,
        }


def test_names_in_any_script_and_an_end_date_reach_linkedin_whole() -> None:
    document = {
        "issuer": {"name": "Universität Köln & Söhne"},
        "credentialSubject": {"achievement": {"name": "データ基礎 + 100% = «да»"}},
    }
    shown = Presented(
        document, "urn:uuid:1", "did:web:x.example", None, (), SignatureFinding("passed", "", ""),
        datetime(2025, 12, 31, 23, 59, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    address = add_to_profile(shown, "https://uni.example/c/a_-b")
    assert address.isascii()
    assert dict(parse_qsl(urlsplit(address).query)) == {
        "startTask": "CERTIFICATION_NAME",
        "name": "データ基礎 + 100% = «да»",
        "organizationName": "Universität Köln & Söhne",
        "issueYear": "2025",
        "issueMonth": "12",
        "expirationYear": "2031",
        "expirationMonth": "1",
        "certUrl": "https://uni.example/c/a_-b",
        "certId": "urn:uuid:1",
    }


# --- The registrar


async def test_the_registrar_gets_each_recipients_link_to_hand_over(
    client: httpx.AsyncClient, site: Any, credential: Any
) -> None:
    said = site.home.do("links", credential.credential_id)
    link = f"{site.url}{own(credential)}"
    assert said.startswith(f"{credential.credential_id}  {credential.recipient}\n  {link}\n")
    assert "secret" in said
    assert (await client.get(own(credential), headers=BROWSER)).status_code == 200
    listed = [json.loads(line) for line in site.home.do("links", "--all", "--json").splitlines()]
    assert {"credential": credential.credential_id, "recipient": credential.recipient, "link": link} in listed
    assert len(listed) == sum(one.entry is not None for one in site.store.credentials())


@pytest.mark.parametrize("arguments", [[], ["--all", "x"], ["nobody"]])
async def test_links_of_nobody_in_particular_are_not_printed(site: Any, credential: Any, arguments: list[str]) -> None:
    given = [credential.uuid, *arguments] if arguments == ["nobody"] else arguments
    outcome = site.home.run("links", *given)
    assert (outcome.code, outcome.out) == (2, "")


async def test_an_erased_credential_has_no_link_to_hand_over(site: Any, credential: Any) -> None:
    site.home.do("erase", credential.uuid, "--yes")
    outcome = site.home.run("links", credential.uuid)
    assert (outcome.code, "erased" in outcome.err) == (2, True)
    assert credential.uuid not in site.home.do("links", "--all")


async def test_a_page_of_a_credential_that_is_verified_says_so_behind_every_kind_of_link(
    client: httpx.AsyncClient, site: Any, anchored: Any
) -> None:
    for path in (f"{own(anchored)}/bundle.json", site.link(anchored, "test")):
        found = site.verifier.verify((await client.get(path)).content)
        assert found.report.verdict is Verdict.VERIFIED
