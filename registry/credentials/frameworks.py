"""The frameworks that a credential can be compared with."""

from __future__ import annotations

from typing import Literal, get_args

from registry.credentials.framework_au import AU
from registry.credentials.framework_eu import EU
from registry.credentials.framework_trusted import TRUSTED

FrameworkKey = Literal["eu", "au", "trusted"]
"""The short names of all frameworks."""
FRAMEWORKS = dict(zip(get_args(FrameworkKey), (EU, AU, TRUSTED), strict=True))
"""All frameworks by their short names."""
