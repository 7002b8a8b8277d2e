"""How far somebody is on a pathway: which components are done, missing, or wait for another.

No credential and no achievement counts twice; of several of one achievement the earliest that fits counts. One that
was awarded before what it must come after does not count.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from registry.credentials.pathway import Component, Pathway


class Standing(StrEnum):
    """Whether a credential may count."""

    GOOD = "good"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    EXPIRED = "expired"


class State(StrEnum):
    """Where one component stands."""

    DONE = "done"
    RECOGNISED = "recognised"
    MISSING = "missing"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Held:
    """A credential that somebody holds, or prior learning that was recognised, as far as a pathway needs it."""

    id: str
    """The credential's `id`, or that of the recognition."""
    achievement: str
    """`id` of what it was awarded for."""
    issuer: str
    """DID of who awarded it."""
    awarded_at: datetime
    """When, UTC."""
    credits: Decimal
    """What it gives."""
    unit: str
    """Unit of these; empty if it names none."""
    standing: Standing = Standing.GOOD
    """Only one in good standing counts."""
    recognised: bool = False
    """Whether it is no credential, but prior learning that the awarding issuer recognises."""


@dataclass(frozen=True, slots=True)
class Step:
    """One component, and where it stands."""

    component: Component
    """Which."""
    state: State
    """Where it stands."""
    held: Held | None
    """What counts; of one that waits, what would."""
    waits_for: tuple[str, ...]
    """`achievement` of the components that it waits for."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far somebody is on a pathway."""

    steps: tuple[Step, ...]
    """Of each component, in the pathway's order."""
    count: int
    """Components that count."""
    credits: Decimal
    """Credits that count."""
    complete: bool
    """Whether the larger achievement is earned."""


def progress(pathway: Pathway, held: Iterable[Held]) -> Progress:
    """Return how far somebody who holds these credentials is."""
    usable = _usable(pathway, held)
    steps: dict[str, Step] = {}
    for component in pathway.components:
        steps[component.achievement] = _step(component, usable.get(component.achievement, ()), steps)
    counted = [one for one in steps.values() if one.state in {State.DONE, State.RECOGNISED} and one.held]
    total = sum((_credits(pathway, one) for one in counted), Decimal(0))
    required = all(one in counted for one in steps.values() if not one.component.optional)
    enough = len(counted) >= pathway.minimum_components and total >= pathway.minimum_credits
    return Progress(tuple(steps.values()), len(counted), total, required and enough)


def _usable(pathway: Pathway, held: Iterable[Held]) -> dict[str, list[Held]]:
    """Return the credentials that can count at all, by achievement, the earliest first.

    What is recognised takes the place of a credential that is not there, never of one that is.
    """
    found: dict[str, list[Held]] = {}
    for one in sorted(held, key=lambda one: (one.awarded_at, one.id)):
        component = pathway.component(one.achievement)
        if component is None or one.standing is not Standing.GOOD:
            continue
        if component.by_recognition if one.recognised else component.issuer == one.issuer:
            found.setdefault(one.achievement, []).append(one)
    return {name: [one for one in all_ if not one.recognised] or all_ for name, all_ in found.items()}


def _step(component: Component, candidates: Iterable[Held], before: Mapping[str, Step]) -> Step:
    mine = list(candidates)
    if not mine:
        return Step(component, State.MISSING, None, ())
    undone = [name for name in component.after if before[name].state in {State.MISSING, State.WAITING}]
    earlier = {name: one.awarded_at for name in component.after if (one := before[name].held) is not None}
    fitting = next((one for one in mine if all(at <= one.awarded_at for at in earlier.values())), None)
    if fitting is not None and not undone:
        return Step(component, State.RECOGNISED if fitting.recognised else State.DONE, fitting, ())
    late = [name for name, at in earlier.items() if name not in undone and at > mine[-1].awarded_at]
    return Step(component, State.WAITING, mine[-1], tuple(undone + late))


def _credits(pathway: Pathway, step: Step) -> Decimal:
    """Return what a step gives; credits in another unit than the pathway's add to nothing."""
    held = step.held
    if held is None or not pathway.minimum_credits or held.unit != pathway.unit:
        return Decimal(0)
    return held.credits
