"""The frameworks that a credential can be compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.credentials.framework_au import AU
from registry.credentials.framework_eu import EU
from registry.credentials.framework_trusted import TRUSTED

if TYPE_CHECKING:
    from registry.credentials.framework import Framework
    from registry.credentials.framework_keys import FrameworkKey

FRAMEWORKS: dict[FrameworkKey, Framework] = {"eu": EU, "au": AU, "trusted": TRUSTED}
"""All frameworks by their short names."""
