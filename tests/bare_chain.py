"""Empty chains of any id, for tests of what happens before the contract stands: the `bare_chain` fixture.

`tests/conftest.py` loads this file by its path, after devnet.py.
"""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from anchoring.anvil_program import find_anvil
from anchoring.devnet import Devnet
from registry.chain.artifact import derived_address
from registry.core.account import Address
from registry.core.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def bare_chain(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Give a function that starts an empty chain of a given id; extra words are flags of anvil."""
    running = []
    devnets = sys.modules["tests_devnet"]

    def start(chain_id: int, *flags: str) -> Any:
        try:
            anvil = find_anvil(None)
        except SettingsError as error:
            pytest.skip(str(error))
        port = devnets.free_port()
        options = ["--port", str(port), "--chain-id", str(chain_id), "--slots-in-an-epoch", "1", "--quiet", *flags]
        running.append(subprocess.Popen([str(anvil), *options], stdout=subprocess.DEVNULL, cwd=tmp_path))  # noqa: S603
        rpc = f"http://127.0.0.1:{port}"
        chain = devnets.LocalChain(rpc, derived_address(), Address("0x" + "0" * 40), Devnet(tmp_path), chain_id)
        _await_answer(chain)
        return chain

    yield start
    for process in running:
        process.kill()
        process.wait()


def _await_answer(chain: Any) -> None:
    for _ in range(200):
        try:
            chain.call("eth_chainId")
        except httpx.HTTPError:
            time.sleep(0.05)
            continue
        return
    pytest.fail("anvil did not start")
