"""Fixtures: the application around judgements made from hand-built facts (made.py)."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from registry.services.fonts import load_fonts
from verifier_web.app import create_app

if TYPE_CHECKING:
    from types import ModuleType

    from fastapi import FastAPI

    from registry.services.fonts import Fonts
    from verifier_web.desk import Verifier


def _loaded(file: str) -> ModuleType:
    name = f"verifier_web_{file}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / f"{file}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


if "services_world" not in sys.modules:
    _SPEC = importlib.util.spec_from_file_location(
        "services_world", Path(__file__).parent.parent / "services" / "world.py"
    )
    assert _SPEC is not None
    assert _SPEC.loader is not None
    sys.modules[_SPEC.name] = importlib.util.module_from_spec(_SPEC)
    _SPEC.loader.exec_module(sys.modules[_SPEC.name])


@pytest.fixture(scope="session")
def made() -> ModuleType:
    return _loaded("made")


anchored = _loaded("anchored").anchored
_loaded("examples")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def document(made: ModuleType) -> dict[str, Any]:
    return made.credential_document()


@pytest.fixture
def bundle_text(made: ModuleType) -> str:
    return made.bundle_text()


@pytest.fixture
def verifier(made: ModuleType) -> Verifier:
    return made.FakeVerifier()


@pytest.fixture
def app(made: ModuleType, verifier: Verifier) -> FastAPI:
    return create_app(verifier, networks={"sepolia": made.SEPOLIA})


@pytest.fixture
def boastful() -> Fonts:
    """Fonts that claim a glyph for a grinning face, which none of them has."""
    packaged = load_fonts()
    return replace(packaged, characters=packaged.characters | {0x1F600})


@pytest.fixture
def client(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://verifier.example")
