"""What an alignment's type means, read from files of ours and of others."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from registry.credentials.descriptors import (
    CREDIT_SYSTEM,
    EQF,
    ESCO_SKILL,
    FOUNDATION_SKILL,
    LEARNING_OUTCOME,
    PARTICIPATION,
    PROPERTY_LABELS,
    alignments_of,
    learnt,
    offered_from,
)
from registry.credentials.forms import one_of


def aligned(*kinds: str | None, **members: Any) -> dict[str, Any]:
    return {"alignment": [{"targetName": f"{kind}", "targetType": kind, **members} for kind in kinds]}


def test_what_others_write_for_the_same_is_read_as_what_it_means() -> None:
    achievement = aligned("CTDL", "ext:DeliveryMode", "ext:Participation", "ext:EQFLevel")
    assert [at for at, _ in alignments_of(achievement, PARTICIPATION)] == [1, 2]
    assert [at for at, _ in alignments_of(achievement, EQF)] == [3]


def test_what_is_no_property_is_something_learnt_whoever_defined_its_type() -> None:
    achievement = aligned("ext:CreditSystem", "CFItem", None, "ext:EffortHours", "ext:ESCO", "ext:LearningOutcome")
    assert [at for at, _ in learnt(achievement)] == [1, 2, 4, 5]


@pytest.mark.parametrize("alignment", [None, 7, "x", [None, 7], {}, [[]], {"targetType": {}}])
def test_an_alignment_of_another_kind_than_it_should_is_read_as_nothing(alignment: Any) -> None:
    achievement = {"alignment": alignment}
    assert list(alignments_of(achievement, EQF)) == []
    assert offered_from(achievement) is None


def test_the_first_day_of_an_offer_is_read_from_its_code() -> None:
    assert offered_from(aligned("ext:OfferedFrom", targetCode="2026-01-31")) == date(2026, 1, 31)
    assert offered_from(aligned("ext:OfferedFrom", targetCode="next spring")) is None


@pytest.mark.parametrize("kind", [*PROPERTY_LABELS, CREDIT_SYSTEM, LEARNING_OUTCOME, ESCO_SKILL, FOUNDATION_SKILL])
def test_every_type_that_we_read_is_a_term_that_open_badges_lets_everybody_add(kind: str) -> None:
    assert one_of("CTDL", extensible=True).func(kind) == kind  # type: ignore[call-arg]
