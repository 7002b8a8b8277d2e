"""Our own static files, looked at again each time: modules that import each other must be of one version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from starlette.responses import Response


class OwnFiles(StaticFiles):
    """Static files that a browser may keep, and asks about before it uses them."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401  handed on as they are
        """Return a file, or that it has not changed."""
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response
