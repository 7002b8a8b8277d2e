"""Reading a pathway file, strictly: what it names must exist, and what it asks must be possible.

Everything is refused by name before anything is stored or signed.
"""

from __future__ import annotations

import graphlib
import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel

from registry.core.errors import PathwayError
from registry.credentials.pathway import Component, Pathway, number_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_COMPONENTS = 60
"""Most components of one pathway."""
_DID = re.compile(r"did:[a-z0-9]+:[^\s#?]+")
_Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
_Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True)
class Offered:
    """An achievement of this home, as far as a pathway needs it."""

    id: str
    """Its `id`."""
    short_id: str
    """What this home calls it."""
    issuer: str
    """DID of who awards it."""
    name: str
    """What it is called."""
    credits: Decimal
    """What it gives; 0 if nothing is said."""
    unit: str
    """Unit of these; empty if it names none."""


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=False)


class _ComponentForm(_Form):
    achievement: _Text
    issuer: _Text | None = None
    name: _Name | None = None
    optional: bool = False
    after: tuple[_Text, ...] = ()
    credits: Annotated[Decimal, Field(gt=0, le=100_000)] | None = None
    credit_system: _Text | None = None
    recognition: bool = False


class _MinimumForm(_Form):
    components: Annotated[int, Field(ge=1, le=MAX_COMPONENTS)] | None = None
    credits: Annotated[Decimal, Field(gt=0, le=100_000)] | None = None


class _PathwayForm(_Form):
    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]
    name: _Name
    achievement: _Text
    components: Annotated[tuple[_ComponentForm, ...], Field(min_length=1, max_length=MAX_COMPONENTS)]
    minimum: _MinimumForm = _MinimumForm()


@dataclass(frozen=True, slots=True)
class _Resolved:
    """A component whose achievement is known, before its place in the order is."""

    component: Component
    unit: str


def parse_pathway(value: object, offered: Sequence[Offered]) -> Pathway:
    """Return the pathway in a file's JSON; `offered` are the achievements of this home.

    Raises:
        PathwayError: it is no pathway, names what does not exist, has a cycle, or asks for what cannot be reached.

    """
    try:
        form = _PathwayForm.model_validate(value)
    except ValidationError as error:
        raise PathwayError("form", f"The pathway cannot be used. {' '.join(_sentences(error))}") from error
    larger = _offered(form, form.achievement, offered)
    if larger is None:
        raise _unknown(form, form.achievement, offered)
    found = [_resolved(form, one, offered) for one in form.components]
    _require_distinct(form, larger, found)
    components = _in_order(form, [one.component for one in found])
    minimum = form.minimum.credits or Decimal(0)
    unit = _unit(form, found) if minimum else ""
    _require_possible(form, components, minimum)
    fewest = form.minimum.components or 1
    return Pathway(form.id, form.name, larger.id, larger.issuer, larger.name, components, fewest, minimum, unit)


def _resolved(form: _PathwayForm, one: _ComponentForm, offered: Sequence[Offered]) -> _Resolved:
    mine = _offered(form, one.achievement, offered, one.issuer)
    after = tuple(_identified(form, name, offered) for name in one.after)
    if mine is not None:
        told = Component(
            mine.id, mine.issuer, one.name or mine.name, one.optional, after, mine.credits, one.recognition
        )
        return _Resolved(told, mine.unit)
    if one.issuer is None or not _DID.fullmatch(one.issuer) or ":" not in one.achievement:
        raise _unknown(form, one.achievement, offered)
    credit = one.credits or Decimal(0)
    name = one.name or one.achievement
    told = Component(one.achievement, one.issuer, name, one.optional, after, credit, one.recognition)
    return _Resolved(told, one.credit_system or "")


def _offered(form: _PathwayForm, named: str, offered: Sequence[Offered], issuer: str | None = None) -> Offered | None:
    found = [one for one in offered if named in {one.short_id, one.id} and issuer in {None, one.issuer}]
    if len(found) > 1:
        text = (
            f"two issuers of this home have an achievement {named[:80]!r}; write its id, or its issuer's DID, instead"
        )
        raise PathwayError("ambiguous-achievement", f"Pathway {form.id}: {text}.")
    return found[0] if found else None


def _identified(form: _PathwayForm, named: str, offered: Sequence[Offered]) -> str:
    """Return the `id` of what `after` names; it may be another issuer's, whose id is written out."""
    issuer = next((one.issuer for one in form.components if one.achievement == named), None)
    mine = _offered(form, named, offered, issuer)
    return mine.id if mine else named


def _unknown(form: _PathwayForm, named: str, offered: Sequence[Offered]) -> PathwayError:
    known = ", ".join(sorted({one.short_id for one in offered})) or "none yet"
    text = (
        f"there is no achievement {named[:200]!r} in this home (known: {known}); add it, or for one of another home "
        "write its id and its issuer's DID"
    )
    return PathwayError("unknown-achievement", f"Pathway {form.id}: {text}.")


def _require_distinct(form: _PathwayForm, larger: Offered, found: list[_Resolved]) -> None:
    count = Counter(one.component.achievement for one in found)
    if larger.id in count:
        text = f"{larger.name} is the larger achievement and cannot be a component of itself"
        raise PathwayError("part-of-itself", f"Pathway {form.id}: {text}; take it out of the components.")
    twice = next((one.component for one in found if count[one.component.achievement] > 1), None)
    if twice is not None:
        text = f"{twice.name} ({twice.achievement[:200]}) is a component twice, and counts once"
        raise PathwayError("component-twice", f"Pathway {form.id}: {text}; take one out.")
    for one in found:
        stranger = next((name for name in one.component.after if name not in count), None)
        if stranger is not None:
            text = f"{one.component.name} comes after {stranger[:200]!r}, which is no component"
            raise PathwayError("unknown-component", f"Pathway {form.id}: {text}; add that, or correct the name.")


def _in_order(form: _PathwayForm, components: list[Component]) -> tuple[Component, ...]:
    """Return the components, prerequisites first."""
    named: Mapping[str, Component] = {one.achievement: one for one in components}
    try:
        order = graphlib.TopologicalSorter({one.achievement: one.after for one in components}).static_order()
        return tuple(named[name] for name in order)
    except graphlib.CycleError as error:
        # Of each two neighbours the sorter names, the first must come before the second.
        text = " before ".join(named[name].name for name in error.args[1])
        raise PathwayError(
            "cycle", f"Pathway {form.id}: these wait for each other in a cycle: {text}. Take one `after` out."
        ) from error


def _unit(form: _PathwayForm, found: list[_Resolved]) -> str:
    counted = {one.unit: one.component.name for one in found if one.component.credits}
    if len(counted) > 1:
        text = "; ".join(f"{name} in {unit or 'a unit that it does not name'}" for unit, name in counted.items())
        raise PathwayError(
            "mixed-units", f"Pathway {form.id}: the components count credits in different units ({text}): no total."
        )
    return next(iter(counted), "")


def _require_possible(form: _PathwayForm, components: tuple[Component, ...], minimum: Decimal) -> None:
    given = sum((one.credits for one in components), Decimal(0))
    if minimum > given:
        text = f"it asks for {number_text(minimum)} credits, and all components together give {number_text(given)}"
        raise PathwayError("impossible-minimum", f"Pathway {form.id}: {text}.")
    if (form.minimum.components or 0) > len(components):
        text = f"it asks for {form.minimum.components} components, and has {len(components)}"
        raise PathwayError("impossible-minimum", f"Pathway {form.id}: {text}.")


def _sentences(error: ValidationError) -> list[str]:
    return [
        f"{'.'.join(str(part) for part in one['loc']) or 'The file'}: {one['msg'][:1].lower()}{one['msg'][1:]}."
        for one in error.errors(include_url=False, include_context=False, include_input=False)
    ]
