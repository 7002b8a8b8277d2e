"""Getting a report to keep: by the verdict page's buttons, and from the API by what `Accept` names."""

from __future__ import annotations

import hashlib
import threading
from html import unescape
from typing import TYPE_CHECKING, Any

import anyio
import httpx
import pypdfium2
import pytest

from registry.services.fonts import load_fonts
from verifier_web import wording as say
from verifier_web.app import Limits, create_app
from verifier_web.body import MAX_AGAIN_BYTES

if TYPE_CHECKING:
    from types import ModuleType

    from registry.chain.networks import Network
    from registry.services.fonts import Fonts
    from tests.verifier_web.made import FakeVerifier

pytestmark = pytest.mark.anyio

URL = "/v1/verifications"
JSON = {"Content-Type": "application/json"}
AS_PDF = {**JSON, "Accept": "application/pdf"}


def _words(data: bytes) -> str:
    pages = pypdfium2.PdfDocument(data)
    return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in pages).split())


async def _fields(client: httpx.AsyncClient, bundle_text: str, **more: str) -> dict[str, Any]:
    """Return what the page's report form would post."""
    page = (await client.post("/", data={"text": bundle_text, **more})).text
    form = page.partition('action="/report.pdf"')[2].partition("</form>")[0]
    names = {
        part.partition('"')[0]: part.partition('value="')[2].partition('"')[0] for part in form.split('name="')[1:]
    }
    return {name: (None, unescape(value)) for name, value in names.items()}


@pytest.mark.parametrize(
    ("path", "kind", "ending"),
    [("/report.pdf", "application/pdf", "pdf"), ("/report.json", "application/json", "json")],
)
async def test_a_button_gets_a_file_with_a_harmless_name_that_nobody_keeps(
    client: httpx.AsyncClient, bundle_text: str, path: str, kind: str, ending: str
) -> None:
    answer = await client.post(path, files=await _fields(client, bundle_text))

    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    name = f'attachment; filename="verification-report-2026-11-22-1000.{ending}"'
    assert answer.headers["content-disposition"] == name
    assert answer.headers["cache-control"] == "no-store"


async def test_a_report_is_judged_anew_about_the_same_bytes(
    client: httpx.AsyncClient, verifier: FakeVerifier, made: ModuleType, bundle_text: str
) -> None:
    fields = await _fields(client, bundle_text)
    verifier.change = made.revoked

    answer = (await client.post("/report.json", files=fields)).json()

    assert [data for data, _ in verifier.asked] == [bundle_text.encode()] * 2
    assert answer["reason"] == "revoked"
    assert answer["head"]["handedIn"]["sha256"] == hashlib.sha256(bundle_text.encode()).hexdigest()
    assert answer["head"]["verifier"] == "http://verifier.example"
    assert answer["head"]["software"].startswith("credanchor ")


async def test_whom_somebody_asked_for_is_asked_for_in_the_report_too(
    client: httpx.AsyncClient, bundle_text: str
) -> None:
    fields = await _fields(client, bundle_text, recipient='Someone "Else"')

    answer = (await client.post("/report.json", files=fields)).json()

    assert answer["reason"] == "another-recipient"


async def test_the_page_offers_no_report_of_what_it_cannot_carry_along(
    client: httpx.AsyncClient, bundle_text: str
) -> None:
    small, large = [
        (await client.post("/", files={"file": ("a.json", bundle_text.ljust(size))})).text
        for size in (MAX_AGAIN_BYTES, MAX_AGAIN_BYTES + 1)
    ]

    assert (say.KEEP_PDF in small, say.KEEP_TOO_LARGE in small) == (True, False)
    assert (say.KEEP_PDF in large, say.KEEP_TOO_LARGE in large) == (False, True)


@pytest.mark.parametrize("path", ["/report.pdf", "/report.json"])
async def test_a_report_on_what_is_no_credential_is_the_page_that_says_so(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.post(path, data={"text": "Dear team"})

    assert answer.status_code == 422
    assert "This is plain text, not a credential." in answer.text


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/pdf", "application/pdf"),
        ("Application/PDF;q=0.9, application/json;q=0.5", "application/pdf"),
        ("application/pdf, */*", "application/pdf"),
        ("application/pdf, application/json", "application/json"),
        ("application/pdf;q=0.4, application/json;q=0.5", "application/json"),
        ("application/pdf;q=0", "application/json"),
        ("application/pdf;q=much", "application/json"),
        ("application/pdf;q=7", "application/json"),
        ("application/pdf;q=", "application/json"),
        ("text/html, */*;q=0.8", "application/json"),
        ("", "application/json"),
        (",;,q=", "application/json"),
    ],
)
async def test_the_api_answers_in_the_form_that_accept_prefers(
    client: httpx.AsyncClient, bundle_text: str, accept: str, kind: str
) -> None:
    answer = await client.post(URL, content=bundle_text, headers={**JSON, "Accept": accept})

    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)


async def test_the_apis_report_tells_of_the_bytes_that_were_sent(client: httpx.AsyncClient, bundle_text: str) -> None:
    sent = bundle_text.encode() + b"\n"

    answer = await client.post(URL, content=sent, headers=AS_PDF)

    assert hashlib.sha256(sent).hexdigest() in _words(answer.content)
    assert answer.headers["cache-control"] == "no-store"


async def test_a_problem_stays_json_where_a_pdf_was_asked_for(client: httpx.AsyncClient) -> None:
    answer = await client.post(URL, content="hello", headers=AS_PDF)

    assert (answer.status_code, answer.json()["code"]) == (422, "not-a-credential")


async def test_the_description_names_both_forms_of_the_answer(client: httpx.AsyncClient) -> None:
    operation = (await client.get("/v1/openapi.json")).json()["paths"][URL]["post"]

    assert set(operation["responses"]["200"]["content"]) == {"application/json", "application/pdf"}
    assert "Accept: application/pdf" in operation["description"]


class _WaitingNetworks(dict[str, Any]):
    """Networks that a report waits for, as it would for a slow processor."""

    def __init__(self, network: Network) -> None:
        super().__init__({network.name: network})
        self.reached, self.may_go_on = threading.Event(), threading.Event()

    def get(self, name: str, default: Any = None) -> Any:
        self.reached.set()
        assert self.may_go_on.wait(20)
        return super().get(name, default)


async def test_setting_a_report_blocks_nobody_and_takes_one_of_the_desks_places(
    made: ModuleType, bundle_text: str
) -> None:
    networks = _WaitingNetworks(made.SEPOLIA)
    app = create_app(made.FakeVerifier(), networks=networks, fonts=load_fonts(), limits=Limits(at_once=1, waiting=0))
    statuses: list[int] = []

    async def report(client: httpx.AsyncClient) -> None:
        statuses.append((await client.post(URL, content=bundle_text, headers=AS_PDF)).status_code)

    transport = httpx.ASGITransport(app)
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://verifier.example") as client,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(report, client)
        assert await anyio.to_thread.run_sync(networks.reached.wait, 20)
        alive = await client.get("/healthz")
        refused = await client.post(URL, content=bundle_text, headers=JSON)
        networks.may_go_on.set()

    assert alive.json() == {"status": "ok"}
    assert (refused.status_code, refused.json()["code"]) == (503, "busy")
    assert statuses == [200]


async def test_a_report_that_cannot_be_set_is_a_problem_with_its_own_code(
    made: ModuleType, verifier: FakeVerifier, document: dict[str, Any], boastful: Fonts
) -> None:
    document["credentialSubject"]["achievement"]["name"] = "\U0001f600"
    transport = httpx.ASGITransport(create_app(verifier, fonts=boastful), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://verifier.example") as client:
        answer = await client.post(URL, content=made.bundle_text(document), headers=AS_PDF)

    assert (answer.status_code, answer.json()["code"]) == (500, "report-not-set")
    assert "as data" in answer.json()["detail"]
