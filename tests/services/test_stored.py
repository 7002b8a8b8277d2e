"""Services over a real database: status indices, sealing, receipts, export, catalogue."""

from __future__ import annotations

import json
import pickle
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from registry.core.account import Address
from registry.core.batch import proof_from_tiles
from registry.core.canonical import entry_of
from registry.core.digest import leaf_hash
from registry.core.errors import BatchSealedError, InputError, RosterError, StateError, VerificationError
from registry.core.proof import require_inclusion
from registry.core.receipt import receipt_json
from registry.credentials.roster import read_roster
from registry.records import AchievementRow, BatchState, IssuerRow, NewCredential
from registry.services import seal as seal_module
from registry.services import status_indices
from registry.services.catalogue import Catalogue
from registry.services.export import exported, file_content
from registry.services.issue import Issuance
from registry.services.prepare import Chunk, Prepared, prepare
from registry.services.receipts import bundle_of, receipt_of
from registry.services.seal import seal_batch, seal_open_batches
from registry.services.signer import Signer
from registry.services.site import did_document, signed_status_list
from registry.services.status_indices import (
    LIST_ENTRIES,
    StatusIndices,
    list_number,
    list_position,
    unstored_position,
)
from registry.services.unwrap import unwrap
from registry.store.credential_rows import Importing
from registry.store.engine import open_engine
from registry.store.repository import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

worlds = sys.modules["services_world"]  # loaded by conftest.py
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PROFILE = {"id": "did:web:uni.example", "type": ["Profile"], "name": "The University"}
HEADER = "Badge Class ID,Identifier,First Name,Last Name,Issue Date\n"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    engine = open_engine(f"sqlite:///{tmp_path / 'credanchor.db'}")
    yield Store(engine)
    engine.dispose()


@pytest.fixture
def issuer(store: Store) -> IssuerRow:
    return store.add_issuer(IssuerRow("uni", "did:web:uni.example", Address("0x" + "1" * 40), PROFILE))


def add_achievement(store: Store, issuer: IssuerRow, short_id: str = "data", **members: Any) -> AchievementRow:
    unsigned = worlds.unsigned_badge(worlds.new_issuer())["credentialSubject"]["achievement"]
    store.put_achievement(AchievementRow(issuer.id, short_id, {**unsigned, **members}))
    return next(row for row in store.achievements(issuer.id) if row.short_id == short_id)


def add_credentials(store: Store, issuer: IssuerRow, count: int, first_index: int = 0) -> list[NewCredential]:
    achievement = add_achievement(store, issuer)
    signer = worlds.new_issuer()
    made = []
    for number in range(count):
        document = {
            "id": f"urn:uuid:{first_index + number}",
            "type": ["VerifiableCredential"],
            "proof": [{"value": number}],
        }
        entry = entry_of(document, document["proof"][0])
        made.append(
            NewCredential(
                issuer_id=issuer.id,
                achievement_id=achievement.id,
                uuid=f"{first_index + number}",
                row_key=leaf_hash(f"{first_index + number}".encode()),
                entry=entry,
                leaf_hash=leaf_hash(entry),
                recipient_token=f"token-{first_index + number}",
                status_index=first_index + number,
                recipient="ada@example.org",
                issued_at=NOW,
            )
        )
    assert signer.did
    store.add_credentials(made, NOW, 2**20)
    return made


# --- Status indices


def test_status_indices_are_unique_and_inside_their_list(
    store: Store, issuer: IssuerRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status_indices, "LIST_ENTRIES", 16)
    monkeypatch.setattr(status_indices, "FILLED_ENTRIES", 8)
    indices = StatusIndices(store, issuer.id)
    drawn = [indices.draw() for _ in range(24)]
    assert len(set(drawn)) == 24
    assert [list_number(index) for index in drawn] == [0] * 8 + [1] * 8 + [2] * 8
    assert {list_position(index) for index in drawn} <= set(range(16))


def test_a_later_import_draws_no_index_that_is_taken(
    store: Store, issuer: IssuerRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status_indices, "LIST_ENTRIES", 16)
    monkeypatch.setattr(status_indices, "FILLED_ENTRIES", 15)
    add_credentials(store, issuer, 14)
    drawn = StatusIndices(store, issuer.id).draw()
    assert drawn in {14, 15}


def test_the_next_list_begins_when_one_is_half_full(
    store: Store, issuer: IssuerRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status_indices, "LIST_ENTRIES", 16)
    monkeypatch.setattr(status_indices, "FILLED_ENTRIES", 8)
    add_credentials(store, issuer, 8)
    assert list_number(StatusIndices(store, issuer.id).draw()) == 1


def test_a_list_that_another_import_filled_half_is_left(
    store: Store, issuer: IssuerRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status_indices, "LIST_ENTRIES", 16)
    monkeypatch.setattr(status_indices, "FILLED_ENTRIES", 8)
    indices = StatusIndices(store, issuer.id)
    add_credentials(store, issuer, 8)
    assert indices.lost([3, 12]) == {3}
    assert list_number(indices.draw()) == 1


def test_each_part_of_a_status_list_is_drawn_as_often_as_any_other() -> None:
    parts = Counter(unstored_position() * 16 // LIST_ENTRIES for _ in range(2000))
    # 125 in each on average; six deviations away is 60.
    assert sorted(parts) == list(range(16))
    assert all(60 < count < 190 for count in parts.values())


def test_status_indices_follow_no_order(store: Store, issuer: IssuerRow) -> None:
    indices = StatusIndices(store, issuer.id)
    drawn = [indices.draw() for _ in range(50)]
    assert drawn != sorted(drawn)


# --- Sealing and receipts


def test_every_leaf_of_a_sealed_batch_has_a_receipt_that_leads_to_the_root(store: Store, issuer: IssuerRow) -> None:
    made = add_credentials(store, issuer, 5)
    [batch_id] = seal_open_batches(store, NOW)
    batch = store.batch(batch_id)
    for one in made:
        credential = store.credential(one.uuid)
        assert credential is not None
        receipt = receipt_of(store, credential)
        assert receipt is not None
        assert (receipt.state, receipt.anchors, receipt.root) == ("pending", (), batch.root if batch else None)
        require_inclusion(one.leaf_hash, receipt.proof, receipt.root)


def test_an_open_batch_gives_no_receipt_yet(store: Store, issuer: IssuerRow) -> None:
    [made] = add_credentials(store, issuer, 1)
    credential = store.credential(made.uuid)
    assert credential is not None
    assert receipt_of(store, credential) is None
    assert bundle_of(store, credential).receipts == ()


def test_a_damaged_tile_is_a_state_error_that_names_the_batch(store: Store, issuer: IssuerRow) -> None:
    made = add_credentials(store, issuer, 5)
    [batch_id] = seal_open_batches(store, NOW)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE tile SET data = zeroblob(length(data))"))
    credential = store.credential(made[0].uuid)
    assert credential is not None
    with pytest.raises(StateError, match=f"batch {batch_id} are damaged"):
        receipt_of(store, credential)


@pytest.mark.parametrize("damage", ["DELETE FROM tile", "UPDATE tile SET data = substr(data, 1, 33)"])
def test_a_lost_or_cut_tile_is_a_state_error(store: Store, issuer: IssuerRow, damage: str) -> None:
    made = add_credentials(store, issuer, 5)
    seal_open_batches(store, NOW)
    with store.engine.begin() as connection:
        connection.execute(text(damage))
    credential = store.credential(made[0].uuid)
    assert credential is not None
    with pytest.raises(StateError, match="damaged"):
        receipt_of(store, credential)


def test_a_batch_is_sealed_once(store: Store, issuer: IssuerRow) -> None:
    add_credentials(store, issuer, 2)
    [batch_id] = seal_open_batches(store, NOW)
    assert seal_open_batches(store, NOW) == []
    with pytest.raises(BatchSealedError):
        seal_batch(store, batch_id, NOW)


def test_a_batch_that_another_process_sealed_meanwhile_is_passed_over(
    store: Store, issuer: IssuerRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_credentials(store, issuer, 2)
    stale = store.batches(BatchState.OPEN)
    seal_open_batches(store, NOW)
    monkeypatch.setattr(store, "batches", lambda _state: stale)
    assert seal_open_batches(store, NOW) == []


@pytest.mark.parametrize("place", [0, -1])
def test_tiles_that_do_not_lead_to_the_root_leave_the_batch_open(
    store: Store, issuer: IssuerRow, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    from registry.core.batch import tiles_of  # noqa: PLC0415

    def damaged(leaves: Any) -> Any:
        tiles = list(tiles_of(leaves))
        leaf_tiles = [number for number, tile in enumerate(tiles) if tile.level == 0]
        broken = leaf_tiles[place]
        data = tiles[broken].data
        changed = data[32:64] + data[:32] + data[64:] if place == 0 else data[:-64] + data[-32:] + data[-64:-32]
        tiles[broken] = replace(tiles[broken], data=changed)
        return iter(tiles)

    add_credentials(store, issuer, 300)
    monkeypatch.setattr(seal_module, "tiles_of", damaged)
    with pytest.raises(VerificationError):
        seal_open_batches(store, NOW)
    assert [batch.state for batch in store.batches()] == [BatchState.OPEN]


def test_what_is_issued_after_sealing_goes_into_a_new_batch(store: Store, issuer: IssuerRow) -> None:
    add_credentials(store, issuer, 2)
    [first] = seal_open_batches(store, NOW)
    add_credentials(store, issuer, 2, first_index=100)
    [second] = seal_open_batches(store, NOW)
    assert first != second
    assert [batch.state for batch in store.batches()] == [BatchState.SEALED] * 2


def test_stored_tiles_give_the_proofs_of_a_batch_of_several_tiles(store: Store, issuer: IssuerRow) -> None:
    made = add_credentials(store, issuer, 300)
    [batch_id] = seal_open_batches(store, NOW)
    batch = store.batch(batch_id)
    assert batch is not None
    assert batch.root is not None
    leaves = sorted(one.leaf_hash for one in made)
    for index in (0, 255, 256, 299):
        proof = proof_from_tiles(index, 300, lambda level, at: store.tiles_near(batch_id, level, at)[level, at])
        require_inclusion(leaves[index], proof, batch.root)


# --- Catalogue


def test_a_home_without_issuer_says_what_to_do(store: Store) -> None:
    with pytest.raises(InputError, match="issuer register"):
        Catalogue(store)


def test_an_unknown_issuer_is_named(store: Store, issuer: IssuerRow) -> None:
    assert issuer.id
    with pytest.raises(InputError, match="'other'"):
        Catalogue(store, "other")


def test_the_only_achievement_needs_no_name(store: Store, issuer: IssuerRow) -> None:
    add_achievement(store, issuer)
    assert Catalogue(store).find(None).achievement.short_id == "data"


def test_among_several_achievements_a_row_must_name_one(store: Store, issuer: IssuerRow) -> None:
    add_achievement(store, issuer, "data")
    add_achievement(store, issuer, "cloud")
    with pytest.raises(InputError, match=r"2 \(cloud, data\); say which with --achievement"):
        Catalogue(store).find(None)


def test_an_unknown_achievement_is_told_with_those_there_are(store: Store, issuer: IssuerRow) -> None:
    add_achievement(store, issuer, "data")
    with pytest.raises(InputError, match=r"no achievement 'alchemy' \(known: data\)"):
        Catalogue(store).find("alchemy")


def test_the_same_name_at_two_issuers_asks_for_the_issuer(store: Store, issuer: IssuerRow) -> None:
    second = store.add_issuer(IssuerRow("two", "did:web:two.example", Address("0x" + "2" * 40), PROFILE))
    add_achievement(store, issuer)
    add_achievement(store, second)
    with pytest.raises(InputError, match="--issuer"):
        Catalogue(store).find("data")
    assert Catalogue(store, "two").find("data").issuer == second


# --- Issuing


def issuance(store: Store, key: Any) -> Issuance:
    return Issuance(
        store=store,
        catalogue=Catalogue(store),
        signer_of=lambda row: Signer(key.key, f"{row.did}#{key.public.multibase}"),
        base_url="https://uni.example",
        now=NOW,
    )


def rows(*lines: str) -> list[Any]:
    roster = HEADER + "".join(f"{line}\n" for line in lines)
    return list(read_roster([roster.encode()], file="roster.csv", overrides=[]).results)


def test_rows_of_two_issuers_in_one_chunk_are_signed_by_their_own(
    store: Store, issuer: IssuerRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = store.add_issuer(
        IssuerRow("two", "did:web:two.example", Address("0x" + "2" * 40), {**PROFILE, "id": "did:web:two.example"})
    )
    add_achievement(store, issuer, "data")
    add_achievement(store, second, "cloud")
    mixed = rows(
        "cloud,a@x.example,A,A,2026-06-30", "data,b@x.example,B,B,2026-06-30", "cloud,c@x.example,C,C,2026-06-30"
    )
    stored: list[int] = []
    whole = Importing.add_credentials
    monkeypatch.setattr(
        Importing, "add_credentials", lambda self, made, *rest: (stored.append(len(made)), whole(self, made, *rest))
    )
    progress = list(issuance(store, worlds.new_issuer()).run(mixed))
    assert stored == [1, 2], "one transaction for each issuer"
    assert [(one.issued, one.skipped) for one in progress] == [(3, 0)]
    for credential in store.credentials():
        document = json.loads(credential.entry or b"")
        did = document["issuer"]["id"]
        assert document["proof"][0]["verificationMethod"].startswith(f"{did}#")
        assert {issuer.id: issuer.did, second.id: second.did}[credential.issuer_id] == did


def test_a_second_run_skips_every_row(store: Store, issuer: IssuerRow) -> None:
    add_achievement(store, issuer)
    mine = rows("data,a@x.example,A,A,2026-06-30")
    list(issuance(store, worlds.new_issuer()).run(mine))
    assert [(one.issued, one.skipped) for one in issuance(store, worlds.new_issuer()).run(mine)] == [(0, 1)]


def test_a_row_for_an_unknown_achievement_is_a_roster_error_before_anything_is_stored(
    store: Store, issuer: IssuerRow
) -> None:
    add_achievement(store, issuer)
    with pytest.raises(RosterError, match="row 2"):
        list(issuance(store, worlds.new_issuer()).run(rows("alchemy,a@x.example,A,A,2026-06-30")))
    assert store.credential_count(issuer.id) == 0


def test_preparing_needs_no_private_key(store: Store, issuer: IssuerRow) -> None:
    add_achievement(store, issuer)
    issuing = issuance(store, worlds.new_issuer())
    [row] = rows("data,a@x.example,A,A,2026-06-30")
    chunk = Chunk(issuing._award(issuing.offer(row)), [row], [7])
    [prepared] = prepare(pickle.loads(pickle.dumps(chunk)))  # noqa: S301  as it goes to another process
    assert isinstance(prepared, Prepared)
    assert len(prepared.unsigned.message) == 64
    status = json.loads(prepared.unsigned.entry(""))["credentialStatus"]
    assert status["statusListIndex"] == "7"
    assert status["statusListCredential"] == "https://uni.example/issuers/uni/status/0"


# --- Export


def test_every_form_of_export_holds_the_same_bundle(store: Store, issuer: IssuerRow) -> None:
    add_achievement(store, issuer)
    list(issuance(store, worlds.new_issuer()).run(rows("data,a@x.example,A,Zoë,2026-06-30")))
    seal_open_batches(store, NOW)
    credential = next(store.credentials())
    bundle = bundle_of(store, credential)
    for form in ("json", "png", "svg"):
        [file] = exported(store, [credential], form)
        assert file.name == f"{credential.uuid}.{form}"
        assert file.pending
        assert unwrap(file.data) == bundle


def test_an_achievements_own_picture_is_the_badge(store: Store, issuer: IssuerRow) -> None:
    from registry.credentials.badge import default_badge  # noqa: PLC0415

    picture = default_badge(b"own")
    data = "data:image/png;base64," + __import__("base64").b64encode(picture).decode()
    add_achievement(store, issuer, image={"id": data, "type": "Image"})
    list(issuance(store, worlds.new_issuer()).run(rows("data,a@x.example,A,A,2026-06-30")))
    baked = file_content(bundle_of(store, next(store.credentials())), "png")
    assert picture[:-12] in baked  # all of it but the end marker, which comes after what was baked in


def test_different_achievements_have_different_badges(store: Store, issuer: IssuerRow) -> None:
    for name in ("data", "cloud"):
        add_achievement(store, issuer, name, id=f"https://uni.example/{name}")
    mine = rows("data,a@x.example,A,A,2026-06-30", "cloud,a@x.example,A,A,2026-06-30")
    list(issuance(store, worlds.new_issuer()).run(mine))
    pictures = {file_content(bundle_of(store, one), "png")[:2000] for one in store.credentials()}
    assert len(pictures) == 2


def test_an_erased_credential_is_passed_over(store: Store, issuer: IssuerRow) -> None:
    add_credentials(store, issuer, 2)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE credential SET entry = NULL WHERE uuid = '0'"))
    assert [file.name for file in exported(store, store.credentials(), "json")] == ["1.json"]
    erased = store.credential("0")
    assert erased is not None
    with pytest.raises(StateError, match="erased"):
        bundle_of(store, erased)


def test_a_receipt_written_out_reads_back_the_same(store: Store, issuer: IssuerRow) -> None:
    made = add_credentials(store, issuer, 3)
    seal_open_batches(store, NOW)
    credential = store.credential(made[1].uuid)
    assert credential is not None
    receipt = receipt_of(store, credential)
    assert receipt is not None
    assert receipt_json(receipt)["leafHash"] == made[1].leaf_hash.to_hex()


# --- What an issuer publishes


def test_a_did_document_lists_every_key_and_where_the_anchors_stand(issuer: IssuerRow) -> None:
    from registry.records import SigningKeyRow  # noqa: PLC0415

    keys = [SigningKeyRow(issuer.id, name, f"{name}.pem", NOW) for name in ("z6MkNew", "z6MkOld")]
    document = did_document(issuer, keys, [worlds.NETWORK], "https://uni.example")
    assert document["assertionMethod"] == ["did:web:uni.example#z6MkNew", "did:web:uni.example#z6MkOld"]
    assert document["service"][0]["serviceEndpoint"] == {
        "chain": "eip155:11155111",
        "contract": worlds.CONTRACT.checksummed(),
        "issuer": issuer.account.checksummed(),
        "receipts": "https://uni.example/receipts",
    }


def test_the_second_status_list_counts_its_own_places(store: Store, issuer: IssuerRow) -> None:
    from registry.credentials.status_list import is_revoked  # noqa: PLC0415
    from registry.records import StatusChange  # noqa: PLC0415

    first = status_indices.LIST_ENTRIES + 5
    [made] = add_credentials(store, issuer, 1, first_index=first)
    store.record_status([StatusChange(issuer.id, made.leaf_hash, "revoked", 0, "", NOW)])
    key = worlds.new_issuer()
    signer = Signer(key.key, f"{issuer.did}#{key.public.multibase}")
    lists = [signed_status_list(store, issuer, number, "https://uni.example", signer, NOW) for number in (0, 1)]
    assert [is_revoked(one, 5) for one in lists] == [False, True]
    assert lists[1]["id"] == "https://uni.example/issuers/uni/status/1"
