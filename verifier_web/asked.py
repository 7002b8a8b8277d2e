"""How something is asked for, beside the body: at which address, and in which form the answer is wanted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request

_WEIGHT = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")


def origin(request: Request) -> str:
    """Return the web address that a request was sent to, without a trailing slash."""
    return str(request.base_url).rstrip("/")


def prefers_pdf(request: Request) -> bool:
    """Return whether `Accept` names PDF, and not JSON as welcome as it.

    Source: RFC 9110, 12.5.1.
    """
    wanted = dict(_accepted(entry) for entry in request.headers.get("accept", "").split(","))
    return wanted.get("application/pdf", 0.0) > wanted.get("application/json", 0.0)


def _accepted(entry: str) -> tuple[str, float]:
    kind, *parameters = (part.strip().lower() for part in entry.split(";"))
    weight = next((part[2:] for part in parameters if part.startswith("q=")), "1")
    return kind, float(weight) if _WEIGHT.fullmatch(weight) else 0.0
