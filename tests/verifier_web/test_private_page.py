"""The private check's page and rules as they are served."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from verifier_web import private_routes
from verifier_web.headers import POLICY, PRIVATE_POLICY
from verifier_web.private_details import DETAILS
from verifier_web.private_wording import COUNTED, NOT_BUILT, SENTENCES

if TYPE_CHECKING:
    import httpx

pytestmark = pytest.mark.anyio
MODULES = Path(str(files("verifier_web").joinpath("static", "private")))


async def test_this_page_alone_may_ask_other_origins_and_may_run_nothing_else(client: httpx.AsyncClient) -> None:
    private, start = await client.get("/private"), await client.get("/")

    assert private.headers["Content-Security-Policy"] == PRIVATE_POLICY
    assert start.headers["Content-Security-Policy"] == POLICY
    assert "unsafe" not in PRIVATE_POLICY
    assert PRIVATE_POLICY.replace(" https: http://127.0.0.1:* http://localhost:*", "") == POLICY


async def test_an_endpoint_whose_address_may_hold_a_key_is_shown_to_nobody(client: httpx.AsyncClient) -> None:
    page, rules = await client.get("/private"), await client.get("/private/rules.json")

    assert "https://open-rpc.example" in page.text
    assert "secret-key" not in page.text + rules.text


async def test_the_rules_hold_every_context_the_pinned_contract_and_its_reads(client: httpx.AsyncClient) -> None:
    rules = (await client.get("/private/rules.json")).json()

    assert {url for slot in rules["order"] for url in slot["urls"]} == rules["contexts"].keys()
    assert [one["contract"] for one in rules["networks"]] == ["0x" + "c0" * 20]
    assert {one["name"] for one in rules["abi"]} == {
        "accreditationAt",
        "anchorOf",
        "issuerOf",
        "signingKeyOf",
        "statusOf",
    }


async def test_the_words_cannot_end_the_block_that_carries_them(client: httpx.AsyncClient) -> None:
    page = (await client.get("/private")).text

    block = page.partition('<script type="application/json" id="words">')[2].partition("</script>")[0]
    assert json.loads(block)["sentences"] == SENTENCES
    assert "<" not in block


async def test_modules_are_asked_about_each_time(client: httpx.AsyncClient) -> None:
    for path in ("/static/private/page.js", "/static/vendor/private.js", "/private", "/private/rules.json"):
        assert (await client.get(path)).headers["Cache-Control"] == "no-cache", path


async def test_without_the_built_file_the_page_says_what_to_do(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(private_routes, "files", lambda _: tmp_path)

    answer = await client.get("/private")

    assert answer.status_code == 503
    assert NOT_BUILT in answer.text


def test_every_sentence_that_the_script_names_exists_and_none_is_left_over() -> None:
    source = "".join(one.read_text("utf-8") for one in MODULES.glob("*.js"))
    named = set(re.findall(r'"([a-z-]+\.[a-z0-9-]+)"', source))

    members = {"anchors.chain", "issuer.id"}
    assert {
        one for one in named - members if not one.endswith(".js")
    } == SENTENCES.keys() | COUNTED.keys() | DETAILS.keys()


def test_the_licences_of_what_is_bundled_lie_beside_it() -> None:
    licences = files("verifier_web").joinpath("static", "vendor", "LICENSES.txt").read_text("utf-8")

    for name in ("jsonld", "rdf-canonize", "canonicalize", "@noble/curves", "@noble/hashes", "@scure/base"):
        assert f"{name} " in licences
