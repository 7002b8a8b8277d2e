"""What a post or chat shows of a share link: Open Graph, which the others read, too.

The recipient's name is left out, though the page shows it: previews are copied, and copies outlive the link. So is the
verdict, which may change.

Source: The Open Graph protocol, ogp.me.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.api import labels
from registry.checks.sentences import day
from registry.core.errors import InputError
from registry.services.export import picture_size

if TYPE_CHECKING:
    from registry.api.page import Page
    from registry.core.receipt import Bundle
    from registry.services.judged import Judged


@dataclass(frozen=True, slots=True)
class Preview:
    """The words and the picture of a preview."""

    title: str
    """What was earned."""
    description: str
    """Who awarded it, and when."""
    site: str
    """Whose page it is: the issuer's."""
    url: str
    """Absolute address of the page."""
    image_url: str
    """Absolute address of the badge as PNG."""
    image_size: tuple[int, int] | None
    """Its width and height in pixels; None if its picture cannot be read."""
    image_alt: str
    """What the picture shows."""


def preview_of(judged: Judged, page: Page, url: str) -> Preview:
    """Return the preview of a credential's page that stands at this absolute address."""
    awarded = judged.facts.presented.valid_from
    return Preview(
        title=page.title,
        description=labels.PREVIEW.format(issuer=page.issuer, on=f" on {day(awarded)}" if awarded else ""),
        site=page.issuer,
        url=url,
        image_url=f"{url}/badge.png",
        image_size=_size(judged.bundle),
        image_alt=labels.BADGE.format(title=page.title),
    )


def _size(bundle: Bundle) -> tuple[int, int] | None:
    try:
        return picture_size(bundle)
    except InputError:  # adopted with a damaged picture
        return None
