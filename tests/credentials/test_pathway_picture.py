"""The picture of a pathway: only a picture, always the same, nothing over anything else, no state by colour alone."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.credentials.pathway_layout import BOX_WIDTH, MARGIN, WIDTH, Box, boxes_of
from registry.credentials.pathway_picture import pathway_picture
from registry.credentials.pathway_progress import progress
from registry.credentials.svg import read_svg

if TYPE_CHECKING:
    from registry.credentials.pathway import Component, Pathway

made = sys.modules["tests_pathways"]  # loaded by tests/conftest.py
held, pathway = made.held, made.pathway
SVG = "{http://www.w3.org/2000/svg}"
PATH = pathway("data", {"achievement": "ethics", "optional": True}, {"achievement": "law", "after": ["data"]})


def drawn(path: Pathway, *credentials: object) -> ET.Element:
    return ET.fromstring(pathway_picture(path, progress(path, credentials)))  # noqa: S314  our own picture


@st.composite
def large(draw: st.DrawFn) -> Pathway:
    """Return a pathway of up to sixty components of any names and order."""
    count = draw(st.integers(1, 60))
    components: list[Component] = []
    for at in range(count):
        after = draw(st.lists(st.integers(0, at - 1), max_size=4, unique=True)) if at else []
        one = replace(
            PATH.components[0],
            achievement=f"urn:{at}",
            name=draw(
                st.sampled_from(["Law", "Research ethics " * 9, "データ解析" * 12, "أساسيات البيانات", "X" * 90])
            ),
            after=tuple(f"urn:{number}" for number in after),
        )
        components.append(one)
    return replace(PATH, components=tuple(components))


def overlap(one: Box, other: Box) -> bool:
    return abs(one.x - other.x) < BOX_WIDTH and one.y < other.y + other.height and other.y < one.y + one.height


@given(path=large())
def test_no_box_stands_over_another_or_above_what_it_comes_after(path: Pathway) -> None:
    boxes, bottom = boxes_of(path, {one.achievement: ["missing", "4 credits"] for one in path.components}, 50)

    placed = {box.achievement: box for box in boxes}
    assert len(boxes) == len(path.components)
    assert not any(overlap(one, other) for at, one in enumerate(boxes) for other in boxes[at + 1 :])
    assert all(MARGIN <= box.x <= WIDTH - MARGIN - BOX_WIDTH and 50 <= box.y <= bottom - box.height for box in boxes)
    assert all(
        placed[name].y + placed[name].height < placed[one.achievement].y
        for one in path.components
        for name in one.after
    )


@given(path=large())
def test_a_line_between_boxes_runs_down_no_box(path: Pathway) -> None:
    boxes, _ = boxes_of(path, {one.achievement: ["after Law"] for one in path.components}, 50)
    picture = pathway_picture(path)
    for x, top, bottom in re.findall(r"H(\d+) V\d+ H\d+ V(\d+) M\d+ (\d+)", picture):
        del top, bottom
        assert not any(box.x < int(x) < box.x + BOX_WIDTH for box in boxes)


def test_the_same_pathway_is_the_same_picture_and_nothing_but_a_picture() -> None:
    picture = pathway_picture(PATH)

    assert picture == pathway_picture(PATH)
    assert read_svg(picture.encode()).active is None
    assert not re.search(r"href|<script|<style|url\(|http(?!://www\.w3\.org/2000/svg)", picture)


def test_every_state_has_a_mark_a_border_and_a_word_of_its_own() -> None:
    path = pathway(
        "data", {"achievement": "law", "after": ["ethics"]}, "ethics", {"achievement": "analyst2", **made.LAW_ABROAD}
    )
    recognised = replace(path, components=tuple(replace(one, by_recognition=True) for one in path.components))
    abroad = replace(held("data"), id="urn:uuid:r", achievement=made.LAW_ABROAD["achievement"], recognised=True)

    root = drawn(recognised, held("data"), held("law"), abroad)

    texts = " ".join(one.text or "" for one in root.iter(f"{SVG}text"))
    assert all(word in texts for word in ("done", "missing", "waits for", "recognised"))
    boxes = [one for one in root.iter(f"{SVG}rect") if one.get("width") == str(BOX_WIDTH)]
    marks = [one.find(f"{SVG}path").get("d") for one in root.iter(f"{SVG}g")]  # type: ignore[union-attr]
    assert len({one.get("stroke-dasharray") for one in boxes}) == len(set(marks)) == 4


def test_a_picture_tells_the_whole_of_it_to_who_cannot_see_it() -> None:
    root = drawn(PATH, held("data"))

    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "Analyst"
    assert root.findtext(f"{SVG}desc") == (
        "Data, done, 4 credits; Ethics, missing, 4 credits, optional; Law, missing, 4 credits, after Data. "
        "It takes all 2 that are not optional. Analyst follows."
    )


@pytest.mark.parametrize("name", ['<script>alert("1")</script>', "a\u202eb\u2066c", "\x00\x1b[2J", "]]>&amp;\ufffe"])
def test_no_name_breaks_out_of_the_picture(name: str) -> None:
    path = replace(PATH, name=name, title=name, components=(replace(PATH.components[0], name=name),))

    picture = pathway_picture(path)

    assert read_svg(picture.encode()).active is None
    assert ET.fromstring(picture) is not None  # noqa: S314  our own picture
    assert not re.search("[\u202e\u2066\x00\x1b\ufffe]", picture)
