"""The addresses behind which the private check reads issuers' web sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request  # noqa: TC002  FastAPI reads the annotations when it runs
from starlette.responses import Response  # noqa: TC002  FastAPI reads the annotations when it runs

from registry.services.web_memory import PUBLIC_SECONDS
from verifier_web.answers import AsciiJson
from verifier_web.lookups import MAX_DID, MAX_URL
from verifier_web.problems import MEDIA_TYPE as PROBLEM_TYPE
from verifier_web.schemas import ProblemOut

if TYPE_CHECKING:
    from registry.checks.facts import DidService
    from verifier_web.lookups import Lookups
    from verifier_web.routes import Share

_SHORTLY = {"Cache-Control": f"private, max-age={PUBLIC_SECONDS}"}
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemOut, "description": meaning, "content": {PROBLEM_TYPE: {}}}
    for status, meaning in {
        400: "The DID is no did:web, or the list is not on its host.",
        502: "The issuer's web site did not answer, or with something else.",
        503: "As many questions are under way as the server asks at once; see Retry-After.",
    }.items()
}


_DID: dict[str, Any] = {
    "name": "did",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "maxLength": MAX_DID},
}
_LIST: dict[str, Any] = {
    "name": "url",
    "in": "query",
    "required": True,
    "schema": {"type": "string", "maxLength": MAX_URL},
    "description": "The list's address, as the credential names it.",
}


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ServiceOut(_Form):
    """One account that a DID document names as its own."""

    chain: str = Field(description="CAIP-2 id.", examples=["eip155:11155111"])
    contract: str = Field(description="Address of the registry contract.")
    issuer: str = Field(description="Address of the issuer's account.")

    @classmethod
    def from_core(cls, service: DidService) -> ServiceOut:
        """Return the wire form."""
        contract, issuer = service.contract.checksummed(), service.issuer.checksummed()
        return cls(chain=f"eip155:{service.chain_id}", contract=contract, issuer=issuer)


class SiteOut(_Form):
    """What a DID document says of its registry."""

    did: str
    services: list[ServiceOut]


def lookup_router(lookups: Lookups, share: Share) -> APIRouter:
    """Return the addresses; each answer may be a little old, and `share` is what a client may ask."""
    router = APIRouter(dependencies=[Depends(share)])

    @router.get(
        "/v1/did-documents/{did}",  # noqa: FAST003  a declared parameter would have FastAPI's own 422
        summary="Read what an issuer's DID document says of its registry",
        responses={200: {"model": SiteOut}, **_PROBLEMS},
        openapi_extra={"parameters": [_DID]},
    )
    async def read_did_document(request: Request) -> Response:
        """Answer with the accounts that the document of a did:web names as its own."""
        did = request.path_params["did"]
        services = [ServiceOut.from_core(one) for one in await lookups.services(did)]
        return AsciiJson(SiteOut(did=did, services=services).model_dump(), headers=_SHORTLY)

    @router.get(
        "/v1/status-lists/{did}",  # noqa: FAST003  as above
        summary="Read a status list of an issuer's own host",
        responses={**_PROBLEMS},
        openapi_extra={"parameters": [_DID, _LIST]},
    )
    async def read_status_list(request: Request) -> Response:
        """Answer with the list as it stands on the host of a did:web; whether it is the issuer's is not judged."""
        did, url = request.path_params["did"], request.query_params.get("url", "")
        return AsciiJson(await lookups.status_list(did, url), headers=_SHORTLY)

    return router
