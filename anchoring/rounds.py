"""One round of the job on an opened home: seal what is to be sealed, then go on and anchor."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from anchoring.job import run
from anchoring.steps import Wait
from anchoring.telling_rows import TellingRows
from anchoring.watch import is_ripe
from registry.records import BatchState
from registry.services.seal import seal_open_batches

if TYPE_CHECKING:
    from collections.abc import Callable

    from anchoring.admin_desk import Home
    from anchoring.drive import Desk
    from anchoring.job import Outlook, RunReport
    from anchoring.logs import Log


def telling(desk: Desk, log: Log) -> Desk:
    """Return the desk with every transition of a submission told to the log."""
    return replace(desk, rows=TellingRows(desk.rows.engine, log, desk.chain.network.name))


def round_of_all(home: Home, desk: Desk, log: Log, announce: Callable[[Outlook], None]) -> RunReport:
    """Seal every open batch, go on with what was begun, anchor what is sealed; the errors are those of `job.run`."""
    return _round(home, desk, log, announce, lambda: True)


def round_of_ripe(home: Home, desk: Desk, log: Log, announce: Callable[[Outlook], None]) -> RunReport:
    """The same, but seal only once an open batch is full or old enough; then all, since they share a transaction."""
    return _round(home, desk, log, announce, lambda: _any_ripe(home, desk))


def _round(
    home: Home, desk: Desk, log: Log, announce: Callable[[Outlook], None], sealing: Callable[[], bool]
) -> RunReport:
    def seal() -> None:
        for batch_id in seal_open_batches(home.store, desk.clock.now()) if sealing() else ():
            batch = home.store.batch(batch_id)
            log("info", "batch.sealed", batch=batch_id, credentials=batch.tree_size if batch else None)

    (sender,) = desk.signers
    return run(desk, sender, seal, announce=announce)


def _any_ripe(home: Home, desk: Desk) -> bool:
    now, allowed = desk.clock.now(), home.allowed
    opened = home.store.batches(BatchState.OPEN)
    return any(is_ripe(batch, now, allowed.max_batch_size, allowed.max_wait_seconds) for batch in opened)


def tell_what_is_left(report: RunReport, log: Log) -> None:
    """Tell the log what a round left waiting, and what it left alone."""
    for sentence in report.skipped:
        log("error", "batch.skipped", why=sentence)
    for sentence in report.unproven:
        log("warning", "proof.missing", why=sentence)
    for one in report.progress:
        if isinstance(one.step, Wait):
            log("info", "submission.waits", submission=one.submission.id, what=one.step.what.value, why=one.step.why)
