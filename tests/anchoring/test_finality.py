"""Fault 21: a chain of the test's own is rewritten below what was final, or goes back."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from anchoring.job import run
from anchoring.steps import Wait, Waiting
from registry.core.errors import FinalityBrokenError
from registry.store.final_heads import FinalHeads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from anchoring.chain import Chain
    from anchoring.job import RunReport
    from tests.bench import Bench
    from tests.devnet import LocalChain

pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("finality")]

NO_TRANSACTIONS = False


@pytest.fixture(scope="module")
def devnet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalChain]:
    """Give a chain that no other test shares, because these tests break it."""
    chain = sys.modules["tests_devnet"].start_chain(tmp_path_factory.mktemp("rewritten"))
    yield chain
    chain.net.down()


def three(bench: Bench) -> Chain:
    """Return the chain behind three endpoints, which must all agree."""
    url = bench.local.rpc
    return bench.chain_of(rpc_urls=(url, url + "/", url.replace("127.0.0.1", "localhost")), wanted_quorum=3)


def run_job(bench: Bench, chain: Chain) -> RunReport:
    return run(bench.desk(chain=chain), bench.sender.address, bench.seal, 10)


def test_a_chain_that_goes_back_below_what_was_final_is_waited_for(bench: Bench) -> None:
    bench.sealed_batch()
    run_job(bench, three(bench))
    before = FinalHeads(bench.rows.engine).newest(31337)
    bench.sealed_batch()
    bench.local.call("anvil_mine", "0x3", "0x0")
    run_job(bench, bench.chain_of(kind="test"))
    after = FinalHeads(bench.rows.engine).newest(31337)
    assert after.number > before.number

    bench.local.call("anvil_rollback", 3)
    (progress,) = run_job(bench, bench.chain_of(kind="test")).progress

    assert isinstance(progress.step, Wait)
    assert progress.step.what is Waiting.ANSWER
    assert f"block {after.number:,} was final before" in progress.step.why
    assert FinalHeads(bench.rows.engine).newest(31337) == after


def test_a_chain_that_rewrites_what_was_final_stops_the_job_before_anything_is_signed(
    bench: Bench,
) -> None:
    """Fault 21, with a real reorganisation that is deeper than finality."""
    bench.sealed_batch()
    run_job(bench, three(bench))
    history = bench.rows.submissions(), bench.store.batches()
    before = FinalHeads(bench.rows.engine).newest(31337)
    bench.issue(bench.new_issuer())
    head = int(bench.local.call("eth_blockNumber"), 16)
    bench.local.call("anvil_reorg", head - before.number + 1, [])
    bench.local.call("anvil_mine", "0x8", "0x0")
    shown = bench.local.call("eth_getBlockByNumber", hex(before.number), NO_TRANSACTIONS)["hash"]
    assert shown != before.block_hash.to_hex()

    with pytest.raises(FinalityBrokenError) as caught:
        run_job(bench, three(bench))
    with pytest.raises(FinalityBrokenError):
        bench.chain_of().require_contract()

    assert before.block_hash.to_hex() in str(caught.value)
    assert shown in str(caught.value)
    assert FinalHeads(bench.rows.engine).newest(31337) == before
    assert (bench.rows.submissions(), bench.store.batches()[:1]) == history
