"""Questions of one verification to issuers' web sites: bounded in number, and no address asked twice."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from registry.checks.facts import Unreachable
from registry.core.errors import ProfileUnavailableError
from registry.core.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from registry.core.receipt import AnchorReceipt
    from registry.ports import IssuerDirectory, IssuerSite

MAX_FETCHES = 16
"""Most requests to issuers' web sites in one verification, with everything that is embedded."""

T = TypeVar("T")


class WebQuestions:
    """Asks the directory; whoever does not answer is Unreachable, and nothing raises.

    `known` are documents by their address that are at hand, so that nobody is asked for them.
    """

    def __init__(self, directory: IssuerDirectory, known: Mapping[str, Any] | None = None) -> None:
        self._directory = directory
        self._left = MAX_FETCHES
        self._sites: dict[str, IssuerSite | Unreachable] = {}
        self._documents: dict[str, Any] = dict(known or {})

    def site(self, did: str) -> IssuerSite | Unreachable:
        """Return what an issuer's DID document says of its registry."""
        if did not in self._sites:
            self._sites[did] = self._fetched(partial(self._directory.site, did))
        return self._sites[did]

    def receipts(self, url: str, credential_id: str) -> Sequence[AnchorReceipt] | Unreachable:
        """Return the receipts that an issuer's registry has of a credential."""
        return self._fetched(partial(self._directory.receipts, url, credential_id))

    def document(self, url: str) -> Any:  # noqa: ANN401  any JSON value, or Unreachable
        """Return the JSON behind a URL, or Unreachable."""
        if url not in self._documents:
            self._documents[url] = self._fetched(partial(self._directory.document, url))
        return self._documents[url]

    def _fetched(self, fetch: Callable[[], T]) -> T | Unreachable:
        if not self._left:
            return Unreachable(Sentence("the document asks for more web sites than one verification allows"))
        self._left -= 1
        try:
            return fetch()
        except ProfileUnavailableError as error:
            return Unreachable(str(error))
