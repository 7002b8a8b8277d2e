"""Medians, ratios, limits and bars; what a row says of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.contest import Command, Whole
from benchmarks.figures import Bar, Limit, Sample, Spread, figures, is_met, spread, times_faster
from benchmarks.report import Measured, lines, measured_json
from benchmarks.rows import Peer, Row

HARDWARE = {"document_hashes": 2e-6, "node_hashes": 5e-7, "signatures": 2e-5, "verifications": 6e-5}


def samples(*walls: float, operations: int = 10, cpu: float = 1.0) -> list[Sample]:
    return [Sample(wall, cpu, 50 + at, operations) for at, wall in enumerate(walls)]


def a_row(ours: list[Sample], peer: list[Sample], *, full_size: bool = True) -> Measured:
    nobody = Whole("somebody", lambda _: [Command(())], 10, "with a note")
    row = Row("work", "s", nobody, (Peer(nobody, Bar("times", 40)),), Bar("seconds", 3), Limit(signatures=1))
    return Measured("work", row, [ours, peer], row.limit.seconds(HARDWARE), full_size=full_size)


def test_a_spread_is_the_median_between_its_quartiles() -> None:
    assert spread([5.0, 1.0, 4.0, 2.0, 3.0]) == Spread(2.0, 3.0, 4.0)


def test_a_single_run_is_its_own_spread() -> None:
    assert spread([7.0]) == Spread(7.0, 7.0, 7.0)


def test_figures_are_for_one_operation_and_keep_the_largest_memory() -> None:
    found = figures(samples(10, 30, 20))

    assert (found.wall.median, found.cpu.median, found.peak_mib) == (2.0, 0.1, 52)


def test_a_peer_of_another_size_is_compared_by_one_operation() -> None:
    ours, peer = figures(samples(10, operations=10)), figures(samples(100, operations=20, cpu=4.0))

    assert times_faster(ours, peer) == (5.0, 2.0)


@pytest.mark.parametrize(("bar", "ratio", "met"), [(40, 39.9, False), (40, 40.0, True), (40, None, False)])
def test_a_ratio_must_reach_its_bar(bar: float, ratio: float | None, *, met: bool) -> None:
    assert is_met(Bar("times", bar), figures(samples(1)), ratio, 10) is met


@pytest.mark.parametrize(("most", "each", "met"), [(2.0, 10, True), (1.9, 10, False), (0.2, 1, True), (0.1, 1, False)])
def test_seconds_must_stay_within_their_bar(most: float, each: int, *, met: bool) -> None:
    assert is_met(Bar("seconds", most), figures(samples(2)), None, each) is met


def test_the_limit_adds_up_the_cryptography_of_one_operation() -> None:
    limit = Limit(document_hashes=2, node_hashes=4, signatures=1, verifications=1)

    assert limit.seconds(HARDWARE) == pytest.approx(8.6e-5)


def test_a_row_says_in_words_whether_its_bars_are_met() -> None:
    told = "\n".join(lines(a_row(samples(2, 2, 2), samples(60, 60, 60))))

    assert "bar: at most 3 s, met" in told
    assert "30.0 times (cpu 1.0)  bar: at least 40 times, MISSED" in told
    assert "with a note" in told


def test_a_row_too_small_for_its_bars_says_nothing_of_them() -> None:
    measured = a_row(samples(2), samples(60), full_size=False)

    assert "bar" not in "\n".join(lines(measured))
    assert "met" not in measured_json(measured)["ours"]


def test_the_results_keep_every_raw_sample() -> None:
    value = measured_json(a_row(samples(2, 3), samples(60, 61)))

    assert [one["wall"] for one in value["ours"]["samples"]] == [2, 3]
    assert [one["wall"] for one in value["peers"][0]["samples"]] == [60, 61]
    assert value["ours"]["met"] is True


def test_no_peer_is_imported_by_our_side() -> None:
    ours = (Path(__file__).parents[2] / "benchmarks").glob("[!p]*/*.py")

    assert not [file for file in ours if "pymerkle" in file.read_text("utf-8")]
