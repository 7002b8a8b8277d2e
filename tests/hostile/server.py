"""The real verifier around chains and web sites in memory, served on loopback under a limit of its address space.

Run as a program: it prints its address once it listens.
"""

from __future__ import annotations

import importlib.util
import resource
import sys
from pathlib import Path

from registry.cli.output import say
from registry.cli.servers import serve_app
from verifier_web.app import Limits, create_app

ROOM_BYTES = 320 * 1024 * 1024
"""Address space that judging may take beyond what the idle server has, with the stacks of all its threads."""


def main() -> None:
    """Serve until somebody ends the process."""
    spec = importlib.util.spec_from_file_location("services_world", Path(__file__).parents[1] / "services" / "world.py")
    assert spec is not None
    assert spec.loader is not None
    worlds = importlib.util.module_from_spec(spec)
    sys.modules["services_world"] = worlds
    spec.loader.exec_module(worlds)
    world = worlds.World()
    document = worlds.badge(world.issuer)
    world.judge(document, world.chain.anchor([document], world.issuer))  # everything is imported now
    limit = _address_space_bytes() + ROOM_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  a stream of text
    serve_app(create_app(world.verifier, limits=Limits(per_minute=0)), "127.0.0.1", 0, say)


def _address_space_bytes() -> int:
    pages = Path("/proc/self/statm").read_text("ascii").split()[0]
    return int(pages) * resource.getpagesize()


if __name__ == "__main__":
    main()
