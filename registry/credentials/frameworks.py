"""The frameworks that a credential can be compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.credentials.described import Described
from registry.credentials.framework import report_on
from registry.credentials.framework_au import AU
from registry.credentials.framework_eu import EU
from registry.credentials.framework_trusted import TRUSTED

if TYPE_CHECKING:
    from registry.credentials.framework import Framework, FrameworkReport
    from registry.credentials.framework_keys import FrameworkKey

MICRO_CREDENTIAL = "MicroCredential"
"""The achievement type of what the frameworks are about."""
FRAMEWORKS: dict[FrameworkKey, Framework] = {"eu": EU, "au": AU, "trusted": TRUSTED}
"""All frameworks by their short names."""


def european_report(credential: dict[str, Any]) -> FrameworkReport | None:
    """Return what an issued micro-credential has of the European list; None for a credential that says it is none.

    Never raises, whatever the credential holds.
    """
    one = Described(credential, awarded=True)
    return report_on(EU, one) if one.achievement.get("achievementType") == MICRO_CREDENTIAL else None
