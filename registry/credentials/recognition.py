"""Prior learning that the awarding issuer recognises in a component's place: on what basis, and who assessed it.

It is the issuer's own word, with evidence; nothing of it is a credential that anybody could verify.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from registry.core.errors import ComponentError
from registry.credentials.pathway_progress import Held

if TYPE_CHECKING:
    from registry.credentials.pathway import Pathway

ACHIEVEMENT_TYPE = "ext:RecognitionOfPriorLearning"
"""What the record calls it, by the `ext:` rule of Open Badges 3.0."""
GENRE = "Recognition of prior learning"
"""Genre of its evidence, by which pages tell it from a component."""
_Text = Annotated[str, StringConstraints(min_length=1, max_length=4000)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=False)


class _EvidenceForm(_Form):
    id: Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=2000)] | None = None
    name: _Text | None = None
    narrative: _Text | None = None

    @model_validator(mode="after")
    def _is_something(self) -> Self:
        if not self.id and not self.narrative:
            raise ValueError("evidence has an address (`id`) or a `narrative`")
        return self


class _RecognitionForm(_Form):
    component: _Text
    recipient: _Text
    basis: _Text
    assessed_by: _Text
    assessed_on: date
    evidence: Annotated[tuple[_EvidenceForm, ...], Field(min_length=1, max_length=20)]


@dataclass(frozen=True, slots=True)
class Recognition:
    """Prior learning of one person, recognised in one component's place."""

    recipient: str
    """Whose it is, as a roster names people."""
    held: Held
    """What it counts for."""
    achievement: dict[str, Any]
    """How the record names it: an Achievement of its own kind."""
    evidence: tuple[dict[str, Any], ...]
    """What it rests on, as Open Badges writes evidence."""


def parse_recognition(value: object, pathway: Pathway) -> Recognition:
    """Return a recognition from a file's JSON.

    Raises:
        ComponentError: it is none, names no component of the pathway, or one in whose place nothing is recognised.

    """
    try:
        form = _RecognitionForm.model_validate(value)
    except ValidationError as error:
        parts = (f"{'.'.join(map(str, one['loc'])) or 'The file'}: {one['msg']}." for one in error.errors())
        raise ComponentError(f"The recognition cannot be used. {' '.join(parts)} Nothing was signed.") from error
    wanted = {form.component, form.component.casefold()}
    found = [one for one in pathway.components if wanted & {one.achievement, one.name.casefold()}]
    if not found:
        named = ", ".join(one.name for one in pathway.components)
        raise ComponentError(
            f"{form.component[:200]!r} is no component of {pathway.id} ({named}); name one. Nothing was signed."
        )
    if not found[0].by_recognition:
        raise ComponentError(
            f"{pathway.id} does not take recognised prior learning in the place of {found[0].name}: its file does not "
            "say `recognition` there. Nothing was signed."
        )
    name = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, form.model_dump_json())}"
    at = datetime.combine(form.assessed_on, time(), UTC)
    component = found[0]
    held = Held(name, component.achievement, pathway.issuer, at, component.credits, pathway.unit, recognised=True)
    return Recognition(form.recipient, held, _achievement(name, component.name, form), _evidence(component.name, form))


def _achievement(name: str, component: str, form: _RecognitionForm) -> dict[str, Any]:
    return {
        "id": name,
        "type": ["Achievement"],
        "achievementType": ACHIEVEMENT_TYPE,
        "name": f"{component}: recognised prior learning",
        "description": f"In the place of {component}, as assessed by {form.assessed_by} on {form.assessed_on}.",
        "criteria": {"narrative": form.basis},
    }


def _evidence(component: str, form: _RecognitionForm) -> tuple[dict[str, Any], ...]:
    assessed = f"Assessed by {form.assessed_by} on {form.assessed_on}."
    said = f"Recognised by the issuer in the place of {component}. {form.basis} {assessed}"
    return tuple(
        {
            **({"id": one.id} if one.id else {}),
            "type": ["Evidence"],
            "name": one.name or component,
            "description": said,
            **({"narrative": one.narrative} if one.narrative else {}),
            "genre": GENRE,
        }
        for one in form.evidence
    )
