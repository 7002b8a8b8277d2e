"""An HTTP client that several threads share, one of which may close it while others still ask."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from registry.core.errors import ChainUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx


class KeptClient:
    """One client, made when it is first needed and closed by whoever uses it last.

    httpx closes what is connected at that moment; a thread that is just connecting would leave its socket behind.
    """

    def __init__(self, name: str, make: Callable[[], httpx.Client]) -> None:
        self._name = name
        self._make = make
        self._lock = threading.Lock()
        self._client: httpx.Client | None = None
        self._users = 0
        self._is_over = False

    @contextmanager
    def using(self) -> Iterator[httpx.Client]:
        """Give the client; ChainUnavailableError, a clause that names the endpoint, once it was closed."""
        with self._lock:
            if self._is_over:
                raise ChainUnavailableError(f"{self._name} was asked over a closed connection")
            self._users += 1
            self._client = client = self._client or self._make()
        try:
            yield client
        finally:
            with self._lock:
                self._users -= 1
                self._close_if_unused()

    def close(self) -> None:
        """Let nobody begin to use it any more, and close it once nobody does."""
        with self._lock:
            self._is_over = True
            self._close_if_unused()

    def _close_if_unused(self) -> None:
        if self._is_over and not self._users and self._client is not None:
            self._client.close()
            self._client = None
