"""Links to a credential: the recipient's own, and those that the recipient makes so that others see it.

Every link holds a secret of its own, and whoever has it has what it opens; none follows from another.
"""

from __future__ import annotations

import secrets
import unicodedata
from typing import TYPE_CHECKING

from registry.core.errors import InputError, ShareLinksFullError
from registry.credentials.compact_jws import base64url
from registry.records import ShareLink

if TYPE_CHECKING:
    from datetime import datetime

    from registry.ports import CredentialStore
    from registry.records import StoredCredential

TOKEN_BYTES = 16
"""Random bytes in a link: 128 bits, 22 characters."""
PLACE_BYTES = 3
"""Random bytes that links made together begin with, before those of `TOKEN_BYTES`: they then stand side by side in the
store's index, of which an import would otherwise write every page anew in each transaction."""
MAX_LIVE = 20
"""Most live share links of one credential."""
MAX_EVER = 500
"""Most share links of one credential, those turned off included, which are kept to say so."""
MAX_LABEL = 60
"""Longest name of a share link, in characters."""
PDF_LABEL = "PDF"
"""What the link is called that a certificate's QR code leads to."""
_UNSEEN = frozenset({"Cc", "Cs"})


def new_token() -> str:
    """Return a new secret for a link."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_tokens(count: int) -> list[str]:
    """Return new secrets for the links of recipients whose credentials are made together.

    They begin alike, and then each has as many random bytes as any other.
    """
    place, drawn = secrets.token_bytes(PLACE_BYTES), secrets.token_bytes(TOKEN_BYTES * count)
    return [base64url(place + drawn[at : at + TOKEN_BYTES]) for at in range(0, len(drawn), TOKEN_BYTES)]


def recipient_link(base_url: str, credential: StoredCredential) -> str:
    """Return the address of a recipient's own page; it is a secret between the issuer and the recipient."""
    return f"{base_url}/r/{credential.recipient_token}"


def share_link(base_url: str, token: str) -> str:
    """Return the address of a share link."""
    return f"{base_url}/c/{token}"


def share_link_for(store: CredentialStore, credential: StoredCredential, label: str, now: datetime) -> str:
    """Return the token of a credential's live share link of this label, made if there is none; without one, a new one.

    Raises:
        InputError: the label is too long.
        ShareLinksFullError: the credential has as many links as it may have.
        StateError: the credential was erased.

    """
    new = ShareLink(new_token(), credential.uuid, share_label(label), now)
    return store.put_share_link(new, MAX_LIVE, MAX_EVER).token


def printed_link(store: CredentialStore, credential: StoredCredential, base_url: str, now: datetime) -> str | None:
    """Return the address that a certificate's QR code leads to, made if there is none; None if there is no room for it.

    It is a share link like any other: its recipient sees it, and can turn it off.
    """
    try:
        return share_link(base_url, share_link_for(store, credential, PDF_LABEL, now))
    except ShareLinksFullError:
        return None


def share_label(text: str) -> str:
    """Return what a recipient calls a link: one line, without control characters; InputError if it is too long."""
    label = "".join(one for one in " ".join(text.split()) if unicodedata.category(one) not in _UNSEEN)
    if len(label) > MAX_LABEL:
        raise InputError(f"The name has {len(label):,} characters; at most {MAX_LABEL} fit. Nothing was changed.")
    return label
