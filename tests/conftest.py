"""Fixtures that several test folders share."""

import importlib.util
import os
import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

HERE = Path(__file__).parent
SHARED = HERE.parent.parent / "shared"

LONGEST_ID = 60


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a long value by its argument: both workers must collect the same ids, and some values are random."""
    return argname if isinstance(val, (bytes, str)) and len(val) > LONGEST_ID else None


# A slow machine is no reason to fail; `make fuzz` looks longer.
settings.register_profile(
    "quick", deadline=None, max_examples=50, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("long", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("CREDANCHOR_TEST_PROFILE", "quick"))


def _load(name: str) -> object:
    spec = importlib.util.spec_from_file_location(f"tests_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


devnet = _load("devnet").devnet  # type: ignore[attr-defined]
_load("strict_schema")
_load("pathways")
_load("printed_codes")
bare_chain = _load("bare_chain").bare_chain  # type: ignore[attr-defined]
_databases = _load("databases")
database_url = _databases.database_url  # type: ignore[attr-defined]
postgres_url = _databases.postgres_url  # type: ignore[attr-defined]
store = _databases.store  # type: ignore[attr-defined]
_homes = _load("homes")
issued_home = _homes.issued_home  # type: ignore[attr-defined]
_bench = _load("bench")
bench, bench_url = _bench.bench, _bench.bench_url  # type: ignore[attr-defined]
_post_office = _load("post_office")
certificate, open_post_office = _post_office.certificate, _post_office.open_post_office  # type: ignore[attr-defined]
post_office = _post_office.post_office  # type: ignore[attr-defined]
_clusters = _load("clusters")
cluster = _clusters.cluster  # type: ignore[attr-defined]
