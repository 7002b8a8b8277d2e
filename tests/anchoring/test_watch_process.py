"""`credanchor anchor watch` as a process: its rounds, its log, and how it ends."""

from __future__ import annotations

import signal
import socket
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from registry.core.submission import SubmissionState
from registry.records import BatchState
from registry.store.session import reading
from registry.store.submission_tables import SUBMISSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.anchoring.conftest import JobHome

pytestmark = pytest.mark.chain

SECONDS_TO_LEAVE = 10
"""A pause between two looks is 4 seconds, a whole wait for a block 120; leaving takes a fraction of one."""


@contextmanager
def no_blocks(home: JobHome) -> Iterator[None]:
    home.bench.local.call("evm_setAutomine", False)  # noqa: FBT003  JSON-RPC
    try:
        yield
    finally:
        home.bench.local.call("evm_setAutomine", True)  # noqa: FBT003  JSON-RPC
        home.bench.local.call("anvil_mine", "0x3", "0x0")


def leases(home: JobHome) -> list[str]:
    with reading(home.bench.rows.engine) as connection:
        return [row.lease_owner for row in connection.execute(SUBMISSION.select())]


def test_a_watch_anchors_what_is_open_and_logs_each_step(home: JobHome) -> None:
    access_key = "s3cr3t-acc3ss-k3y"
    home.use_network(rpc_urls=[f"{home.bench.local.rpc}/?key={access_key}"])
    home.bench.issue(home.bench.new_issuer(), 4)
    home.allow('log = "json"\n')

    with home.running("watch", "--every", "1") as running:
        final = running.await_event("submission.final")
        running.tell(signal.SIGTERM)
        code = running.ended()

    (submission,) = home.bench.rows.submissions()
    (attempt,) = home.bench.rows.attempts(submission.id)
    assert (code, submission.state) == (0, SubmissionState.FINALIZED)
    names = [event["event"] for event in running.events]
    assert names[:3] == ["watch.started", "batch.sealed", "submission.planned"]
    assert names[3:7] == ["submission.signed", "submission.sent", "submission.mined", "submission.final"]
    assert names[-1] == "watch.ended"
    signed = running.events[3]
    assert (signed["level"], signed["submission"], signed["nonce"], signed["attempt"]) == ("info", submission.id, 0, 1)
    assert (signed["fee_cap_wei"], signed["tip_wei"]) == (attempt.fees.cap_wei, attempt.fees.tip_wei)
    assert final["transaction"] == attempt.tx_hash.to_hex()
    assert (final["fee_wei"], final["batches"]) == (submission.mined.fee_wei, [1])
    assert "anchor 1 batch of 1 issuer: 4 credentials" in "".join(running.out)
    said = "".join([*running.err, *running.out])
    for secret in (access_key, home.bench.sender.passphrase(), attempt.raw.hex(), home.key):
        assert secret not in said


def test_a_signal_ends_a_long_wait_for_a_block_and_gives_the_lease_back(home: JobHome) -> None:
    home.use_network(kind="test")
    home.bench.sealed_batch()
    home.allow('log = "json"\n')

    with no_blocks(home), home.running("watch", "--every", "600") as running:
        running.await_event("submission.sent")
        assert leases(home) != [""]
        began = time.monotonic()
        running.tell(signal.SIGINT)
        code = running.ended()
        seconds = time.monotonic() - began

        (submission,) = home.bench.rows.submissions()
        assert (code, submission.state, leases(home)) == (0, SubmissionState.BROADCAST, [""])
        assert running.events[-1]["event"] == "watch.ended"
        assert seconds < SECONDS_TO_LEAVE
    home.use_network()
    assert home.run("run").exit_code == 0
    assert home.bench.spent_nonces() == 1


def test_a_second_signal_ends_it_at_once(home: JobHome) -> None:
    home.bench.sealed_batch()
    home.allow('log = "json"\n')
    with socket.create_server(("127.0.0.1", 0)) as silent:
        home.use_network(rpc_urls=[f"http://127.0.0.1:{silent.getsockname()[1]}"])
        with home.running("watch") as running:
            connection, _ = silent.accept()
            with connection:
                running.tell(signal.SIGTERM)
                running.await_taken(signal.SIGTERM)
                running.tell(signal.SIGTERM)

                assert running.ended() == -signal.SIGTERM
    assert [batch.state for batch in home.bench.store.batches()] == [BatchState.SEALED]


def test_a_chain_that_does_not_answer_is_told_and_tried_again(home: JobHome) -> None:
    home.bench.sealed_batch()
    home.use_network(rpc_urls=["http://127.0.0.1:9/v3/s3cr3t"])

    with home.running("watch", "--every", "1") as running:
        first, second, *_ = running.await_line("round.failed", 2)
        running.tell(signal.SIGTERM)
        assert running.ended() == 0

    assert "warning round.failed code=chain-unavailable" in first
    assert "next_try_in_seconds=1\n" in first
    assert "next_try_in_seconds=2\n" in second
    assert "s3cr3t" not in "".join(running.err)


def test_what_a_person_must_see_to_ends_the_watch_with_2(home: JobHome) -> None:
    home.bench.sealed_batch()
    home.use_network(chain_id=5)

    with home.running("watch") as running:
        assert running.ended() == 2

    (line,) = running.await_line("watch.failed")
    assert "error   watch.failed code=wrong-chain" in line
