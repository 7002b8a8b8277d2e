"""Seal every open batch of the home, as `credanchor anchor run` does before it sends anything."""

from __future__ import annotations

from registry.services.seal import seal_open_batches
from registry.settings import load_settings, open_store
from registry.system import SystemClock

if __name__ == "__main__":
    seal_open_batches(open_store(load_settings()), SystemClock().now())
