"""The issuer API: what standard verifiers read, and what a share link shows to people and programs."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from registry.api import office as office_module
from registry.checks.report import Outcome, Verdict
from registry.credentials.signing import verify_proof
from registry.credentials.status_list import is_revoked
from registry.services.receipts import bundle_of
from registry.services.status_indices import list_position
from registry.services.unwrap import unwrap

if TYPE_CHECKING:
    import httpx

pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("home"), pytest.mark.anyio]
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
HOSTILE_MARKUP = "<script>alert(1)</script>"


def problem_of(answer: httpx.Response) -> tuple[int, str, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    value = answer.json()
    assert value["detail"].endswith(".")
    return answer.status_code, value["status"] and value["code"], value["title"]


# --- For machines


async def test_the_did_document_names_keys_and_account(client: httpx.AsyncClient, site: Any) -> None:
    answer = await client.get("/issuers/northfield/did.json")
    document = answer.json()
    [issuer] = site.store.issuers()
    assert document["id"] == issuer.did
    assert document["verificationMethod"][0]["publicKeyMultibase"] == site.store.signing_keys(issuer.id)[0].multibase
    assert document["service"][0]["serviceEndpoint"]["issuer"] == issuer.account.checksummed()
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_the_did_web_path_of_the_issuer_is_the_one_that_is_served(site: Any) -> None:
    from openvc.did.did_web import DidWebResolver  # noqa: PLC0415

    [issuer] = site.store.issuers()
    asked: list[str] = []

    def fetch(url: str) -> Any:
        asked.append(url)
        return site.get("/" + url.split("/", 3)[3]).json()

    assert DidWebResolver(fetch).resolve(issuer.did).raw["id"] == issuer.did
    assert asked == [f"{site.url.replace('http:', 'https:')}/issuers/northfield/did.json"]


async def test_an_achievements_id_leads_to_its_json(client: httpx.AsyncClient, site: Any) -> None:
    document = site.store.achievements()[0].document
    answer = await client.get(document["id"].removeprefix(site.url))
    assert answer.json() == document


async def test_the_status_list_is_signed_and_shows_a_revocation(
    client: httpx.AsyncClient, site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office_module, "STATUS_LIST_SECONDS", 0)
    revoked, standing = site.issue("revoked@x.example", "standing@x.example")
    site.home.do("revoke", revoked.credential_id, "--reason", "error")
    answer = await client.get("/issuers/northfield/status/0")
    document = answer.json()
    assert verify_proof(document).outcome == "passed"
    assert answer.headers["content-type"] == "application/vc"
    assert [is_revoked(document, list_position(one.status_index)) for one in (revoked, standing)] == [True, False]


@pytest.mark.parametrize(
    ("accept", "told"),
    [
        ("*/*", "application/vc"),
        ("application/json, application/vc;q=0.9", "application/vc"),
        ("application/ld+json, application/json", "application/ld+json"),  # what @digitalbazaar/http-client sends
        ("Application/JSON", "application/json"),
        ("text/plain", "application/vc"),
    ],
)
async def test_who_reads_json_alone_is_told_that_a_status_list_is_json(
    client: httpx.AsyncClient, accept: str, told: str
) -> None:
    answer = await client.get("/issuers/northfield/status/0", headers={"Accept": accept})
    assert (answer.headers["content-type"], answer.headers["vary"]) == (told, "Accept")


async def test_a_status_list_is_signed_anew_only_after_a_while(site: Any) -> None:
    class Clock:
        at = site.office.clock.now()

        def now(self) -> Any:
            return self.at

    clock = Clock()
    office = replace(site.office, clock=clock, _lists={})
    first = office.status_list("northfield", 0)
    clock.at += timedelta(seconds=office_module.STATUS_LIST_SECONDS - 1)
    assert office.status_list("northfield", 0) is first
    clock.at += timedelta(seconds=1)
    assert office.status_list("northfield", 0)["validFrom"] != first["validFrom"]


async def test_the_receipts_of_a_credential_are_none_then_pending_then_final(
    client: httpx.AsyncClient, site: Any, anchored: Any
) -> None:
    from registry.services.seal import seal_open_batches  # noqa: PLC0415

    [new] = site.issue("receipts@x.example")
    assert (await client.get(f"/receipts/{new.credential_id}")).json() == []
    seal_open_batches(site.store, site.office.clock.now())
    [pending] = (await client.get(f"/receipts/{new.credential_id}")).json()
    assert (pending["state"], pending["anchors"]) == ("pending", [])
    [final] = (await client.get(f"/receipts/{anchored.uuid}")).json()
    assert (final["state"], final["leafHash"]) == ("final", anchored.leaf_hash.to_hex())
    assert final["anchors"][0]["chain"] == "eip155:31337"


async def test_the_saved_state_proof_of_a_final_credential_is_served_and_its_page_links_it(
    client: httpx.AsyncClient, site: Any, anchored: Any
) -> None:
    path = f"/receipts/{anchored.credential_id}/state"
    answer = await client.get(path)
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["type"] == "StateProof"
    page = await client.get(site.link(anchored, "test"), headers=BROWSER)
    assert f'href="{site.office.base_url}{path}"' in page.text


async def test_a_credential_that_is_not_final_has_no_state_proof_and_its_page_links_none(
    client: httpx.AsyncClient, site: Any
) -> None:
    [new] = site.issue("no-state@x.example")
    assert problem_of(await client.get(f"/receipts/{new.credential_id}/state"))[:2] == (404, "not-found")
    page = await client.get(site.link(new), headers=BROWSER)
    assert page.status_code == 200
    assert "State proof" not in page.text


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nowhere",
        "/issuers/other/did.json",
        "/issuers/other/status/0",
        "/issuers/northfield/status/1",
        "/issuers/northfield/status/-1",
        "/issuers/northfield/status/99999999999999999999999",
        "/issuers/northfield/status/one",
        "/issuers/northfield/achievements/alchemy",
        "/receipts/urn:uuid:00000000-0000-4000-8000-000000000000",
        "/receipts/%00",
        "/receipts/urn:uuid:00000000-0000-4000-8000-000000000000/state",
        "/c/unknown",
        "/c/" + "x" * 5000,
        "/c/unknown/badge.png",
        "/c/unknown/bundle.json",
        "/c/unknown/newer",
        "/c/unknown/newer/badge.svg",
        "/c/unknown/other.txt",
        "/c/%00",
        "/r/unknown",
        "/r/unknown/badge.png",
        "/static/../app.py",
    ],
)
async def test_what_is_not_there_is_a_problem_document(client: httpx.AsyncClient, path: str) -> None:
    status, code, _ = problem_of(await client.get(path))
    assert (status, code) == (404, "not-found")


async def test_a_method_that_is_not_served_is_a_problem_document(client: httpx.AsyncClient) -> None:
    assert problem_of(await client.post("/issuers/northfield/did.json"))[:2] == (405, "method-not-allowed")


async def test_a_damaged_store_is_told_as_a_state_and_not_as_a_missing_credential(
    client: httpx.AsyncClient, anchored: Any, monkeypatch: pytest.MonkeyPatch, site: Any
) -> None:
    monkeypatch.setattr(type(site.store), "tiles_near", lambda *_: {(0, 0): b"\x00" * 32})
    assert problem_of(await client.get(f"/receipts/{anchored.uuid}"))[:2] == (409, "state")


async def test_the_api_describes_itself(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    assert {
        "/issuers/{slug}/did.json",
        "/issuers/{slug}/status/{number}",
        "/receipts/{credential_id}",
        "/c/{token}",
    } <= paths.keys()
    assert all(one["summary"] and one["description"] for path in paths.values() for one in path.values())


async def test_each_address_is_described_with_what_it_may_answer(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    described = {path: next(iter(one.values()))["responses"] for path, one in paths.items()}
    assert all({"404", "410", "503"} <= answers.keys() for answers in described.values())
    assert "image/png" in described["/c/{token}/{name}"]["200"]["content"]
    assert described["/r/{token}"]["200"]["content"].keys() == {"text/html"}
    assert "200" not in described["/r/{token}/links"]


# --- Behind a share link


async def test_a_program_gets_the_bundle_and_a_browser_the_page(
    client: httpx.AsyncClient, site: Any, anchored: Any
) -> None:
    path = site.link(anchored, "test")
    as_json, as_page = await client.get(path), await client.get(path, headers=BROWSER)
    assert as_json.json()["credential"]["id"] == anchored.credential_id
    assert as_page.headers["content-type"].startswith("text/html")
    for answer in (as_json, as_page):
        assert answer.headers["vary"] == "Accept, User-Agent"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-robots-tag"] == "noindex"


async def test_every_answer_forbids_scripts_frames_and_sniffing(
    client: httpx.AsyncClient, site: Any, anchored: Any
) -> None:
    for path in (site.link(anchored, "test"), "/static/credential.css", "/nowhere", "/healthz"):
        headers = (await client.get(path, headers=BROWSER)).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
        assert "script" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


async def test_the_page_says_who_earned_what_from_whom_and_every_check(site: Any, anchored: Any) -> None:
    page = site.get(site.link(anchored, "test"), **BROWSER).text
    for words in (
        "Verified on ",
        "Data Foundations",
        "Ada Okafor",
        "Northfield University",
        "30 June 2026",
        "EQF level 5",
        "Projects and supervised practical examination",
        "Clean and reshape a data set, documenting every step",
        "perform data analysis",
        "Still standing",
        "proves nothing to a stranger",
    ):
        assert words in page
    assert page.partition('id="checks"')[2].count('<li class="tone-') == 12


async def test_a_hostile_name_is_shown_as_text(client: httpx.AsyncClient, site: Any) -> None:
    [credential] = site.issue("hostile@x.example", achievement="hostile")
    page = (await client.get(site.link(credential), headers=BROWSER)).text
    assert HOSTILE_MARKUP not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert page.count("</title>") == 1
    assert "\u202e" not in page


async def test_the_page_of_a_micro_credential_says_which_european_descriptors_it_has_and_where(
    client: httpx.AsyncClient, site: Any, anchored: Any
) -> None:
    page = (await client.get(site.link(anchored), headers=BROWSER)).text
    assert "11 of 11 mandatory descriptors are present." in page
    assert "mandatory, at /issuer/address/addressCountryCode" in page
    assert re.search(r"grade achieved <span class=\"outcome\">missing</span>", page)
    assert "2022/C 243/02" in page


async def test_a_page_before_anchoring_says_that_it_waits(client: httpx.AsyncClient, site: Any) -> None:
    [credential] = site.issue("waits@x.example")
    page = (await client.get(site.link(credential), headers=BROWSER)).text
    assert "Cannot tell" in page
    assert "not anchored as far as we can see" in page


async def test_the_files_behind_a_link_are_the_bundle(client: httpx.AsyncClient, site: Any, anchored: Any) -> None:
    expected = bundle_of(site.store, anchored)
    for name in ("badge.png", "badge.svg", "bundle.json"):
        answer = await client.get(f"{site.link(anchored, 'test')}/{name}")
        assert unwrap(answer.content) == expected
        assert site.verifier.verify(answer.content).report.verdict is Verdict.VERIFIED


async def test_the_link_of_an_erased_credential_says_so(client: httpx.AsyncClient, site: Any) -> None:
    [credential] = site.issue("erased@x.example")
    path = site.link(credential)
    with site.store.engine.begin() as connection:
        connection.execute(text("UPDATE credential SET entry = NULL WHERE uuid = :uuid"), {"uuid": credential.uuid})
    assert problem_of(await client.get(path))[:2] == (410, "erased")


# --- Verifying against the running registry


def report_of(site: Any, value: Any) -> Any:
    return site.verifier.verify(json.dumps(value).encode()).report


def finding(report: Any, name: str) -> tuple[Any, str]:
    return next((one.outcome, one.code) for one in report.checks if one.check == name)


async def test_a_bare_credential_is_verified_by_the_registrys_receipt_and_did_document(
    site: Any, anchored: Any
) -> None:
    report = report_of(site, json.loads(anchored.entry))
    assert report.verdict is Verdict.VERIFIED, report
    assert finding(report, "issuer-identity") == (Outcome.PASSED, "domain-confirmed")
    assert finding(report, "inclusion") == (Outcome.PASSED, "included")


async def test_the_served_status_list_agrees_with_the_chain(site: Any, anchored: Any) -> None:
    judged = site.verifier.verify(anchored.entry)
    assert (judged.facts.status_list.trusted, judged.facts.status_list.revoked) == (True, False)


async def test_a_bare_credential_that_waits_is_undecided(site: Any) -> None:
    [credential] = site.issue("bare@x.example")
    report = report_of(site, json.loads(credential.entry))
    assert (report.verdict, report.reason) == (Verdict.UNDECIDED, "no-receipt")


async def test_an_altered_credential_is_refused_although_the_registry_has_its_receipt(site: Any, anchored: Any) -> None:
    altered = json.loads(anchored.entry)
    altered["name"] = "Doctor of Philosophy"
    report = report_of(site, altered)
    assert (report.verdict, report.reason) == (Verdict.NOT_VERIFIED, "altered")
