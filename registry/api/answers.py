"""What all answers have in common: their headers, and whether a person reads them or a program."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fastapi.templating import Jinja2Templates

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fastapi import Request, Response

HERE = Path(__file__).parent
templates = Jinja2Templates(HERE / "templates")

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action {forms}; "
    "frame-ancestors 'none'"
)
"""Content Security Policy, level 3."""
HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
"""Sent with every answer, beside the policy: a page loads nothing from elsewhere and tells nobody where it was
opened."""
PERSONAL = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
"""Sent with everything behind a link: whose credential it is, and how it stands now, is not kept."""
PUBLIC = {"Access-Control-Allow-Origin": "*"}
"""Sent with all but a recipient's own page: it is public to whoever knows its address, so verifiers in browsers may
read it too."""
SHARED_PATH, OWN_PATH = "/c/", "/r/"
"""Where share links begin, and where recipients' own links do."""
PREVIEWERS = (
    "bluesky", "discordbot", "facebookexternalhit", "linkedinbot", "mastodon", "redditbot", "skypeuripreview",
    "slackbot", "telegrambot", "twitterbot", "whatsapp",
)  # fmt: skip
"""Programs that make the preview of a link in a post or chat, by a part of their names; most ask for just anything,
and look for the page."""


def wants_page(request: Request) -> bool:
    """Tell whether the answer is for a person's eyes: a browser asks, or a program that makes previews."""
    agent = request.headers.get("user-agent", "").lower()
    return "text/html" in request.headers.get("accept", "") or any(name in agent for name in PREVIEWERS)


def way_up(request: Request) -> str:
    """Return the way from a page up to the root of this application, which may lie below a path of its server."""
    return "../" * (request.url.path.count("/") - 1)


async def with_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Give an answer the headers of its address; a policy of its own stays."""
    response = await call_next(request)
    own, shared = (request.url.path.startswith(path) for path in (OWN_PATH, SHARED_PATH))
    response.headers.update({**HEADERS, **(PERSONAL if own or shared else {}), **({} if own else PUBLIC)})
    response.headers.setdefault("Content-Security-Policy", POLICY.format(forms="'none'"))
    if shared:
        response.headers["Vary"] = "Accept, User-Agent"
    return response
