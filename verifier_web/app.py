"""The public verifier as one ASGI application."""

from __future__ import annotations

from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.staticfiles import StaticFiles

from registry.services.fonts import load_fonts
from verifier_web import wording as say
from verifier_web.desk import AT_ONCE, WAITING, Desk
from verifier_web.headers import StrictHeaders
from verifier_web.problems import add_handlers
from verifier_web.render import Renderer
from verifier_web.report_routes import report_router
from verifier_web.reporter import Reporter
from verifier_web.routes import api_router, page_router

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.chain.networks import Network
    from registry.services.fonts import Fonts
    from verifier_web.desk import Verifier


def create_app(
    verifier: Verifier,
    *,
    networks: Mapping[str, Network] | None = None,
    fonts: Fonts | None = None,
    at_once: int = AT_ONCE,
    waiting: int = WAITING,
) -> FastAPI:
    """Return the application around `verifier`.

    `networks` are the verifier's own, by name: they give the endpoint and the block explorer that the page names.
    `fonts` are those of reports as PDF; without them the packaged ones.
    At most `at_once` checks run at the same time and `waiting` more wait; beyond that the answer is 503.
    """
    app = FastAPI(
        title=say.SITE,
        version=version("credanchor"),
        openapi_url="/v1/openapi.json",
        docs_url=None,  # FastAPI's own documentation pages load from other people's servers
        redoc_url=None,
        middleware=[Middleware(StrictHeaders)],
    )
    desk, renderer = Desk(verifier, at_once=at_once, waiting=waiting), Renderer(networks or {})
    reporter = Reporter(networks or {}, fonts or load_fonts(), f"credanchor {app.version}")
    app.include_router(page_router(desk, renderer))
    app.include_router(report_router(desk, renderer, reporter))
    app.include_router(api_router(desk, reporter))
    app.mount("/static", StaticFiles(directory=str(files("verifier_web").joinpath("static"))))
    add_handlers(app, renderer)
    return app
