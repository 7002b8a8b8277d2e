"""A link that somebody hands in instead of the credential behind it: read once, and no further link after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.core.errors import InputError, LinkElsewhereError, LinkUnreachableError, ProfileUnavailableError
from registry.services.kinds import link_in
from registry.services.unwrap import unwrap

if TYPE_CHECKING:
    from registry.core.receipt import Bundle
    from registry.ports import IssuerDirectory

MAX_LINKS = 20
"""Most links that are followed in one run; each is a request to somebody else's web site."""


class Links:
    """Opens what is handed in during one run, following share links, a bounded number of them."""

    def __init__(self, directory: IssuerDirectory) -> None:
        self._directory = directory
        self._left = MAX_LINKS

    def bundle(self, data: bytes) -> Bundle:
        """Return the bundle in `data`, or behind the link that `data` is.

        Raises:
            LinkUnreachableError: what is behind the link may not be read, or cannot be.
            LinkElsewhereError: it is no credential.
            InputError: `data` is neither a link nor a credential.

        """
        url = link_in(data)
        if url is None:
            return unwrap(data)
        content = self._content(url)
        try:
            return unwrap(content)
        except InputError as error:
            raise LinkElsewhereError(f"The link {url[:200]} leads to something else. {_sentence(error)}") from error

    def _content(self, url: str) -> bytes:
        if not self._left:
            raise LinkUnreachableError(f"More than {MAX_LINKS} links at once are not followed; hand this one in again.")
        self._left -= 1
        try:
            return self._directory.content(url)
        except ProfileUnavailableError as error:
            raise LinkUnreachableError(f"The link could not be followed: {error}.") from error


def _sentence(error: InputError) -> str:
    words = str(error)
    return words if words.endswith(".") else f"{words[:1].upper()}{words[1:]}."
