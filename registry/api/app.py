"""The issuer API as an application: routes only; what they answer with comes from the office."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

from registry.api import problems
from registry.api.office import STATUS_LIST_SECONDS
from registry.api.page import page_of
from registry.api.vc_api import vc_api_router
from registry.core.canonical import canonical_bytes
from registry.core.receipt import bundle_json, receipt_json
from registry.credentials.endorsement import without_endorsements
from registry.services.export import file_content

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from registry.api.office import Office
    from registry.api.vc_api import VcApi

HERE = Path(__file__).parent
CREDENTIAL_TYPE = "application/vc"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""Content Security Policy, level 3."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Access-Control-Allow-Origin": "*",
}
"""Sent with every answer: a page loads nothing from elsewhere and tells nobody where it was opened; all that is
served here is public to whoever knows its address, so verifiers in browsers may read it too."""
SHARED = {"Cache-Control": "no-store", "Vary": "Accept", "X-Robots-Tag": "noindex"}
"""Sent with everything behind a share link: whose credential it is, and how it stands now, is not kept."""


def create_app(office: Office, vc_api: VcApi | None = None) -> FastAPI:
    """Return the issuer API for one home; `vc_api` adds what the holder of a token may ask."""
    app = FastAPI(title="Credanchor issuer API", docs_url=None, redoc_url=None)
    app.mount("/static", StaticFiles(directory=HERE / "static"))
    problems.install(app)
    app.middleware("http")(_with_headers)
    app.include_router(_published(office))
    app.include_router(_shared(office))
    if vc_api is not None:
        app.include_router(vc_api_router(vc_api))

    @app.get("/healthz", include_in_schema=False)
    def get_health() -> dict[str, Any]:
        return {"status": "ok"}

    return app


def _published(office: Office) -> APIRouter:
    """Return what an issuer publishes for every verifier."""
    router = APIRouter()

    @router.get("/issuers/{slug}/did.json", summary="An issuer's DID document")
    def get_did_document(slug: str) -> JSONResponse:
        """Answer did:web: keys, and the chain, contract and account of the issuer."""
        return JSONResponse(office.did_document(slug))

    @router.get("/issuers/{slug}/achievements/{short_id}", summary="An achievement")
    def get_achievement(slug: str, short_id: str) -> Response:
        """Answer the achievement's id with the very bytes that an endorsement of it has the digest of."""
        text = canonical_bytes(without_endorsements(office.achievement(slug, short_id)))
        return Response(text, media_type="application/json")

    @router.get("/issuers/{slug}/status/{number}", summary="A status list credential")
    def get_status_list(slug: str, number: int) -> JSONResponse:
        """Answer with a signed BitstringStatusListCredential of purpose revocation."""
        kept = {"Cache-Control": f"public, max-age={STATUS_LIST_SECONDS}"}
        return JSONResponse(office.status_list(slug, number), media_type=CREDENTIAL_TYPE, headers=kept)

    @router.get("/receipts/{credential_id:path}/state", summary="The state proof of a credential's batch")
    def get_state(credential_id: str) -> Response:
        """Answer with the state proof saved when the batch became final; it does not cover the credential's status."""
        return Response(office.state(credential_id), media_type="application/json")

    @router.get("/receipts/{credential_id:path}", summary="The receipts of a credential")
    def get_receipts(credential_id: str) -> JSONResponse:
        """Answer with a list of receipts: empty while the batch is open, `pending` until the anchor is final."""
        return JSONResponse([receipt_json(receipt) for receipt in office.receipts(credential_id)])

    return router


def _shared(office: Office) -> APIRouter:
    """Return what stands behind a recipient's share link."""
    router = APIRouter()
    templates = Jinja2Templates(HERE / "templates")

    @router.get("/c/{token}", summary="A shared credential, as a page or as its bundle")
    def get_credential(request: Request, token: str) -> Response:
        """Answer a browser with the credential's page, and everybody else with the bundle."""
        value = bundle_json(office.bundle(token))
        if not _wants_page(request):
            return JSONResponse(value, headers=SHARED)
        state_url = office.state_url(token)
        judged = office.verifier.verify(json.dumps(value).encode())
        page = page_of(judged, token, state_url, office.succession(token))
        return templates.TemplateResponse(request, "credential.html", {"page": page}, headers=SHARED)

    @router.get("/c/{token}/bundle.json", summary="The bundle, as a file")
    def get_bundle(token: str) -> Response:
        """Answer with the bundle to keep."""
        return _file(file_content(office.bundle(token), "json"), "application/json", "bundle.json")

    @router.get("/c/{token}/badge.png", summary="The badge, as a file")
    def get_badge(token: str) -> Response:
        """Answer with the badge; credential and receipts are baked in."""
        return _file(file_content(office.bundle(token), "png"), "image/png", "badge.png")

    return router


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _file(data: bytes, media_type: str, name: str) -> Response:
    headers = {**SHARED, "Content-Disposition": f'inline; filename="{name}"'}
    return Response(data, media_type=media_type, headers=headers)


async def _with_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await call_next(request)
    response.headers.update(HEADERS)
    return response
