"""The only place that knows HTTP status codes: registry errors as problem documents (RFC 9457), or pages for people."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from registry.api.answers import templates, wants_page, way_up
from registry.core.errors import InputError, RegistryError, StateError, UnavailableError

if TYPE_CHECKING:
    from fastapi import FastAPI, Request, Response

MEDIA_TYPE = "application/problem+json"


class ErasedError(RegistryError):
    """There was a document at this address, and it was erased for good."""

    code = "erased"


class LinkOffError(RegistryError):
    """There was a share link at this address, and its recipient turned it off for good."""

    code = "link-off"


class NotFoundError(RegistryError):
    """There is nothing at this address, or it is no longer shown."""

    code = "not-found"


class CrossSiteError(RegistryError):
    """Another web site's page sent this request in its visitor's name."""

    code = "cross-site"


STATUS_CODES: tuple[tuple[type[RegistryError], int, str], ...] = (
    (NotFoundError, 404, "Not found"),
    (ErasedError, 410, "Erased"),
    (LinkOffError, 410, "This link was turned off"),
    (CrossSiteError, 403, "Not from this site"),
    (InputError, 422, "The request cannot be read"),
    (StateError, 409, "Not in the present state"),
    (UnavailableError, 503, "Somebody else did not answer"),
    (RegistryError, 500, "Something went wrong here"),
)
"""Status and title of each class of error; the first that fits counts."""

DESCRIBED: dict[int | str, dict[str, Any]] = {
    status: {"description": f"{title}.", "content": {MEDIA_TYPE: {}, "text/html": {}}}
    for _, status, title in STATUS_CODES
    if status != HTTPStatus.INTERNAL_SERVER_ERROR
}
"""The same for the description of the interface: what any address may answer, as a problem or as a page."""


def install(app: FastAPI) -> None:
    """Answer every registry error, and every address or method that is not served, with a problem."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(RegistryError, _problem_of)


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    title = HTTPStatus(status).phrase
    code = title.lower().replace(" ", "-")
    return _problem(request, status, title, code, f"{title}: this address does not answer that.")


def _invalid(request: Request, _error: Exception) -> Response:
    # The only values that are read are parts of addresses, so a wrong one is an address where nothing stands.
    return _problem_of(request, NotFoundError("There is nothing at this address."))


def _problem_of(request: Request, error: Exception) -> Response:
    status, title = next((status, title) for kind, status, title in STATUS_CODES if isinstance(error, kind))
    code = error.code if isinstance(error, RegistryError) else RegistryError.code
    return _problem(request, status, title, code, str(error))


def _problem(request: Request, status: int, title: str, code: str, detail: str) -> Response:
    if wants_page(request):
        words = {"title": title, "detail": detail, "root": way_up(request)}
        return templates.TemplateResponse(request, "problem.html", words, status_code=status)
    value = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail}
    return JSONResponse(value, status_code=status, media_type=MEDIA_TYPE)
