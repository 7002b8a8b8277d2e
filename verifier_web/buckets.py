"""Token buckets by client address: a burst at once, then so many requests a minute, in bounded memory."""

from __future__ import annotations

import ipaddress
import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cachetools import LRUCache

from verifier_web.errors import TooManyRequestsError

if TYPE_CHECKING:
    from collections.abc import Callable

PER_MINUTE = 120
"""Requests a minute of one client."""
MAX_CLIENTS = 10_000
"""Most clients that are remembered; whoever was not seen for longest is forgotten, and begins anew."""
_NETWORK_BITS = 64  # one subscriber has at least so many IPv6 addresses


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Buckets:
    """What each client may still ask; used by one thread."""

    def __init__(self, per_minute: int = PER_MINUTE, now: Callable[[], float] = time.monotonic) -> None:
        """A bucket holds a minute's worth; `now` gives seconds."""
        self._per_minute = per_minute
        self._now = now
        self._buckets: LRUCache[str, _Bucket] = LRUCache(MAX_CLIENTS)

    def take(self, address: str) -> None:
        """Take one token of the client at an address; TooManyRequestsError if it has none left."""
        now, client = self._now(), client_of(address)
        bucket = self._buckets.get(client) or _Bucket(self._per_minute, now)
        rate = self._per_minute / 60
        tokens = min(self._per_minute, bucket.tokens + (now - bucket.at) * rate)
        if tokens < 1:
            raise TooManyRequestsError(retry_after_seconds=math.ceil((1 - tokens) / rate))
        self._buckets[client] = _Bucket(tokens - 1, now)


def client_of(address: str) -> str:
    """Return what stands for one client: an IPv4 address, or the network of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, _NETWORK_BITS), strict=False))
