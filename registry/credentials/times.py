"""Times as credentials write them: XML Schema dateTimeStamp, which always has a time zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache

from registry.core.errors import CredentialFormatError

_STAMP = re.compile(
    r"(?P<seconds>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?P<fraction>\.\d{1,12})?(?P<zone>Z|[+-]\d\d:[0-5]\d)", re.ASCII
)


@lru_cache(maxsize=1024)  # most credentials of a roster share a few times
def time_text(at: datetime) -> str:
    """Return an aware time as `2026-11-21T12:00:00Z`, in whole seconds; CredentialFormatError without a time zone."""
    if at.tzinfo is None:
        raise CredentialFormatError("The time has no time zone; give an aware time.")
    return f"{at.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat()}Z"


def parse_time(value: object, member: str) -> datetime:
    """Read a dateTimeStamp as UTC; CredentialFormatError names the member if it is none.

    Source: XML Schema 1.1 part 2, 3.4.28, within the years 1 to 9999; fractions beyond microseconds are cut off.
    """
    match = _STAMP.fullmatch(value) if isinstance(value, str) else None
    try:
        if match is not None:
            fraction = (match["fraction"] or ".0")[:7]
            zone = match["zone"].replace("Z", "+00:00")
            return datetime.fromisoformat(f"{match['seconds']}{fraction:0<7}{zone}").astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise CredentialFormatError(_sentence(value, member)) from error
    raise CredentialFormatError(_sentence(value, member))


def _sentence(value: object, member: str) -> str:
    return f"{member} is {str(value)[:60]!r}, not a date with time and zone such as 2026-11-21T12:00:00Z."
