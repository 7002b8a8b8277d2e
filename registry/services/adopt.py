"""Take credentials that were signed elsewhere as they are, so that they are anchored like our own.

Everything is checked before anything is stored: each document's form and proof, and whose key signed it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.core.canonical import entry_of, entry_of_jwt
from registry.core.digest import leaf_hash
from registry.core.errors import InputError, SignatureError, StateError
from registry.credentials.presented import present, present_jwt
from registry.credentials.signing import decisive_proof
from registry.records import NewCredential
from registry.services.share_links import new_token
from registry.services.signed_by import key_named
from registry.services.unwrap import unwrap

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from registry.core.digest import Digest
    from registry.credentials.presented import Presented
    from registry.ports import CredentialStore
    from registry.records import IssuerRow

MAX_ID = 2048
"""Longest credential id that is kept, in characters; a receipt holds no longer one."""
_URN = "urn:uuid:"


@dataclass(frozen=True, slots=True)
class Adoptable:
    """A credential whose proof holds."""

    source: str
    """Where it came from, for messages."""
    issuer: IssuerRow
    """Under whose account it is anchored."""
    uuid: str
    """Its id, as the store keeps it."""
    entry: bytes
    """Its entry bytes."""
    leaf_hash: Digest
    """Leaf hash of the entry."""


@dataclass(frozen=True, slots=True)
class Adopting:
    """All that adopting needs beside the documents."""

    store: CredentialStore
    """Where credentials go."""
    now: datetime
    """When they are taken, UTC."""
    max_batch_size: int
    """Most leaves in a batch; what is more opens another."""
    issuer: IssuerRow | None = None
    """Under whose account they are anchored, if that was said."""

    def adoptable(self, source: str, data: bytes) -> Adoptable:
        """Check one document: a credential, bundle, VC-JWT or badge picture.

        Raises:
            InputError: it is no Open Badges 3.0 credential, or of no issuer of this home.
            SignatureError: its proof does not hold, or the key is none of the issuer's.

        """
        try:
            return self._checked(source, data)
        except (InputError, SignatureError) as error:
            raise type(error)(f"{source}: {error} Nothing was adopted.") from error

    def store_all(self, found: Sequence[Adoptable]) -> int:
        """Store what is new, and return how many that were; a repeated run skips what is stored.

        Raises:
            StateError: a credential of the same id and other content is stored already; nothing was adopted.

        """
        known = self.store.known_uuids([one.uuid for one in found])
        new: dict[str, Adoptable] = {}
        for one in found:
            before = known.get(one.uuid) or (new[one.uuid].leaf_hash if one.uuid in new else None)
            if before is None:
                new[one.uuid] = one
            elif before != one.leaf_hash:
                raise StateError(
                    f"{one.source}: another credential of the id {one.uuid[:200]} is here already, with other content. "
                    "Nothing was adopted."
                )
        for issuer_id in sorted({one.issuer.id for one in new.values()}):
            mine = [_new(one, self.now) for one in new.values() if one.issuer.id == issuer_id]
            self.store.add_credentials(mine, self.now, self.max_batch_size)
            # A crash here leaves other issuers' credentials out; the command, run again, takes those alone.
        return len(new)

    def _checked(self, source: str, data: bytes) -> Adoptable:
        document = unwrap(data).credential
        presented = present(document) if isinstance(document, dict) else present_jwt(document)
        for problem in presented.format_problems:
            raise InputError(problem.detail)
        if presented.signature.outcome != "passed":
            raise SignatureError(presented.signature.detail)
        if isinstance(document, dict):
            entry = entry_of(document, decisive_proof(document)[0] or {})
        else:
            entry = entry_of_jwt(document)
        issuer = self._issuer(presented, entry)
        return Adoptable(source, issuer, _uuid(presented), entry, leaf_hash(entry))

    def _issuer(self, presented: Presented, entry: bytes) -> IssuerRow:
        if self.issuer is not None:
            return self.issuer
        rows = self.store.issuers()
        found = next((row for row in rows if row.did == presented.issuer_did), None)
        if found is None:
            known = ", ".join(row.did for row in rows) or "none"
            raise InputError(
                f"Its issuer is {presented.issuer_did[:200]}, and this home's are {known}: verifiers would say that "
                "somebody else anchored it. To anchor it nevertheless, say under whom with --issuer."
            )
        key = key_named(entry)
        if key not in {one.multibase for one in self.store.signing_keys(found.id) if one.retired_since is None}:
            raise SignatureError(
                f"It is signed with {key[:80]}, which is no key of {found.slug} now. If it is the issuer's, add it "
                f"first: credanchor issuer add-key {found.slug} {key[:80]}."
            )
        return found


def _uuid(presented: Presented) -> str:
    name = presented.credential_id
    if not name or len(name) > MAX_ID:
        raise InputError(f"Its id is missing, or longer than {MAX_ID:,} characters.")
    if name.startswith(_URN):
        return name.removeprefix(_URN)
    if ":" not in name:
        raise InputError(f"Its id {name[:80]!r} is no URL.")
    return name


def _new(one: Adoptable, now: datetime) -> NewCredential:
    return NewCredential(
        issuer_id=one.issuer.id,
        achievement_id=None,
        uuid=one.uuid,
        row_key=one.leaf_hash,
        entry=one.entry,
        leaf_hash=one.leaf_hash,
        recipient_token=new_token(),
        status_index=None,
        recipient="",
        issued_at=now,
    )
