"""The local chain: it outlives kill -9, is started once, and refuses what is not its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import time
from typing import TYPE_CHECKING

import pytest

from anchoring import anvil_state, devnet
from anchoring.anvil_program import find_anvil
from anchoring.devnet import Devnet
from registry.chain.networks import load_networks
from registry.core.errors import ChainUnavailableError, SettingsError, StateError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.devnet import LocalChain

pytestmark = pytest.mark.chain


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalChain]:
    """Give a chain that these tests may kill."""
    chain = sys.modules["tests_devnet"].start_chain(tmp_path_factory.mktemp("home") / "devnet")
    yield chain
    chain.net.down()


def pid_of(net: Devnet) -> int:
    return int(json.loads((net.folder / "pid").read_text("utf-8"))["pid"])


def up(net: Devnet) -> None:
    net.up(find_anvil(None))


def wait_for(what: Callable[[], bool]) -> None:
    for _ in range(200):
        if what():
            return
        time.sleep(0.05)
    raise AssertionError


def killed(chain: LocalChain) -> None:
    os.kill(pid_of(chain.net), signal.SIGKILL)
    wait_for(lambda: chain.net._process() is None)


def test_it_runs_with_the_contract_on_it(own: LocalChain) -> None:
    status = own.net.status()

    assert status.running
    assert status.as_json() == {
        "rpc": own.rpc,
        "chainId": 31337,
        "contract": own.contract.checksummed(),
        "running": True,
        "block": status.block,
    }
    assert own.call("eth_getCode", own.contract, "finalized") != "0x"


def test_starting_it_again_changes_nothing(own: LocalChain) -> None:
    before = (pid_of(own.net), own.net.status())

    up(own.net)

    assert (pid_of(own.net), own.net.status()) == before


def test_it_is_in_a_session_of_its_own_so_that_the_shell_may_end(own: LocalChain) -> None:
    assert os.getsid(pid_of(own.net)) != os.getsid(0)


def test_the_networks_file_names_its_endpoint(own: LocalChain) -> None:
    network = load_networks(own.net.folder.parent)["local"]

    assert (network.rpc_urls, network.contract, network.kind) == ((own.rpc,), own.contract, "local")


def test_a_kill_right_after_a_transaction_loses_neither_it_nor_older_state(own: LocalChain) -> None:
    account, _ = own.new_account()
    tx_hash = own.call("eth_sendTransaction", {"from": own.funder, "to": account, "value": "0x7"})
    own.call("anvil_mine", "0x2", "0x0")
    receipt = own.call("eth_getTransactionReceipt", tx_hash)
    own.net.keep_state()

    killed(own)
    up(own.net)

    assert own.call("eth_getTransactionReceipt", tx_hash)["blockHash"] == receipt["blockHash"]
    before = hex(int(receipt["blockNumber"], 16) - 1)
    balances = [int(own.call("eth_getBalance", account, block), 16) for block in (before, "finalized")]
    assert balances[1] - balances[0] == 7


def test_a_state_file_torn_by_a_kill_is_replaced_by_the_kept_copy(own: LocalChain) -> None:
    own.net.keep_state()
    height = own.net.status().block
    killed(own)
    whole = (own.net.folder / anvil_state.KEPT).read_bytes()
    (own.net.folder / anvil_state.LIVE).write_bytes(whole[:1000])

    up(own.net)

    assert own.net.status().block == height


def test_anvils_own_file_alone_brings_back_older_state_too(own: LocalChain) -> None:
    account, _ = own.new_account()
    before = own.call("eth_blockNumber")
    own.call("eth_sendTransaction", {"from": own.funder, "to": account, "value": "0x7"})
    own.call("anvil_mine", "0x2", "0x0")
    height = own.net.status().block
    wait_for(lambda: anvil_state._height(own.net.folder / anvil_state.LIVE) == height)
    killed(own)
    (own.net.folder / anvil_state.KEPT).unlink()

    up(own.net)

    balances = [int(own.call("eth_getBalance", account, block), 16) for block in (before, "latest")]
    assert balances[1] - balances[0] == 7


def test_a_kept_copy_that_is_older_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / anvil_state.LIVE).write_text('{"best_block_number": 9}', "utf-8")
    (tmp_path / anvil_state.KEPT).write_text('{"best_block_number": 8}', "utf-8")

    anvil_state.restore_newest(tmp_path)

    assert json.loads((tmp_path / anvil_state.LIVE).read_text("utf-8")) == {"best_block_number": 9}


def test_a_pid_that_now_belongs_to_another_program_is_never_signalled(own: LocalChain, tmp_path: Path) -> None:
    net = Devnet(tmp_path)
    (tmp_path / "pid").write_text(json.dumps({"pid": pid_of(own.net), "port": 1}), "utf-8")

    assert not net.down()
    assert own.net.status().running


@pytest.mark.parametrize("content", ["", "12", "{}", '{"pid": "x", "port": 1}'])
def test_a_torn_pid_file_means_that_nothing_runs(tmp_path: Path, content: str) -> None:
    (tmp_path / "pid").write_text(content, "utf-8")

    assert not Devnet(tmp_path).status().running


def test_a_taken_port_is_told_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(StateError, match=rf"Port {port} is taken .*--port"):
            Devnet(tmp_path).up(find_anvil(None), port)


def test_a_running_chain_is_not_moved_to_another_port(own: LocalChain) -> None:
    with pytest.raises(StateError, match="devnet down"):
        own.net.up(find_anvil(None), 1)


def test_an_anvil_that_does_not_start_is_told_with_its_last_words(tmp_path: Path) -> None:
    program = tmp_path / "anvil"
    program.write_text("#!/bin/sh\necho no room left\nexit 1\n", "utf-8")
    program.chmod(0o755)

    with pytest.raises(ChainUnavailableError, match="no room left"):
        Devnet(tmp_path / "devnet").up(program, sys.modules["tests_devnet"].free_port())


def test_a_named_anvil_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SettingsError, match="CREDANCHOR_ANVIL"):
        find_anvil("nowhere/anvil")


def test_it_stops_and_comes_back_at_the_same_block(own: LocalChain) -> None:
    height = own.net.status().block

    assert own.net.down()
    assert not own.net.status().running
    up(own.net)

    assert own.net.status().block == height


def test_a_program_that_has_no_command_line_yet_is_waited_for(own: LocalChain, monkeypatch: pytest.MonkeyPatch) -> None:
    killed(own)
    real, looks = devnet._command_of, iter(range(100))
    monkeypatch.setattr(devnet, "_command_of", lambda pid: "" if 0 < next(looks) < 4 else real(pid))

    up(own.net)

    assert own.net.status().running


def test_a_program_that_ends_at_once_is_told_with_what_it_said(tmp_path: Path) -> None:
    false = tmp_path / "anvil"
    false.write_text("#!/bin/sh\necho no such flag >&2\nexit 1\n")
    false.chmod(0o755)
    began = time.monotonic()

    with pytest.raises(ChainUnavailableError, match=r"anvil did not start.*no such flag"):
        Devnet(tmp_path / "devnet").up(false, sys.modules["tests_devnet"].free_port())

    assert time.monotonic() - began < devnet._START_SECONDS / 2
