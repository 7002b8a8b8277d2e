"""What is said of a credential that its issuer took back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from registry.checks.facts import ChainFacts, Status, StatusRecord
from registry.checks.standing import check_status

AT = datetime(2026, 9, 3, tzinfo=UTC)


class _Facts:
    """The members that this check reads."""

    def __init__(self, status: StatusRecord) -> None:
        view: Any = type("View", (), {"anchor": None, "status": status})
        self.chain = ChainFacts(None, None, view, view, None, None, ())  # type: ignore[arg-type]
        self.status_list = None


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (StatusRecord(Status.REVOKED), "The issuer revoked it."),
        (StatusRecord(Status.REVOKED, reason=2), "The issuer revoked it: issued in error."),
        (StatusRecord(Status.REVOKED, reason=99), "The issuer revoked it."),
        (StatusRecord(Status.REVOKED, AT), "The issuer revoked it on 3 September 2026."),
        (StatusRecord(Status.REVOKED, AT, reason=2), "The issuer revoked it on 3 September 2026: issued in error."),
        (StatusRecord(Status.SUSPENDED), "The issuer has suspended it; a suspension can be lifted."),
        (
            StatusRecord(Status.SUSPENDED, suspended_at=AT),
            "The issuer has suspended it since 3 September 2026; a suspension can be lifted.",
        ),
    ],
)
def test_day_and_reason_are_said_where_they_are_known(status: StatusRecord, text: str) -> None:
    assert check_status(_Facts(status)).detail == text  # type: ignore[arg-type]
