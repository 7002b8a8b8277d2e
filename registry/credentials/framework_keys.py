"""The short names of the frameworks, apart from the frameworks, so that a command line can offer them at once."""

from __future__ import annotations

from typing import Literal

FrameworkKey = Literal["eu", "au", "trusted"]
"""The short names of all frameworks."""
