"""Templates into responses: autoescaped, never cached where they speak of somebody's credential."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from verifier_web import private_wording
from verifier_web import wording as say
from verifier_web.body import carried_along
from verifier_web.headers import NO_STORE
from verifier_web.listing import listing_page
from verifier_web.pages import verdict_page
from verifier_web.private_rules import endpoints, words
from verifier_web.problems import problem_of
from verifier_web.text import line
from verifier_web.told import told_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.responses import Response

    from registry.chain.networks import Network
    from registry.services.verify_many import Unjudged
    from verifier_web.body import Submission
    from verifier_web.desk import Judged
    from verifier_web.problems import Problem

ASSETS = ("page.css", "page.js", "camera.js", "icon.svg")
"""The static files, whose addresses carry a digest of their content."""


class Renderer:
    """Lays out each page; `networks` are the verifier's own, by name."""

    def __init__(self, networks: Mapping[str, Network]) -> None:
        self._networks = networks
        self._environment = Environment(
            loader=PackageLoader("verifier_web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            say=say, private=private_wording, assets={name: _address(name) for name in ASSETS}
        )

    def start(self, origin: str) -> Response:
        """Return the start page; `origin` is the address that programs use, without a trailing slash."""
        return self._page("start.html", 200, {"Cache-Control": "no-cache"}, origin=origin)

    def camera(self) -> Response:
        """Return the page that reads a QR code with the camera."""
        return self._page("camera.html", 200, {"Cache-Control": "no-cache"})

    def private(self) -> Response:
        """Return the page of the private check, whose script may ask endpoints beside our own server."""
        networks = [(one, endpoints(one)) for one in self._networks.values()]
        return self._page("private.html", 200, {"Cache-Control": "no-cache"}, networks=networks, words=words())

    def verdict(self, submission: Submission, judged: Judged) -> Response:
        """Return the page with the verdict on what was handed in."""
        return self._page(
            "verdict.html",
            200,
            NO_STORE,
            page=verdict_page(judged, self._networks),
            again=carried_along(submission.data),
            expected=submission.expected or "",
            source=line(submission.source),
            text_ignored=submission.text_ignored,
        )

    def not_a_credential(self, submission: Submission, error: Unjudged) -> Response:
        """Return the kind page for something that is not a credential, with what exactly was found."""
        status = problem_of(error).status
        return self._page("none.html", status, NO_STORE, told=told_of(submission.data, error), exactly=line(str(error)))

    def several(self, submissions: Sequence[Submission], found: Sequence[Judged | Unjudged]) -> Response:
        """Return the page that lists what came of each of several things that were handed in together."""
        return self._page("several.html", 200, NO_STORE, page=listing_page(submissions, found))

    def problem(self, problem: Problem, headers: dict[str, str]) -> Response:
        """Return the page for a request that could not be answered."""
        return self._page("problem.html", problem.status, {**NO_STORE, **headers}, problem=problem)

    def _page(self, template: str, status: int, headers: Mapping[str, str], **values: object) -> Response:
        text = self._environment.get_template(template).render(**values)
        return HTMLResponse(text, status, headers)


def _address(name: str) -> str:
    data = files("verifier_web").joinpath("static", name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(data).hexdigest()[:12]}"
