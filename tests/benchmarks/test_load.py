"""The load on the verifier: percentiles, and that the document shows what was measured."""

from __future__ import annotations

import json

from benchmarks.load import BEGIN, DOCUMENT, END, FIGURES, percentiles, table


def test_a_percentile_is_the_least_that_so_many_in_a_hundred_did_not_exceed() -> None:
    assert percentiles(at / 1000 for at in range(200, 0, -1)) == {50: 100.0, 95: 190.0, 99: 198.0}
    assert percentiles([0.002]) == {50: 2.0, 95: 2.0, 99: 2.0}


def test_the_document_shows_what_was_measured() -> None:
    shown = DOCUMENT.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]

    assert shown == table(json.loads(FIGURES.read_text("utf-8")))
