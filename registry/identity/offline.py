"""Issuers' web sites when nobody may be asked: verification offline."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from registry.core.errors import ProfileUnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from registry.core.receipt import AnchorReceipt
    from registry.ports import IssuerSite


class OfflineDirectory:
    """Asks nobody: every method raises ProfileUnavailableError, which leaves open what only a web site could say."""

    def site(self, did: str) -> IssuerSite:
        """Refuse to fetch a DID document."""
        _refuse(did)

    def receipts(self, url: str, credential_id: str) -> Sequence[AnchorReceipt]:
        """Refuse to fetch receipts."""
        _refuse(f"{url} about {credential_id}")

    def document(self, url: str) -> Any:  # noqa: ANN401  any JSON value
        """Refuse to fetch a document."""
        _refuse(url)

    def content(self, url: str) -> bytes:
        """Refuse to follow a link."""
        _refuse(url)


def _refuse(what: str) -> NoReturn:
    raise ProfileUnavailableError(f"this verification is offline, so {what[:200]} was not asked")
