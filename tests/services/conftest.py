"""The world that verifying happens in, loaded by its path: tests are no package."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

_SPEC = importlib.util.spec_from_file_location("services_world", Path(__file__).parent / "world.py")
assert _SPEC is not None
assert _SPEC.loader is not None
world = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = world
_SPEC.loader.exec_module(world)
