"""An issuer directory that remembers for a while, however many credentials name a web site."""

from __future__ import annotations

import json
import threading
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from cachetools import TTLCache

from registry.core.errors import ProfileUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from registry.core.receipt import AnchorReceipt
    from registry.ports import Clock, IssuerDirectory, IssuerSite

MAX_CHARACTERS = 16 * 1024 * 1024
"""Most that is kept of all documents, as JSON; a single one is bounded by the directory, 1 MiB."""
EACH_CHARACTERS = 4096
"""What every answer counts for, beside its document's own length."""
PUBLIC_SECONDS = 30
"""How long a public verifier remembers; issuers say the same of their status lists."""

T = TypeVar("T")


class WebMemory:
    """Remembers DID documents and status lists, and who did not answer; receipts are one credential's, so they are not.

    What it tells is at most `seconds` old. Several threads may ask.
    """

    def __init__(self, directory: IssuerDirectory, clock: Clock, seconds: float) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._known: TTLCache[tuple[str, str], Any] = TTLCache(
            MAX_CHARACTERS, seconds, timer=lambda: clock.now().timestamp(), getsizeof=_characters
        )

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
        with self._lock:
            found: tuple[T] | ProfileUnavailableError | None = self._known.get(key)
        if found is None:
            try:
                found = (fetch(),)
            except ProfileUnavailableError as error:
                found = error
            with self._lock:
                self._known[key] = found
        if isinstance(found, ProfileUnavailableError):
            raise ProfileUnavailableError(str(found))  # not the same object again, which would keep every traceback
        return found[0]


def _characters(found: tuple[Any] | ProfileUnavailableError) -> int:
    if isinstance(found, tuple) and isinstance(found[0], dict | list | str):
        return EACH_CHARACTERS + len(json.dumps(found[0]))
    return EACH_CHARACTERS
