"""`POST /credentials/verify` of the W3C's VC-API, as an issuer's registry answers it, for anybody.

Source: VC API v0.7, 3.4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request  # noqa: TC002  FastAPI reads the annotations when it runs
from starlette.responses import Response  # noqa: TC002

from registry.core.canonical import parse_json
from registry.core.errors import InputError
from registry.services.vc_answers import answer, problem
from verifier_web.answers import AsciiJson
from verifier_web.body import media_type, read_body
from verifier_web.errors import MediaTypeError
from verifier_web.headers import NO_STORE
from verifier_web.schemas import PROBLEMS, VcAnswerOut, VcVerifyIn

if TYPE_CHECKING:
    from verifier_web.desk import Desk
    from verifier_web.routes import Share

MAX_BYTES = 1024 * 1024
"""Longest body, as for an issuer's registry."""
MEDIA_TYPES = ("application/json", "application/ld+json")
"""What a body may be."""


def vc_api_router(desk: Desk, share: Share) -> APIRouter:
    """Return the one call that a verifier answers; `share` is what a client may ask."""
    router = APIRouter(dependencies=[Depends(share)])

    @router.post(
        "/credentials/verify",
        summary="Judge a credential (VC-API)",
        responses={
            200: {"model": VcAnswerOut, "description": "It is verified."},
            400: {"model": VcAnswerOut, "description": "It is not, or nobody can tell; or the body holds none."},
            **{status: PROBLEMS[status] for status in (413, 415, 429, 503)},
        },
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": VcVerifyIn.model_json_schema()}},
            }
        },
    )
    async def post_verify(request: Request) -> Response:
        """Answer 200 if it is verified, and 400 with the problems if it is not, or nobody can tell.

        `options.checks` may be `["proof"]` or `["proof", "credentialStatus"]`: then no chain is asked, and `verified`
        says no more than that.
        """
        if media_type(request) not in MEDIA_TYPES:
            raise MediaTypeError(f"Send the body as {MEDIA_TYPES[0]}; name it in Content-Type.")
        body = await read_body(request, MAX_BYTES)
        try:
            verified, value = await desk.vc_verified(_object(body))
        except InputError as error:
            verified, value = False, answer([], [problem(error.code, str(error))])
        return AsciiJson(value, 200 if verified else 400, NO_STORE)

    return router


def _object(body: bytes) -> dict[str, Any]:
    value = parse_json(body)
    if not isinstance(value, dict):
        raise InputError("The body must be a JSON object.")
    return value
