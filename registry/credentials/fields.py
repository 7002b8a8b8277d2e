"""What a roster may say about one recipient."""

from __future__ import annotations

import re
from typing import Literal, get_args

Field = Literal[
    "achievement",
    "identifier",
    "student_id",
    "given_name",
    "family_name",
    "name",
    "narrative",
    "evidence_narrative",
    "evidence_url",
    "awarded_on",
    "expires_on",
    "credits_earned",
    "grade",
    "locale",
]
"""What a roster may say about one recipient; `identifier` is an e-mail address or a DID."""
Shared = Literal[
    "achievement",
    "narrative",
    "evidence_narrative",
    "evidence_url",
    "awarded_on",
    "expires_on",
    "credits_earned",
    "grade",
    "locale",
]
"""The fields that may be the same for many recipients: those that say nothing of who they are."""
FIELDS: tuple[Field, ...] = get_args(Field)
"""Every field, in the order in which a mapping is shown."""


def plain(column: str) -> str:
    """Return a column's name as names are compared: in lower case, `_`, `-` and white space as one space."""
    return " ".join(re.sub(r"[_\-\s]+", " ", column).casefold().split())
