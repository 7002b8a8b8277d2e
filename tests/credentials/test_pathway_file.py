"""What is refused of a pathway file, by name; and what a good one says."""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import Any

import pytest

from registry.core.errors import PathwayError
from registry.credentials.pathway_file import parse_pathway

made = sys.modules["tests_pathways"]  # loaded by tests/conftest.py
file, pathway = made.file, made.pathway


def refused(value: Any, offered: Any = None) -> PathwayError:
    with pytest.raises(PathwayError) as caught:
        parse_pathway(value, made.OFFERED if offered is None else offered)
    return caught.value


def test_components_stand_after_what_they_come_after() -> None:
    found = pathway({"achievement": "law", "after": ["data"]}, "ethics", {"achievement": "data", "after": ["ethics"]})

    assert [one.name for one in found.components] == ["Ethics", "Data", "Law"]


def test_a_component_of_another_home_is_named_by_its_id_and_issuer() -> None:
    found = pathway("data", {**made.LAW_ABROAD, "creditSystem": made.ECTS}, minimum={"credits": 6.5})

    law = found.component("https://college.example/a/law")
    assert (law.issuer, law.credits, found.unit) == (made.COLLEGE, Decimal("2.5"), made.ECTS)


def test_one_file_serves_both_issuers_of_a_shared_pathway() -> None:
    mine = made.offered("data")
    value = file({"achievement": mine.id, "issuer": made.UNI, "name": "Data"}, made.LAW_ABROAD)
    abroad = [made.offered("law", issuer=made.COLLEGE), made.offered("analyst", issuer=made.COLLEGE)]

    here, there = pathway(*value["components"]), parse_pathway(value, abroad)

    assert {one.achievement for one in here.components} == {one.achievement for one in there.components}
    assert (here.issuer, there.issuer) == (made.UNI, made.COLLEGE)


def test_a_cycle_is_refused_with_its_members_and_nobody_else() -> None:
    error = refused(
        file(
            {"achievement": "data", "after": ["ethics"]},
            {"achievement": "ethics", "after": ["data"]},
            {"achievement": "law", "after": ["data"]},
        )
    )

    assert error.rule == "cycle"
    assert "Data before Ethics before Data" in str(error) or "Ethics before Data before Ethics" in str(error)
    assert "Law" not in str(error)


@pytest.mark.parametrize(
    ("value", "rule", "named"),
    [
        (file("data", "data"), "component-twice", "Data"),
        (file("data", made.OFFERED[0].id), "component-twice", "Data"),
        (file("data", "analyst"), "part-of-itself", "Analyst"),
        (file("data", "physics"), "unknown-achievement", "physics"),
        (file({"achievement": "physics", "issuer": made.COLLEGE}), "unknown-achievement", "physics"),
        (file("data", achievement="doctor"), "unknown-achievement", "doctor"),
        (file({"achievement": "data", "after": ["law"]}), "unknown-component", "law"),
        (file("data", "ethics", minimum={"credits": 8.5}), "impossible-minimum", "8.5 credits"),
        (file("data", minimum={"components": 2}), "impossible-minimum", "asks for 2"),
        (file("data", made.LAW_ABROAD, minimum={"credits": 6}), "mixed-units", "Law in a unit"),
        (file("data", colour="red"), "form", "colour"),
        (file(), "form", "components"),
        (file("data", minimum={"credits": 0}), "form", "minimum.credits"),
        (file("data", id="../up"), "form", "id"),
        ([], "form", "The file"),
    ],
)
def test_what_cannot_work_is_refused_by_name(value: Any, rule: str, named: str) -> None:
    error = refused(value)

    assert error.rule == rule
    assert named in str(error)


def test_credits_in_different_units_make_no_total() -> None:
    hours = made.offered("law", unit=made.HOURS)

    error = refused(file("data", "law", minimum={"credits": 6}), [*made.OFFERED[:2], hours, made.OFFERED[3]])

    assert error.rule == "mixed-units"
    assert made.HOURS in str(error)


def test_a_short_id_of_two_issuers_is_told_apart_by_its_issuer() -> None:
    both = [*made.OFFERED, made.offered("data", issuer=made.COLLEGE)]

    assert refused(file("data"), both).rule == "ambiguous-achievement"
    assert parse_pathway(file({"achievement": "data", "issuer": made.COLLEGE}), both).components[0].issuer == (
        made.COLLEGE
    )
