"""The commands, on a home folder and a real chain."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from anchoring.cli import devnet
from registry.core.errors import ChainUnavailableError, FundsError, SettingsError
from registry.core.submission import SubmissionState
from registry.records import BatchState

if TYPE_CHECKING:
    from click.testing import Result

    from tests.anchoring.conftest import JobHome
    from tests.bench import Bench

pytestmark = pytest.mark.chain


def objects(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def open_batch(bench: Bench, count: int = 4) -> None:
    bench.issue(bench.new_issuer(), count)


def test_a_run_shows_the_cost_first_and_then_what_it_did(home: JobHome) -> None:
    open_batch(home.bench)

    result = home.run("run")

    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].startswith("To anchor 1 batch of 1 issuer (4 credentials) on a local test chain costs about 0.")
    assert "holds 10 ETH" in lines[0]
    assert lines[1].endswith("anchor 1 batch of 1 issuer: 4 credentials")
    assert "It is final." in lines[2]
    assert "gas" in lines[4]


def test_a_run_for_programs_prints_one_object_a_submission(home: JobHome) -> None:
    open_batch(home.bench)

    (printed,) = objects(home.run("run", "--json"))

    (submission,) = home.bench.rows.submissions()
    assert printed["state"] == "finalized"
    assert printed["transaction"] == submission.mined.tx_hash.to_hex()
    assert printed["feeWei"] == submission.mined.fee_wei
    assert printed["credentials"] == 4
    assert printed["feeWeiPerCredential"] == submission.mined.fee_wei / 4
    assert printed["batches"][0]["root"] == submission.what.batches[0].root.to_hex()


def test_a_dry_run_shows_the_cost_of_open_batches_and_seals_nothing(home: JobHome) -> None:
    open_batch(home.bench)

    (printed,) = objects(home.run("run", "--dry-run", "--json"))

    assert printed["credentials"] == 4
    assert 30_000 < printed["gas"] < 100_000
    assert printed["enough"] is True
    assert [batch.state for batch in home.bench.store.batches()] == [BatchState.OPEN]
    assert home.bench.spent_nonces() == 0


def test_a_dry_run_quotes_what_the_run_then_pays(home: JobHome) -> None:
    open_batch(home.bench)
    (quoted,) = objects(home.run("run", "--dry-run", "--json"))

    (paid,) = objects(home.run("run", "--json"))

    assert paid["gas"] == pytest.approx(quoted["gas"], rel=0.01)
    assert paid["feeWei"] <= quoted["maxFeeWei"]


@pytest.mark.parametrize("options", [[], ["--dry-run"]], ids=["run", "dry run"])
def test_nothing_to_anchor_is_said_with_an_exit_code_of_its_own(home: JobHome, options: list[str]) -> None:
    result = home.run("run", *options)

    assert (result.exit_code, result.stdout) == (4, "There is nothing to anchor.\n")


def test_a_run_that_leaves_something_waiting_exits_with_3(home: JobHome) -> None:
    home.use_network(kind="test")
    open_batch(home.bench)

    result = home.run("run", "--json")

    assert result.exit_code == 3
    assert "not final yet" in objects(result)[0]["waitsFor"]


def test_a_run_that_needs_a_person_exits_with_2(home: JobHome) -> None:
    home.bench.issue(home.bench.new_issuer(delegate=False))

    result = home.run("run")

    assert result.exit_code == 2
    assert "anchor role" in result.stderr


def test_an_unfunded_account_stops_the_run_with_an_error(home: JobHome) -> None:
    open_batch(home.bench)
    home.bench.local.call("anvil_setBalance", home.account, "0x0")

    assert isinstance(home.run("run").exception, FundsError)


def test_no_chain_stops_the_run_with_an_error(home: JobHome) -> None:
    home.use_network(rpc_urls=["http://127.0.0.1:9"])

    assert isinstance(home.run("run").exception, ChainUnavailableError)


def test_an_unknown_network_lists_the_known_ones(home: JobHome) -> None:
    error = home.run("run", "--network", "moon").exception

    assert isinstance(error, SettingsError)
    assert "sepolia" in str(error)


def test_status_tells_every_submission_and_asks_no_chain(home: JobHome) -> None:
    open_batch(home.bench)
    home.run("run")
    home.use_network(rpc_urls=["http://127.0.0.1:9"])

    printed = objects(home.run("status", "--json"))
    told = home.run("status").stdout

    assert [one["waitsFor"] for one in printed] == ["It is final."]
    assert "Batches: 1 final." in told


def test_devnet_status_tells_programs_where_the_chain_would_be(home: JobHome) -> None:
    (printed,) = objects(CliRunner().invoke(devnet, ["status", "--json"]))

    assert printed["running"] is False
    assert printed["chainId"] == 31337
    assert printed["contract"] == home.bench.local.contract.checksummed()


def test_status_tells_unfinished_ones_first_since_when_and_what_comes_next(home: JobHome) -> None:
    open_batch(home.bench)
    home.run("run")
    home.use_network(kind="test")
    open_batch(home.bench)
    home.run("run")

    mined, final = objects(home.run("status", "--json"))
    told = home.run("status").stdout

    assert (mined["state"], mined["nextBy"], mined["since"]) == ("mined", "chain", mined["updatedAt"])
    assert mined["next"] == "The block becomes final, and the next round notes it."
    assert (final["state"], final["nextBy"]) == ("finalized", "nobody")
    assert told.index("Submission 2") < told.index("Submission 1")
    assert re.search(r"waits for its block to be final\. Since \d\d \w+ \d{4}, \d\d:\d\d UTC, \d+ \w+ ago\.", told)
    assert "  Next, by the chain: The block becomes final" in told


def test_status_hides_what_ended_long_ago_unless_told_to_show_all(home: JobHome) -> None:
    home.bench.sealed_batch()
    (batch,) = home.bench.rows.unclaimed_batches()
    now = home.bench.clock.now()
    for _ in range(13):
        refused = home.bench.rows.plan(home.bench.anchoring([batch]), now)
        home.bench.rows.released(refused, "Refused.", now)

    assert len(objects(home.run("status", "--json"))) == 10
    assert len(objects(home.run("status", "--json", "--all"))) == 13
    assert "3 more ended before these; --all shows them." in home.run("status").stdout


def test_a_stuck_submission_is_stuck_since_it_got_stuck(home: JobHome) -> None:
    home.bench.sealed_batch()
    (batch,) = home.bench.rows.unclaimed_batches()
    planned = home.bench.rows.plan(home.bench.anchoring([batch]), home.bench.clock.now())
    first = home.bench.rows.stopped(planned, SubmissionState.STUCK, "No money.", home.bench.clock.now())
    home.bench.clock.pause(600)

    again = home.bench.rows.stopped(first, SubmissionState.STUCK, "No money yet.", home.bench.clock.now())

    assert (again.updated_at, again.note, again.version) == (first.updated_at, "No money yet.", first.version + 1)


def test_every_endpoint_is_told_in_a_line_and_a_quorum_that_agrees_is_success(home: JobHome) -> None:
    told = home.run("endpoints")
    (printed,) = objects(home.run("endpoints", "--json"))

    assert told.exit_code == 0
    assert told.stdout.splitlines()[0].startswith(f"1 {home.bench.local.rpc}: block ")
    assert told.stdout.splitlines()[-1] == "1 of 1 agrees on a local test chain; 1 must."
    assert (printed["reachable"], printed["rightChain"], printed["agrees"], printed["behind"]) == (True, True, True, 0)
