"""How the VC-API says what keeps a credential from being verified.

Source: VC API v0.7, 3.4; Data Model 2.0, 7.3; Data Integrity 1.0, 4.7; Bitstring Status List 1.0, 3.5 (problem types).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

MODEL = "https://www.w3.org/TR/vc-data-model#"
INTEGRITY = "https://w3id.org/security#"
STATUS = "https://www.w3.org/ns/credentials/status-list#"

Answer = dict[str, Any]
"""A JSON object."""


def problem(code: str, detail: str, vocabulary: str = MODEL) -> dict[str, str]:
    """Return one problem in the form of RFC 9457; `vocabulary` defines the code."""
    return {"type": f"{vocabulary}{code}", "title": code, "detail": detail}


def answer(checks: Sequence[str], problems: Sequence[dict[str, str]]) -> Answer:
    """Return what was checked and found; it is verified if there is no problem."""
    errors = [one["detail"] for one in problems]
    return {
        "verified": not problems,
        "checks": list(checks),
        "warnings": [],
        "errors": errors,
        "problemDetails": list(problems),
    }
