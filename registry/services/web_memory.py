"""An issuer directory that asks each web site once in a run, however many credentials name it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from registry.core.errors import ProfileUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from registry.core.receipt import AnchorReceipt
    from registry.ports import IssuerDirectory, IssuerSite

MAX_REMEMBERED = 256
"""Most answers that are kept; documents are bounded by the directory, 1 MiB each."""

T = TypeVar("T")


class WebMemory:
    """Remembers DID documents and status lists, and who did not answer; receipts are one credential's, so they are not.

    What it tells may be as old as the run that it serves.
    """

    def __init__(self, directory: IssuerDirectory) -> None:
        self._directory = directory
        self._known: dict[tuple[str, str], Any] = {}

    def site(self, did: str) -> IssuerSite:
        """Return what a DID document says; ProfileUnavailableError if it cannot be had."""
        return self._remembered(("site", did), partial(self._directory.site, did))

    def receipts(self, url: str, credential_id: str) -> Sequence[AnchorReceipt]:
        """Return the receipts that a registry has of a credential; ProfileUnavailableError if it does not answer."""
        return self._directory.receipts(url, credential_id)

    def document(self, url: str) -> Any:  # noqa: ANN401  any JSON value
        """Return the JSON behind a public URL; ProfileUnavailableError if it cannot be had."""
        return self._remembered(("document", url), partial(self._directory.document, url))

    def content(self, url: str) -> bytes:
        """Return what is behind a link, which is one credential's; ProfileUnavailableError if it cannot be had."""
        return self._directory.content(url)

    def _remembered(self, key: tuple[str, str], fetch: Callable[[], T]) -> T:
        if key not in self._known:
            if len(self._known) >= MAX_REMEMBERED:
                self._known.clear()
            try:
                self._known[key] = fetch()
            except ProfileUnavailableError as error:
                self._known[key] = error
        found: T | ProfileUnavailableError = self._known[key]
        if isinstance(found, ProfileUnavailableError):
            raise found
        return found
