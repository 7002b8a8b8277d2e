"""JSON answers that can be sent whatever a stranger's document holds."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import JSONResponse


class AsciiJson(JSONResponse):
    """JSON in ASCII: a lone surrogate in a document has no UTF-8 form, but it has an escape."""

    def render(self, content: Any) -> bytes:  # noqa: ANN401  any JSON value
        """Return the body."""
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii")
