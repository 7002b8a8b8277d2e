"""The browser that pages are tried in, and what serves them, loaded by their paths: tests are no package."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
FILES = {
    "e2e_browser": TESTS / "e2e" / "browser.py",
    "e2e_served": TESTS / "e2e" / "served.py",
    "verifier_web_made": TESTS / "verifier_web" / "made.py",
}
for _name, _path in FILES.items():
    if _name not in sys.modules:
        _spec = importlib.util.spec_from_file_location(_name, _path)
        assert _spec is not None
        assert _spec.loader is not None
        sys.modules[_name] = importlib.util.module_from_spec(_spec)
        _spec.loader.exec_module(sys.modules[_name])
