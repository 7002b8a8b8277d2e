"""The part of the W3C's VC-API that an issuer's registry can answer: issue, verify, status; for who holds the token.

Source: VC API v0.7, 3.2 (issuing), 3.3 (status) and 3.4 (verifying).
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from registry.core.canonical import parse_json
from registry.core.errors import InputError, RegistryError, UnavailableError
from registry.records import StatusChange
from registry.services.issue_given import GivenIssuance
from registry.services.vc_answers import answer, problem
from registry.services.vc_verify import VcVerification

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.api.office import Office
    from registry.core.receipt import AnchorReceipt

MAX_BYTES = 1024 * 1024
"""Longest body that is read."""
BODY_SECONDS = 30
"""How long a body may take to arrive."""


class TokenError(RegistryError):
    """The request carries no token, or another one."""

    code = "not-authorised"


@dataclass(frozen=True, slots=True)
class VcApi:
    """What the VC-API answers from."""

    office: Office
    """The issuer API's own answers."""
    token: str
    """What a caller has to present."""
    max_batch_size: int
    """Most leaves in a batch."""

    def require_token(self, request: Request) -> None:
        """Raise TokenError unless the request presents the token: as a bearer, or as the password of Basic.

        Compared in constant time, so that nobody learns it letter by letter.
        """
        if not hmac.compare_digest(_presented(request.headers.get("authorization", "")), self.token.encode()):
            raise TokenError("This address takes the operator's token; send it as `Authorization: Bearer TOKEN`.")

    def issue(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the signed credential, bare; `options.anchor` false signs without storing it.

        What is not stored has a status entry if `options.credentialStatus` asks for one.
        """
        given, options = body.get("credential"), _options(body)
        if not isinstance(given, dict):
            raise InputError("The member credential must be an object.")
        office = self.office
        work = GivenIssuance(office.store, office.signer_of, office.base_url, office.clock.now(), self.max_batch_size)
        if options.get("anchor", True) is not False:
            return work.issued(given)
        return work.signed(work.listed(given) if options.get("credentialStatus") else given)

    def verify(self, body: dict[str, Any]) -> tuple[bool, dict[str, Any]]:
        """Return whether a credential holds, and the answer; `options.checks` may leave out the chain."""
        office = self.office
        work = VcVerification(lambda data: office.verifier.verify(data).report, office.listed_status, self._receipts_of)
        return work.answered(body)

    def set_status(self, body: dict[str, Any]) -> dict[str, Any]:
        """Put a revocation into the status list; the chain, whose key is not here, follows by the registrar's hand."""
        name, entry = str(body.get("credentialId", "")), body.get("credentialStatus")
        entries = entry if isinstance(entry, list) else [entry]
        for one in entries:
            if not isinstance(one, dict) or one.get("type") != "BitstringStatusListEntry":
                raise InputError("Each credentialStatus must be a BitstringStatusListEntry.")
            if (
                one.get("statusPurpose", "revocation") != "revocation"
                or one.get("status", body.get("status")) not in _SET
            ):
                raise InputError("Only a revocation can be set here, and none taken back: it is final.")
        found = self.office.store.credential(name.removeprefix("urn:uuid:"))
        if found is None:
            raise InputError(f"There is no credential {name[:80]!r} here; nothing was changed.")
        change = StatusChange(found.issuer_id, found.leaf_hash, "revoked", 0, "by the VC-API", self.office.clock.now())
        self.office.store.record_status([change])
        return {"statusList": "revoked", "chain": f"pending: credanchor revoke {found.uuid} --reason withdrawn"}

    def _receipts_of(self, credential_id: str) -> list[AnchorReceipt]:
        known = self.office.store.credential(credential_id.removeprefix("urn:uuid:"))
        return self.office.receipts(known.uuid) if known else []


_SET = (True, "1", "true", 1)
_BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}}


def vc_api_router(api: VcApi) -> APIRouter:
    """Return the routes; each asks for the token before it reads anything."""
    answers: dict[int | str, dict[str, Any]] = {
        400: {
            "description": "The body is not what was asked for, or the credential does not hold; see problemDetails."
        },
        401: {"description": "The request carries no token, or another one."},
    }
    router = APIRouter(prefix="/credentials", responses=answers)

    @router.post("/issue", status_code=201, summary="Sign a credential (VC-API)", openapi_extra=_BODY)
    async def post_issue(request: Request) -> JSONResponse:
        """Answer 201 with the credential itself."""
        return await _answered(api, request, lambda body: (201, api.issue(body)))

    @router.post("/verify", summary="Judge a credential (VC-API)", openapi_extra=_BODY)
    async def post_verify(request: Request) -> JSONResponse:
        """Answer 200 if it is verified, and 400 with the problems if it is not, or nobody can tell."""

        def judge(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
            verified, answer = api.verify(body)
            return (200 if verified else 400), answer

        return await _answered(api, request, judge)

    @router.post(
        "/status", status_code=202, summary="Revoke a credential in the status list (VC-API)", openapi_extra=_BODY
    )
    async def post_status(request: Request) -> JSONResponse:
        """Answer 202: the status list says so at once, the chain when the registrar has sent it."""
        return await _answered(api, request, lambda body: (202, api.set_status(body)))

    return router


async def _answered(
    api: VcApi, request: Request, work: Callable[[dict[str, Any]], tuple[int, dict[str, Any]]]
) -> JSONResponse:
    try:
        api.require_token(request)
        status, value = await run_in_threadpool(work, await _body(request))
    except UnavailableError:
        raise  # 503, as everywhere
    except RegistryError as error:
        status = 401 if isinstance(error, TokenError) else 400
        value = answer([], [problem(error.code, str(error))])
    return JSONResponse(value, status_code=status)


async def _body(request: Request) -> dict[str, Any]:
    data = b""
    try:
        with anyio.fail_after(BODY_SECONDS):
            async for chunk in request.stream():
                data += chunk
                if len(data) > MAX_BYTES:
                    raise InputError(f"The body has more than {MAX_BYTES:,} bytes.")
    except TimeoutError as error:
        raise InputError(f"The body did not arrive within {BODY_SECONDS} seconds.") from error
    value = parse_json(data)
    if not isinstance(value, dict):
        raise InputError("The body must be a JSON object.")
    return value


def _options(body: dict[str, Any]) -> dict[str, Any]:
    options = body.get("options")
    return options if isinstance(options, dict) else {}


def _presented(header: str) -> bytes:
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip().encode()
    if scheme.lower() != "basic":
        return b""
    try:
        return base64.b64decode(value.strip(), validate=True).partition(b":")[2]
    except binascii.Error:
        return b""
