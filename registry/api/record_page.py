"""A recipient's own record: all that they hold of this home, and how far they are on its pathways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from registry.api import labels
from registry.api.answers import templates, way_up
from registry.checks.sentences import day
from registry.credentials.pathway_picture import pathway_picture
from registry.credentials.pathway_words import clean
from registry.services.transcript import recipient_record

if TYPE_CHECKING:
    from registry.api.office import Office
    from registry.services.transcript import Entry


@dataclass(frozen=True, slots=True)
class Held:
    """One credential, as the record lists it."""

    tone: str
    """`good`, `bad` or `open`."""
    title: str
    """What it was awarded for."""
    awarded_on: str
    """When."""
    standing: str
    """How it stands by this home's books."""


def record_router(office: Office) -> APIRouter:
    """Return the route of a recipient's record, behind each of their own links."""
    router = APIRouter()

    @router.get("/r/{token}/record", summary="A recipient's record", response_class=HTMLResponse)
    def get_record(request: Request, token: str) -> Response:
        """Answer with all that the recipient holds of this home; without links to it, which are secrets each."""
        whole = recipient_record(office.store, office.owned(token).recipient, office.clock.now())
        shown = {
            "root": way_up(request),
            "own": f"../{token}",
            "held": [_held(one) for one in whole.entries],
            "tokens": whole.tokens,
            "pictures": [pathway_picture(path, steps) for path, steps in whole.paths],
        }
        return templates.TemplateResponse(request, "record.html", shown)

    return router


def _held(entry: Entry) -> Held:
    held = entry.holding.held
    tone, words = labels.STANDINGS[held.standing]
    return Held(tone, clean(str(entry.holding.document.get("name"))), day(held.awarded_at), words)
