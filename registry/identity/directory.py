"""Issuers' own web sites: DID documents with their registry service, receipts, status lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from registry.checks.facts import DidService
from registry.core.account import Address
from registry.core.did import SERVICE_TYPE
from registry.core.errors import InputError, ProfileUnavailableError
from registry.core.receipt import MAX_RECEIPTS, parse_receipt
from registry.identity.fetch import fetch_bytes, fetch_json
from registry.ports import IssuerSite

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry.core.receipt import AnchorReceipt

MAX_SERVICES = 16
"""Most service entries of one DID document that are looked at."""


class WebDirectory:
    """Reads DID documents (did:web), receipts and status lists over HTTPS."""

    def __init__(self, *, allow_loopback: bool) -> None:
        self._allow_loopback = allow_loopback

    def site(self, did: str) -> IssuerSite:
        """Return what a DID document says of its registry.

        Raises:
            ProfileUnavailableError: the document cannot be had or is not the DID's own; or the
                method is not did:web, which alone has a web site.

        """
        entries = self._did_document(did).get("service")
        found = [entry for entry in (entries if isinstance(entries, list) else [])[:MAX_SERVICES] if _is_ours(entry)]
        services = [service for entry in found for service in _services(entry["serviceEndpoint"])]
        urls = [entry["serviceEndpoint"].get("receipts") for entry in found]
        return IssuerSite(tuple(services), tuple(url for url in urls if isinstance(url, str)))

    def receipts(self, url: str, credential_id: str) -> Sequence[AnchorReceipt]:
        """Return the receipts that a registry has of a credential.

        Raises:
            ProfileUnavailableError: it does not answer, or with something else.

        """
        where = f"{url.rstrip('/')}/{quote(credential_id, safe=':')}"
        value = self.document(where)
        listed = value if isinstance(value, list) else [value]
        try:
            return [parse_receipt(one) for one in listed[:MAX_RECEIPTS]]
        except InputError as error:
            raise ProfileUnavailableError(f"{where} gave no receipt") from error

    def document(self, url: str) -> Any:  # noqa: ANN401  any JSON value
        """Return the JSON behind a URL; ProfileUnavailableError if it cannot be had."""
        return fetch_json(url, allow_loopback=self._allow_loopback)

    def content(self, url: str) -> bytes:
        """Return what is behind a URL, which is asked for JSON; ProfileUnavailableError if it cannot be had."""
        return fetch_bytes(url, allow_loopback=self._allow_loopback)

    def _did_document(self, did: str) -> dict[str, Any]:
        from openvc.did.base import DidError  # noqa: PLC0415  most runs need no web site
        from openvc.did.did_web import DidWebResolver  # noqa: PLC0415

        if not did.startswith("did:web:"):
            raise ProfileUnavailableError(f"{did[:80]} has no web site; only did:web has")
        try:
            return DidWebResolver(self._object).resolve(did).raw
        except DidError as error:
            raise ProfileUnavailableError(f"{did[:200]} gave no DID document ({str(error)[:200]})") from error

    def _object(self, url: str) -> dict[str, Any]:
        value = self.document(url)
        if not isinstance(value, dict):
            raise ProfileUnavailableError(f"{url} is no DID document")
        return value


def _is_ours(entry: Any) -> bool:  # noqa: ANN401  any JSON value
    return (
        isinstance(entry, dict) and entry.get("type") == SERVICE_TYPE and isinstance(entry.get("serviceEndpoint"), dict)
    )


def _services(endpoint: dict[str, Any]) -> list[DidService]:
    chain, contract, issuer = (endpoint.get(name) for name in ("chain", "contract", "issuer"))
    try:
        chain_id = int(str(chain).removeprefix("eip155:"))
        return [DidService(chain_id, Address(str(contract)), Address(str(issuer)))]
    except (ValueError, InputError):
        return []
