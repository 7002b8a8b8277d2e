"""What a report says when the chain was known from a state proof alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from registry.checks.as_of import AsOf, as_of
from registry.checks.report import CheckResult, Outcome, Part, Report, Verdict
from registry.core.digest import Digest
from registry.core.sentence import Sentence

HASH = Digest(b"\xab" * 32)
CONFIRMED = AsOf(12345, HASH, datetime(2026, 6, 30, 14, 5, tzinfo=UTC), confirmed=True)
UNCONFIRMED = replace(CONFIRMED, confirmed=False)
WORDS = "as of block 12,345 (30 June 2026, 14:05 UTC)"
CHECKS = (
    CheckResult("format", Outcome.PASSED, "well-formed", "It is well-formed."),
    CheckResult("finality", Outcome.PASSED, "final", "Its block is final."),
    CheckResult("status", Outcome.PASSED, "active", "It stands."),
)
VERIFIED = Report(Verdict.VERIFIED, "verified", Sentence("Verified on Sepolia."), "sepolia", "test", CHECKS)


def of(report: Report, name: str) -> CheckResult:
    return next(check for check in report.checks if check.check == name)


def test_a_verified_credential_is_verified_as_of_the_confirmed_block() -> None:
    report = as_of(VERIFIED, CONFIRMED)
    assert (report.verdict, report.reason) == (Verdict.VERIFIED, "verified")
    assert report.summary == f"Verified on Sepolia, {WORDS}."
    assert of(report, "finality") == CHECKS[1]
    assert WORDS in of(report, "status").detail
    assert of(report, "format") == CHECKS[0]


def test_nothing_is_verified_by_a_block_that_nobody_confirmed() -> None:
    report = as_of(VERIFIED, UNCONFIRMED)
    assert (report.verdict, report.reason) == (Verdict.UNDECIDED, "block-unconfirmed")
    assert WORDS in report.summary
    assert HASH.to_hex() in report.summary
    finality = of(report, "finality")
    assert (finality.outcome, finality.code) == (Outcome.UNDECIDED, "block-unconfirmed")
    assert HASH.to_hex() in finality.detail


@pytest.mark.parametrize("block", [CONFIRMED, UNCONFIRMED])
@pytest.mark.parametrize("verdict", [Verdict.NOT_VERIFIED, Verdict.UNDECIDED])
def test_another_verdict_stays_and_says_its_block(block: AsOf, verdict: Verdict) -> None:
    failed = CheckResult("status", Outcome.FAILED, "revoked", "Revoked.")
    report = as_of(replace(VERIFIED, verdict=verdict, reason="revoked", summary="No.", checks=(failed,)), block)
    assert (report.verdict, report.reason, report.summary) == (verdict, "revoked", f"No. This is {WORDS}.")
    assert report.checks == (failed,)


def test_a_report_without_chain_facts_stays_as_it_is() -> None:
    report = replace(VERIFIED, verdict=Verdict.UNDECIDED, network=None, network_kind=None)
    assert as_of(report, UNCONFIRMED) == report


def test_the_reports_of_parts_say_their_block_too() -> None:
    report = as_of(replace(VERIFIED, parts=(Part("endorsement", "endorsement[0]", "Praise", VERIFIED),)), UNCONFIRMED)
    assert report.parts[0].report.reason == "block-unconfirmed"
