"""Whether a received document has the shape of an Open Badges 3.0 or CLR 2.0 credential."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from registry.core.sentence import Number, Sentence
from registry.credentials.findings import FormatProblem
from registry.credentials.forms import sentences
from registry.credentials.model import AchievementCredential, ClrCredential, EndorsementCredential

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMS = (ClrCredential, EndorsementCredential, AchievementCredential)
"""The credentials we read; the first whose type the document names decides its shape."""


def shape_problems(document: dict[str, Any]) -> Iterator[FormatProblem]:
    """Yield what a document lacks or has of the wrong kind; unknown members are no matter of shape."""
    types = document.get("type")
    named = {name for name in (types if isinstance(types, list) else [types]) if isinstance(name, str)}
    form = next((form for form in FORMS if named.intersection(form.is_a)), None)
    if form is None:
        text = Sentence(
            "It is neither an Open Badge nor an endorsement nor a learner record: its type names none of them."
        )
        yield FormatProblem("not-open-badges", text)
        return
    listed = document.get("credentialStatus")
    if isinstance(listed, list) and len(listed) > 1:
        text = Sentence(
            "It carries {number} status entries; an Open Badge has one, so it is not clear which of them counts.",
            number=Number(len(listed)),
        )
        yield FormatProblem("several-statuses", text)
        document = {name: value for name, value in document.items() if name != "credentialStatus"}
    try:
        form.model_validate(document)
    except ValidationError as error:
        for sentence in sentences(error):
            yield FormatProblem("wrong-shape", sentence)
