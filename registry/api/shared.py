"""What stands behind a share link: the credential's page, or its bundle, and its files; nothing once it is off."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from registry.api.answers import templates, wants_page, way_up
from registry.api.components import components_of, recognised_in
from registry.api.page import Place, page_of
from registry.api.preview import preview_of
from registry.api.problems import NotFoundError
from registry.core.receipt import bundle_json
from registry.services.certificate import certificate_pdf
from registry.services.export import file_content
from registry.services.receipts import bundle_of
from registry.services.share_links import share_link
from registry.services.succession import succession_of

if TYPE_CHECKING:
    from registry.api.office import Office
    from registry.records import StoredCredential
    from registry.services.export import Form
    from registry.services.judged import Judged

FileName = Literal["bundle.json", "badge.png", "badge.svg", "credential.jwt", "certificate.pdf"]
FILES: dict[FileName, tuple[Form | None, str]] = {
    "certificate.pdf": (None, "application/pdf"),
    "bundle.json": ("json", "application/json"),
    "badge.png": ("png", "image/png"),
    "badge.svg": ("svg", "image/svg+xml"),
    "credential.jwt": ("jwt", "application/vc+jwt"),
}
"""Form and media type of each file below a credential's page; a certificate is set by a press."""
FILES_DESCRIBED: dict[int | str, dict[str, Any]] = {200: {"content": {kind: {} for _, kind in FILES.values()}}}
"""The same for the description of the interface."""
_PAGE_OR_BUNDLE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {}}}}


def shared_router(office: Office) -> APIRouter:
    """Return the routes of share links."""
    router = APIRouter()

    @router.get("/c/{token}", summary="A shared credential, as a page or as its bundle", responses=_PAGE_OR_BUNDLE)
    def get_credential(request: Request, token: str) -> Response:
        """Answer a browser with the credential's page, and everybody else with the bundle."""
        credential = office.shared(token)
        return _shown(office, request, credential, token, token)

    @router.get(
        "/c/{token}/newer",
        summary="What took the place of a shared credential, as a page or as its bundle",
        responses=_PAGE_OR_BUNDLE,
    )
    def get_newer(request: Request, token: str) -> Response:
        """Answer as for the older one, as long as that one's link is live."""
        return _shown(office, request, office.newest_shared(token), "newer", f"{token}/newer")

    @router.get(
        "/c/{token}/newer/{name}",
        summary="A file of what took its place",
        responses=FILES_DESCRIBED,
        response_class=Response,
    )
    def get_newer_file(token: str, name: FileName) -> Response:
        """Answer with bundle, badge or certificate; credential and receipts are in each."""
        return file_of(office, office.newest_shared(token), name, share_link(office.base_url, f"{token}/newer"))

    @router.get(
        "/c/{token}/{name}", summary="A file of a shared credential", responses=FILES_DESCRIBED, response_class=Response
    )
    def get_file(token: str, name: FileName) -> Response:
        """Answer with bundle, badge or certificate; credential and receipts are in each."""
        return file_of(office, office.shared(token), name, share_link(office.base_url, token))

    return router


def judged(office: Office, credential: StoredCredential) -> Judged:
    """Return a credential with its receipts, judged as it stands now."""
    return office.verifier.verify(json.dumps(bundle_json(bundle_of(office.store, credential))).encode())


def file_of(office: Office, credential: StoredCredential, name: FileName, link: str | None) -> Response:
    """Return one of a credential's files; NotFoundError if it is wanted as a VC-JWT and is none.

    `link` is where a certificate's QR code leads.
    """
    form, media_type = FILES[name]
    bundle = bundle_of(office.store, credential)
    if form == "jwt" and not isinstance(bundle.credential, str):
        raise NotFoundError("This credential was not issued as a VC-JWT; take its bundle or badge.")
    disposition = {"Content-Disposition": f'inline; filename="{name}"'}
    data = file_content(bundle, form) if form else certificate_pdf(bundle, link=link, press=office.press)
    return Response(data, media_type=media_type, headers=disposition)


def _shown(office: Office, request: Request, credential: StoredCredential, files: str, path: str) -> Response:
    """Return a page whose files lie at `files` as seen from it, and that stands at `path` below `/c`; or its bundle."""
    if not wants_page(request):
        return JSONResponse(bundle_json(bundle_of(office.store, credential)))
    found, succession = judged(office, credential), succession_of(office.store, credential)
    newer = f"{files}/newer" if succession.newest else ""
    page = page_of(found, Place(way_up(request), files, newer, office.state_url(credential)), succession)
    stack = {"components": components_of(found), "recognised": recognised_in(found.facts.presented.document)}
    shown = {"page": page, **stack, "preview": preview_of(found, page, share_link(office.base_url, path))}
    return templates.TemplateResponse(request, "credential.html", shown)
