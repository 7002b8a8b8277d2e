"""The addresses: the page, its form, the API and a sign of life."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from registry.core.errors import InputError, LinkUnreachableError
from verifier_web import batch
from verifier_web.about import verification_json
from verifier_web.answers import AsciiJson
from verifier_web.asked import origin, prefers_pdf
from verifier_web.body import (
    MAX_EXPECTED,
    RECIPIENT_HEADER,
    expected_by_header,
    media_type,
    read_body,
    read_submissions,
)
from verifier_web.errors import MediaTypeError
from verifier_web.headers import NO_STORE, PREFLIGHT
from verifier_web.languages import language_of
from verifier_web.reporter import PDF_TYPE
from verifier_web.schemas import PROBLEMS, ReadyOut, VerificationOut

if TYPE_CHECKING:
    from verifier_web.desk import Desk
    from verifier_web.readiness import Readiness
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
Share = Callable[[Request], Awaitable[None]]
"""Takes one request out of its client's share; TooManyRequestsError if there is nothing left."""
_JSON: dict[str, Any] = {
    "anyOf": [
        {
            "type": "object",
            "description": "A bundle.",
            "properties": {
                "credential": {"type": ["object", "string"]},
                "receipts": {"type": "array", "items": {"type": "object"}},
                "endorsements": {"type": "array", "items": {"type": ["object", "string"]}},
            },
            "required": ["credential"],
            "additionalProperties": False,
        },
        {"type": "object", "description": "A credential alone.", "required": ["type", "issuer"]},
    ]
}
"""What JSON a body may be; of a VC-JWT, a badge or a link the bytes decide."""
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
        "description": (
            "A bundle, a credential, a compact JWS, a badge or certificate with a credential inside, or a share link."
        ),
        "content": {
            kind: {"schema": _JSON if "json" in kind or kind == "application/vc" else {}} for kind in MEDIA_TYPES
        },
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
        "content": {batch.MEDIA_TYPE: {"schema": {"description": "Of one line.", **_JSON}}},
    },
}


def page_router(desk: Desk, renderer: Renderer, share: Share) -> APIRouter:
    """Return the page: the start page and the form's answer; `share` is what a client may ask."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def start(request: Request) -> Response:
        return renderer.start(language_of(request), origin(request))

    @router.get("/camera")
    async def camera(request: Request) -> Response:
        return renderer.camera(language_of(request))

    @router.post("/", dependencies=[Depends(share)])
    async def check(request: Request) -> Response:
        given, chosen = await read_submissions(request), language_of(request)
        if len(given) > 1:
            found = await desk.judge_many(desk.many(), [one.data for one in given], given[0].expected)
            return await run_in_threadpool(renderer.several, chosen, given, found)
        (submission,) = given
        try:
            judged = await desk.judge(submission.data, submission.expected)
        except (InputError, LinkUnreachableError) as error:
            return await run_in_threadpool(renderer.not_a_credential, chosen, submission, error)
        # Laying out a document of megabytes takes a third of a second, in which nobody else should have to wait.
        return await run_in_threadpool(renderer.verdict, chosen, submission, judged)

    return router


def api_router(desk: Desk, reporter: Reporter, share: Share) -> APIRouter:
    """Return the API: one verification a request, or many."""
    router = APIRouter(dependencies=[Depends(share)])
    _add_single(router, desk, reporter)
    _add_batch(router, desk)
    return router


def preflight_router() -> APIRouter:
    """Return what browsers ask before another site's script posts; it costs nobody's share."""
    router = APIRouter(include_in_schema=False)

    @router.options("/v1/verifications")
    async def preflight() -> Response:
        return Response(status_code=204, headers=PREFLIGHT)

    return router


def health_router(readiness: Readiness) -> APIRouter:
    """Return what whoever runs the server asks."""
    router = APIRouter()

    @router.get("/readyz", summary="Say whether it can judge", responses={503: PROBLEMS[503]})
    async def readyz() -> ReadyOut:
        """Answer 200 if an accepted network answered in the last minute, to a check or, if there was none, to us."""
        return ReadyOut(status="ready", answeredSecondsAgo=await readiness.answered())

    @router.get("/healthz", summary="Say that the server runs")
    async def healthz() -> dict[str, str]:
        """Answer without asking anybody else."""
        return {"status": "ok"}

    return router


def _add_single(router: APIRouter, desk: Desk, reporter: Reporter) -> None:
    @router.post(
        "/v1/verifications",
        summary="Check one credential",
        responses={200: {"model": VerificationOut, "content": {PDF_TYPE: {"schema": _FILE}}}, **PROBLEMS},
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
            return await desk.done(partial(reporter.pdf, body, judged, origin(request)), "single")
        return AsciiJson(verification_json(judged, "request body"), headers=NO_STORE)


def _add_batch(router: APIRouter, desk: Desk) -> None:
    @router.post(
        "/v1/verifications/batch",
        summary="Check many credentials, a line each",
        responses={200: {"model": VerificationOut, "content": {batch.MEDIA_TYPE: {}}}, **PROBLEMS},
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
