"""Templates into responses, in the reader's language: autoescaped, never cached where they speak of a credential."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from registry.core.sentence import TECHNICAL, Sentence, listed
from registry.credentials.framework import LEVELS, STATES
from verifier_web import private_wording
from verifier_web import wording as say
from verifier_web.body import carried_along
from verifier_web.catalogue import Catalogue
from verifier_web.headers import NO_STORE
from verifier_web.languages import LANGUAGES, PARAMETER
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
    from verifier_web.languages import Chosen, Language
    from verifier_web.problems import Problem

ASSETS = ("page.css", "page.js", "camera.js", "icon.svg")
"""The static files, whose addresses carry a digest of their content."""
DESCRIPTOR_TONES = {"present": "good", "weak": "open", "missing": "none"}
"""Icon and colour of how a descriptor was found."""


class Renderer:
    """Lays out each page; `networks` are the verifier's own, by name."""

    def __init__(self, networks: Mapping[str, Network]) -> None:
        self._networks = networks
        self._environments = {language: _environment(language) for language in LANGUAGES}
        self._words = {language: words(Catalogue(language), networks.values()) for language in LANGUAGES}

    def start(self, chosen: Chosen, origin: str) -> Response:
        """Return the start page; `origin` is the address that programs use, without a trailing slash."""
        return self._page(chosen, "start.html", 200, {"Cache-Control": "no-cache"}, origin=origin)

    def camera(self, chosen: Chosen) -> Response:
        """Return the page that reads a QR code with the camera."""
        return self._page(chosen, "camera.html", 200, {"Cache-Control": "no-cache"})

    def private(self, chosen: Chosen) -> Response:
        """Return the page of the private check, whose script may ask endpoints beside our own server."""
        fields = [(one.name, Sentence(one.title), endpoints(one)) for one in self._networks.values()]
        values = {"fields": fields, "words": self._words[chosen.language]}
        return self._page(chosen, "private.html", 200, {"Cache-Control": "no-cache"}, **values)

    def verdict(self, chosen: Chosen, submission: Submission, judged: Judged) -> Response:
        """Return the page with the verdict on what was handed in."""
        return self._page(
            chosen,
            "verdict.html",
            200,
            NO_STORE,
            page=verdict_page(judged, self._networks),
            **_carried(submission),
            source=line(submission.source),
            text_ignored=submission.text_ignored,
        )

    def not_a_credential(self, chosen: Chosen, submission: Submission, error: Unjudged) -> Response:
        """Return the kind page for something that is not a credential, with what exactly was found."""
        told = told_of(submission.data, error)
        values = {"told": told, "exactly": line(str(error)), **_carried(submission)}
        return self._page(chosen, "none.html", problem_of(error).status, NO_STORE, **values)

    def several(
        self, chosen: Chosen, submissions: Sequence[Submission], found: Sequence[Judged | Unjudged]
    ) -> Response:
        """Return the page that lists what came of each of several things that were handed in together."""
        return self._page(chosen, "several.html", 200, NO_STORE, page=listing_page(submissions, found), again="")

    def problem(self, chosen: Chosen, problem: Problem, headers: dict[str, str]) -> Response:
        """Return the page for a request that could not be answered."""
        return self._page(chosen, "problem.html", problem.status, {**NO_STORE, **headers}, problem=problem)

    def _page(
        self, chosen: Chosen, template: str, status: int, headers: Mapping[str, str], **values: object
    ) -> Response:
        language = chosen.language
        text = self._environments[language].get_template(template).render(chosen=chosen, **values)
        own = {"Content-Language": language.tag, "Vary": "Accept-Language"}
        return HTMLResponse(text, status, {**headers, **own})


def _environment(language: Language) -> Environment:
    """Return where templates are laid out in one language: whatever of ours they put out is said in it."""
    environment = Environment(
        loader=PackageLoader("verifier_web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=Catalogue(language).say,
    )
    environment.globals.update(
        say=say,
        private=private_wording,
        language=language,
        languages=LANGUAGES,
        parameter=PARAMETER,
        assets={name: _address(name) for name in ASSETS},
        descriptor_levels=LEVELS,
        descriptor_states=STATES,
        descriptor_tones=DESCRIPTOR_TONES,
        in_english=_in_english,
        listed=listed,
    )
    return environment


def _in_english(text: str) -> str:
    """Return the attributes of an element whose text is technical detail, which is not translated."""
    ours = isinstance(text, Sentence) and text.template != TECHNICAL
    return "" if ours else Markup(' lang="en" dir="ltr"')


def _carried(submission: Submission) -> dict[str, str]:
    """Return what a page carries along, for another question or another language."""
    return {"again": carried_along(submission.data), "expected": submission.expected or ""}


def _address(name: str) -> str:
    data = files("verifier_web").joinpath("static", name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(data).hexdigest()[:12]}"
