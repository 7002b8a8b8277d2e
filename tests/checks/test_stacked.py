"""Which names tie a component to the recipient of its stack, and which tell two people apart."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from registry.checks.stacked import of_another, standing_twice, untied
from registry.credentials.recipient_id import hashed_identity, plain_identity

NAME, MAIL = plain_identity("name", "Ada Okafor"), hashed_identity("emailAddress", "ada@uni.example", "pepper")


def facts(*entries: Any, subject_id: str | None = None, subject: Any = None) -> Any:
    """Return as much of the facts about a credential as is looked at; its subject may be no object at all."""
    said = subject if subject is not None else {"id": subject_id, "identifier": list(entries)}
    document = {"name": "Law", "credentialSubject": said}
    return SimpleNamespace(presented=SimpleNamespace(document=document, credential_id="", leaf_hash=None))


@pytest.mark.parametrize(
    ("stack", "component", "stranger", "loose"),
    [
        (facts(NAME, MAIL), facts(MAIL), "", 0),
        (facts(MAIL), facts({**MAIL, "salt": "salt"}), "", 1),
        (facts(NAME), facts(plain_identity("name", "Bo Lind")), "Law", 1),
        (facts(NAME, MAIL), facts(plain_identity("name", "Ada Lind"), MAIL), "", 0),
        (facts(subject_id="did:example:ada"), facts(NAME, subject_id="did:example:ada"), "", 0),
        (facts(subject_id="did:example:ada"), facts(subject_id="did:example:bo"), "Law", 1),
        (facts(subject_id="urn:uuid:1"), facts(subject_id="urn:uuid:2"), "", 1),
        (facts(NAME), facts(subject=["Ada Okafor"]), "", 1),
        (facts(subject={"identifier": NAME}), facts(NAME), "", 0),
        (facts(plain_identity("name", "A" * 9000)), facts(plain_identity("name", "a" * 9000)), "Law", 1),
    ],
)
def test_one_name_in_common_ties_and_only_readable_names_tell_apart(
    stack: Any, component: Any, stranger: str, loose: int
) -> None:
    assert (of_another(stack, [component]), untied(stack, [component])) == (stranger, loose)


def test_components_without_an_id_or_a_leaf_are_not_called_the_same() -> None:
    assert standing_twice([facts(NAME), facts(NAME)]) == ""
