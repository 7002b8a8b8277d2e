"""What a verification gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from registry.checks.facts import Facts
    from registry.checks.report import Report
    from registry.core.receipt import Bundle


@dataclass(frozen=True, slots=True)
class Judged:
    """One judged credential with all it was judged by."""

    report: Report
    """What the checks found."""
    bundle: Bundle
    """What was read."""
    facts: Facts
    """What was gathered; `facts.presented.document` is what may be shown."""
