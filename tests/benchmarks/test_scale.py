"""Cost over size: the table, the picture, the slope, and that the document shows what was measured."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from benchmarks.scale import mean, up_and_down, verdict
from benchmarks.scale_picture import Panel, picture
from benchmarks.scale_tables import (
    ANCHOR_GAS,
    ANCHOR_MANY_GAS,
    BEGIN,
    DOCUMENT,
    END,
    FIGURES,
    PICTURE,
    Point,
    panels,
    points_of,
    slope,
    table,
)

SVG = "{http://www.w3.org/2000/svg}"
THOUSAND = Point(1000, 2.0, 3.0, 100.0, 4_000_000, 6_000_000)
TEN_THOUSAND = Point(10_000, 10.0, 11.0, 100.0, 40_000_000, 50_000_000)
HUNDRED_THOUSAND = replace(TEN_THOUSAND, size=100_000, cpu=101.0)


def million(cpu: float) -> Point:
    return replace(TEN_THOUSAND, size=10**6, cpu=cpu)


def test_the_document_and_its_picture_show_what_was_measured() -> None:
    points = points_of(FIGURES.read_text("utf-8"))

    text = DOCUMENT.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]

    assert text == table(points)
    assert PICTURE.read_text("utf-8") == picture(panels(points))


def test_gas_is_what_the_contract_is_held_to() -> None:
    contract = (DOCUMENT.parent / "contract.md").read_text("utf-8")

    assert f"| `anchor` | {ANCHOR_GAS:,} |" in contract
    assert f"({ANCHOR_MANY_GAS:,} a root)" in contract


def test_what_was_not_measured_is_derived_from_the_largest_size_and_says_so() -> None:
    cells = [line.split(" | ") for line in table([THOUSAND, TEN_THOUSAND]).splitlines()]

    (processor,) = [line for line in cells if line[0] == "| processor, ms"]
    assert processor[1:3] == ["3, measured", "1.1, derived from 10,000"]


def test_gas_does_not_grow_with_a_batch() -> None:
    (gas,) = [line for line in table([THOUSAND]).splitlines() if line.startswith("| gas ")]

    assert gas == "| gas | 49.7, derived | 0.0497, derived | 0.0276, derived |"


@pytest.mark.parametrize(("cpu", "word"), [(1019.0, "takes 1.02 times"), (1200.0, "NOT linear")])
def test_the_slope_compares_what_each_further_credential_takes(cpu: float, word: str) -> None:
    assert word in verdict([THOUSAND, TEN_THOUSAND, HUNDRED_THOUSAND, million(cpu)])


def test_what_starting_up_takes_bends_no_slope() -> None:
    slow_start = [replace(one, cpu=one.cpu + 50) for one in (TEN_THOUSAND, HUNDRED_THOUSAND, million(1001.0))]

    assert slope(slow_start) == pytest.approx(1)


def test_each_size_but_the_last_is_gone_through_on_the_way_up_and_down() -> None:
    assert up_and_down([10, 100, 1000]) == [10, 100, 1000, 100, 10]
    assert up_and_down([10]) == [10]


def test_a_machine_that_slows_down_steadily_bends_no_slope() -> None:
    sizes = [10_000, 100_000, 10**6]
    goes = [replace(TEN_THOUSAND, size=one, cpu=one / 1000 * (1 + at)) for at, one in enumerate(up_and_down(sizes))]

    assert slope([mean([go for go in goes if go.size == one]) for one in sizes]) == pytest.approx(1)


def test_of_two_goes_the_more_memory_counts() -> None:
    both = mean([TEN_THOUSAND, replace(TEN_THOUSAND, wall=20.0, cpu=13.0, peak_mib=90.0)])

    assert (both.wall, both.cpu, both.peak_mib) == (15.0, 12.0, 100.0)


def test_no_slope_is_told_of_too_few_sizes() -> None:
    assert slope([THOUSAND, TEN_THOUSAND, HUNDRED_THOUSAND]) is None


def test_points_stand_on_a_logarithmic_axis_and_on_a_scale_from_zero() -> None:
    points = [(1000, 1.0), (10_000, 2.0), (100_000, 4.0)]

    root = ET.fromstring(picture([Panel("cost & more, ms", points)]))  # noqa: S314  our own

    circles = [(float(one.attrib["cx"]), float(one.attrib["cy"])) for one in root.iter(f"{SVG}circle")]
    (first, second, third) = circles
    assert second[0] - first[0] == pytest.approx(third[0] - second[0], abs=0.5)
    assert second[1] - third[1] == pytest.approx(2 * (first[1] - second[1]), abs=0.5)
    texts = [one.text for one in root.iter(f"{SVG}text")]
    assert texts[0] == "cost & more, ms"
    assert {"1,000", "10,000", "100,000", "4"} <= set(texts)
    assert {one.attrib["fill"] for one in root.iter(f"{SVG}path")} == {"none"}


def test_every_panel_has_its_place() -> None:
    root = ET.fromstring(picture([Panel(str(at), [(1, 0.0), (10, 0.0)]) for at in range(3)]))  # noqa: S314

    places = [group.attrib["transform"] for group in root.iter(f"{SVG}g")]
    assert places == ["translate(0,0)", "translate(360,0)", "translate(0,220)"]
