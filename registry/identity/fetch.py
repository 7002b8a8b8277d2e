"""Fetching JSON from other people's web sites: HTTPS to public addresses only, no redirects, bounded.

On a home with a local chain, and nowhere else, plain HTTP to loopback is allowed, so that the
demo and the tests can serve their own DID documents (design.md, Set-up).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import httpx

from registry.core.canonical import parse_json
from registry.core.errors import CanonicalFormError, ProfileUnavailableError

TIMEOUT_SECONDS = 5.0
"""Longest wait for one document."""
MAX_BYTES = 1024 * 1024
"""Largest document that is read."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def fetch_json(url: str, *, allow_loopback: bool) -> Any:  # noqa: ANN401  any JSON value
    """Return the JSON value behind a URL.

    Raises:
        ProfileUnavailableError: it may not be fetched, or cannot be; a clause for a sentence.

    """
    data = fetch_bytes(url, allow_loopback=allow_loopback)
    try:
        return parse_json(data)
    except CanonicalFormError as error:
        raise ProfileUnavailableError(f"{url} is no JSON document") from error


def fetch_bytes(url: str, *, allow_loopback: bool) -> bytes:
    """Return what stands behind a URL; ProfileUnavailableError as above."""
    return _from_loopback(url) if allow_loopback and _is_loopback(url) else _from_public(url)


def _is_loopback(url: str) -> bool:
    try:
        return urlsplit(url).hostname in LOOPBACK
    except ValueError:
        return False


def _from_public(url: str) -> bytes:
    # openvc pins the validated address against DNS rebinding; imported here because most runs need no web site.
    from openvc.did.base import DidResolutionError  # noqa: PLC0415
    from openvc.fetch import https_bytes_fetch  # noqa: PLC0415

    try:
        return https_bytes_fetch(url, timeout_s=TIMEOUT_SECONDS, max_bytes=MAX_BYTES)
    except DidResolutionError as error:
        raise ProfileUnavailableError(f"{url[:200]} could not be read ({str(error)[:200]})") from error


def _from_loopback(url: str) -> bytes:
    plain = "http://" + url.split("://", 1)[-1]
    try:
        with httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False, follow_redirects=False) as client:
            return _bounded(client, plain)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ProfileUnavailableError(f"{plain} could not be read") from error


def _bounded(client: httpx.Client, url: str) -> bytes:
    data = b""
    with client.stream("GET", url, headers={"Accept": "application/json"}) as response:
        response.raise_for_status()
        for chunk in response.iter_bytes():
            data += chunk
            if len(data) > MAX_BYTES:
                raise ProfileUnavailableError(f"{url} has more than {MAX_BYTES:,} bytes")
    return data
