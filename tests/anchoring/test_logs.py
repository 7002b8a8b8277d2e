"""The log: one event a line, whatever is in its fields; and every transition of a submission is one event."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING

import pytest

from anchoring.logs import open_log
from anchoring.telling_rows import TellingRows
from registry.core.submission import SubmissionState
from registry.store.submissions import SubmissionRows

if TYPE_CHECKING:
    from tests.bench import Bench

CHANGES_NOTHING = {"submission": "reads", "claim": "takes a lease; the state stays"}


def test_a_text_line_names_time_level_event_and_fields() -> None:
    stream = io.StringIO()

    open_log("text", stream)(
        "info", "batch.sealed", batch=3, credentials=None, why='It "works".\nStill one line.', no=""
    )

    assert re.fullmatch(
        r'\d{4}-\d\d-\d\dT[\d:.]+Z info    batch\.sealed batch=3 why="It \\"works\\"\.\\nStill one line\." no=""\n',
        stream.getvalue(),
    )


def test_a_json_line_is_one_object() -> None:
    stream = io.StringIO()

    open_log("json", stream)("error", "submission.stopped", why="Zu wenig Geld für\nalles.", batches=[1, 2], nonce=None)

    (line,) = stream.getvalue().splitlines()
    event = json.loads(line)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", event.pop("time"))
    assert event == {
        "level": "error",
        "event": "submission.stopped",
        "why": "Zu wenig Geld für\nalles.",
        "batches": [1, 2],
    }


def test_no_log_is_written_when_it_is_off() -> None:
    stream = io.StringIO()

    open_log("off", stream)("error", "submission.stopped")

    assert stream.getvalue() == ""


def test_every_change_of_a_submission_is_told() -> None:
    returning = {
        name
        for name, method in vars(SubmissionRows).items()
        if callable(method)
        and not name.startswith("_")
        and "return" in method.__annotations__
        and method.__annotations__["return"] == "Submission"
    }

    assert len(returning) > 10
    assert returning - set(vars(TellingRows)) == set(CHANGES_NOTHING)


@pytest.mark.chain
def test_what_stays_stuck_is_told_once(bench: Bench) -> None:
    told: list[tuple[str, str, object]] = []
    rows = TellingRows(
        bench.rows.engine, lambda level, event, **fields: told.append((level, event, fields["state"])), "local"
    )
    bench.sealed_batch()
    planned = rows.plan(bench.anchoring(rows.unclaimed_batches()), bench.clock.now())
    for note in ("No money.", "No money yet."):
        planned = rows.stopped(planned, SubmissionState.STUCK, note, bench.clock.now())
    rows.released(planned, "Refused.", bench.clock.now())

    assert told == [
        ("info", "submission.planned", "planned"),
        ("error", "submission.stopped", "stuck"),
        ("error", "submission.refused", "reverted"),
    ]
