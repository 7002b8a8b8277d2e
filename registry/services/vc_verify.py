"""The verifying part of the W3C's VC-API, which an issuer's registry and a public verifier answer alike.

Source: VC API v0.7, 3.4.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.checks.report import Verdict, report_json
from registry.core.errors import InputError
from registry.core.receipt import receipt_json
from registry.services.chosen_checks import CHOICES, chosen_checks
from registry.services.vc_answers import answer, problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from registry.checks.facts import NotAsked, StatusListAnswer, Unreachable
    from registry.checks.report import Report
    from registry.core.receipt import AnchorReceipt
    from registry.services.vc_answers import Answer

    ListedStatus = Callable[[dict[str, Any]], StatusListAnswer | Unreachable | NotAsked]


@dataclass(frozen=True, slots=True)
class VcVerification:
    """What a call is answered from."""

    judge: Callable[[bytes], Report]
    """Judges a bundle; InputError if it is none."""
    listed_status: ListedStatus
    """Says what a credential's status list says."""
    receipts_of: Callable[[str], Sequence[AnchorReceipt]]
    """Says which receipts of a credential are at hand, by its id."""

    def answered(self, body: dict[str, Any]) -> tuple[bool, Answer]:
        """Return whether a credential holds, and the answer; `options.checks` may leave out the chain.

        Raises:
            InputError: the body holds no credential.

        """
        given = body.get("verifiableCredential")
        if not isinstance(given, dict | str):
            raise InputError("The member verifiableCredential must be an object or a VC-JWT.")
        options = body.get("options")
        chosen = options if isinstance(options, dict) else {}
        if chosen.get("checks") in CHOICES:
            return chosen_checks(self.listed_status, given, chosen)
        return self._judged(given)

    def _judged(self, given: dict[str, Any] | str) -> tuple[bool, Answer]:
        name = given.get("id") if isinstance(given, dict) else None
        receipts = self.receipts_of(name) if isinstance(name, str) else []
        bundle = {"credential": given, "receipts": [receipt_json(one) for one in receipts]}
        judged = self.judge(json.dumps(bundle).encode())
        report = report_json(judged, "verifiableCredential")
        failed = [one for one in report["checks"] if one["outcome"] in {"failed", "undecided"}]
        problems = [problem(one["code"], one["detail"]) for one in failed]
        verified = judged.verdict is Verdict.VERIFIED
        checks = [one["check"] for one in report["checks"]]
        return verified, {**answer(checks, [] if verified else problems), "report": report}
