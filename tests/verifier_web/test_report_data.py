"""The report to keep, as data: the API's answer under a head, and nothing of the document that it can do without."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from registry.checks.report import report_json
from verifier_web import report_wording as keep
from verifier_web import wording as say
from verifier_web.report_data import report_data, report_head

if TYPE_CHECKING:
    from types import ModuleType

HANDED_IN = b'{"credential": {}}'


def _data(made: ModuleType, change: str | None = None) -> dict[str, Any]:
    facts = made.good_facts(made.credential_document())
    judged = made.judged_of(getattr(made, change)(facts) if change else facts)
    return report_data(judged, report_head(HANDED_IN, "credanchor 9.9", "https://verifier.example"))


def test_the_head_ties_the_report_to_a_file_a_moment_and_a_block(made: ModuleType) -> None:
    receipt = made.receipt_for(made.credential_document())
    assert _data(made)["head"] == {
        "type": "VerificationReport",
        "version": 1,
        "judgedAt": "2026-11-22T10:00:00Z",
        "software": "credanchor 9.9",
        "verifier": "https://verifier.example",
        "handedIn": {"sha256": hashlib.sha256(HANDED_IN).hexdigest(), "bytes": len(HANDED_IN)},
        "credential": {
            "achievement": "Data Foundations",
            "issuedTo": "Ada Okafor",
            "issuedBy": "Northbridge University",
            "issuer": "did:web:northbridge.example",
            "proven": True,
            "leafHash": receipt.leaf_hash.to_hex(),
            "root": receipt.root.to_hex(),
        },
        "chain": {
            "network": "sepolia",
            "kind": "test",
            "chain": "eip155:11155111",
            "contract": made.CONTRACT.checksummed(),
            "issuer": made.ISSUER.checksummed(),
            "finalizedBlock": 6_123_456,
            "latestBlock": 6_123_500,
            "anchoredAt": "2026-07-01T09:30:00Z",
            "anchoredInBlock": 6_000_001,
        },
        "limits": [
            keep.REPORT_LIMIT_BLOCK.format(block="6,123,500"),
            say.NETWORK_NOTES["test"],
            keep.REPORT_LIMIT_PERSON,
            keep.REPORT_LIMIT_UNSIGNED,
        ],
    }


@pytest.mark.parametrize("change", ["with_endorsements", "revoked", "unreachable"])
def test_below_the_head_stands_what_the_api_answers(made: ModuleType, change: str) -> None:
    data = _data(made, change)
    del data["head"]
    judged = made.judged_of(getattr(made, change)(made.good_facts(made.credential_document())))
    assert data == report_json(judged.report, keep.REPORT_INPUT)


def test_nothing_of_the_document_is_in_it_that_the_report_can_do_without(made: ModuleType) -> None:
    text = json.dumps(_data(made))
    for private in ("20451", "Four projects", "bus arrivals", "portfolio.example", "urn:uuid", "proofValue", "ECTS"):
        assert private not in text


@pytest.mark.parametrize("change", ["altered", "unconfirmed", "by_somebody_else", "unreachable"])
def test_an_issuer_that_is_not_proven_is_not_named(made: ModuleType, change: str) -> None:
    data = _data(made, change)
    assert (data["head"]["credential"]["issuedBy"], data["head"]["credential"]["proven"]) == (None, False)
    assert "University" not in json.dumps(data["head"])


@pytest.mark.parametrize("change", ["unreachable", "wrong_network", "without_receipt"])
def test_without_a_chain_it_says_that_it_knows_no_status(made: ModuleType, change: str) -> None:
    head = _data(made, change)["head"]
    assert head["chain"] is None
    assert head["limits"][0] == keep.REPORT_LIMIT_NO_CHAIN


def test_a_batch_that_is_not_anchored_has_no_time_of_anchoring(made: ModuleType) -> None:
    chain = _data(made, "not_anchored")["head"]["chain"]
    assert (chain["anchoredAt"], chain["anchoredInBlock"], chain["latestBlock"]) == (None, None, 6_123_500)


def test_a_test_network_is_said_to_be_worth_little_whatever_the_verdict(made: ModuleType) -> None:
    assert say.NETWORK_NOTES["test"] in _data(made, "revoked")["head"]["limits"]
    assert not {*say.NETWORK_NOTES.values()} & {*_data(made, "on_main_network")["head"]["limits"]}


def test_a_person_without_an_open_name_is_not_named(made: ModuleType) -> None:
    document = made.credential_document()
    document["credentialSubject"]["identifier"] = [{"identityHash": "sha256$abcd", "hashed": True}]
    judged = made.judged_of(made.good_facts(document))
    assert report_data(judged, report_head(b"", "c", "v"))["head"]["credential"]["issuedTo"] is None
