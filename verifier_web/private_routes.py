"""The addresses of the private check: its page, and by what its script judges."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.requests import Request  # noqa: TC002  FastAPI reads the annotations when it runs
from starlette.responses import Response  # noqa: TC002

from registry.core.errors import UnavailableError
from verifier_web.answers import AsciiJson
from verifier_web.languages import language_of
from verifier_web.private_rules import rules
from verifier_web.private_wording import NOT_BUILT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.chain.networks import Network
    from verifier_web.render import Renderer

NO_CACHE = {"Cache-Control": "no-cache"}
"""The page, its rules and its script must be of one version."""


def private_router(renderer: Renderer, networks: Mapping[str, Network]) -> APIRouter:
    """Return the page and its rules, `networks` being the verifier's own, by name."""
    router = APIRouter(include_in_schema=False)

    @router.get("/private")
    def private_page(request: Request) -> Response:
        if not files("verifier_web").joinpath("static", "vendor", "private.js").is_file():
            raise UnavailableError(NOT_BUILT)
        return renderer.private(language_of(request))

    @router.get("/private/rules.json")
    def private_rules() -> Response:
        return AsciiJson(rules(networks.values()), headers=NO_CACHE)

    return router
