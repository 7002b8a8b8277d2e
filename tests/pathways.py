"""Pathways to try things on, and what somebody may hold of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from registry.credentials.pathway_file import Offered, parse_pathway
from registry.credentials.pathway_progress import Held

UNI, COLLEGE = "did:web:uni.example", "did:web:college.example"
ECTS, HOURS = "https://credits.example/ects", "https://credits.example/hours"
DAY_ONE = datetime(2026, 1, 1, tzinfo=UTC)


def offered(short_id: str, credits_given: str = "4", unit: str = ECTS, issuer: str = UNI) -> Offered:
    address = f"https://{issuer.removeprefix('did:web:')}/achievements/{short_id}"
    return Offered(address, short_id, issuer, short_id.title(), Decimal(credits_given), unit)


OFFERED = [offered(name) for name in ("data", "ethics", "law", "analyst")]
LAW_ABROAD = {"achievement": "https://college.example/a/law", "issuer": COLLEGE, "name": "Law", "credits": 2.5}


def file(*components: Any, **changes: Any) -> dict[str, Any]:
    """Return a pathway file of components, each a short id or an object."""
    listed = [{"achievement": one} if isinstance(one, str) else one for one in components]
    return {"id": "analyst-path", "name": "Analyst", "achievement": "analyst", "components": listed, **changes}


def pathway(*components: Any, **changes: Any) -> Any:
    return parse_pathway(file(*components, **changes), OFFERED)


def held(short_id: str, day: int = 0, **changes: Any) -> Held:
    """Return a credential of one of this home's achievements, awarded so many days after the first of January."""
    one = offered(short_id)
    given = {"id": f"urn:uuid:{short_id}-{day}", "issuer": UNI, "credits": one.credits, "unit": ECTS, **changes}
    return Held(achievement=one.id, awarded_at=DAY_ONE + timedelta(days=day), **given)
