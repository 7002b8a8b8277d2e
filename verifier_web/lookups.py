"""What issuers' web sites say, for a browser that checks by itself and cannot ask them: they seldom allow it.

Whoever asks names a domain, and at most which of its status lists; nothing here ever learns a credential.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from registry.checks.proven import domain_of
from registry.core.errors import ProfileUnavailableError
from verifier_web.errors import RequestFieldError

if TYPE_CHECKING:
    from registry.checks.facts import DidService
    from registry.ports import IssuerDirectory
    from verifier_web.desk import Desk

MAX_DID = 512
"""Longest DID that is looked up, in characters."""
MAX_URL = 2048
"""Longest address of a status list, in characters."""


class Lookups:
    """Asks the directory behind its guarded fetch, at the places of the desk."""

    def __init__(self, directory: IssuerDirectory, desk: Desk) -> None:
        self._directory = directory
        self._desk = desk

    async def services(self, did: str) -> tuple[DidService, ...]:
        """Return what a did:web's document names as its accounts on chains.

        Raises:
            RequestFieldError: it is no did:web.
            ProfileUnavailableError: its web site gave no such document.
            BusyError: too many are waiting already.

        """
        _host(did)
        return (await self._desk.done(partial(self._directory.site, did), "lookup")).services

    async def status_list(self, did: str, url: str) -> dict[str, Any]:
        """Return a status list of a did:web's own host as it stands there; what it proves, the asker judges.

        Raises:
            RequestFieldError: it is no did:web, or the address is not on its host.
            ProfileUnavailableError: the web site gave no JSON object.
            BusyError: too many are waiting already.

        """
        if len(url) > MAX_URL or _netloc(url) != _host(did):
            raise RequestFieldError(f"The address is not on the host of {did}; name a list of that issuer.")
        document = await self._desk.done(partial(self._directory.document, url), "lookup")
        if not isinstance(document, dict):
            raise ProfileUnavailableError(f"{url} is no status list")
        return document


def _host(did: str) -> str:
    domain = domain_of(did) if len(did) <= MAX_DID else None
    if domain is None:
        raise RequestFieldError(f"{did[:80]!r} is no did:web, and no other DID has a web site.")
    return domain.partition("/")[0]


def _netloc(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""
