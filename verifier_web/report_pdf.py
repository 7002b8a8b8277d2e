"""Set a report as a PDF, by the typesetter and fonts of PDF certificates; no text of it is markup."""

from __future__ import annotations

import dataclasses
import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry.core.errors import InputError
from registry.services.certificate import directed, typeset
from verifier_web import report_wording as keep
from verifier_web import wording as say
from verifier_web.errors import ReportNotSetError
from verifier_web.text import REPLACEMENT

if TYPE_CHECKING:
    from datetime import datetime

    from registry.services.fonts import Fonts
    from verifier_web.report_page import ReportPage

TEMPLATE = Path(str(files("verifier_web").joinpath("templates", "report.typ")))
"""The only file of its folder that it reads is itself."""


def report_pdf(page: ReportPage, fonts: Fonts, at: datetime) -> bytes:
    """Return the report as PDF/A-3a and PDF/UA-1, dated `at`, the same bytes each time.

    A character that no font has is printed as a replacement character, which a sentence explains: a report is never
    refused for a stranger's name.

    Raises:
        ReportNotSetError: the typesetter refuses it all the same.

    """
    shown = _printable(dataclasses.asdict(page), fonts)
    replaced = REPLACEMENT in json.dumps(shown, ensure_ascii=False)
    shown["replaced"] = keep.REPORT_LETTERS.format(mark=REPLACEMENT) if replaced else ""
    inputs = {
        "page": json.dumps(directed(shown), ensure_ascii=False),
        "words": json.dumps(_words(), ensure_ascii=False),
        "families": json.dumps(fonts.families),
    }
    try:
        return typeset(TEMPLATE, inputs, fonts, int(at.timestamp()), "The report")
    except InputError as error:
        raise ReportNotSetError(f"{error} Ask for it as data, which says the same.") from error


def _printable(value: Any, fonts: Fonts) -> Any:  # noqa: ANN401  any value of a page
    if isinstance(value, dict):
        return {name: _printable(one, fonts) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(one, fonts) for one in value]
    if not isinstance(value, str) or fonts.lack(value) is None:
        return value
    return "".join(REPLACEMENT if fonts.lack(letter) else letter for letter in value)


def _words() -> dict[str, str]:
    return {
        "language": keep.REPORT_LANGUAGE,
        "title": keep.REPORT_TITLE,
        "checks": say.CHECKS_TITLE,
        "parts": say.PARTS_TITLE,
        "limits": keep.REPORT_LIMITS,
        "facts": keep.REPORT_FACTS,
        "repeat": keep.REPORT_REPEAT,
        "got": keep.REPORT_GOT,
    }
