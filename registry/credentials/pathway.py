"""A pathway: which achievements, in what order, number or credit total, make up a larger one.

Source: CLR 2.0, Association (`isPartOf`, `precedes`) says of what was awarded how it belongs together; what it takes
is said here.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from registry.credentials.descriptors import CREDIT_SYSTEM

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Component:
    """One achievement that counts towards the larger one."""

    achievement: str
    """The achievement's `id`, a URL or URN."""
    issuer: str
    """DID of the only issuer whose credentials of it count."""
    name: str
    """What it is called."""
    optional: bool
    """Whether the larger one can be had without it."""
    after: tuple[str, ...]
    """`achievement` of the components that must not have been awarded later than it."""
    credits: Decimal
    """What it gives at most, in the pathway's unit; 0 if nothing is said."""
    by_recognition: bool
    """Whether prior learning may be recognised in its place."""


@dataclass(frozen=True, slots=True)
class Pathway:
    """What it takes to be awarded a larger achievement; its components have no cycle and stand prerequisites first."""

    id: str
    """Short name, unique in this home."""
    name: str
    """What it is called."""
    achievement: str
    """`id` of the larger achievement."""
    issuer: str
    """DID of who awards that."""
    title: str
    """Name of the larger achievement."""
    components: tuple[Component, ...]
    """Prerequisites before what comes after them; else in the order of the file."""
    minimum_components: int
    """Fewest components, optional ones included."""
    minimum_credits: Decimal
    """Fewest credits in all; 0 if it does not matter."""
    unit: str
    """Unit of all credits: address or name of the credit system; empty if no component names one."""

    def component(self, achievement: str) -> Component | None:
        """Return the component that is this achievement."""
        return next((one for one in self.components if one.achievement == achievement), None)


def credits_of(achievement: dict[str, Any], earned: object = None) -> Decimal:
    """Return the credits of an achievement, exactly as they are written; those earned if they are said, else 0."""
    for value in (earned, achievement.get("creditsAvailable")):
        if isinstance(value, int | float) and not isinstance(value, bool):
            return Decimal(str(value))
    return Decimal(0)


def unit_of(achievement: dict[str, Any]) -> str:
    """Return the unit of an achievement's credits: its credit system's address, else name; empty if it names none."""
    for one in _objects(achievement.get("alignment")):
        if one.get("targetType") == CREDIT_SYSTEM:
            return str(one.get("targetUrl") or one.get("targetFramework") or one.get("targetName") or "")
    return ""


def number_text(number: Decimal) -> str:
    """Return a number of credits without needless zeros: `7.5`, `10`."""
    return f"{number.normalize():f}"


def _objects(value: object) -> Iterable[dict[str, Any]]:
    return (one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict))
