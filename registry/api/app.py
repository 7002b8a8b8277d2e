"""The issuer API as an application: routes only; what they answer with comes from the office."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles

from registry.api import problems
from registry.api.answers import HERE, with_headers
from registry.api.office import STATUS_LIST_SECONDS
from registry.api.own_page import own_router
from registry.api.record_page import record_router
from registry.api.shared import shared_router
from registry.api.vc_api import vc_api_router
from registry.core.canonical import canonical_bytes
from registry.core.receipt import receipt_json
from registry.credentials.endorsement import without_endorsements

if TYPE_CHECKING:
    from registry.api.office import Office
    from registry.api.vc_api import VcApi

CREDENTIAL_TYPE = "application/vc"
_LISTS: dict[int | str, dict[str, Any]] = {200: {"content": {CREDENTIAL_TYPE: {}, "application/ld+json": {}}}}


def create_app(office: Office, vc_api: VcApi | None = None) -> FastAPI:
    """Return the issuer API for one home; `vc_api` adds what the holder of a token may ask."""
    app = FastAPI(title="Credanchor issuer API", docs_url=None, redoc_url=None, responses=problems.DESCRIBED)
    app.mount("/static", StaticFiles(directory=HERE / "static"))
    problems.install(app)
    app.middleware("http")(with_headers)
    app.include_router(_published(office))
    app.include_router(shared_router(office))
    app.include_router(record_router(office))  # before the files of an own link, whose names it is none of
    app.include_router(own_router(office))
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

    @router.get("/issuers/{slug}/status/{number}", summary="A status list credential", responses=_LISTS)
    def get_status_list(request: Request, slug: str, number: int) -> JSONResponse:
        """Answer with a signed BitstringStatusListCredential of purpose revocation."""
        kept = {"Cache-Control": f"public, max-age={STATUS_LIST_SECONDS}", "Vary": "Accept"}
        return JSONResponse(office.status_list(slug, number), media_type=_credential_type(request), headers=kept)

    @router.get("/receipts/{credential_id:path}/state", summary="The state proof of a credential's batch")
    def get_state(credential_id: str) -> Response:
        """Answer with the state proof saved when the batch became final; it does not cover the credential's status."""
        return Response(office.state(credential_id), media_type="application/json")

    @router.get("/receipts/{credential_id:path}", summary="The receipts of a credential")
    def get_receipts(credential_id: str) -> JSONResponse:
        """Answer with a list of receipts: empty while the batch is open, `pending` until the anchor is final."""
        return JSONResponse([receipt_json(receipt) for receipt in office.receipts(credential_id)])

    return router


def _credential_type(request: Request) -> str:
    """Return the data model's own media type, unless the reader takes JSON under another name and not under this.

    Some verifiers parse nothing whose type does not say JSON.
    """
    accepted = {one.partition(";")[0].strip().lower() for one in request.headers.get("accept", "*/*").split(",")}
    if accepted & {CREDENTIAL_TYPE, "application/*", "*/*"}:
        return CREDENTIAL_TYPE
    return next((one for one in ("application/ld+json", "application/json") if one in accepted), CREDENTIAL_TYPE)
