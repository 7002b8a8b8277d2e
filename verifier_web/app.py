"""The public verifier as one ASGI application."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.requests import Request  # noqa: TC002  FastAPI reads the annotation when it runs

from registry.identity.offline import OfflineDirectory
from registry.services.fonts import load_fonts
from verifier_web import wording as say
from verifier_web.buckets import PER_MINUTE, Buckets
from verifier_web.described import describe
from verifier_web.desk import AT_ONCE, SECONDS, WAITING, Desk
from verifier_web.headers import StrictHeaders
from verifier_web.lookup_routes import lookup_router
from verifier_web.lookups import Lookups
from verifier_web.metrics import Metrics
from verifier_web.own_files import OwnFiles
from verifier_web.private_routes import private_router
from verifier_web.problems import add_handlers
from verifier_web.readiness import Readiness
from verifier_web.render import Renderer
from verifier_web.report_routes import report_router
from verifier_web.reporter import Reporter
from verifier_web.routes import api_router, health_router, page_router, preflight_router
from verifier_web.vc_api import vc_api_router

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from registry.chain.networks import Network
    from registry.ports import IssuerDirectory
    from registry.services.fonts import Fonts
    from verifier_web.desk import Verifier
    from verifier_web.readiness import Watched
    from verifier_web.routes import Share


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is done at once and for one client."""

    at_once: int = AT_ONCE
    """Checks under way at the same time."""
    waiting: int = WAITING
    """Checks that wait for one of these places; beyond that the answer is 503."""
    seconds: float = SECONDS
    """How long anybody is kept waiting for a check."""
    per_minute: int = PER_MINUTE
    """Requests a minute of one client address; beyond that the answer is 429. 0 for any number."""


DEFAULT_LIMITS = Limits()


def create_app(
    verifier: Verifier,
    *,
    networks: Mapping[str, Network] | None = None,
    fonts: Fonts | None = None,
    watched: Sequence[Watched] = (),
    limits: Limits = DEFAULT_LIMITS,
    metrics: Metrics | None = None,
    directory: IssuerDirectory | None = None,
) -> FastAPI:
    """Return the application around `verifier`.

    `networks` are the verifier's own, by name: they give the endpoint and the block explorer that the page names.
    `fonts` are those of reports as PDF; without them the packaged ones.
    `watched` are the same as they are asked, for /readyz; `metrics` counts what is done.
    `directory` answers the private check about issuers' web sites; without one nobody is asked.
    """
    app = FastAPI(
        title=say.SITE,
        version=version("credanchor"),
        openapi_url="/v1/openapi.json",
        docs_url=None,  # FastAPI's own documentation pages load from other people's servers
        redoc_url=None,
        middleware=[Middleware(StrictHeaders)],
    )
    counted = metrics or Metrics()
    desk = Desk(verifier, counted, at_once=limits.at_once, waiting=limits.waiting, seconds=limits.seconds)
    renderer, share = Renderer(networks or {}), _share(limits.per_minute)
    reporter = Reporter(networks or {}, fonts or load_fonts(), f"credanchor {app.version}")
    app.include_router(page_router(desk, renderer, share))
    app.include_router(report_router(desk, renderer, reporter, share))
    app.include_router(private_router(renderer, networks or {}))
    app.include_router(api_router(desk, reporter, share))
    app.include_router(lookup_router(Lookups(directory or OfflineDirectory(), desk), share))
    app.include_router(preflight_router())
    app.include_router(vc_api_router(desk, share))
    app.include_router(health_router(Readiness(watched)))
    app.mount("/static", OwnFiles(directory=str(files("verifier_web").joinpath("static"))))
    add_handlers(app, renderer, counted)
    describe(app)
    return app


def _share(per_minute: int) -> Share:
    buckets = Buckets(per_minute) if per_minute else None

    async def share(request: Request) -> None:
        if buckets is not None and request.client is not None:
            buckets.take(request.client.host)

    return share
