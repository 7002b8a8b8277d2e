"""Judgements made from hand-built facts: the checks judge them, nothing of the report is written by hand."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from registry.chain.networks import Network
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
    StatusRecord,
    UnknownNetwork,
    Unreachable,
)
from registry.checks.verdict import judge
from registry.core.account import Address
from registry.core.canonical import canonical_bytes, parse_json
from registry.core.did import did_hash
from registry.core.digest import Digest, leaf_hash
from registry.core.errors import CredentialFormatError, InputError
from registry.core.proof import InclusionProof, root_from_proof
from registry.core.receipt import AnchorHint, AnchorReceipt, Bundle, bundle_json, parse_bundle
from registry.core.sentence import Sentence
from registry.credentials.findings import SignatureFinding
from registry.credentials.presented import Presented

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from registry.checks.report import Report

DID = "did:web:northbridge.example"
CONTRACT = Address("0x" + "c0" * 20)
ISSUER = Address("0x" + "15" * 20)
ACCREDITOR = Address("0x" + "ac" * 20)
KEY_HASH = Digest(b"\x07" * 32)
ANCHORED_AT = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SIGNED = SignatureFinding(
    "passed", "signed", Sentence("The signature is that of the key it names, over exactly this content."), KEY_HASH
)
ALTERED = SignatureFinding(
    "failed", "altered", Sentence("The content is not what was signed: it was altered afterwards."), KEY_HASH
)
SEPOLIA = Network(
    name="sepolia",
    title="the Sepolia test network",
    kind="test",
    chain_id=11155111,
    contract=CONTRACT,
    rpc_urls=("https://rpc.example/v1/secret-key", "https://open-rpc.example"),
    explorer="https://explorer.example",
    accreditors=(),
)


@dataclass(frozen=True, slots=True)
class Judged:
    """What the verifier service gives back."""

    report: Report
    bundle: Bundle
    facts: Facts


class FakeVerifier:
    """Judges what it is handed by the given change of otherwise good facts."""

    def __init__(self, change: Callable[[Facts], Facts] = lambda facts: facts) -> None:
        self.change = change
        self.asked: list[tuple[bytes, str | None]] = []

    def verify(self, data: bytes, expected: str | None = None) -> Judged:
        self.asked.append((data, expected))
        if not data.lstrip().startswith(b"{"):
            raise CredentialFormatError("This is not a credential: it is neither JSON nor a badge picture.")
        bundle = parse_bundle(parse_json(data))
        if "VerifiableCredential" not in bundle.credential.get("type", ()):
            raise CredentialFormatError("This JSON is not a verifiable credential.")
        facts = replace(good_facts(bundle.credential), expected=Expected(expected) if expected else NOT_ASKED)
        return judged_of(self.change(facts))

    def many(self) -> FakeMany:
        return FakeMany(self)


@dataclass(frozen=True)
class FakeMany:
    """Judges many as the fake judges one."""

    one: FakeVerifier

    def verify(self, inputs: Sequence[bytes], expected: str | None = None) -> list[Judged | InputError]:
        return [self._judged(data, expected) for data in inputs]

    def _judged(self, data: bytes, expected: str | None) -> Judged | InputError:
        try:
            return self.one.verify(data, expected)
        except InputError as error:
            return error


def judged_of(facts: Facts) -> Judged:
    receipts = (facts.receipt,) if facts.receipt else ()
    return Judged(judge(facts), Bundle(facts.presented.document, receipts), facts)


def credential_document() -> dict[str, Any]:
    return {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
        ],
        "id": "urn:uuid:2f1de0d9-9a0f-4d62-a7c1-2c1c2b7f1d11",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Data Foundations",
        "issuer": {"id": DID, "type": ["Profile"], "name": "Northbridge University of Applied Data"},
        "validFrom": "2026-06-30T00:00:00Z",
        "awardedDate": "2026-06-30T00:00:00Z",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {"type": "IdentityObject", "hashed": False, "identityHash": "Ada Okafor", "identityType": "name"},
                {"type": "IdentityObject", "hashed": False, "identityHash": "20451", "identityType": "ext:studentId"},
            ],
            "creditsEarned": 5,
            "achievement": {
                "id": "urn:uuid:5dc2f2a0-7c4f-4a35-8a37-5df5ee1f0101",
                "type": ["Achievement"],
                "achievementType": "MicroCredential",
                "name": "Data Foundations",
                "description": "Reads, cleans and explains small data sets, and says how far the numbers carry.",
                "criteria": {
                    "narrative": "Four projects, each reviewed by two assessors, and an oral examination.",
                    "id": "https://northbridge.example/data-foundations",
                },
                "creditsAvailable": 5,
                "inLanguage": "en",
                "resultDescription": [
                    {
                        "id": "urn:uuid:11111111-7c4f-4a35-8a37-5df5ee1f0102",
                        "type": ["ResultDescription"],
                        "name": "Final grade",
                        "resultType": "GradePointAverage",
                        "valueMin": "1.0",
                        "valueMax": "5.0",
                        "requiredValue": "4.0",
                    }
                ],
                "alignment": [
                    {
                        "type": ["Alignment"],
                        "targetType": "ext:EQF",
                        "targetName": "EQF level 5",
                        "targetCode": "5",
                        "targetUrl": "https://data.europa.eu/snb/eqf/5",
                    },
                    {
                        "type": ["Alignment"],
                        "targetType": "ext:CreditSystem",
                        "targetName": "European Credit Transfer and Accumulation System",
                        "targetCode": "ECTS",
                        "targetUrl": "https://data.europa.eu/snb/education-credit/6fcec5c5af",
                    },
                    {
                        "type": ["Alignment"],
                        "targetType": "ext:AssessmentType",
                        "targetName": "Project work and oral examination",
                        "targetUrl": "https://data.europa.eu/snb/assessment/0000",
                    },
                    {
                        "type": ["Alignment"],
                        "targetType": "ext:ESCO",
                        "targetName": "interpret current data",
                        "targetFramework": "ESCO",
                        "targetUrl": "https://data.europa.eu/esco/skill/0001",
                    },
                    {
                        "type": ["Alignment"],
                        "targetType": "ext:ESCO",
                        "targetName": "perform data cleansing",
                        "targetFramework": "ESCO",
                        "targetUrl": "https://data.europa.eu/esco/skill/0002",
                    },
                ],
            },
            "result": [
                {
                    "type": ["Result"],
                    "resultDescription": "urn:uuid:11111111-7c4f-4a35-8a37-5df5ee1f0102",
                    "value": "1.3",
                }
            ],
        },
        "evidence": [
            {
                "id": "https://portfolio.example/ada/final",
                "type": ["Evidence"],
                "name": "Final project: bus arrivals in Leeds",
                "description": "A report of twelve pages with the code.",
            }
        ],
        "proof": [
            {
                "type": "DataIntegrityProof",
                "cryptosuite": "eddsa-rdfc-2022",
                "created": "2026-06-30T00:00:00Z",
                "proofPurpose": "assertionMethod",
                "verificationMethod": f"{DID}#z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
                "proofValue": "z" + "3" * 87,
            }
        ],
    }


def receipt_for(document: dict[str, Any]) -> AnchorReceipt:
    leaf = leaf_hash(canonical_bytes(document))
    proof = InclusionProof(2, 5, (Digest(b"\x01" * 32), Digest(b"\x02" * 32), Digest(b"\x03" * 32)))
    hint = AnchorHint(SEPOLIA.chain_id, CONTRACT, ISSUER, transaction=Digest(b"\x0f" * 32))
    return AnchorReceipt("final", str(document["id"]), leaf, proof, root_from_proof(leaf, proof), (hint,))


def good_facts(document: dict[str, Any]) -> Facts:
    """Facts by which every check passes, whatever the document says."""
    issuer = document["issuer"]
    did = issuer["id"] if isinstance(issuer, dict) else issuer
    receipt = receipt_for(document)
    presented = Presented(
        document=document,
        credential_id=str(document["id"]),
        issuer_did=did,
        leaf_hash=receipt.leaf_hash,
        format_problems=(),
        signature=SIGNED,
        valid_from=datetime(2026, 6, 30, tzinfo=UTC),
        valid_until=None,
    )
    return Facts(
        presented=presented,
        receipt=receipt,
        receipt_unreachable=None,
        chain=good_chain(did),
        did_services=NOT_ASKED,
        status_list=NOT_ASKED,
        expected=NOT_ASKED,
        parts=(),
        now=NOW,
    )


def good_chain(did: str = DID) -> ChainFacts:
    view = ChainView(6_123_456, AnchorRecord(ANCHORED_AT, 6_000_001, None), StatusRecord(Status.ACTIVE))
    return ChainFacts(
        network=SEPOLIA.ref(),
        issuer_account=ISSUER,
        finalized=view,
        latest=replace(view, block_number=6_123_500),
        issuer=IssuerRecord(did_hash(did), ISSUER, datetime(2026, 1, 5, tzinfo=UTC)),
        key=KeyRecord(datetime(2026, 1, 5, tzinfo=UTC), None),
        accreditations=(
            Accreditation(
                ACCREDITOR,
                "the National Quality Agency",
                AccreditationStatus.ACTIVE,
                "Northbridge University",
                datetime(2026, 2, 1, tzinfo=UTC),
                None,
            ),
        ),
    )


def with_chain(facts: Facts, **changes: object) -> Facts:
    assert isinstance(facts.chain, ChainFacts)
    return replace(facts, chain=replace(facts.chain, **changes))


def with_status(facts: Facts, status: StatusRecord) -> Facts:
    assert isinstance(facts.chain, ChainFacts)
    views = {name: replace(getattr(facts.chain, name), status=status) for name in ("finalized", "latest")}
    return with_chain(facts, **views)


def altered(facts: Facts) -> Facts:
    document = json.loads(json.dumps(facts.presented.document))
    document["credentialSubject"]["identifier"][0]["identityHash"] = "Adam Okafor"
    leaf = leaf_hash(canonical_bytes(document))
    return replace(facts, presented=replace(facts.presented, document=document, leaf_hash=leaf, signature=ALTERED))


def revoked(facts: Facts) -> Facts:
    return with_status(facts, StatusRecord(Status.REVOKED, revoked_at=datetime(2026, 9, 3, tzinfo=UTC), reason=2))


def suspended(facts: Facts) -> Facts:
    return with_status(facts, StatusRecord(Status.SUSPENDED, suspended_at=datetime(2026, 9, 3, tzinfo=UTC)))


def expired(facts: Facts) -> Facts:
    return replace(facts, presented=replace(facts.presented, valid_until=NOW - timedelta(days=53)))


def not_yet_valid(facts: Facts) -> Facts:
    return replace(facts, presented=replace(facts.presented, valid_from=NOW + timedelta(days=3)))


def not_final(facts: Facts) -> Facts:
    assert isinstance(facts.chain, ChainFacts)
    return with_chain(facts, finalized=replace(facts.chain.finalized, anchor=None))


def not_anchored(facts: Facts) -> Facts:
    assert isinstance(facts.chain, ChainFacts)
    views = {name: replace(getattr(facts.chain, name), anchor=None) for name in ("finalized", "latest")}
    return with_chain(facts, **views)


def by_somebody_else(facts: Facts) -> Facts:
    return with_chain(facts, issuer=IssuerRecord(did_hash("did:web:other.example"), ISSUER, ANCHORED_AT))


def unconfirmed(facts: Facts) -> Facts:
    return replace(with_chain(facts, accreditations=()), did_services=())


def confirmed_by_domain(facts: Facts) -> Facts:
    service = DidService(SEPOLIA.chain_id, CONTRACT, ISSUER)
    return replace(with_chain(facts, accreditations=()), did_services=(service,))


def key_retired(facts: Facts) -> Facts:
    return with_chain(facts, key=KeyRecord(datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)))


def unreachable(facts: Facts) -> Facts:
    return replace(facts, chain=Unreachable("https://open-rpc.example did not answer within 5 seconds"))


def wrong_network(facts: Facts) -> Facts:
    return replace(facts, chain=UnknownNetwork(("eip155:5",)))


def without_receipt(facts: Facts) -> Facts:
    return replace(facts, receipt=None, chain=NOT_ASKED)


def on_main_network(facts: Facts) -> Facts:
    return with_chain(facts, network=NetworkRef("mainnet", "Ethereum", "main", 1, CONTRACT))


def in_a_large_batch(facts: Facts) -> Facts:
    assert facts.receipt is not None
    path = tuple(Digest(bytes([number + 1]) * 32) for number in range(20))
    return replace(facts, receipt=replace(facts.receipt, proof=InclusionProof(314_159, 2**20, path)))


def with_endorsements(facts: Facts) -> Facts:
    endorsement = {
        **credential_document(),
        "id": "urn:uuid:99999999-9a0f-4d62-a7c1-2c1c2b7f1d11",
        "name": "Endorsement by the Leeds Data Guild",
        "credentialSubject": {
            "id": facts.presented.credential_id,
            "type": ["EndorsementSubject"],
            "endorsementComment": "We hire on the strength of this.",
        },
    }
    first = PartFacts("endorsement", "endorsement[0]", good_facts(endorsement))
    second = PartFacts("endorsement", "endorsement[1]", revoked(good_facts({**endorsement, "name": "Old guild"})))
    return replace(facts, parts=(first, second))


def bundle_text(document: dict[str, Any] | None = None) -> str:
    shown = document or credential_document()
    return json.dumps(bundle_json(Bundle(shown, (receipt_for(shown),))))
