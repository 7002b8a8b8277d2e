"""The only place that knows HTTP status codes: registry errors as problem documents (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from registry.core.errors import InputError, RegistryError, StateError, UnavailableError

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

STATUS_CODES: tuple[tuple[type[RegistryError], int, str], ...] = (
    (InputError, 422, "The request cannot be read"),
    (StateError, 409, "Not in the present state"),
    (UnavailableError, 503, "Somebody else did not answer"),
    (RegistryError, 500, "Something went wrong here"),
)
"""Status and title of each class of error; the first that fits counts."""
MEDIA_TYPE = "application/problem+json"


class ErasedError(RegistryError):
    """There was a document at this address, and it was erased for good."""

    code = "erased"


class NotFoundError(RegistryError):
    """There is nothing at this address, or it is no longer shown."""

    code = "not-found"


def problem(status: int, title: str, code: str, detail: str) -> JSONResponse:
    """Return a problem document."""
    value = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail}
    return JSONResponse(value, status_code=status, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Answer every registry error, and every address or method that is not served, with a problem document."""
    app.add_exception_handler(NotFoundError, _not_found)
    app.add_exception_handler(ErasedError, _erased)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(RegistryError, _problem_of)


def _not_found(_request: Request, error: Exception) -> JSONResponse:
    return problem(404, "Not found", NotFoundError.code, str(error))


def _erased(_request: Request, error: Exception) -> JSONResponse:
    return problem(410, "Erased", ErasedError.code, str(error))


def _http(_request: Request, error: Exception) -> JSONResponse:
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    title = HTTPStatus(status).phrase
    return problem(status, title, title.lower().replace(" ", "-"), f"{title}: this address does not answer that.")


def _invalid(_request: Request, _error: Exception) -> JSONResponse:
    # The only values that are read are parts of addresses, so a wrong one is an address where nothing stands.
    return problem(404, "Not found", NotFoundError.code, "There is nothing at this address.")


def _problem_of(_request: Request, error: Exception) -> JSONResponse:
    status, title = next((status, title) for kind, status, title in STATUS_CODES if isinstance(error, kind))
    code = error.code if isinstance(error, RegistryError) else RegistryError.code
    return problem(status, title, code, str(error))
