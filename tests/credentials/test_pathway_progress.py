"""How far somebody is on a pathway, held against a slow and obvious way to tell."""

from __future__ import annotations

import itertools
import sys
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.credentials.pathway_progress import Held, Standing, State, progress

if TYPE_CHECKING:
    from registry.credentials.pathway import Pathway

made = sys.modules["tests_pathways"]  # loaded by tests/conftest.py
held, pathway = made.held, made.pathway
NAMES = ("data", "ethics", "law")


def states(found: Any) -> dict[str, str]:
    return {step.component.name: step.state.value for step in found.steps}


def slow_progress(path: Pathway, credentials: list[Held]) -> tuple[dict[str, str | None], Decimal, bool]:
    """Try every way to give each component one of the credentials or none, and take the best that is allowed."""
    good = [one for one in set(credentials) if one.standing is Standing.GOOD]
    choices: list[list[Held | None]] = []
    for component in path.components:
        real = [
            one
            for one in good
            if not one.recognised and (one.achievement, one.issuer) == (component.achievement, component.issuer)
        ]
        known = [one for one in good if one.recognised and one.achievement == component.achievement]
        choices.append([None, *(real or (known if component.by_recognition else []))])
    best: tuple[Held | None, ...] = ()
    for chosen in itertools.product(*choices):
        by_name = {component.achievement: one for component, one in zip(path.components, chosen, strict=True)}
        allowed = all(
            one is None or all((first := by_name[name]) and first.awarded_at <= one.awarded_at for name in part.after)
            for part, one in zip(path.components, chosen, strict=True)
        )
        if allowed and (not best or _rank(chosen) < _rank(best)):
            best = chosen
    counted = [one for one in best if one is not None]
    total = sum((one.credits for one in counted if one.unit == path.unit and path.minimum_credits), Decimal(0))
    needed = all(one or part.optional for part, one in zip(path.components, best, strict=True))
    complete = needed and len(counted) >= path.minimum_components and total >= path.minimum_credits
    return (
        {part.achievement: one.id if one else None for part, one in zip(path.components, best, strict=True)},
        total,
        complete,
    )


def _rank(chosen: tuple[Held | None, ...]) -> tuple[Any, ...]:
    """Return what is best first: most components, then the earliest credential of each in turn."""
    return (sum(one is None for one in chosen), [(one.awarded_at, one.id) for one in chosen if one is not None])


@st.composite
def situations(draw: st.DrawFn) -> tuple[Any, list[Held]]:
    """Return a pathway of three components in any order, and up to nine credentials of them."""
    components = []
    for at, name in enumerate(NAMES):
        after = draw(st.lists(st.sampled_from(NAMES[:at]), unique=True)) if at else []
        flags = {"optional": draw(st.booleans()), "recognition": draw(st.booleans())}
        components.append({"achievement": name, "after": after, **flags})
    minimum = {"components": draw(st.integers(1, 3)), "credits": draw(st.sampled_from([0.5, 4, 7.5, 12]))}
    path = pathway(*draw(st.permutations(components)), minimum=minimum)
    count = draw(st.integers(0, 9))
    return path, [draw(holdings(number)) for number in range(count)]


@st.composite
def holdings(draw: st.DrawFn, number: int) -> Held:
    return held(
        draw(st.sampled_from(NAMES)),
        draw(st.integers(0, 2)),
        id=f"urn:uuid:{number}",
        issuer=draw(st.sampled_from([made.UNI] * 4 + [made.COLLEGE])),
        credits=Decimal(draw(st.sampled_from(["0.1", "0.2", "2.5", "4"]))),
        unit=draw(st.sampled_from([made.ECTS, made.ECTS, made.HOURS])),
        standing=draw(st.sampled_from([Standing.GOOD] * 6 + [*Standing])),
        recognised=draw(st.booleans()),
    )


@given(situation=situations())
def test_progress_is_what_trying_every_way_finds(situation: tuple[Any, list[Held]]) -> None:
    path, credentials = situation
    unique = list({one.id: one for one in credentials}.values())

    found = progress(path, unique)

    counted = {
        step.component.achievement: step.held.id if step.state in {State.DONE, State.RECOGNISED} else None
        for step in found.steps
    }
    assert (counted, found.credits, found.complete) == slow_progress(path, unique)
    assert found.count == sum(one is not None for one in counted.values())


@given(situation=situations())
def test_holding_a_credential_twice_changes_nothing(situation: tuple[Any, list[Held]]) -> None:
    path, credentials = situation
    assert progress(path, [*credentials, *credentials]) == progress(path, credentials)


def test_two_credentials_of_one_achievement_count_once() -> None:
    path = pathway("data", {"achievement": "ethics", "optional": True}, minimum={"components": 2, "credits": 8})

    found = progress(path, [held("data", 1), held("data", 2)])

    assert (found.count, found.credits, found.complete) == (1, Decimal(4), False)


def test_the_reissued_credential_counts_and_the_one_it_replaced_does_not() -> None:
    found = progress(pathway("data"), [held("data", 1, standing=Standing.REVOKED), held("data", 1, id="urn:uuid:new")])

    assert found.steps[0].held == held("data", 1, id="urn:uuid:new")


@pytest.mark.parametrize("standing", [Standing.REVOKED, Standing.SUSPENDED, Standing.EXPIRED])
def test_what_does_not_stand_does_not_count(standing: Standing) -> None:
    found = progress(pathway("data"), [held("data", standing=standing)])

    assert (states(found), found.complete) == ({"Data": "missing"}, False)


def test_what_comes_too_early_waits_and_says_for_what() -> None:
    path = pathway("data", {"achievement": "law", "after": ["data"]})

    found = progress(path, [held("law", 1), held("data", 2)])

    assert (states(found), found.complete) == ({"Data": "done", "Law": "waiting"}, False)
    assert found.steps[1].waits_for == (path.components[0].achievement,)
    assert progress(path, [held("law", 1), held("law", 3), held("data", 2)]).complete


def test_a_credential_of_another_issuer_does_not_count() -> None:
    assert states(progress(pathway("data"), [held("data", issuer=made.COLLEGE)])) == {"Data": "missing"}


def test_credits_in_another_unit_add_to_no_total() -> None:
    path = pathway("data", "ethics", minimum={"credits": 8})

    found = progress(path, [held("data"), held("ethics", unit=made.HOURS)])

    assert (found.count, found.credits, found.complete) == (2, Decimal(4), False)


def test_what_is_awarded_on_the_same_day_is_in_order() -> None:
    assert progress(
        pathway("data", {"achievement": "law", "after": ["data"]}), [held("law", 1), held("data", 1)]
    ).complete


def test_credits_are_summed_exactly() -> None:
    path = pathway("data", "ethics", "law", minimum={"credits": 0.3})
    tenths = [replace(held(name), credits=Decimal("0.1")) for name in NAMES]

    found = progress(path, tenths)

    assert (found.credits, found.complete) == (Decimal("0.3"), True)


def test_recognised_prior_learning_counts_only_where_the_pathway_allows_it_and_shows_as_such() -> None:
    known = held("data", recognised=True, issuer=made.COLLEGE)

    assert states(progress(pathway("data"), [known])) == {"Data": "missing"}
    assert states(progress(pathway({"achievement": "data", "recognition": True}), [known])) == {"Data": "recognised"}


def test_recognition_never_takes_the_place_of_a_credential_that_is_there() -> None:
    path = pathway({"achievement": "data", "recognition": True})
    known = replace(held("data", 0, recognised=True), awarded_at=made.DAY_ONE - timedelta(days=9))

    assert states(progress(path, [known, held("data", 1)])) == {"Data": "done"}
