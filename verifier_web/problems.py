"""The one place that knows HTTP status codes: every error becomes a problem document (RFC 9457) or a page."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from registry.core.errors import (
    InputError,
    LinkUnreachableError,
    ProfileUnavailableError,
    RegistryError,
    StateError,
    UnavailableError,
    VerificationError,
)
from verifier_web import wording as say
from verifier_web.answers import AsciiJson
from verifier_web.errors import BodyTooLargeError, BodyTooSlowError, MediaTypeError, RequestError, TooManyRequestsError
from verifier_web.headers import NO_STORE, headers_of
from verifier_web.languages import language_of

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

    from verifier_web.metrics import Metrics
    from verifier_web.render import Renderer

MEDIA_TYPE = "application/problem+json"
NOT_A_CREDENTIAL = "not-a-credential"
"""Code of every answer to something that is no credential, whatever exactly is wrong with it."""
RETRY_AFTER_SECONDS = 5
"""How long to wait before trying a busy server again."""
API_PREFIXES = ("/v1/", "/credentials/", "/healthz", "/readyz")
"""Where addresses of programs begin, whose errors are JSON; elsewhere they are pages."""

STATUSES: tuple[tuple[type[RegistryError], HTTPStatus], ...] = (
    (BodyTooLargeError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (BodyTooSlowError, HTTPStatus.REQUEST_TIMEOUT),
    (MediaTypeError, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (TooManyRequestsError, HTTPStatus.TOO_MANY_REQUESTS),
    (RequestError, HTTPStatus.BAD_REQUEST),
    (InputError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (VerificationError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (StateError, HTTPStatus.CONFLICT),
    (LinkUnreachableError, HTTPStatus.BAD_GATEWAY),
    (ProfileUnavailableError, HTTPStatus.BAD_GATEWAY),
    (UnavailableError, HTTPStatus.SERVICE_UNAVAILABLE),
    (RegistryError, HTTPStatus.INTERNAL_SERVER_ERROR),
)
"""Status of each error; the first that fits."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong with one request."""

    status: int
    """HTTP status."""
    code: str
    """Stable public code."""
    title: str
    """The status in words."""
    detail: str
    """A finished sentence about this occurrence."""


def problem_of(error: Exception) -> Problem:
    """Return the problem that an error is; an unforeseen one says nothing of its inside."""
    if isinstance(error, RegistryError):
        status = next(status for kind, status in STATUSES if isinstance(error, kind)).value
        code = NOT_A_CREDENTIAL if isinstance(error, InputError) else error.code
        return Problem(status, code, _title(status), str(error))
    if isinstance(error, HTTPException):
        code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
        return Problem(error.status_code, code, _title(error.status_code), _advice(error.status_code, error.detail))
    return Problem(500, "internal", _title(500), _advice(500, ""))


def add_handlers(app: FastAPI, renderer: Renderer, metrics: Metrics) -> None:
    """Answer every error of `app` as problem JSON at addresses of programs, and as a page elsewhere."""

    async def answer(request: Request, error: Exception) -> Response:
        problem = problem_of(error)
        # An unforeseen error is answered outside the middleware that adds the strict headers.
        headers = {**headers_of(request.url.path), **_own_headers(error, problem)}
        if isinstance(error, RequestError):
            metrics.refused(error)
        if request.url.path.startswith(API_PREFIXES):
            return _document(problem, headers)
        return renderer.problem(language_of(request), problem, headers)

    for kind in (RegistryError, HTTPException, Exception):
        app.add_exception_handler(kind, answer)


def _own_headers(error: Exception, problem: Problem) -> dict[str, str]:
    if isinstance(error, TooManyRequestsError):
        return {"Retry-After": str(error.retry_after_seconds)}
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return dict(error.headers or {}) if isinstance(error, HTTPException) else {}


def _document(problem: Problem, headers: dict[str, str]) -> Response:
    members = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
    }
    return AsciiJson(members, problem.status, {**NO_STORE, **headers}, MEDIA_TYPE)


def _title(status: int) -> str:
    return say.PROBLEM_TITLES.get(status) or HTTPStatus(status).phrase


def _advice(status: int, otherwise: str) -> str:
    return say.PROBLEM_ADVICE.get(status) or f"{otherwise}."
