"""The judges and the variants, loaded by their paths: tests are no package."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

HERE = Path(__file__).parent


def _load(name: str, path: Path) -> None:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


_load("interop_judges", HERE / "judges.py")
_load("interop_expected", HERE / "expected.py")
_load("interop_variants", HERE / "variants.py")
if "services_world" not in sys.modules:
    _load("services_world", HERE.parent / "services" / "world.py")
