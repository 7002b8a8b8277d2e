"""Forms of our own pages: small, in time, and sent by nobody else's page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import anyio

from registry.api.problems import CrossSiteError
from registry.core.errors import InputError

if TYPE_CHECKING:
    from fastapi import Request

MAX_FORM_BYTES = 4096
"""Longest form that is read."""
FORM_SECONDS = 30
"""How long a form may take to arrive."""
_MAX_FIELDS = 8
_FORM_TYPES = frozenset({"application/x-www-form-urlencoded", ""})  # nothing names the type of nothing


async def own_form(request: Request, base_url: str) -> dict[str, str]:
    """Return the fields of a form that a page of ours sent.

    Raises:
        CrossSiteError: another web site's page sent it.
        InputError: it is no form, too long or too slow.

    """
    require_own_page(request, base_url)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in _FORM_TYPES:
        raise InputError("This address takes the page's own form. Nothing was changed.")
    try:
        fields = parse_qsl((await _body(request)).decode("utf-8", "replace"), max_num_fields=_MAX_FIELDS)
    except ValueError as error:
        raise InputError(f"The form has more than {_MAX_FIELDS} fields. Nothing was changed.") from error
    return dict(fields)


def require_own_page(request: Request, base_url: str) -> None:
    """Raise CrossSiteError if a page of another web site sent the request.

    Browsers say so themselves (Fetch Metadata, `Sec-Fetch-Site`); older ones and plain HTTP name the page's origin. A
    program that says neither acts in nobody's name but its own.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    own = site == "same-origin" if site is not None else origin is None or _origin(origin) == _origin(base_url)
    if not own:
        raise CrossSiteError(
            "This did not come from your own page here. Open your page by its link, and press the button there; "
            "nothing was changed."
        )


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


async def _body(request: Request) -> bytes:
    data = b""
    try:
        with anyio.fail_after(FORM_SECONDS):
            async for chunk in request.stream():
                data += chunk
                if len(data) > MAX_FORM_BYTES:
                    raise InputError(f"The form has more than {MAX_FORM_BYTES:,} bytes. Nothing was changed.")
    except TimeoutError as error:
        raise InputError(f"The form did not arrive within {FORM_SECONDS} seconds. Nothing was changed.") from error
    return data
