"""The private check's modules, run by Node: many tasks in one process."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from registry.core.account import Address
from verifier_web.catalogue import Catalogue
from verifier_web.languages import ENGLISH, Language
from verifier_web.private_rules import rules, words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

    from registry.checks.facts import NetworkRef

    Run = Callable[[Sequence[dict[str, Any]]], list[dict[str, Any]]]
    RunIn = Callable[[Sequence[dict[str, Any]], Language], list[dict[str, Any]]]

HERE = Path(__file__).parent
NODE_SECONDS = 120


def _loaded(name: str, path: Path) -> ModuleType:
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


world = _loaded("services_world", HERE.parents[1] / "services" / "world.py")


def _network(ref: NetworkRef) -> dict[str, Any]:
    contract = str(Address(ref.contract))
    base = {"name": ref.name, "kind": ref.kind, "chainId": str(ref.chain_id)}
    return {**base, "contract": contract, "accreditors": []}


def _run(tasks: Sequence[dict[str, Any]], language: Language = ENGLISH) -> list[dict[str, Any]]:
    given = {
        "tasks": list(tasks),
        "rules": {**rules([]), "networks": [_network(world.NETWORK)]},
        "words": words(Catalogue(language), [world.NETWORK]),
        "language": {"tag": language.tag, "direction": language.direction},
    }
    node = shutil.which("node", path=str(Path(sys.executable).parent)) or "node"
    done = subprocess.run(  # noqa: S603  our own script
        [node, str(HERE / "run.mjs")],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=NODE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    results: list[dict[str, Any]] = json.loads(done.stdout)
    return results


@pytest.fixture(scope="session")
def run() -> Run:
    """Run tasks through the modules and give their results, in order."""
    return _run


@pytest.fixture(scope="session")
def run_in() -> RunIn:
    """Do the same in one of the page's languages."""
    return _run
