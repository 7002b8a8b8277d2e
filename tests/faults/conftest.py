"""Fixtures of the fault tests: the real `credanchor anchor run` against a real node, both disturbed from outside."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.faults.stage import Stage, Theatre

HERE = Path(__file__).parent
TALLY = "faults"
LONG = os.environ.get("CREDANCHOR_TEST_PROFILE") == "long"


def _load(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"tests_faults_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


_load("replacements")  # proxy.py takes it from sys.modules
proxy, job_process, verdict, stage_module, broken_disk = map(
    _load, ("proxy", "job_process", "verdict", "stage", "broken_disk")
)
_load("accredited")
devnets, homes = sys.modules["tests_devnet"], sys.modules["tests_homes"]  # loaded by tests/conftest.py


@pytest.fixture(scope="session")
def theatre(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    """Give a chain of the fault tests' own, and stages to play on."""
    folder = tmp_path_factory.mktemp("faults")
    chain = devnets.start_chain(folder / "devnet", state_every_seconds=3600)
    front = proxy.Proxy(chain.rpc)
    processes = job_process.Processes(folder)
    yield stage_module.Theatre(
        folder=folder,
        chain=chain,
        proxy=front,
        processes=processes,
        postgres_url=lambda: request.getfixturevalue("postgres_url"),
        roster=homes.EXAMPLE / "roster.csv",
        achievement=homes.EXAMPLE / "data-foundations.json",
        fresh=LONG,
    )
    processes.close()
    front.close()
    chain.net.down()


@pytest.fixture(autouse=True)
def _tallied(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Iterator[None]:
    """Hand the runs of a test to the summary, across the workers."""
    if "theatre" not in request.fixturenames:
        yield
        return
    theatre = request.getfixturevalue("theatre")
    theatre.tally = stage_module.Tally()
    yield
    record_property(TALLY, vars(theatre.tally))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what the runs came to."""
    total = stage_module.Tally()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "teardown":
                for name, value in report.user_properties:
                    if name == TALLY:
                        total.add(stage_module.Tally(**value))
    if total.runs:
        terminalreporter.section("faults")
        for line in total.lines():
            terminalreporter.line(line)


@pytest.fixture
def stage(theatre: Theatre) -> Stage:
    """Give a home on SQLite in front of the chain."""
    return theatre.stage()
