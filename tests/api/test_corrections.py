"""Credentials issued anew, adopted or erased: by the real commands, on a real chain, as their pages show it."""

from __future__ import annotations

import json
import secrets
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.api import office as office_module
from registry.credentials.keys import PublicKey
from registry.credentials.status_list import is_revoked
from registry.services.issue_given import GivenIssuance
from registry.services.reissue import Reissuing
from registry.services.signer import Signer
from registry.store.repository import Store

pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("home")]
BROWSER = {"Accept": "text/html"}


class Killed(BaseException):
    """The process dies here."""


def dies(*_: Any, **__: Any) -> None:
    raise Killed


@pytest.fixture(autouse=True)
def _fresh_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_module, "STATUS_LIST_SECONDS", 0)


@pytest.fixture
def credential(site: Any) -> Any:
    [made] = site.issue(f"{secrets.token_hex(4)}@x.example")
    return made


def document(stored: Any) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(stored.entry)
    return value


def name_in(stored: Any) -> str:
    listed = document(stored)["credentialSubject"]["identifier"]
    return next(one["identityHash"] for one in listed if one["identityType"] == "name")


def page(site: Any, stored: Any) -> str:
    text: str = site.get(site.link(stored, "test"), **BROWSER).text
    return text


def verdict(site: Any, stored: Any) -> str:
    reason: str = site.verifier.verify(stored.entry).report.reason
    return reason


def successor(site: Any, stored: Any) -> Any:
    return site.store.credential(site.store.reissue_of(stored.uuid).new)


# --- Reissue


def test_a_reissued_credential_has_the_new_name_and_both_pages_say_what_replaced_what(
    site: Any, credential: Any
) -> None:
    site.home.do("anchor", "run")
    said = site.home.do("reissue", credential.uuid, "--set", "name=Ada Obi", "--reason", "typing error")
    new = successor(site, credential)
    assert (name_in(credential), name_in(new)) == ("Ada Okafor", "Ada Obi")
    assert f"/r/{new.recipient_token}" in said
    assert verdict(site, credential) == "revoked"
    assert is_revoked(site.get("/issuers/northfield/status/0").json(), credential.status_index)
    assert verdict(site, new) == "no-receipt"
    site.home.do("anchor", "run")
    assert verdict(site, new) == "verified"
    old_page, new_page = page(site, credential), page(site, new)
    assert "replaced it by a newer credential" in old_page
    assert f"takes the place of {credential.credential_id}" in new_page
    assert new.recipient_token not in old_page
    assert credential.recipient_token not in new_page


def test_reissuing_again_makes_no_second_one_and_other_changes_are_refused(site: Any, credential: Any) -> None:
    change = ("reissue", credential.uuid, "--set", "expires=2031-06-30", "--reason", "end date")
    site.home.do(*change)
    count = site.store.credential_count(1)
    assert "costs" not in site.home.do(*change)
    other = site.home.run("reissue", credential.uuid, "--set", "name=Eve", "--reason", "x")
    assert (other.code, "already" in other.err) == (2, True)
    assert site.store.credential_count(1) == count
    assert document(successor(site, credential))["validUntil"] == "2031-06-30T23:59:59Z"


@pytest.mark.parametrize(
    ("owner", "method"), [(Reissuing, "_signed"), (Store, "add_reissue"), (Store, "record_status")]
)
def test_a_reissue_that_died_goes_on(
    site: Any, credential: Any, monkeypatch: pytest.MonkeyPatch, owner: Any, method: str
) -> None:
    change = ("reissue", credential.uuid, "--set", "narrative=Built a model.", "--reason", "forgotten")
    count = site.store.credential_count(1)
    with monkeypatch.context() as patched:
        patched.setattr(owner, method, dies)
        with pytest.raises(Killed):
            site.home.run(*change)
    if method != "record_status":
        assert site.store.credential_count(1) == count
        assert verdict(site, credential) != "revoked"  # nothing took its place yet
    site.home.do(*change)
    assert site.store.credential_count(1) == count + 1
    assert is_revoked(site.get("/issuers/northfield/status/0").json(), credential.status_index)


def test_several_members_are_changed_from_a_file(site: Any, credential: Any, tmp_path: Any) -> None:
    path = tmp_path / "new.json"
    path.write_text(json.dumps({"email": "new@x.example", "awarded": "2026-07-01", "credits": "2.5"}))
    printed = json.loads(site.home.do("reissue", credential.uuid, "--from", str(path), "--reason", "x", "--json"))
    new = document(successor(site, credential))
    assert printed["new"] == new["id"]
    assert new["awardedDate"] == new["validFrom"] == "2026-07-01T00:00:00Z"
    assert new["credentialSubject"]["creditsEarned"] == 2.5
    assert "new@x.example" not in json.dumps(new)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--set", "colour=red"], "no member that can be changed"),
        (["--set", "name"], 'has no "="'),
        (["--set", "name="], "cannot be empty"),
        (["--set", "email=nobody"], "not an e-mail address"),
        (["--set", "awarded=07/01/2026"], "may mean day/month"),
        (["--set", "awarded=2024-08-31"], "offered from 2024-09-01"),
        (["--set", "grade=A++"], "result"),
        (["--set", "achievement=unknown"], "awards no"),
        ([], "nothing to change"),
    ],
)
def test_a_change_that_cannot_be_made_changes_nothing(
    site: Any, credential: Any, options: list[str], words: str
) -> None:
    outcome = site.home.run("reissue", credential.uuid, *options, "--reason", "x")
    assert (outcome.code, words in outcome.err) == (2, True), outcome.err
    assert site.store.reissue_of(credential.uuid) is None


def test_a_dry_run_of_a_reissue_stores_and_sends_nothing(site: Any, credential: Any) -> None:
    said = site.home.do("reissue", credential.uuid, "--set", "name=Eve", "--reason", "x", "--dry-run")
    assert "costs about" in said
    assert site.store.reissue_of(credential.uuid) is None


# --- Status


def test_a_suspended_credentials_page_says_that_the_chain_alone_knows(site: Any, credential: Any) -> None:
    site.home.do("anchor", "run")
    assert "chain alone" in site.home.do("suspend", credential.uuid, "--reason", "appeal")
    assert "stands on the chain alone" in page(site, credential)
    site.home.do("reinstate", credential.uuid)
    assert "stands on the chain alone" not in page(site, credential)


# --- Erase


def test_an_erased_document_is_gone_and_its_neighbours_proof_stands(site: Any) -> None:
    gone, neighbour = site.issue(f"{secrets.token_hex(4)}@x.example", f"{secrets.token_hex(4)}@x.example")
    label = secrets.token_hex(8)
    path = site.link(gone, label)
    words = (label.encode(), gone.recipient.encode(), document(gone)["proof"][0]["proofValue"].encode())
    refused = site.home.run("erase", gone.uuid)
    assert (refused.code, "--yes" in refused.err) == (2, True)
    site.home.do("erase", gone.credential_id, "--yes")
    site.home.do("anchor", "run")  # it was still open: the leaf is sealed without its document
    for answer in (site.get(path), site.get(f"{path}/bundle.json"), site.get(f"/r/{gone.recipient_token}")):
        assert (answer.status_code, answer.json()["code"]) == (410, "erased")
    assert verdict(site, neighbour) == "verified"
    assert site.store.credential(gone.uuid).leaf_hash == gone.leaf_hash
    kept = b"".join(path.read_bytes() for path in site.home.folder.glob("credanchor.db*"))
    assert not [one for one in words if one in kept]
    assert document(neighbour)["proof"][0]["proofValue"].encode() in kept
    assert "had none" in site.home.do("erase", gone.uuid, "--yes")


def test_one_unknown_id_among_several_erases_nothing(site: Any, credential: Any) -> None:
    assert site.home.run("erase", credential.uuid, "nobody", "--yes").code == 2
    assert site.store.credential(credential.uuid).entry == credential.entry


# --- Adopt


@pytest.fixture(scope="module")
def elsewhere(site: Any) -> Signer:
    """Give other software that signs for this home's issuer."""
    key = Ed25519PrivateKey.generate()
    [issuer] = site.store.issuers()
    multibase = PublicKey.of(key).multibase
    site.home.do("issuer", "add-key", "northfield", multibase)
    return Signer(key, f"{issuer.did}#{multibase}")


def signed_elsewhere(site: Any, signer: Signer, **members: Any) -> dict[str, Any]:
    [stored] = site.issue(f"{secrets.token_hex(4)}@x.example")
    unsigned = {name: value for name, value in document(stored).items() if name not in {"proof", "credentialStatus"}}
    unsigned["id"] = f"urn:uuid:{uuid.uuid4()}"
    return signer.signed({**unsigned, **members}, datetime.now(UTC))


def saved(folder: Any, value: Any) -> str:
    path = folder / f"{secrets.token_hex(4)}.json"
    path.write_text(json.dumps(value))
    return str(path)


def test_a_credential_signed_elsewhere_is_anchored_as_it_is(site: Any, elsewhere: Signer, tmp_path: Any) -> None:
    urn, url = (
        signed_elsewhere(site, elsewhere),
        signed_elsewhere(site, elsewhere, id=f"https://uni.example/{uuid.uuid4()}"),
    )
    files = [saved(tmp_path, one) for one in (urn, url)]
    assert "Adopted 2 credentials; 0 were" in site.home.do("adopt", *files)
    assert "Adopted 0 credentials; 3 were" in site.home.do("adopt", *files, files[0])
    site.home.do("anchor", "run")
    for one in (urn, url):
        assert site.verifier.verify(json.dumps(one).encode()).report.reason == "verified"
        site.home.do("export", "--credential", one["id"], "--out", str(tmp_path / "out"))
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_a_proof_that_does_not_hold_is_refused_by_name_and_none_is_adopted(
    site: Any, elsewhere: Signer, tmp_path: Any
) -> None:
    good = signed_elsewhere(site, elsewhere)
    stranger = Signer(other := Ed25519PrivateKey.generate(), "")
    named = elsewhere.verification_method.partition("#")[0]
    stranger = Signer(other, f"{named}#{PublicKey.of(other).multibase}")
    bad = {
        "altered": {**good, "name": "Doctor"},
        "no key of northfield": signed_elsewhere(site, stranger),
        "this home's are": signed_elsewhere(
            site,
            Signer(other, f"did:web:else.example#{PublicKey.of(other).multibase}"),
            issuer={"id": "did:web:else.example", "type": ["Profile"], "name": "Else"},
        ),
        "no signature": {name: value for name, value in good.items() if name != "proof"},
        "VerifiableCredential": {"hello": "world"},
    }
    count = site.store.credential_count(1)
    for words, value in bad.items():
        outcome = site.home.run("adopt", saved(tmp_path, good), saved(tmp_path, value))
        assert (outcome.code, words in outcome.err, "Nothing was adopted" in outcome.err) == (2, True, True), outcome
    assert site.store.credential_count(1) == count


def test_the_same_id_with_other_content_is_refused(site: Any, elsewhere: Signer, tmp_path: Any) -> None:
    first = signed_elsewhere(site, elsewhere)
    second = signed_elsewhere(site, elsewhere, id=first["id"], name="Another")
    outcome = site.home.run("adopt", saved(tmp_path, first), saved(tmp_path, second))
    assert (outcome.code, "other content" in outcome.err) == (2, True)
    assert site.store.credential(first["id"].removeprefix("urn:uuid:")) is None


# --- Fsck


def test_none_of_this_is_damage(site: Any, elsewhere: Signer, credential: Any, tmp_path: Any) -> None:
    [gone] = site.issue(f"{secrets.token_hex(4)}@x.example")
    adopted = signed_elsewhere(site, elsewhere, id=f"https://uni.example/{uuid.uuid4()}")
    given = {name: one for name, one in document(credential).items() if name not in {"id", "credentialStatus", "proof"}}
    issuance = GivenIssuance(site.store, site.office.signer_of, site.url, datetime.now(UTC), 1000)
    composed = issuance.issued(given)
    site.home.do("adopt", saved(tmp_path, adopted))
    site.home.do("reissue", credential.uuid, "--set", "email=moved@x.example", "--reason", "x")
    site.home.do("erase", gone.uuid, "--yes")
    site.home.do("anchor", "run")
    new = successor(site, credential)
    outcome = site.home.run("fsck", "--json")
    assert outcome.code in {0, 1}, outcome  # other tests of this home may have left damage on purpose
    mine = [gone.uuid, credential.uuid, new.uuid, adopted["id"], composed["id"]]
    assert [line for line in outcome.out.splitlines() if any(one in line for one in mine)] == []
