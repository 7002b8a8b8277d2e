"""The browser that pages are tried in, loaded by its path: tests are no package."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

_SPEC = importlib.util.spec_from_file_location("e2e_browser", Path(__file__).parent / "browser.py")
assert _SPEC is not None
assert _SPEC.loader is not None
sys.modules[_SPEC.name] = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(sys.modules[_SPEC.name])
