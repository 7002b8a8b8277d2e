"""A Dask cluster as an executor: it works as one, and says what is wrong with it in a sentence, within seconds."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from concurrent.futures import BrokenExecutor
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from dask import config

from registry.core.errors import ClusterUnavailableError, InputError, RosterError, SettingsError
from registry.services import cluster as clusters
from registry.services.workers import open_workers

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.xdist_group("cluster")

OPERATIONS = Path(__file__).parent.parent.parent / "docs" / "operations.md"
processes = sys.modules["tests_clusters"]  # loaded by tests/conftest.py


@pytest.fixture
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "CONNECT_SECONDS", 0.5)


@pytest.fixture
def lone_scheduler(tmp_path: Path) -> Iterator[str]:
    with processes.running_scheduler(tmp_path) as (_, address):
        yield address


@pytest.fixture
def silent() -> Iterator[str]:
    """Give the address of somebody who takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"tcp://127.0.0.1:{listener.getsockname()[1]}"


def refusal(address: str) -> str:
    with pytest.raises(ClusterUnavailableError) as refused, open_workers(None, address):
        pass
    return str(refused.value)


def test_work_is_done_in_the_cluster_by_as_many_workers_as_it_has(cluster: Any) -> None:
    with open_workers(None, cluster.address) as opened:
        opened.warm_up()
        assert opened.number == 2
        assert opened.executor.submit(os.getpid).result() in cluster.asked(os.getpid)


def test_the_same_work_handed_in_twice_is_done_twice(cluster: Any) -> None:
    with open_workers(None, cluster.address) as opened:
        first, second = opened.executor.submit(uuid.uuid4), opened.executor.submit(uuid.uuid4)
        assert first.result() != second.result()


def test_an_error_of_a_row_comes_back_as_it_was_raised(cluster: Any) -> None:
    def refuse() -> None:
        raise RosterError("no date", file="roster.csv", row=7, column="Issue Date")

    with open_workers(None, cluster.address) as opened, pytest.raises(RosterError, match=r'row 7, column "Issue Date"'):
        opened.executor.submit(refuse).result()


def test_the_largest_input_goes_through_without_a_warning(cluster: Any) -> None:
    with open_workers(None, cluster.address) as opened:
        assert opened.executor.submit(len, bytes(16 * 1024 * 1024)).result() == 16 * 1024 * 1024


def test_workers_and_a_cluster_together_are_refused() -> None:
    with pytest.raises(InputError, match="leave one of them out"), open_workers(2, "tcp://127.0.0.1:8786"):
        pass


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "registry.services.cluster")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SettingsError, match=r"pip install 'credanchor\[dask\]'"), open_workers(None, "tcp://x:8786"):
        pass


@pytest.mark.parametrize("address", ["nonsense", "http://127.0.0.1:8786", "tls://127.0.0.1:8786", "tcp://127.0.0.1:x"])
def test_what_is_no_address_of_a_scheduler_is_refused_with_one_that_is(address: str) -> None:
    with pytest.raises(SettingsError, match=r"cannot be used .* as tcp://HOST:8786"), open_workers(None, address):
        pass


@pytest.mark.usefixtures("_hurried")
def test_a_scheduler_that_does_not_run_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
    assert refusal(address).startswith(f"No Dask scheduler answers at {address} (Timed out")


@pytest.mark.usefixtures("_hurried")
def test_who_takes_the_connection_and_says_nothing_is_not_waited_for(silent: str) -> None:
    before = threading.active_count()
    assert refusal(silent).startswith(f"No Dask scheduler answers at {silent} (")
    assert threading.active_count() == before


@pytest.mark.usefixtures("_hurried")
def test_a_scheduler_without_workers_is_told(lone_scheduler: str) -> None:
    assert refusal(lone_scheduler) == (
        f"The Dask scheduler at {lone_scheduler} has no workers. Start some: dask worker {lone_scheduler} --nthreads 1."
    )


def test_a_machine_with_another_version_is_told(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "version", lambda _: "9.9.9")
    assert "its scheduler has Credanchor 0.1.0, this machine has 9.9.9. Install the same" in refusal(cluster.address)


def test_a_machine_without_credanchor_is_told(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "PACKAGE", "pip-of-elsewhere")
    monkeypatch.setattr(clusters, "version", lambda _: "0.1.0")
    assert "its scheduler has no Credanchor" in refusal(cluster.address)


def test_a_machine_that_lacks_a_module_is_told(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = ModuleType("elsewhere")
    exec("def work(): return 1", elsewhere.__dict__)  # noqa: S102  a module that is nowhere else
    monkeypatch.setitem(sys.modules, "elsewhere", elsewhere)
    with open_workers(None, cluster.address) as opened:
        for work in (elsewhere.work, lambda: __import__("elsewhere")):
            with pytest.raises(ClusterUnavailableError, match=r"No module named 'elsewhere'\. Install the same"):
                opened.executor.submit(work).result()


def test_a_scheduler_that_is_lost_breaks_the_executor(tmp_path: Path) -> None:
    with processes.running_cluster(tmp_path) as running, open_workers(None, running.address) as opened:
        under_way = opened.executor.submit(time.sleep, 60)
        running.scheduler.kill()
        with pytest.raises(BrokenExecutor, match="connection to the Dask scheduler was lost"):
            under_way.result()


def test_a_cluster_whose_workers_are_gone_for_too_long_breaks_the_executor(tmp_path: Path) -> None:
    scheduler = "DASK_DISTRIBUTED__SCHEDULER__"
    limits = {f"{scheduler}NO_WORKERS_TIMEOUT": "1s", f"{scheduler}ALLOWED_FAILURES": "9"}
    with processes.running_cluster(tmp_path, **limits) as running, open_workers(None, running.address) as opened:
        under_way = opened.executor.submit(time.sleep, 60)
        os.killpg(running.workers.pid, signal.SIGKILL)
        with pytest.raises(BrokenExecutor, match="without any running workers"):
            under_way.result()


def test_a_result_that_does_not_come_breaks_the_executor_and_an_error_of_the_work_does_not(
    cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_workers(None, cluster.address) as opened:
        with pytest.raises(TimeoutError, match="own"):
            opened.executor.submit(eval, "(_ for _ in ()).throw(TimeoutError('its own'))").result()
        monkeypatch.setattr(clusters, "PATIENCE_SECONDS", 0.2)
        never = opened.executor.submit(time.sleep, 5)
        with pytest.raises(BrokenExecutor, match=r"Nothing came back from the Dask cluster"):
            never.result()


def test_a_cluster_that_was_left_takes_no_more_work(cluster: Any) -> None:
    with open_workers(None, cluster.address) as opened:
        pass
    with pytest.raises(BrokenExecutor, match="connection to the Dask scheduler was lost"):
        opened.executor.submit(os.getpid)


def test_tls_is_configured_as_the_documentation_says(tmp_path: Path, certificate: Any) -> None:
    (text,) = re.findall(r"  ```yaml\n(  # ~/\.config.*?)  ```", OPERATIONS.read_text("utf-8"), re.DOTALL)
    text = re.sub(r"/etc/credanchor/cluster-key\.pem", str(certificate.key), text)
    text = re.sub(r"/etc/credanchor/cluster(-ca)?\.pem", str(certificate.file), text)
    (tmp_path / "dask.yaml").write_text(text, "utf-8")

    with (
        config.set(config.merge(config.config, yaml.safe_load(text))),
        processes.running_cluster(tmp_path, DASK_CONFIG=str(tmp_path)) as running,
    ):
        assert running.address.startswith("tls://")
        with open_workers(None, running.address) as opened:
            assert opened.executor.submit(abs, -3).result() == 3
        plain = running.address.replace("tls", "tcp")
        with pytest.raises(SettingsError, match="encryption required"), open_workers(None, plain):
            pass


def test_dask_is_not_imported_until_a_cluster_is_named() -> None:
    program = (
        "import sys, registry.cli.judging, registry.cli.verify, registry.cli.issue, registry.services.issue\n"
        "from registry.services.workers import open_workers\n"
        "with open_workers(None): print(sorted({'dask', 'distributed'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "[]\n"
