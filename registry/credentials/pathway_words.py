"""A pathway and somebody's progress in words, for pictures, pages and terminals alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.credentials.pathway import number_text
from registry.credentials.pathway_progress import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.credentials.pathway import Component, Pathway
    from registry.credentials.pathway_progress import Progress, Step

WORDS = {
    State.DONE: "done",
    State.RECOGNISED: "prior learning, recognised",
    State.WAITING: "waits",
    State.MISSING: "missing",
}
# Controls, surrogates and marks that turn the direction of text are no part of a name.
_TURNING = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_UNSEEN = dict.fromkeys((*range(32), *range(0x7F, 0xA0), *_TURNING, *range(0xD800, 0xE000), 0xFFFE, 0xFFFF), " ")


def notes_of(pathway: Pathway, component: Component, step: Step | None = None) -> Iterator[str]:
    """Yield what there is to know of a component, with where it stands if that is given."""
    if step is not None:
        waits = [_name(pathway, name) for name in step.waits_for]
        yield f"waits for {', '.join(waits)}" if waits else WORDS[step.state]
    if component.credits:
        yield f"{number_text(component.credits)} credits"
    if component.optional:
        yield "optional"
    if component.after and (step is None or not step.waits_for):
        yield f"after {', '.join(_name(pathway, name) for name in component.after)}"


def goal_words(pathway: Pathway) -> str:
    """Return what it takes, as a sentence."""
    required = sum(not one.optional for one in pathway.components)
    parts = [f"all {required} that are not optional"] if 0 < required < len(pathway.components) else []
    parts += ["all components"] if required == len(pathway.components) else []
    if pathway.minimum_components > max(required, 1) or not required:
        parts.append(f"at least {pathway.minimum_components} components")
    if pathway.minimum_credits:
        parts.append(f"at least {number_text(pathway.minimum_credits)} credits")
    return f"It takes {', '.join(parts)}."


def so_far_words(pathway: Pathway, progress: Progress) -> str:
    """Return how far somebody is, as a sentence."""
    credit = f", {number_text(progress.credits)} credits" if pathway.minimum_credits else ""
    end = "complete" if progress.complete else "not complete yet"
    return f"{progress.count} of {len(pathway.components)} components{credit}: {end}."


def clean(text: str) -> str:
    """Return a stranger's text on one line, without controls and marks that turn its direction."""
    return " ".join(text.translate(_UNSEEN).split())


def _name(pathway: Pathway, achievement: str) -> str:
    found = pathway.component(achievement)
    return clean(found.name if found else achievement)
