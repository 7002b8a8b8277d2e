"""A small world behind the ports: issuers that really sign, a chain and web sites in memory, every question counted."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.checks.facts import (
    Accreditation,
    AccreditationStatus,
    AnchorRecord,
    ChainFacts,
    ChainView,
    DidService,
    IssuerRecord,
    KeyRecord,
    NetworkRef,
    Status,
    StatusRecord,
)
from registry.core.account import Address
from registry.core.batch import proof_from_tiles, seal, tiles_of
from registry.core.canonical import canonical_bytes, entry_of, entry_of_jwt
from registry.core.did import did_hash
from registry.core.digest import Digest, leaf_hash
from registry.core.errors import ChainUnavailableError, ProfileUnavailableError
from registry.core.receipt import AnchorHint, AnchorReceipt, Bundle, bundle_json
from registry.credentials.compact_jws import base64url, parse_compact
from registry.credentials.contexts import CLR_CONTEXTS, CONTEXTS
from registry.credentials.endorsement import digest_text, endorsed_object
from registry.credentials.signing import ProofOptions, PublicKey, secure, sign, signing_input
from registry.credentials.status_list import status_entry, status_list_credential
from registry.credentials.vc_jwt import JwtOptions, jwt_message, with_subject_id
from registry.ports import IssuerSite
from registry.services.verify import Verifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry.credentials.endorsement import Endorsed
    from registry.ports import ChainQuestion
    from registry.services.judged import Judged

CONTRACT = Address("0x" + "c0" * 20)
AGENCY = Address("0x" + "a9" * 20)
NETWORK = NetworkRef("sepolia", "the Sepolia test network", "test", 11155111, CONTRACT)
MAIN = NetworkRef("mainnet", "Ethereum", "main", 1, CONTRACT)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ANCHORED_AT = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Issuer:
    """Somebody who signs credentials."""

    did: str
    key: Ed25519PrivateKey
    account: Address

    @property
    def public(self) -> PublicKey:
        return PublicKey.of(self.key)

    def signed(self, unsigned: dict[str, Any], key: Ed25519PrivateKey | None = None) -> dict[str, Any]:
        used = key or self.key
        options = ProofOptions(NOW, f"{self.did}#{PublicKey.of(used).multibase}")
        return secure(unsigned, options, sign(used, signing_input(unsigned, options)))


def new_issuer(name: str = "uni", account: Address | None = None) -> Issuer:
    return Issuer(
        f"did:web:{name}.example", Ed25519PrivateKey.generate(), account or Address("0x" + secrets.token_hex(20))
    )


# --- Documents


def _common(issuer: Issuer, types: list[str], contexts: Sequence[str]) -> dict[str, Any]:
    return {
        "@context": list(contexts),
        "id": f"urn:uuid:{uuid.uuid4()}",
        "type": ["VerifiableCredential", *types],
        "name": "Data Foundations",
        "issuer": {"id": issuer.did, "type": ["Profile"], "name": "The University"},
        "validFrom": "2026-06-30T00:00:00Z",
    }


ACHIEVEMENT: dict[str, Any] = {
    "id": "urn:uuid:5dc2f2a0-7c4f-4a35-8a37-5df5ee1f0101",
    "type": ["Achievement"],
    "name": "Data Foundations",
    "description": "Reads small data sets.",
    "criteria": {"narrative": "Four projects."},
}


def unsigned_badge(issuer: Issuer, endorsements: Sequence[Any] = (), status_url: str | None = None) -> dict[str, Any]:
    achievement = {**ACHIEVEMENT, "endorsement": list(endorsements)} if endorsements else dict(ACHIEVEMENT)
    badge = {
        **_common(issuer, ["OpenBadgeCredential"], CONTEXTS),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {"type": "IdentityObject", "hashed": False, "identityHash": "Ada Okafor", "identityType": "name"}
            ],
            "achievement": achievement,
        },
    }
    return {**badge, "credentialStatus": status_entry(status_url, 7)} if status_url else badge


def badge(issuer: Issuer, endorsements: Sequence[Any] = (), status_url: str | None = None) -> dict[str, Any]:
    return issuer.signed(unsigned_badge(issuer, endorsements, status_url))


def endorsement(issuer: Issuer, of: Endorsed | None = None, **changes: Any) -> dict[str, Any]:
    """Return an endorsement of the badge's achievement, or of something else; `changes` are members of its subject."""
    endorsed = of or endorsed_object(ACHIEVEMENT)
    subject = {
        "id": endorsed.id,
        "type": ["EndorsementSubject"],
        "digestMultibase": digest_text(endorsed.digest),
        "endorsementComment": "We hire on the strength of this.",
        **changes,
    }
    kept = {name: value for name, value in subject.items() if value is not None}
    return issuer.signed({**_common(issuer, ["EndorsementCredential"], CONTEXTS), "credentialSubject": kept})


def stack(issuer: Issuer, components: Sequence[Any]) -> dict[str, Any]:
    return issuer.signed(
        {
            **_common(issuer, ["ClrCredential"], CLR_CONTEXTS),
            "credentialSubject": {
                "id": "did:example:ada",
                "type": ["ClrSubject"],
                "verifiableCredential": list(components),
            },
        }
    )


def status_list(issuer: Issuer, url: str, revoked: Sequence[int], key: Ed25519PrivateKey | None = None) -> Any:
    return issuer.signed(status_list_credential(issuer.did, url, revoked, now=NOW), key)


def jwt(issuer: Issuer) -> str:
    """Return a badge as a VC-JWT."""
    document = with_subject_id(unsigned_badge(issuer), "did:example:ada")
    message = jwt_message(document, JwtOptions.for_key(issuer.public, issuer.did))
    return f"{message.decode()}.{base64url(issuer.key.sign(message))}"


def leaf_of(document: dict[str, Any] | str) -> Digest:
    if isinstance(document, str):
        return leaf_hash(entry_of_jwt(document))
    return leaf_hash(entry_of(document, document["proof"][0]))


def id_of(document: dict[str, Any] | str) -> str:
    return str((parse_compact(document).payload if isinstance(document, str) else document)["id"])


def receipts_for(documents: Sequence[dict[str, Any] | str], issuer: Issuer, chain_id: int) -> list[AnchorReceipt]:
    """Return the receipts of a batch that holds these documents and two strangers."""
    leaves = [leaf_of(document) for document in documents]
    batch = seal([*leaves, *(Digest(secrets.token_bytes(32)) for _ in range(2))])
    tiles = {(tile.level, tile.index): tile.data for tile in tiles_of(batch.leaves)}
    hint = AnchorHint(chain_id, CONTRACT, issuer.account)
    return [
        AnchorReceipt(
            "final",
            id_of(document),
            leaf,
            proof_from_tiles(batch.leaves.index(leaf), batch.tree_size, lambda level, at: tiles[level, at]),
            batch.root,
            (hint,),
        )
        for document, leaf in zip(documents, leaves, strict=True)
    ]


def bundle_bytes(document: Any, receipts: Sequence[AnchorReceipt] = (), beside: Sequence[Any] = ()) -> bytes:
    return canonical_bytes(bundle_json(Bundle(document, tuple(receipts), tuple(beside))))


# --- Ports


@dataclass
class Chain:
    """One contract in memory: a ChainReader that counts what it is asked."""

    network: NetworkRef = NETWORK
    issuers: dict[Address, str] = field(default_factory=dict)
    keys: dict[tuple[Address, bytes], KeyRecord] = field(default_factory=dict)
    anchors: dict[tuple[Address, bytes, int], AnchorRecord] = field(default_factory=dict)
    statuses: dict[tuple[Address, bytes], StatusRecord] = field(default_factory=dict)
    accredited: set[Address] = field(default_factory=set)
    down: bool = False
    asked: int = 0

    def enrol(self, issuer: Issuer, *, accredited: bool = True) -> None:
        self.issuers[issuer.account] = issuer.did
        self.add_key(issuer, issuer.public)
        if accredited:
            self.accredited.add(issuer.account)

    def add_key(self, issuer: Issuer, key: PublicKey, retired_since: datetime | None = None) -> None:
        self.keys[issuer.account, key.key_hash] = KeyRecord(ANCHORED_AT - 30 * DAY, retired_since)

    def anchor(self, documents: Sequence[dict[str, Any] | str], issuer: Issuer) -> list[AnchorReceipt]:
        receipts = receipts_for(documents, issuer, self.network.chain_id)
        place = (issuer.account, receipts[0].root, receipts[0].proof.tree_size)
        self.anchors[place] = AnchorRecord(ANCHORED_AT, 100, None)
        return receipts

    def revoke(self, document: dict[str, Any], issuer: Issuer) -> None:
        self.statuses[issuer.account, leaf_of(document)] = StatusRecord(Status.REVOKED, revoked_at=NOW)

    def facts(self, question: ChainQuestion) -> ChainFacts:
        self.asked += 1
        if self.down:
            raise ChainUnavailableError("https://rpc.example did not answer within 5 seconds")
        account = question.issuer
        anchor = self.anchors.get((account, question.root, question.tree_size))
        status = self.statuses.get((account, question.leaf_hash), StatusRecord(Status.ACTIVE))
        view = ChainView(200, anchor, status)
        known = account in self.issuers
        return ChainFacts(
            network=self.network,
            issuer_account=account,
            finalized=view,
            latest=replace(view, block_number=210),
            issuer=IssuerRecord(did_hash(self.issuers[account]), account, ANCHORED_AT) if known else None,
            key=self.keys.get((account, question.key_hash or b"")),
            accreditations=tuple(
                Accreditation(AGENCY, "the agency", AccreditationStatus.ACTIVE, "The University", ANCHORED_AT, None)
                for _ in {account} & self.accredited
            ),
        )

    def facts_of(self, questions: Sequence[ChainQuestion]) -> list[ChainFacts]:
        return [self.facts(one) for one in questions]

    def close(self) -> None:
        self.down = True


@dataclass
class Web:
    """All web sites in memory: an IssuerDirectory that keeps what it was asked."""

    sites: dict[str, IssuerSite] = field(default_factory=dict)
    documents: dict[str, Any] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    registries: dict[tuple[str, str], list[AnchorReceipt]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def name_account(self, issuer: Issuer, account: Address | None = None, network: NetworkRef = NETWORK) -> None:
        service = DidService(network.chain_id, network.contract, account or issuer.account)
        self.sites[issuer.did] = IssuerSite((service,), (f"https://{issuer.did[8:]}/receipts",))

    def site(self, did: str) -> IssuerSite:
        return self._answer(did, self.sites.get(did))

    def receipts(self, url: str, credential_id: str) -> Sequence[AnchorReceipt]:
        return self._answer(f"{url}/{credential_id}", self.registries.get((url, credential_id)))

    def document(self, url: str) -> Any:
        return self._answer(url, self.documents.get(url))

    def content(self, url: str) -> bytes:
        return self._answer(url, self.contents.get(url))

    def _answer(self, place: str, value: Any) -> Any:
        self.asked.append(place)
        if value is None:
            raise ProfileUnavailableError(f"{place} could not be read")
        return value


@dataclass(frozen=True)
class Noon:
    """A clock that stands still."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


@dataclass
class World:
    """Chains, web sites and one accredited issuer."""

    chain: Chain = field(default_factory=Chain)
    others: tuple[Chain, ...] = ()
    web: Web = field(default_factory=Web)
    issuer: Issuer = field(default_factory=new_issuer)

    def __post_init__(self) -> None:
        for chain in (self.chain, *self.others):
            chain.enrol(self.issuer)

    @property
    def verifier(self) -> Verifier:
        return Verifier((self.chain, *self.others), self.web, Noon())

    def judge(self, document: Any, receipts: Sequence[AnchorReceipt] = (), expected: str | None = None) -> Judged:
        return self.verifier.verify(bundle_bytes(document, receipts), expected)


def told(judged: Judged) -> tuple[str, str]:
    return judged.report.verdict.value, judged.report.reason


def check(judged: Judged, name: str) -> tuple[str, str]:
    found = next(one for one in judged.report.checks if one.check == name)
    return found.outcome.value, found.code
