"""The private check in a real browser and on a real chain: its verdicts, and that the credential stays in the page."""

from __future__ import annotations

import base64
import importlib.util
import json
import secrets
import socket
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from anchoring import contract_calls
from registry.chain.networks import Accreditor, Network
from registry.core.batch import proof_from_tiles, seal, tiles_of
from registry.core.canonical import canonical_bytes
from registry.core.digest import Digest, leaf_hash
from registry.core.errors import ProfileUnavailableError
from registry.core.receipt import AnchorHint, AnchorReceipt, Bundle, bundle_json
from registry.credentials.contexts import CONTEXTS
from registry.credentials.endorsement import digest_text, endorsed_credential
from registry.credentials.signing import ProofOptions, PublicKey, secure, sign, signing_input
from registry.credentials.status_list import status_entry, status_list_credential
from registry.ports import IssuerSite
from verifier_web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from playwright.sync_api import Browser, Page, Request, Route

    from registry.core.account import Address
    from tests.devnet import LocalChain

TESTS = Path(__file__).parents[1]
PHONE = {"width": 360, "height": 740}
NEVER = 2**64 - 1


def _loaded(name: str, path: Path) -> ModuleType:
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


browser_module = sys.modules["e2e_browser"]  # loaded by conftest.py
made = _loaded("verifier_web_made", TESTS / "verifier_web" / "made.py")
pytestmark = [
    pytest.mark.chain,
    pytest.mark.browser,
    pytest.mark.skipif(browser_module.missing() is not None, reason=str(browser_module.missing())),
]


@dataclass
class Sites:
    """Issuers' web sites in memory, which keep what they were asked."""

    site_of: IssuerSite | None = None
    lists: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def site(self, did: str) -> IssuerSite:
        self.asked.append(did)
        if self.site_of is None:
            raise ProfileUnavailableError(f"{did} gave no DID document")
        return self.site_of

    def receipts(self, url: str, credential_id: str) -> list[AnchorReceipt]:
        raise AssertionError(url, credential_id)

    def document(self, url: str) -> Any:
        self.asked.append(url)
        return self.lists[url]


@dataclass
class Stage:
    """An anchored credential, the page that checks it, and every request that the browser made."""

    url: str
    bundle: Bundle
    issuer: Address
    key: Ed25519PrivateKey
    network: Network
    sites: Sites
    requests: list[tuple[str, str]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return json.dumps(bundle_json(self.bundle))

    @property
    def receipt(self) -> AnchorReceipt:
        return self.bundle.receipts[0]


LIST = "https://northbridge.example/status/1"


def _signed(unsigned: dict[str, Any], key: Ed25519PrivateKey) -> dict[str, Any]:
    options = ProofOptions(datetime.now(UTC), f"{made.DID}#{PublicKey.of(key).multibase}")
    return secure(unsigned, options, sign(key, signing_input(unsigned, options)))


def _credential(key: Ed25519PrivateKey) -> dict[str, Any]:
    document = {
        **made.credential_document(),
        "@context": list(CONTEXTS),
        "credentialStatus": status_entry(LIST, 7),
        "validUntil": "2999-06-30T00:00:00Z",
    }
    del document["proof"]
    return _signed(document, key)


def _anchored(devnet: LocalChain, document: dict[str, Any], key: Ed25519PrivateKey) -> tuple[AnchorReceipt, Network]:
    issuer, accreditor = devnet.new_account()[0], devnet.new_account()[0]
    leaf = leaf_hash(canonical_bytes(document))
    batch = seal([leaf, *(Digest(secrets.token_bytes(32)) for _ in range(6))])
    tiles = {(tile.level, tile.index): tile.data for tile in tiles_of(batch.leaves)}
    proof = proof_from_tiles(batch.leaves.index(leaf), batch.tree_size, lambda level, index: tiles[level, index])
    for sender, data in (
        (issuer, contract_calls.register_issuer(made.DID)),
        (issuer, contract_calls.add_signing_key(issuer, PublicKey.of(key).multikey)),
        (accreditor, contract_calls.accredit(issuer, NEVER, "Northbridge University", "")),
        (issuer, contract_calls.call_data("anchor", issuer, batch.root, batch.tree_size)),
    ):
        devnet.transact(sender, data)
    hint = AnchorHint(devnet.chain_id, devnet.contract, issuer)
    receipt = AnchorReceipt("final", document["id"], leaf, proof, batch.root, (hint,))
    network = Network(
        name="local",
        title="a local test chain",
        kind="local",
        chain_id=devnet.chain_id,
        contract=devnet.contract,
        rpc_urls=(devnet.rpc,),
        explorer=None,
        accreditors=(Accreditor(accreditor, "the test agency"),),
    )
    return receipt, network


@contextmanager
def _served(network: Network, sites: Sites) -> Iterator[str]:
    app = create_app(made.FakeVerifier(), networks={"local": network}, directory=sites)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture
def stage(devnet: LocalChain) -> Iterator[Stage]:
    key = Ed25519PrivateKey.generate()
    document = _credential(key)
    receipt, network = _anchored(devnet, document, key)
    listed = _signed(status_list_credential(made.DID, LIST, [3], now=datetime.now(UTC)), key)
    sites = Sites(lists={LIST: listed})
    with _served(network, sites) as url:
        yield Stage(url, Bundle(document, (receipt,)), receipt.anchors[0].issuer, key, network, sites)


def _page(browser: Browser, stage: Stage, **options: Any) -> Page:
    page = browser.new_context(**options).new_page()
    page.on("request", lambda request: stage.requests.append((request.url, _body(request))))
    page.on("console", lambda message: stage.complaints.append(message.text))
    page.on("pageerror", lambda error: stage.complaints.append(str(error)))
    page.goto(f"{stage.url}/private")
    return page


def _body(request: Request) -> str:
    return (request.post_data_buffer or b"").decode("utf-8", "replace")


@pytest.fixture
def page(browser: Browser, stage: Stage) -> Iterator[Page]:
    page = _page(browser, stage)
    yield page
    page.context.close()


def _check(page: Page, text: str, endpoint: str | None = None) -> str:
    """Paste a text, have it checked, and return the verdict."""
    page.get_by_label("Paste the credential").fill(text)
    if endpoint is not None:
        page.get_by_text("Endpoints of the chains").click()
        page.get_by_label("Endpoint of a local test chain").fill(endpoint)
    page.get_by_role("button", name="Check it here").click()
    page.wait_for_selector("#verdict")
    return page.locator("#verdict").inner_text()


def _hand_in(page: Page, text: str) -> None:
    """Paste a text and have it checked, whatever the page's language."""
    page.locator("#text").fill(text)
    page.locator("[data-private] button").click()
    page.wait_for_selector("#verdict")


def _outcomes(page: Page) -> dict[str, str]:
    lines = page.locator(".checks > li")
    names = lines.locator("[data-slot=name]").all_inner_texts()
    return dict(zip(names, lines.locator("[data-slot=outcome]").all_inner_texts(), strict=True))


def test_a_good_bundle_is_verified_with_its_holder_and_its_issuers_accredited_name(page: Page, stage: Stage) -> None:
    assert _check(page, stage.text) == "Verified on a local test chain."
    assert page.locator(".who").all_inner_texts() == ["Ada Okafor", "Northbridge University"]
    assert set(_outcomes(page).values()) == {"Passed", "Not applicable"}
    assert page.get_by_text("The issuer has neither revoked nor suspended it.", exact=True).is_visible()
    assert stage.sites.asked == [LIST]
    assert stage.complaints == []


def test_no_request_carries_any_part_of_the_credential(page: Page, stage: Stage) -> None:
    _check(page, stage.text)

    sent = " ".join(f"{url} {body}" for url, body in stage.requests)
    path = [sibling.to_hex() for sibling in stage.receipt.proof.path]
    for part in (*_parts(stage.bundle.credential), *path, *(one[2:] for one in path)):
        for form in {part, quote(part, safe=""), json.dumps(part)[1:-1], base64.b64encode(part.encode()).decode()}:
            assert form not in sent, form
    assert {url.split("?")[0].rsplit("/", 1)[0] for url, _ in stage.requests} == {
        stage.url,
        f"{stage.url}/private",
        f"{stage.url}/static",
        f"{stage.url}/static/private",
        f"{stage.url}/static/vendor",
        f"{stage.url}/v1/status-lists",
        stage.network.rpc_urls[0],
    }


# What everybody is told of the issuer, and the words of the standards, are in the rules and in the lookups.
PUBLIC = {made.DID, LIST}


def _parts(value: Any) -> Iterator[str]:
    """Yield every text of a credential that is its own: names, ids, values, the proof."""
    if isinstance(value, str) and value not in PUBLIC and len(value) > 5 and not value.startswith("https://"):
        yield value
    elif isinstance(value, dict | list):
        for name, item in value.items() if isinstance(value, dict) else enumerate(value):
            if name not in {"@context", "type", "cryptosuite", "proofPurpose", "statusPurpose"}:
                yield from _parts(item)


def test_the_endpoint_is_asked_for_hashes_alone(page: Page, stage: Stage) -> None:
    _check(page, stage.text)

    asked = [json.loads(body) for url, body in stage.requests if url.startswith(stage.network.rpc_urls[0])]
    calls = [call for batch in asked for call in batch]
    assert {call["method"] for call in calls} == {"eth_chainId", "eth_getBlockByNumber", "eth_call"}
    assert all(call["params"][0].keys() == {"to", "data"} for call in calls if call["method"] == "eth_call")
    assert max(len(call["params"][0]["data"]) for call in calls if call["method"] == "eth_call") <= 2 + 8 + 3 * 64


def test_an_altered_bundle_is_refused_and_labelled_as_a_claim(page: Page, stage: Stage) -> None:
    assert _check(page, stage.text.replace("Ada Okafor", "Eda Okafor")).startswith(
        "Not verified: the content was altered"
    )
    assert page.get_by_text("It says it was issued to").is_visible()
    assert stage.sites.asked == []


def test_a_revoked_credential_is_refused(page: Page, stage: Stage, devnet: LocalChain) -> None:
    devnet.transact(stage.issuer, contract_calls.revoke(stage.issuer, [stage.receipt.leaf_hash], 2))

    assert _check(page, stage.text) == "Not verified: the issuer revoked it."
    assert page.get_by_text("issued in error").is_visible()


def test_a_wrong_root_is_refused(page: Page, stage: Stage) -> None:
    stage.bundle = Bundle(stage.bundle.credential, (replace(stage.receipt, root=Digest(b"\x07" * 32)),))

    assert _check(page, stage.text).startswith("Not verified: the receipt does not prove")
    assert _outcomes(page)["In the batch"] == "Failed"


def test_a_list_that_revokes_is_believed_where_the_issuers_key_signed_it(page: Page, stage: Stage) -> None:
    stage.sites.lists[LIST] = _signed(status_list_credential(made.DID, LIST, [7], now=datetime.now(UTC)), stage.key)

    assert _check(page, stage.text) == "Not verified: the issuer revoked it."


def test_an_endorsement_beside_it_is_judged_and_shown_with_its_words(page: Page, stage: Stage) -> None:
    whole = endorsed_credential(stage.bundle.credential["id"], canonical_bytes(stage.bundle.credential))
    unsigned = {name: value for name, value in stage.bundle.credential.items() if name not in {"proof", "evidence"}}
    subject = {
        "id": whole.id,
        "type": ["EndorsementSubject"],
        "digestMultibase": digest_text(whole.digest),
        "endorsementComment": "We hire on the strength of this.",
    }
    types = ["VerifiableCredential", "EndorsementCredential"]
    said = _signed({**unsigned, "id": "urn:uuid:1", "type": types, "credentialSubject": subject}, stage.key)
    stage.bundle = replace(stage.bundle, endorsements=(said,))

    assert _check(page, stage.text) == "Verified on a local test chain."
    assert page.locator("[data-parts] blockquote").inner_text() == "We hire on the strength of this."
    assert page.get_by_text("It does not stand. Cannot tell: signed, but not anchored").is_visible()


def test_an_endpoint_that_is_not_there_leaves_it_open(page: Page, stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unheard:
        closed = f"http://127.0.0.1:{unheard.getsockname()[1]}"

    assert _check(page, stage.text, closed).startswith("Cannot tell: the chain could not be reached.")
    assert _outcomes(page)["Signature"] == "Passed"


@contextmanager
def _lying(chain_id: int) -> Iterator[str]:
    """Serve an endpoint that says of itself that it is of another chain."""

    class Liar(BaseHTTPRequestHandler):
        def do_OPTIONS(self) -> None:
            self._answered(b"")

        def do_POST(self) -> None:
            calls = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            block = {"number": "0x10"}
            results = [hex(chain_id) if call["method"] == "eth_chainId" else block for call in calls]
            answers = [{"jsonrpc": "2.0", "id": at, "result": result} for at, result in enumerate(results)]
            self._answered(json.dumps(answers).encode())

        def _answered(self, body: bytes) -> None:
            self.send_response(200)
            for name in ("Access-Control-Allow-Origin", "Access-Control-Allow-Headers"):
                self.send_header(name, "*")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Liar) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_an_endpoint_of_another_chain_is_not_believed(page: Page, stage: Stage) -> None:
    with _lying(1) as liar:
        verdict = _check(page, stage.text, liar)

    assert verdict.startswith("Cannot tell: the chain could not be reached.")
    assert page.get_by_text("answers for chain 1, not for 31337").first.is_visible()


def test_without_an_accreditor_the_did_document_confirms_the_account(browser: Browser, stage: Stage) -> None:
    stage.network = replace(stage.network, accreditors=())
    service = made.DidService(stage.network.chain_id, stage.network.contract, stage.issuer)
    stage.sites.site_of = IssuerSite((service,), ())
    with _served(stage.network, stage.sites) as stage.url:
        page = _page(browser, stage)
        verdict = _check(page, stage.text)
        who = page.locator(".who").all_inner_texts()
        page.context.close()

    assert (verdict, who[1]) == ("Verified on a local test chain.", "northbridge.example")
    assert stage.sites.asked == [made.DID, LIST]


@pytest.mark.parametrize(
    ("tag", "direction", "verdict", "date"),
    [
        ("ar", "rtl", "تم التحقق منها على سلسلة اختبار محلية.", "30 يونيو 2999"),
        ("de", "ltr", "Verifiziert auf einer lokalen Test-Chain.", "30. Juni 2999"),
    ],
)
def test_the_verdict_is_said_in_the_language_of_the_page(
    browser: Browser, stage: Stage, tag: str, direction: str, verdict: str, date: str
) -> None:
    page = _page(browser, stage)
    page.goto(f"{stage.url}/private?lang={tag}")

    _hand_in(page, stage.text)

    assert page.locator("html").get_attribute("lang") == tag
    assert page.locator("#verdict").evaluate("(one) => getComputedStyle(one).direction") == direction
    assert page.locator("#verdict").inner_text() == verdict
    assert any(date in text for text in page.locator("[data-slot=detail]").all_inner_texts())
    assert stage.complaints == []
    page.context.close()


def test_technical_detail_is_marked_as_english_from_left_to_right(browser: Browser, stage: Stage) -> None:
    page = _page(browser, stage)
    page.goto(f"{stage.url}/private?lang=ar")

    _hand_in(page, '{"a": 1, "a": 2}')

    meaning = page.locator("[data-slot=meaning]")
    assert meaning.inner_text() == "the member 'a' stands twice in one object"
    assert (meaning.get_attribute("lang"), meaning.get_attribute("dir")) == ("en", "ltr")
    assert page.locator("#verdict").get_attribute("lang") is None

    _hand_in(page, stage.text.replace("2026-06-30T00:00:00Z", "yesterday"))

    page.wait_for_selector("[data-slot=detail]")
    details = page.locator("[data-slot=detail][lang=en][dir=ltr]").all_inner_texts()
    assert details == ["It is not as Open Badges 3.0 asks at /validFrom, /awardedDate."]
    page.context.close()


def test_a_chosen_file_is_read_here(page: Page, stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "ada.json").write_text(stage.text, "utf-8")

    page.get_by_label("Or choose its file").set_input_files(tmp_path / "ada.json")

    assert _check(page, "") == "Verified on a local test chain."


@pytest.mark.parametrize("text", ["", "hello", '{"a": 1}', '{"a": 1, "a": 2}', "eyJhbGciOiJFZERTQSJ9.W10.AA"])
def test_what_is_no_credential_is_said_to_be_none(page: Page, stage: Stage, text: str) -> None:
    assert _check(page, text) == "This could not be read as a credential."
    assert page.locator("[data-slot=meaning]").inner_text() != ""
    assert stage.complaints == []


def test_a_hostile_name_is_shown_as_text(page: Page, stage: Stage) -> None:
    hostile = "<img src=https://evil.example/x onerror=alert(1)>\u202e"
    _check(page, stage.text.replace("Ada Okafor", json.dumps(hostile)[1:-1]))

    assert page.locator(".who").first.inner_text() == "<img src=https://evil.example/x onerror=alert(1)>\ufffd"
    assert all("evil" not in url for url, _ in stage.requests)


def test_without_javascript_the_page_says_so_and_nothing_can_be_sent(browser: Browser, stage: Stage) -> None:
    page = _page(browser, stage, java_script_enabled=False)

    assert "scripts are switched off" in page.locator("noscript").inner_html()
    assert page.get_by_role("button", name="Check it here").is_disabled()
    assert page.locator("form [name]").count() == 0
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_overflows_a_narrow_phone(browser: Browser, stage: Stage, scheme: str) -> None:
    page = _page(browser, stage, viewport=PHONE, color_scheme=scheme)

    _check(page, stage.text)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")

    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_verdict_is_within_reach_of_everybody(browser: Browser, stage: Stage, scheme: str) -> None:
    page = _page(browser, stage, viewport=PHONE, color_scheme=scheme)

    _check(page, stage.text)
    visit = sys.modules["e2e_visit"].Visit(page, f"360-{scheme}")
    visit.picture("private_verdict")

    assert page.evaluate("document.activeElement.id") == "verdict"
    assert visit.faults() == []
    page.context.close()


def test_a_check_is_told_to_be_under_way_and_done_and_another_can_follow(page: Page, stage: Stage) -> None:
    held: list[Route] = []
    page.route("**/private/rules.json", lambda route: held.append(route))  # noqa: PLW0108  Playwright sets members
    page.reload()
    page.get_by_label("Paste the credential").fill(stage.text)
    page.get_by_role("button", name="Check it here").press("Enter")
    told = page.locator("form [role=status]").inner_text()
    focused = page.evaluate("document.activeElement.textContent")
    held[0].continue_()
    page.wait_for_selector("#verdict")

    assert (told, focused) == ("Checking…", "Checking…")
    assert page.locator("form [role=status]").inner_text() == ""
    page.get_by_label("Paste the credential").fill("{")
    page.get_by_role("button", name="Check it here").click()
    page.get_by_text("This could not be read as a credential.").wait_for()


def test_the_start_page_leads_here(page: Page, stage: Stage) -> None:
    page.goto(stage.url)

    page.get_by_role("link", name="Check without sending it to us").click()

    assert page.get_by_role("heading", level=1).inner_text() == "Private check"
