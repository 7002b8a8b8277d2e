"""A credential's columns against its own document, and the home's achievements and keys against those carried."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from registry.core.canonical import parse_json
from registry.core.errors import InputError
from registry.credentials.arrays import with_arrays
from registry.credentials.endorsement import endorsement_key, is_endorsement, without_endorsements
from registry.credentials.keys import PublicKey
from registry.credentials.roster import row_key
from registry.credentials.signing import verify_proof
from registry.credentials.times import parse_time, time_text
from registry.services.fsck_findings import Difference, credential_name
from registry.services.status_indices import list_number, list_position

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from registry.ports import RawStore

_JWT_BEGINS = b"e"
_DAY = timedelta(days=1)
MAX_NAMED = 1000
"""Most credentials of one achievement that are named for the same thing."""


class Catalogued:
    """Issuers, achievements and signing keys of the home, and which of them a document contradicts."""

    def __init__(self, raw: RawStore) -> None:
        self.issuers = {row["id"]: row for row in raw.rows("issuer")}
        self.achievements = {row["id"]: row for row in raw.rows("achievement")}
        self._documents = {number: _json(row["document"]) for number, row in self.achievements.items()}
        self._keys = list(raw.rows("signing_key"))
        self._methods = {
            f"{self.issuers[row['issuer_id']]['did']}#{row['multibase']}"
            for row in self._keys
            if row["issuer_id"] in self.issuers
        }
        self._dids = {row["did"] for row in self.issuers.values()}
        self._contradicted: dict[tuple[str, str | int, str], str] = {}
        self._row_keys = RowKeys()
        self._reissued = {f"urn:uuid:{row['new_uuid']}" for row in raw.rows("reissue", ("old_uuid",))}

    def differences(self) -> Iterator[Difference]:
        """Yield rows that cannot be read."""
        for number, row in self.issuers.items():
            if _json(row["profile"]) is None:
                yield Difference("issuer", number, "profile", "is not JSON")
        for number, document in self._documents.items():
            if document is None:
                yield Difference("achievement", number, "document", "is not JSON")
                continue
            for one in document.get("endorsement", []):
                if verify_proof(one).outcome != "passed":
                    yield Difference("achievement", number, "document", "holds an endorsement that was altered")
        for row in self._keys:
            if not _is_key(row["multibase"]):
                yield Difference("signing_key", row["id"], "multibase", "is not an Ed25519 key")

    def mismatches(self) -> Iterator[Difference]:
        """Yield what documents contradict, each once."""
        for (kind, name, column), detail in self._contradicted.items():
            yield Difference(kind, name, column, detail)
        yield from self._row_keys.mismatches()

    def compare(self, credential: Mapping[str, Any], document: Mapping[str, Any]) -> None:
        """Note if a credential's document names an issuer, carries an achievement or a key that are not kept so."""
        if _at(document, "issuer", "id") not in self._dids:
            self._note("issuer", credential["issuer_id"], "did", "is not the one that its credentials name")
        short_id = self.achievements.get(credential["achievement_id"], {}).get("short_id")
        number, name = credential["achievement_id"], credential_name(credential)
        if number is None:
            if endorsement_key(dict(document)) != credential["row_key"]:
                self._note("credential", name, "row_key", "is not what its document says")
        elif name not in self._reissued:  # which took another one's place, and has a key of its own
            self._row_keys.take(credential, document, str(short_id))
        carried = _at(document, "credentialSubject", "achievement")
        if self._documents.get(number) is not None and not _is_same_text(carried, self._documents[number]):
            self._note("achievement", number, "document", f"is not what {name} and perhaps others carry")
        method = _at(document, "proof", 0, "verificationMethod")
        if method not in self._methods:
            self._note("signing_key", str(method), "multibase", f"signed {name} and is not kept")

    def is_did(self, did: object) -> bool:
        """Tell whether this is the DID of an issuer of the home."""
        return did in self._dids

    def _note(self, kind: str, name: str | int, column: str, detail: str) -> None:
        self._contradicted.setdefault((kind, name, column), detail)


def document_differences(credential: Mapping[str, Any], catalogued: Catalogued) -> Iterator[Difference]:
    """Yield the columns that the credential's own document contradicts.

    A VC-JWT, and what other software composed (adopted here, or signed through the VC-API), is left to its leaf hash.
    """
    entry = credential["entry"]
    composed_elsewhere = credential["achievement_id"] is None and credential["row_key"] == credential["leaf_hash"]
    if entry is None or entry.startswith(_JWT_BEGINS) or composed_elsewhere or credential["status_index"] is None:
        return
    name = credential_name(credential)
    try:
        document = parse_json(entry)
    except InputError:
        document = None
    if not isinstance(document, dict):
        yield Difference("credential", name, "entry", "is not a JSON object")
        return
    for column, right in _columns(credential, document, catalogued):
        if not right:
            yield Difference("credential", name, column, "is not what its document says")
    catalogued.compare(credential, document)


def _columns(
    credential: Mapping[str, Any], document: Mapping[str, Any], catalogued: Catalogued
) -> Iterator[tuple[str, bool]]:
    issuer = catalogued.issuers.get(credential["issuer_id"], {})
    achievement = catalogued.achievements.get(credential["achievement_id"], {})
    status = _at(document, "credentialStatus")
    index = credential["status_index"]
    yield "uuid", document.get("id") == credential_name(credential)
    named = _at(document, "issuer", "id")
    yield "issuer_id", named == issuer.get("did") or not catalogued.is_did(named)
    endorses = credential["achievement_id"] is None
    yield (
        "achievement_id",
        is_endorsement(dict(document)) if endorses else achievement.get("issuer_id") == credential["issuer_id"],
    )
    yield (
        "status_index",
        str(_at(status, "statusListIndex")) == str(list_position(index))
        and str(_at(status, "statusListCredential")).endswith(f"/{list_number(index)}"),
    )
    yield "issued_at", _at(document, "proof", 0, "created") == _time(credential["issued_at"])


class RowKeys:
    """Row keys computed again; one wrong is the credential's, all wrong of one achievement is its short id."""

    def __init__(self) -> None:
        self._sound: set[int] = set()
        self._wrong: dict[int, list[str]] = {}

    def take(self, credential: Mapping[str, Any], document: Mapping[str, Any], short_id: str) -> None:
        """Compare one credential's row key; its award date was a local one, a day off at most."""
        did, recipient, number = (
            str(_at(document, "issuer", "id")),
            credential["recipient"],
            credential["achievement_id"],
        )
        if any(row_key(did, short_id, recipient, day) == credential["row_key"] for day in _award_dates(document)):
            self._sound.add(number)
        elif len(self._wrong.setdefault(number, [])) < MAX_NAMED:
            self._wrong[number].append(credential_name(credential))

    def mismatches(self) -> Iterator[Difference]:
        """Yield the credentials whose row key is wrong, or the achievements that make them all wrong."""
        for number, names in self._wrong.items():
            if number not in self._sound and len(names) > 1:
                yield Difference(
                    "achievement", number, "short_id", "is not the one that its credentials were issued for"
                )
                continue
            for name in names:
                yield Difference("credential", name, "row_key or recipient", "is not what its document says")


def _award_dates(document: Mapping[str, Any]) -> list[date]:
    try:
        awarded = parse_time(document.get("awardedDate"), "awardedDate")
    except InputError:
        return []
    return [(awarded + shift).date() for shift in (timedelta(), _DAY, -_DAY)]


def _time(seconds: int) -> str:
    return time_text(datetime.fromtimestamp(seconds, UTC))


def _at(value: Any, *path: str | int) -> Any:  # noqa: ANN401  any JSON value
    """Return what stands at a place in a JSON value, None if there is no such place."""
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _is_same_text(carried: object, kept: dict[str, Any]) -> bool:
    """Compare achievements; an endorsement that came or went later is none of the text."""
    return isinstance(carried, dict) and without_endorsements(carried) == without_endorsements(kept)


def _json(text: str) -> Any:  # noqa: ANN401  any JSON value
    try:
        return with_arrays(json.loads(text))
    except ValueError:
        return None


def _is_key(text: str) -> bool:
    try:
        PublicKey.from_multibase(text)
    except (InputError, ValueError):
        return False
    return True
