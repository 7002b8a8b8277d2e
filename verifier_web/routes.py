"""The addresses: the page, its form, the API and a sign of life."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request  # noqa: TC002  FastAPI reads the annotations when it runs
from starlette.responses import Response, StreamingResponse

from registry.checks.report import report_json
from registry.core.errors import InputError
from verifier_web import batch
from verifier_web.answers import AsciiJson
from verifier_web.asked import origin, prefers_pdf
from verifier_web.body import (
    BODY_SECONDS,
    MAX_BYTES,
    MAX_EXPECTED,
    RECIPIENT_HEADER,
    expected_by_header,
    media_type,
    read_body,
    read_submission,
)
from verifier_web.errors import MediaTypeError
from verifier_web.headers import NO_STORE
from verifier_web.problems import MEDIA_TYPE as PROBLEM_TYPE
from verifier_web.reporter import PDF_TYPE
from verifier_web.schemas import ProblemOut, ReportOut

if TYPE_CHECKING:
    from verifier_web.desk import Desk
    from verifier_web.render import Renderer
    from verifier_web.reporter import Reporter

MEDIA_TYPES = (
    "application/json",
    "application/ld+json",
    "application/vc",
    "application/vc+ld+json",
    "application/vc+jwt",
    "text/plain",
    "image/png",
    "image/svg+xml",
    "application/pdf",
)
"""What POST /v1/verifications takes; what the body really is, its own bytes decide."""
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemOut, "description": meaning, "content": {PROBLEM_TYPE: {}}}
    for status, meaning in {
        400: "A header cannot be read, or is longer than it may be.",
        408: f"The body did not arrive within {BODY_SECONDS} seconds.",
        413: f"The body is longer than {MAX_BYTES // (1024 * 1024)} MiB.",
        415: "The body is of another kind than those named.",
        422: "The body is not a credential, bundle, badge or certificate; code `not-a-credential`.",
        503: "As many checks are under way as the server does at once; see Retry-After.",
    }.items()
}
_BODY: dict[str, Any] = {
    "parameters": [
        {
            "name": RECIPIENT_HEADER,
            "in": "header",
            "schema": {"type": "string", "maxLength": MAX_EXPECTED},
            "description": "Whom it should belong to: e-mail address, id or name; UTF-8, percent-encoded.",
        }
    ],
    "requestBody": {
        "required": True,
        "description": "A bundle, a credential, a compact JWS, or a badge picture with a credential inside.",
        "content": {kind: {} for kind in MEDIA_TYPES},
    },
}
_FILE = {"type": "string", "contentMediaType": PDF_TYPE}
_LINES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": (
            f"At most {batch.MAX_LINES:,} lines and {batch.MAX_BYTES // (1024 * 1024)} MiB; on each a bundle, a "
            "credential or a compact JWS."
        ),
        "content": {batch.MEDIA_TYPE: {}},
    },
}


def page_router(desk: Desk, renderer: Renderer) -> APIRouter:
    """Return the page: the start page and the form's answer."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def start(request: Request) -> Response:
        return renderer.start(origin(request))

    @router.post("/")
    async def check(request: Request) -> Response:
        submission = await read_submission(request)
        try:
            judged = await desk.judge(submission.data, submission.expected)
        except InputError as error:
            return await run_in_threadpool(renderer.not_a_credential, submission, error)
        # Laying out a document of megabytes takes a third of a second, in which nobody else should have to wait.
        return await run_in_threadpool(renderer.verdict, submission, judged)

    return router


def api_router(desk: Desk, reporter: Reporter) -> APIRouter:
    """Return the API: one verification a request, or many, and a sign of life."""
    router = APIRouter()
    _add_single(router, desk, reporter)
    _add_batch(router, desk)

    @router.get("/healthz", summary="Say that the server runs")
    async def healthz() -> dict[str, str]:
        """Answer without asking anybody else."""
        return {"status": "ok"}

    return router


def _add_single(router: APIRouter, desk: Desk, reporter: Reporter) -> None:
    @router.post(
        "/v1/verifications",
        summary="Check one credential",
        responses={200: {"model": ReportOut, "content": {PDF_TYPE: {"schema": _FILE}}}, **_PROBLEMS},
        openapi_extra=_BODY,
    )
    async def create_verification(request: Request) -> Response:
        """Run every check and answer with each result.

        A credential that fails its checks is still a 200: the report is the answer. When the chain
        does not answer, the checks that need it are `undecided`, and so is the verdict.

        With `Accept: application/pdf` the answer is a report to keep, for people, with the same findings, the digest
        of what was sent, and the block that was read.
        """
        if media_type(request) not in MEDIA_TYPES:
            raise MediaTypeError(f"Send the body as one of {', '.join(MEDIA_TYPES)}; name it in Content-Type.")
        expected = expected_by_header(request)
        body = await read_body(request)
        judged = await desk.judge(body, expected)
        if prefers_pdf(request):
            return await desk.done(partial(reporter.pdf, body, judged, origin(request)))
        return AsciiJson(report_json(judged.report, "request body"), headers=NO_STORE)


def _add_batch(router: APIRouter, desk: Desk) -> None:
    @router.post(
        "/v1/verifications/batch",
        summary="Check many credentials, a line each",
        responses={200: {"model": ReportOut, "content": {batch.MEDIA_TYPE: {}}}, **_PROBLEMS},
        openapi_extra=_LINES,
    )
    async def create_verifications(request: Request) -> Response:
        """Answer with one report a line, in the order of the request's lines, as they are judged.

        All are judged in one run, as of one reading of the clock. A line that is no credential gets a report with the
        verdict `not-a-credential`; blank lines are passed over.
        """
        if media_type(request) not in {batch.MEDIA_TYPE, "application/jsonl"}:
            raise MediaTypeError(f"Send one JSON value a line, as {batch.MEDIA_TYPE}; name it in Content-Type.")
        lines = batch.lines_of(await read_body(request, batch.MAX_BYTES))
        return StreamingResponse(batch.reports(desk, lines), media_type=batch.MEDIA_TYPE, headers=NO_STORE)
