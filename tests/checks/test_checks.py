"""Each check of design.md's table, passing, failing and undecided, and the verdict that follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from registry.checks.facts import (
    NOT_ASKED,
    Accreditation,
    AccreditationStatus,
    AnchorRecord,
    ChainFacts,
    ChainView,
    DidService,
    Expected,
    Facts,
    IssuerRecord,
    KeyRecord,
    NetworkRef,
    PartFacts,
    Status,
    StatusListAnswer,
    StatusRecord,
    UnknownNetwork,
    Unreachable,
)
from registry.checks.report import Outcome, Verdict, report_json
from registry.checks.verdict import judge
from registry.core.account import Address
from registry.core.batch import proof_from_tiles, seal, tiles_of
from registry.core.did import did_hash
from registry.core.digest import Root, leaf_hash
from registry.core.proof import InclusionProof
from registry.core.receipt import AnchorHint, AnchorReceipt
from registry.credentials.findings import FormatProblem, SignatureFinding
from registry.credentials.presented import Presented

if TYPE_CHECKING:
    from collections.abc import Callable

DID = "did:web:uni.example"
CONTRACT, ISSUER, ADMIN, AGENCY = (Address("0x" + digit * 40) for digit in "1234")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ANCHORED = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
KEY_HASH = leaf_hash(b"key")
OTHER = leaf_hash(b"other")
LEAVES = [leaf_hash(bytes([number])) for number in range(5)]
BATCH = seal(LEAVES)
TILES = {(tile.level, tile.index): tile.data for tile in tiles_of(BATCH.leaves)}
NETWORK = NetworkRef("sepolia", "the Sepolia test network", "test", 11155111, CONTRACT)
OFFLINE = Unreachable("https://rpc.example did not answer within 5 seconds")


def presented(**changes: Any) -> Presented:
    document = {
        "id": "urn:uuid:1",
        "name": "Data foundations",
        "credentialSubject": {
            "identifier": [
                {"type": "IdentityObject", "hashed": False, "identityHash": "Ada Okafor", "identityType": "name"}
            ]
        },
    }
    whole = Presented(
        document=document,
        credential_id="urn:uuid:1",
        issuer_did=DID,
        leaf_hash=BATCH.leaves[2],
        format_problems=(),
        signature=SignatureFinding("passed", "signed", "The issuer's signature is intact.", KEY_HASH),
        valid_from=datetime(2026, 6, 30, tzinfo=UTC),
        valid_until=None,
    )
    return replace(whole, **changes)


def receipt(**changes: Any) -> AnchorReceipt:
    whole = AnchorReceipt(
        state="final",
        credential_id="urn:uuid:1",
        leaf_hash=BATCH.leaves[2],
        proof=proof_from_tiles(2, 5, lambda level, at: TILES[level, at]),
        root=BATCH.root,
        anchors=(AnchorHint(11155111, CONTRACT, ISSUER),),
    )
    return replace(whole, **changes)


def view(block: int, **changes: Any) -> ChainView:
    return replace(ChainView(block, AnchorRecord(ANCHORED, 100, None), StatusRecord(Status.ACTIVE)), **changes)


def chain(**changes: Any) -> ChainFacts:
    whole = ChainFacts(
        network=NETWORK,
        issuer_account=ISSUER,
        finalized=view(200),
        latest=view(210),
        issuer=IssuerRecord(did_hash(DID), ADMIN, ANCHORED - 30 * DAY),
        key=KeyRecord(ANCHORED - 20 * DAY, None),
        accreditations=(accredited(AccreditationStatus.ACTIVE),),
    )
    return replace(whole, **changes)


def accredited(status: AccreditationStatus) -> Accreditation:
    return Accreditation(AGENCY, "the Quality Agency", status, "Northfield University", ANCHORED - DAY, ANCHORED + DAY)


def facts(**changes: Any) -> Facts:
    whole = Facts(
        presented=presented(),
        receipt=receipt(),
        receipt_unreachable=None,
        chain=chain(),
        did_services=NOT_ASKED,
        status_list=StatusListAnswer(revoked=False, trusted=True),
        expected=NOT_ASKED,
        parts=(),
        now=NOW,
    )
    return replace(whole, **changes)


def signature(outcome: str, code: str) -> Facts:
    return facts(presented=presented(signature=SignatureFinding(outcome, code, "So it is.", KEY_HASH)))  # type: ignore[arg-type]


def problem(*, undecided: bool) -> Facts:
    code = "unknown-context" if undecided else "undefined-term"
    return facts(presented=presented(format_problems=(FormatProblem(code, "The term is unknown.", undecided),)))


def both(**changes: Any) -> Facts:
    return facts(chain=chain(finalized=view(200, **changes), latest=view(210, **changes)))


def unaccredited(**changes: Any) -> Facts:
    bare = chain(accreditations=(accredited(AccreditationStatus.EXPIRED),))
    return facts(chain=bare, **changes)


def unanchored(state: str = "final") -> Facts:
    nothing = chain(finalized=view(200, anchor=None), latest=view(210, anchor=None))
    return facts(receipt=receipt(state=state), chain=nothing)


def unanchored_at(block: int, chain_id: int = 11155111) -> Facts:
    """Return facts whose receipt says in which block the batch was anchored; the contract knows nothing of it."""
    hint = AnchorHint(chain_id, CONTRACT, ISSUER, block_number=block)
    return replace(unanchored(), receipt=receipt(anchors=(hint,)))


SERVICE = DidService(11155111, CONTRACT, ISSUER)
REVOKED = StatusRecord(Status.REVOKED, revoked_at=NOW - DAY, reason=2)
SUSPENDED = StatusRecord(Status.SUSPENDED, suspended_at=NOW - DAY)
NO_RECEIPT = {"receipt": None, "chain": NOT_ASKED, "did_services": NOT_ASKED}

CASES: list[tuple[str, Callable[[], Facts], Outcome, str]] = [
    ("format", facts, Outcome.PASSED, "well-formed"),
    ("format", lambda: problem(undecided=False), Outcome.FAILED, "undefined-term"),
    ("format", lambda: problem(undecided=True), Outcome.UNDECIDED, "unknown-context"),
    ("signature", facts, Outcome.PASSED, "signed"),
    ("signature", lambda: signature("failed", "altered"), Outcome.FAILED, "altered"),
    ("signature", lambda: signature("undecided", "unknown-proof-type"), Outcome.UNDECIDED, "unknown-proof-type"),
    ("inclusion", facts, Outcome.PASSED, "included"),
    ("inclusion", lambda: facts(presented=presented(leaf_hash=OTHER)), Outcome.FAILED, "leaf-mismatch"),
    ("inclusion", lambda: facts(presented=presented(leaf_hash=None)), Outcome.FAILED, "leaf-mismatch"),
    ("inclusion", lambda: facts(receipt=receipt(root=Root(OTHER))), Outcome.FAILED, "root-mismatch"),
    (
        "inclusion",
        lambda: facts(receipt=receipt(proof=replace(receipt().proof, path=()))),
        Outcome.FAILED,
        "proof-length",
    ),
    ("inclusion", lambda: facts(**NO_RECEIPT), Outcome.UNDECIDED, "no-receipt"),
    (
        "inclusion",
        lambda: facts(**NO_RECEIPT, receipt_unreachable=OFFLINE),
        Outcome.UNDECIDED,
        "receipt-unreachable",
    ),
    ("anchor", facts, Outcome.PASSED, "anchored"),
    ("anchor", unanchored, Outcome.FAILED, "not-anchored"),
    ("anchor", lambda: unanchored_at(210), Outcome.FAILED, "not-anchored"),
    ("anchor", lambda: unanchored_at(211), Outcome.UNDECIDED, "chain-behind"),
    ("anchor", lambda: unanchored_at(211, chain_id=1), Outcome.FAILED, "not-anchored"),
    ("anchor", lambda: unanchored("pending"), Outcome.UNDECIDED, "waiting-for-anchor"),
    ("anchor", lambda: facts(chain=OFFLINE), Outcome.UNDECIDED, "chain-unreachable"),
    ("anchor", lambda: facts(chain=UnknownNetwork(("eip155:5",))), Outcome.UNDECIDED, "wrong-network"),
    ("anchor", lambda: facts(chain=UnknownNetwork(())), Outcome.UNDECIDED, "waiting-for-anchor"),
    ("anchor", lambda: facts(**NO_RECEIPT), Outcome.UNDECIDED, "no-receipt"),
    ("finality", facts, Outcome.PASSED, "final"),
    (
        "finality",
        lambda: facts(chain=chain(finalized=view(90, anchor=None))),
        Outcome.UNDECIDED,
        "waiting-for-finality",
    ),
    ("finality", unanchored, Outcome.SKIPPED, "no-anchor"),
    ("finality", lambda: facts(chain=OFFLINE), Outcome.UNDECIDED, "chain-unreachable"),
    ("issuer-key", facts, Outcome.PASSED, "key-active"),
    ("issuer-key", lambda: facts(chain=chain(key=KeyRecord(ANCHORED, None))), Outcome.PASSED, "key-active"),
    (
        "issuer-key",
        lambda: facts(chain=chain(key=KeyRecord(ANCHORED - DAY, ANCHORED + timedelta(seconds=1)))),
        Outcome.PASSED,
        "key-active",
    ),
    ("issuer-key", lambda: facts(chain=chain(key=None)), Outcome.FAILED, "not-the-issuers-key"),
    (
        "issuer-key",
        lambda: facts(chain=chain(key=KeyRecord(ANCHORED + DAY, None))),
        Outcome.FAILED,
        "key-not-yet-added",
    ),
    (
        "issuer-key",
        lambda: facts(chain=chain(key=KeyRecord(ANCHORED - DAY, ANCHORED))),
        Outcome.FAILED,
        "key-retired",
    ),
    (
        "issuer-key",
        lambda: facts(presented=presented(signature=SignatureFinding("undecided", "unknown-proof-type", "So."))),
        Outcome.UNDECIDED,
        "key-unknown",
    ),
    ("issuer-key", unanchored, Outcome.SKIPPED, "no-anchor"),
    ("issuer-key", lambda: facts(chain=OFFLINE), Outcome.UNDECIDED, "chain-unreachable"),
    ("issuer-identity", facts, Outcome.PASSED, "accredited"),
    ("issuer-identity", lambda: unaccredited(did_services=(SERVICE,)), Outcome.PASSED, "domain-confirmed"),
    (
        "issuer-identity",
        lambda: facts(chain=chain(issuer=IssuerRecord(did_hash("did:web:other.example"), ADMIN, ANCHORED))),
        Outcome.FAILED,
        "not-the-issuer",
    ),
    ("issuer-identity", lambda: facts(chain=chain(issuer=None)), Outcome.FAILED, "not-the-issuer"),
    (
        "issuer-identity",
        lambda: unaccredited(did_services=(replace(SERVICE, issuer=ADMIN),)),
        Outcome.FAILED,
        "not-the-issuer",
    ),
    (
        "issuer-identity",
        lambda: unaccredited(did_services=(replace(SERVICE, chain_id=1),)),
        Outcome.UNDECIDED,
        "issuer-unconfirmed",
    ),
    ("issuer-identity", lambda: unaccredited(did_services=()), Outcome.UNDECIDED, "issuer-unconfirmed"),
    ("issuer-identity", lambda: unaccredited(did_services=OFFLINE), Outcome.UNDECIDED, "issuer-unconfirmed"),
    ("issuer-identity", lambda: facts(chain=OFFLINE), Outcome.UNDECIDED, "chain-unreachable"),
    ("validity-period", facts, Outcome.PASSED, "in-period"),
    ("validity-period", lambda: facts(presented=presented(valid_until=NOW)), Outcome.PASSED, "in-period"),
    ("validity-period", lambda: facts(presented=presented(valid_from=NOW)), Outcome.PASSED, "in-period"),
    ("validity-period", lambda: facts(presented=presented(valid_until=NOW - DAY)), Outcome.FAILED, "expired"),
    ("validity-period", lambda: facts(presented=presented(valid_from=NOW + DAY)), Outcome.FAILED, "not-yet-valid"),
    ("status", facts, Outcome.PASSED, "active"),
    ("status", lambda: facts(status_list=OFFLINE), Outcome.PASSED, "active"),
    ("status", lambda: facts(status_list=StatusListAnswer(revoked=True, trusted=False)), Outcome.PASSED, "active"),
    ("status", lambda: facts(status_list=StatusListAnswer(revoked=True, trusted=True)), Outcome.FAILED, "revoked"),
    ("status", lambda: both(status=REVOKED), Outcome.FAILED, "revoked"),
    ("status", lambda: facts(chain=chain(latest=view(210, status=REVOKED))), Outcome.FAILED, "revoked"),
    ("status", lambda: facts(chain=chain(finalized=view(200, status=REVOKED))), Outcome.FAILED, "revoked"),
    ("status", lambda: both(status=SUSPENDED), Outcome.FAILED, "suspended"),
    ("status", lambda: both(anchor=AnchorRecord(ANCHORED, 100, NOW)), Outcome.FAILED, "batch-revoked"),
    ("status", lambda: facts(chain=OFFLINE), Outcome.UNDECIDED, "chain-unreachable"),
    ("status", lambda: both(status=None), Outcome.UNDECIDED, "status-not-proven"),
    ("status", lambda: both(status=None, anchor=AnchorRecord(ANCHORED, 100, NOW)), Outcome.FAILED, "batch-revoked"),
    (
        "status",
        lambda: facts(chain=OFFLINE, status_list=StatusListAnswer(revoked=True, trusted=True)),
        Outcome.FAILED,
        "revoked",
    ),
    ("recipient", facts, Outcome.SKIPPED, "not-asked"),
    ("recipient", lambda: facts(expected=Expected("ada  OKAFOR")), Outcome.PASSED, "recipient-matches"),
    ("recipient", lambda: facts(expected=Expected("Bob")), Outcome.FAILED, "another-recipient"),
    ("endorsements", facts, Outcome.SKIPPED, "none"),
    ("endorsements", lambda: stacked("endorsement", facts()), Outcome.PASSED, "endorsed"),
    ("endorsements", lambda: stacked("endorsement", both(status=REVOKED)), Outcome.PASSED, "endorsement-not-standing"),
    ("components", facts, Outcome.SKIPPED, "none"),
    ("components", lambda: stacked("component", facts()), Outcome.PASSED, "components-verified"),
    ("components", lambda: stacked("component", facts(), facts()), Outcome.FAILED, "component-twice"),
    ("components", lambda: stacked("component", facts(), both(status=REVOKED)), Outcome.FAILED, "component-failed"),
    ("components", lambda: stacked("component", facts(chain=OFFLINE)), Outcome.UNDECIDED, "component-undecided"),
]


def stacked(kind: Any, *parts: Facts) -> Facts:
    return facts(parts=tuple(PartFacts(kind, f"part[{number}]", part) for number, part in enumerate(parts)))


@pytest.mark.parametrize(("check", "made", "outcome", "code"), CASES, ids=[f"{c[0]}-{c[2]}-{c[3]}" for c in CASES])
def test_each_check_ends_as_the_table_says(check: str, made: Callable[[], Facts], outcome: Outcome, code: str) -> None:
    result = next(result for result in judge(made()).checks if result.check == check)
    assert (result.outcome, result.code) == (outcome, code)
    assert result.detail.endswith((".", ".)"))


def test_the_checks_stand_in_the_order_of_the_table() -> None:
    assert [result.check for result in judge(facts()).checks] == [
        "format",
        "signature",
        "inclusion",
        "anchor",
        "finality",
        "issuer-key",
        "issuer-identity",
        "validity-period",
        "status",
        "recipient",
        "endorsements",
        "components",
    ]


@pytest.mark.parametrize("made", [case[1] for case in CASES], ids=[f"{c[0]}-{c[2]}-{c[3]}" for c in CASES])
def test_a_failed_check_means_not_verified_and_an_undecided_one_never_verified(made: Callable[[], Facts]) -> None:
    report = judge(made())
    outcomes = {result.outcome for result in report.checks}
    expected = (
        Verdict.NOT_VERIFIED
        if Outcome.FAILED in outcomes
        else Verdict.UNDECIDED
        if Outcome.UNDECIDED in outcomes
        else Verdict.VERIFIED
    )
    assert report.verdict is expected
    assert (report.reason == "verified") == (expected is Verdict.VERIFIED)


def test_the_network_is_part_of_the_verdict() -> None:
    report = judge(facts())
    assert report.summary == "Verified on the Sepolia test network."
    assert (report.network, report.network_kind) == ("sepolia", "test")


def test_what_was_altered_is_refused_for_that_before_anything_it_says_of_itself() -> None:
    altered = presented(
        signature=SignatureFinding("failed", "altered", "It was altered.", KEY_HASH),
        leaf_hash=OTHER,
        valid_until=NOW - DAY,
    )
    assert judge(facts(presented=altered)).reason == "altered"


def test_a_revoked_credential_that_also_expired_is_called_revoked() -> None:
    expired = presented(valid_until=NOW - DAY)
    report = judge(replace(both(status=REVOKED), presented=expired))
    assert report.reason == "revoked"
    assert "issued in error" in next(result.detail for result in report.checks if result.check == "status")


def test_a_withdrawn_endorsement_does_not_spoil_what_it_endorsed() -> None:
    report = judge(stacked("endorsement", both(status=REVOKED)))
    assert report.verdict is Verdict.VERIFIED
    assert report.parts[0].report.reason == "revoked"


def test_the_json_report_has_the_documented_members() -> None:
    value = report_json(judge(stacked("component", facts())), "bundle.json")
    assert list(value) == ["input", "verdict", "reason", "summary", "network", "checks", "parts"]
    assert set(value["checks"][0]) == {"check", "outcome", "code", "detail"}
    assert value["parts"][0]["kind"] == "component"


def test_a_report_without_a_chain_names_no_network() -> None:
    assert judge(facts(chain=OFFLINE)).network is None


def outcomes(made: Facts) -> dict[str, Outcome]:
    return {result.check: result.outcome for result in judge(made).checks}


def details(made: Facts) -> dict[str, str]:
    return {result.check: result.detail for result in judge(made).checks}


def test_an_anchor_that_is_not_final_yet_is_judged_all_the_same() -> None:
    waiting = outcomes(facts(chain=chain(finalized=view(90, anchor=None))))
    assert waiting["anchor"] is waiting["issuer-key"] is waiting["issuer-identity"] is Outcome.PASSED
    assert waiting["finality"] is Outcome.UNDECIDED


def test_the_final_anchor_counts_where_the_two_views_differ() -> None:
    later = AnchorRecord(ANCHORED + 60 * DAY, 205, None)
    retired = KeyRecord(ANCHORED - DAY, ANCHORED + DAY)
    assert outcomes(facts(chain=chain(latest=view(210, anchor=later), key=retired)))["issuer-key"] is Outcome.PASSED


def test_a_did_document_that_was_not_asked_confirms_nobody() -> None:
    assert outcomes(unaccredited(did_services=NOT_ASKED))["issuer-identity"] is Outcome.UNDECIDED


def test_only_a_list_that_cannot_be_used_is_remarked_on() -> None:
    assert details(facts())["status"] == "The issuer has neither revoked nor suspended it."
    assert (
        "not signed by the issuer"
        in details(facts(status_list=StatusListAnswer(revoked=False, trusted=False)))["status"]
    )
    assert "could not be read" in details(facts(status_list=OFFLINE))["status"]


def test_sentences_begin_with_a_capital_and_count_right() -> None:
    assert details(facts())["issuer-identity"].startswith("The Quality Agency vouches")
    assert "batch of 5 credentials" in details(facts())["inclusion"]
    lone = seal([OTHER])
    proof = InclusionProof(0, 1, ())
    alone = receipt(leaf_hash=OTHER, root=lone.root, proof=proof)
    assert "batch of 1 credential." in details(facts(presented=presented(leaf_hash=OTHER), receipt=alone))["inclusion"]


@pytest.mark.parametrize(
    ("made", "summary"),
    [
        (lambda: problem(undecided=False), "Not verified: the term is unknown."),
        (lambda: problem(undecided=True), "Cannot tell: the term is unknown."),
        (lambda: both(status=SUSPENDED), "Not verified: the issuer has suspended it."),
        (
            lambda: both(status=None),
            "Cannot tell: the state proof does not cover whether the issuer revoked or suspended it.",
        ),
        (
            lambda: facts(chain=OFFLINE),
            "Cannot tell: the chain could not be reached. This says nothing against the credential.",
        ),
    ],
)
def test_the_summary_says_the_verdict_and_its_cause(made: Callable[[], Facts], summary: str) -> None:
    assert judge(made()).summary == summary
