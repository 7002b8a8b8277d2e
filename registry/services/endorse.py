"""Endorse what somebody else issues or awards: checked as a whole first, then signed and stored like any credential.

An endorsement of the same text with the same words is found again, so the command is simply repeated.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.core.canonical import entry_of, parse_json
from registry.core.digest import leaf_hash
from registry.core.errors import CredentialFormatError, InputError, SignatureError, StateError
from registry.core.receipt import MAX_ENDORSEMENTS, MAX_RECEIPTS, Bundle
from registry.credentials.endorsement import (
    compose_endorsement,
    endorsed_credential,
    endorsed_object,
    endorsement_key,
)
from registry.credentials.model import parse_achievement, parse_profile
from registry.credentials.presented import entry_shown, present, present_jwt
from registry.credentials.screen import screen
from registry.credentials.status_list import status_entry
from registry.records import NewCredential
from registry.services.receipts import bundle_of
from registry.services.share_links import new_token
from registry.services.site import status_list_url
from registry.services.status_indices import StatusIndices, list_number, list_position
from registry.services.unwrap import unwrap

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from registry.credentials.endorsement import Endorsed
    from registry.ports import CredentialStore
    from registry.records import IssuerRow, StoredCredential
    from registry.services.signer import Signer

_PARSERS: dict[str, Callable[[Any], dict[str, Any]]] = {"Achievement": parse_achievement, "Profile": parse_profile}
_NAMELESS = "a credential"


@dataclass(frozen=True, slots=True)
class Endorsable:
    """Something that can be endorsed, checked."""

    endorsed: Endorsed
    """Its id and digest."""
    name: str
    """What it is called."""
    bundle: Bundle | None
    """The credential with its receipts, beside which the endorsement travels; None for an achievement or profile."""


@dataclass(frozen=True, slots=True)
class Endorsing:
    """All that endorsing needs beside what is endorsed."""

    store: CredentialStore
    """Where endorsements go."""
    issuer: IssuerRow
    """Who endorses."""
    signer: Signer
    """The endorser's signing key, opened."""
    base_url: str
    """Public base URL of the issuer API, for status lists."""
    now: datetime
    """Time of signing, UTC."""
    max_batch_size: int
    """Most leaves in a batch; what is more opens another."""

    def draft(self, one: Endorsable, comment: str, until: datetime | None) -> dict[str, Any]:
        """Return the unsigned endorsement, without an id and status of its own; nothing is stored.

        Raises:
            CredentialFormatError: verifiers would refuse it, because of the endorser's profile or the words.

        """
        draft = compose_endorsement(
            one.endorsed,
            self.issuer.profile,
            name=one.name,
            comment=comment,
            credential_id=f"urn:uuid:{uuid.uuid4()}",
            status_entry=status_entry(status_list_url(self.base_url, self.issuer, 0), 0),
            valid_from=self.now,
            valid_until=until,
        )
        for problem in screen(draft):
            raise CredentialFormatError(f"Such an endorsement would not verify: {problem.detail} Nothing was signed.")
        return draft

    def endorse(self, draft: dict[str, Any]) -> StoredCredential:
        """Sign and store a draft, or return what says the same already.

        Raises:
            StateError: the same was said before and withdrawn.

        """
        key = endorsement_key(draft)
        known = self.store.credential_by_row_key(key)
        if known is None:
            self.store.add_credentials([self._signed(draft)], self.now, self.max_batch_size)
            # A crash here leaves it stored; the command, run again, finds it.
            known = self.store.credential_by_row_key(key)
        if known is None:
            raise StateError("The endorsement was stored and is not found; see `credanchor fsck`.")
        index = known.status_index or 0
        if self.store.revoked_indices(self.issuer.id, index, index + 1):
            raise StateError(
                f"{known.credential_id} says the same and was withdrawn for good; to endorse it anew, use other words."
            )
        return known

    def handed_out(self, one: Endorsable, stored: StoredCredential) -> Bundle:
        """Return the endorsement with its receipt; that of a credential beside the credential it is about.

        Raises:
            InputError: the credential has as many endorsements beside it already as are read.

        """
        mine = bundle_of(self.store, stored)
        if one.bundle is None:
            return mine
        others = [word for word in one.bundle.endorsements if word != mine.credential]
        leaves = {receipt.leaf_hash for receipt in mine.receipts}
        receipts = [receipt for receipt in one.bundle.receipts if receipt.leaf_hash not in leaves]
        if len(others) >= MAX_ENDORSEMENTS or len(receipts) + len(leaves) > MAX_RECEIPTS:
            raise InputError(f"{one.name} has as many endorsements beside it already as are read; take some out.")
        return Bundle(one.bundle.credential, (*receipts, *mine.receipts), (*others, mine.credential))

    def _signed(self, draft: dict[str, Any]) -> NewCredential:
        index = StatusIndices(self.store, self.issuer.id).draw()
        url = status_list_url(self.base_url, self.issuer, list_number(index))
        document = self.signer.signed({**draft, "credentialStatus": status_entry(url, list_position(index))}, self.now)
        entry = entry_of(document, document["proof"][0])
        return NewCredential(
            issuer_id=self.issuer.id,
            achievement_id=None,
            uuid=str(draft["id"]).removeprefix("urn:uuid:"),
            row_key=endorsement_key(draft),
            entry=entry,
            leaf_hash=leaf_hash(entry),
            recipient_token=new_token(),
            status_index=index,
            recipient="",
            issued_at=self.now,
        )


def endorsable(source: str, data: bytes) -> Endorsable:
    """Check what is to be endorsed: an achievement or profile as JSON, a credential, a bundle or a badge picture.

    Raises:
        InputError: it is none of these, or has no id.
        SignatureError: it is a credential, and not what its issuer signed.

    """
    try:
        return _object(data) or _credential(data)
    except (InputError, SignatureError) as error:
        raise type(error)(f"{source}: {error} Nothing was signed.") from error


def _object(data: bytes) -> Endorsable | None:
    text = data.removeprefix(b"\xef\xbb\xbf").strip()
    value = parse_json(text) if text.startswith(b"{") else None
    types = value.get("type") if isinstance(value, dict) else None
    kind = next((name for name in types if name in _PARSERS), None) if isinstance(types, list) else types
    if not isinstance(value, dict) or not isinstance(kind, str) or kind not in _PARSERS:
        return None
    _PARSERS[kind](value)
    endorsed = endorsed_object(value)
    if not endorsed.id:
        raise CredentialFormatError(
            f"The {kind.lower()} has no id yet: endorse it as its issuer publishes it (`credanchor achievement show` "
            "prints it, and its address answers with it)."
        )
    return Endorsable(endorsed, str(value.get("name") or endorsed.id), None)


def _credential(data: bytes) -> Endorsable:
    bundle = unwrap(data)
    document = bundle.credential
    presented = present(document) if isinstance(document, dict) else present_jwt(document)
    for problem in presented.format_problems:
        raise CredentialFormatError(problem.detail)
    if presented.signature.outcome != "passed":
        raise SignatureError(presented.signature.detail)
    endorsed = endorsed_credential(presented.credential_id, entry_shown(document, presented.leaf_hash))
    return Endorsable(endorsed, str(presented.document.get("name") or _NAMELESS), bundle)
