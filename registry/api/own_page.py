"""A recipient's own page: the credential, its share links, and what to do with them.

The secret in the address is the authority: there is no login, and whoever has the address may do what is done here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from registry.api import labels, linkedin
from registry.api.answers import POLICY, templates, way_up
from registry.api.components import components_of, recognised_in
from registry.api.forms import own_form
from registry.api.page import Place, page_of
from registry.api.shared import FILES_DESCRIBED, FileName, file_of, judged
from registry.checks.sentences import day
from registry.core.canonical import parse_json
from registry.credentials.presented import present, present_jwt
from registry.services.share_links import MAX_LABEL, MAX_LIVE, printed_link, share_link, share_link_for
from registry.services.succession import succession_of

if TYPE_CHECKING:
    from registry.api.office import Office
    from registry.credentials.presented import Presented
    from registry.records import ShareLink, StoredCredential

SEE_OTHER = 303
OWN_POLICY = POLICY.format(forms=f"'self' {linkedin.ORIGIN}")
"""Allows the page's forms; browsers hold the address that a form's answer redirects to against it, too."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One live share link, as the page shows it."""

    token: str
    """Its secret, by which it is turned off."""
    name: str
    """What it is called."""
    url: str
    """Its address."""
    made_on: str
    """When it was made."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """What the page says of share links."""

    token: str
    """The recipient's own secret, for the forms' addresses."""
    links: tuple[Shown, ...]
    """Live ones, oldest first."""
    most: int = MAX_LIVE
    """Most live ones that there may be."""
    max_label: int = MAX_LABEL
    """Longest name of one, in characters."""


def own_router(office: Office) -> APIRouter:
    """Return the routes of recipients' own links."""
    router = APIRouter()

    @router.get("/r/{token}", summary="A recipient's own page", response_class=HTMLResponse)
    def get_own_page(request: Request, token: str) -> Response:
        """Answer with the credential, its live share links, and the forms that make and turn off one."""
        return _page(office, request, office.owned(token))

    @router.get(
        "/r/{token}/{name}",
        summary="A file of a recipient's credential",
        responses=FILES_DESCRIBED,
        response_class=Response,
    )
    def get_own_file(token: str, name: FileName) -> Response:
        """Answer with bundle, badge or certificate; the latter's QR code leads to the share link called PDF."""
        credential, is_printed = office.owned(token), name == "certificate.pdf"
        now = office.clock.now()
        link = printed_link(office.store, credential, office.base_url, now) if is_printed else None
        return file_of(office, credential, name, link)

    @router.post(
        "/r/{token}/links", summary="Make a share link", status_code=SEE_OTHER, response_class=RedirectResponse
    )
    async def post_link(request: Request, token: str) -> Response:
        """Make a link called `label`, or find the live one of that name, and lead back to the page."""
        fields = await own_form(request, office.base_url)
        await run_in_threadpool(_link_called, office, token, fields.get("label", ""))
        return _back(token)

    @router.post(
        "/r/{token}/off", summary="Turn a share link off", status_code=SEE_OTHER, response_class=RedirectResponse
    )
    async def post_off(request: Request, token: str) -> Response:
        """Turn the link whose secret is `link` off for good, and lead back to the page; off already is no error."""
        fields = await own_form(request, office.base_url)
        await run_in_threadpool(_turn_off, office, token, fields.get("link", ""))
        return _back(token)

    @router.post(
        "/r/{token}/linkedin",
        summary="Add the credential to a LinkedIn profile",
        status_code=SEE_OTHER,
        response_class=RedirectResponse,
    )
    async def post_linkedin(request: Request, token: str) -> Response:
        """Make the share link called LinkedIn, or find it, and lead to LinkedIn's own form, filled in."""
        await own_form(request, office.base_url)
        return RedirectResponse(await run_in_threadpool(_on_linkedin, office, token), SEE_OTHER)

    return router


def _link_called(office: Office, token: str, label: str) -> str:
    """Return the address of the share link of a name, made if there is none."""
    found = share_link_for(office.store, office.owned(token), label, office.clock.now())
    return share_link(office.base_url, found)


def _turn_off(office: Office, token: str, link: str) -> None:
    office.store.turn_off_share_link(office.owned(token).uuid, link, office.clock.now())


def _on_linkedin(office: Office, token: str) -> str:
    presented = _presented(office.owned(token))
    return linkedin.add_to_profile(presented, _link_called(office, token, linkedin.LABEL))


def _page(office: Office, request: Request, credential: StoredCredential) -> Response:
    succession = succession_of(office.store, credential)
    newer = succession.newest.recipient_token if succession.newest else ""
    own = credential.recipient_token
    place = Place(way_up(request), own, newer, office.state_url(credential))
    found = judged(office, credential)
    page = page_of(found, place, succession)
    stack = {"components": components_of(found), "recognised": recognised_in(found.facts.presented.document)}
    links = tuple(_shown(office, link) for link in office.store.live_share_links(credential.uuid))
    shown = {"page": page, **stack, "sharing": Sharing(own, links)}
    policy = {"Content-Security-Policy": OWN_POLICY}
    return templates.TemplateResponse(request, "own_page.html", shown, headers=policy)


def _shown(office: Office, link: ShareLink) -> Shown:
    url = share_link(office.base_url, link.token)
    return Shown(link.token, link.label or labels.UNNAMED_LINK, url, day(link.created_at))


def _presented(credential: StoredCredential) -> Presented:
    entry = credential.entry or b""
    return present_jwt(entry.decode("ascii")) if entry.startswith(b"e") else present(parse_json(entry))


def _back(token: str) -> Response:
    # Relative, as the application may lie below a path of its server.
    return RedirectResponse(f"../{token}#share", SEE_OTHER)
