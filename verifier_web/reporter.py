"""Reports to keep as answers: files with a harmless name, never cached."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette.responses import Response

from verifier_web.headers import NO_STORE
from verifier_web.report_data import report_data, report_head
from verifier_web.report_page import report_page
from verifier_web.report_pdf import report_pdf

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.chain.networks import Network
    from registry.services.fonts import Fonts
    from verifier_web.desk import Judged

PDF_TYPE = "application/pdf"


class Reporter:
    """Makes reports to keep; it works for up to a second, so that it is called at a place of the desk.

    `networks` are the verifier's own, by name; `software` is the name and version of what judges.
    """

    def __init__(self, networks: Mapping[str, Network], fonts: Fonts, software: str) -> None:
        self._networks = networks
        self._fonts = fonts
        self._software = software

    def pdf(self, data: bytes, judged: Judged, verifier: str) -> Response:
        """Return the report on `data` as a PDF; `verifier` is the address at which it was asked for."""
        page = report_page(judged, report_head(data, self._software, verifier), self._networks)
        return _file(report_pdf(page, self._fonts, judged.facts.now), judged, "pdf", PDF_TYPE)

    def json(self, data: bytes, judged: Judged, verifier: str) -> Response:
        """Return the same report as JSON, in ASCII, so that a lone surrogate of a stranger's breaks nothing."""
        value = report_data(judged, report_head(data, self._software, verifier))
        text = json.dumps(value, allow_nan=False, indent=2) + "\n"
        return _file(text.encode("ascii"), judged, "json", "application/json")


def _file(content: bytes, judged: Judged, ending: str, media_type: str) -> Response:
    name = f"verification-report-{judged.facts.now:%Y-%m-%d-%H%M}.{ending}"
    headers = {**NO_STORE, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=headers, media_type=media_type)
