"""The inside of a job process: runs one `credanchor` command as it is, with one thing broken from outside.

`python job_child.py ORDER.json` runs one order in this interpreter. `python job_child.py --nursery` imports
everything once, then forks a process for each path of an order that it reads, so that a run does not wait for
imports; it writes `started PATH PID` and `ended PID CODE`. Orders are written by job_process.py, which says what
they hold.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import select
import signal
import sys
import time
import traceback
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

sys.path.insert(0, str(Path(__file__).parent))
from broken_disk import KINDS, break_disk  # beside this file

_STORE = f"{os.sep}registry{os.sep}store{os.sep}"
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_SHORTEST_SLEEP = 0.001
_EVERYTHING = (
    *("anchoring.cli", "anchoring.desk", "anchoring.job", "anchoring.report", "registry.cli.main", "registry.settings"),
    *("registry.services.seal", "registry.store.repository", "eth_account", "httpcore", "merkletools", "sqlite3"),
    *("psycopg", "typer", "web3"),
)
"""What `anchor run` imports on its way."""


def run_order(path: Path) -> None:
    """Run the command of an order; does not return if the order's fault kills it."""
    order = json.loads(path.read_text("utf-8"))
    _redirect(Path(order["folder"]))
    for name in [name for name in os.environ if name.startswith("CREDANCHOR_")]:
        del os.environ[name]
    os.environ.update(order["environment"])
    for target, value in order["constants"].items():
        module, _, name = target.partition(":")
        setattr(importlib.import_module(module), name, value)
    _set_clock(order["later_seconds"], hurried=order["hurried"])
    _watch(os.open(Path(order["folder"]) / "trail", os.O_WRONLY | os.O_CREAT | os.O_APPEND), order["fault"] or {})
    sys.argv = ["credanchor", *order["arguments"]]
    from registry.cli.main import main  # noqa: PLC0415  after the environment is set

    main()


def _redirect(folder: Path) -> None:
    for number, name in ((1, "out"), (2, "err")):
        file = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, number)
        os.close(file)


def _set_clock(later: float, *, hurried: bool) -> None:
    """Set the command's clock ahead; if it is hurried, every sleep is over at once and the clock says it passed."""
    from registry.system import SystemClock  # noqa: PLC0415

    passed, true_now, true_sleep = [later], SystemClock.now, time.sleep

    def sleep(seconds: float) -> None:
        passed[0] += seconds
        true_sleep(min(seconds, _SHORTEST_SLEEP))

    SystemClock.now = lambda clock: true_now(clock) + timedelta(seconds=int(passed[0]))  # type: ignore[method-assign]
    if hurried:
        time.sleep = sleep


def _watch(trail: int, fault: dict[str, Any]) -> None:
    """Write every commit, and every file opened to be written, to the trail; do the fault at its point."""
    seen: Counter[str] = Counter()
    commit = DefaultDialect.do_commit

    def here(*names: str) -> bool:
        seen.update(names)
        return fault.get("at") in names and seen[fault["at"]] == fault["nth"]

    def watched(dialect: Any, connection: Any) -> None:
        verb = _verb()
        hit = here("commit", f"commit:{verb}")
        if hit and fault["moment"] == "before":
            _do(fault["kind"])
        commit(dialect, connection)
        _note(trail, f"commit:{verb}")
        if hit and fault["kind"] == "lose":
            raise dialect.loaded_dbapi.OperationalError("the answer to COMMIT was lost")
        if hit:
            _do(fault["kind"])

    def audited(event: str, details: tuple[Any, ...]) -> None:
        if _writes_file(event, details, fault.get("under", "")):
            if here("file"):
                _do(fault["kind"])
            _note(trail, "file")

    DefaultDialect.do_commit = watched  # type: ignore[method-assign]
    if fault.get("under"):
        sys.addaudithook(audited)


def _note(trail: int, point: str) -> None:
    with contextlib.suppress(OSError):  # the disk is broken
        os.write(trail, f"{point}\n".encode())


def _do(kind: str) -> None:
    if kind in KINDS:
        break_disk(kind)
    elif kind == "kill":
        os.kill(os.getpid(), signal.SIGKILL)


def _writes_file(event: str, details: tuple[Any, ...], under: str) -> bool:
    if event == "open" and isinstance(details[2], int) and details[2] & _WRITES:
        return str(details[0]).startswith(under)
    return event == "os.rename" and str(details[1]).startswith(under)


def _verb() -> str:
    """Return the name of the store's function whose transaction is being committed."""
    frame: Any = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if _STORE in code.co_filename and not code.co_filename.endswith("session.py"):
            return str(code.co_name)
        frame = frame.f_back
    return "other"


# --- The nursery


def nursery() -> None:
    """Fork a process for each order until standard input ends."""
    for name in _EVERYTHING:
        importlib.import_module(name)
    living: set[int] = set()
    pending = b""
    while True:
        ready, _, _ = select.select([0], [], [], 0.005 if living else None)
        if ready:
            more = os.read(0, 65536)
            if not more:
                return
            *lines, pending = (pending + more).split(b"\n")
            living |= {_fork(line.decode()) for line in lines}
        for pid in sorted(living):
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                living.discard(pid)
                _say(f"ended {pid} {os.waitstatus_to_exitcode(status)}")


def _fork(order: str) -> int:
    pid = os.fork()
    if pid == 0:
        _as_process(order)
    _say(f"started {order} {pid}")
    return pid


def _as_process(order: str) -> None:
    code = 1
    try:
        run_order(Path(order))
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001  what Python itself would do at the end of a program
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    if sys.argv[1:] == ["--nursery"]:
        nursery()
    else:
        run_order(Path(sys.argv[1]))
