"""An issuer's rows and keys in the home, made before anything is sent."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from anchoring.admin_desk import ADMIN_KEY
from registry.cli.signing_keys import keys_of_type
from registry.core.canonical import parse_json
from registry.core.errors import InputError
from registry.credentials.keys import PublicKey
from registry.credentials.model import parse_profile
from registry.credentials.pictures import require_honest_picture
from registry.credentials.recipient_id import did_of as recipient_did
from registry.credentials.rsa_keys import RsaPublicKey
from registry.credentials.safe_mode import require_safe_profile
from registry.identity.key_files import (
    RSA_BITS,
    account_address,
    create_account,
    create_rsa_key,
    create_signing_key,
    open_rsa_key,
    open_signing_key,
)
from registry.records import IssuerRow, SigningKeyRow
from registry.settings import passphrase
from registry.system import SystemClock

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from anchoring.admin_desk import Home
    from registry.core.account import Address

FIRST_SIGNING_KEY = "signing.pem"
"""The signing key that `init` makes."""
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAX_SLUG = 40


@dataclass(frozen=True, slots=True)
class Wish:
    """What the registrar said about a new issuer."""

    name: str
    """Its name."""
    slug: str | None
    """Short name, or None to take it from the name."""
    url: str | None
    """Its web site."""
    country: str | None
    """ISO 3166 code."""
    profile: Path | None
    """A whole Open Badges Profile, as a file."""
    did: str | None = None
    """A DID that the issuer has already, or None to take the one whose document `serve` answers with."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """An issuer with its newest signing key."""

    issuer: IssuerRow
    """As stored."""
    key: PublicKey
    """Public half of the key that signs."""


def enrol(home: Home, wish: Wish) -> Enrolment:
    """Return the wished issuer, stored with account and signing key; one that is stored already as it is.

    Raises:
        InputError: name, short name or profile cannot be used; nothing was made.
    """
    slug = wish.slug or _slug_of(wish.name)
    if not _SLUG.fullmatch(slug) or len(slug) > MAX_SLUG:
        raise InputError(f"{slug!r} is no short name; give one of letters a-z, digits and dashes with --issuer.")
    known = next((row for row in home.store.issuers() if row.slug == slug), None)
    if known is None:
        did = _own_did(wish.did) if wish.did else did_of(home.settings.base_url, slug)
        profile = _profile(wish, did)
        known = home.store.add_issuer(IssuerRow(slug, did, _account(home, slug), profile))
        # A crash here leaves an issuer without a signing key; running the command again makes it.
    keys = keys_of_type(home.store.signing_keys(known.id), rsa=False)
    if keys:
        return Enrolment(known, PublicKey.from_multibase(keys[0].multibase))
    key, key_file = next_key(home, known)
    record_key(home, known, key, key_file)
    return Enrolment(known, key)


def did_of(base_url: str, slug: str) -> str:
    """Return the did:web of an issuer below a base URL (did:web method specification, 3.1)."""
    parts = urlsplit(base_url)
    segments = [segment for segment in parts.path.split("/") if segment]
    return ":".join(["did:web", quote(parts.netloc, safe=""), *segments, "issuers", slug])


def _own_did(text: str) -> str:
    if not text.startswith("did:web:"):
        raise InputError(f"--did {text[:80]!r} is no did:web; standard verifiers resolve no other of an issuer.")
    return recipient_did(text)


def next_key(home: Home, issuer: IssuerRow) -> tuple[PublicKey, str]:
    """Return an issuer's signing key that is not recorded yet, made if need be, and its file below the key folder."""
    used = {key.key_file for row in home.store.issuers() for key in home.store.signing_keys(row.id)}
    mine = len(keys_of_type(home.store.signing_keys(issuer.id), rsa=False))
    keys = home.settings.keys()
    name = f"{issuer.slug}/signing-{mine + 1}.pem"
    if mine == 0 and FIRST_SIGNING_KEY not in used and (keys / FIRST_SIGNING_KEY).exists():
        name = FIRST_SIGNING_KEY
    opening = passphrase(f"the signing key of {issuer.slug}")
    path = keys / name
    private = open_signing_key(path, opening) if path.exists() else create_signing_key(path, opening)
    return PublicKey.of(private), name


def next_rsa_key(home: Home, issuer: IssuerRow) -> tuple[RsaPublicKey, str]:
    """Return an issuer's RSA key that is not recorded yet, made if need be, and its file below the key folder."""
    mine = len(keys_of_type(home.store.signing_keys(issuer.id), rsa=True))
    name = f"{issuer.slug}/rsa-{mine + 1}.pem"
    opening = passphrase(f"the RSA key of {issuer.slug}")
    path = home.settings.keys() / name
    private = open_rsa_key(path, opening) if path.exists() else create_rsa_key(path, opening)
    return RsaPublicKey.of(private), name


def passing_rsa_key() -> RsaPublicKey:
    """Return a key that is thrown away: what adding one costs does not depend on which it is."""
    return RsaPublicKey.of(generate_private_key(public_exponent=65537, key_size=RSA_BITS))


def record_key(
    home: Home, issuer: IssuerRow, key: PublicKey | RsaPublicKey, key_file: str, *, retiring: datetime | None = None
) -> None:
    """Store a signing key, so that it signs from now on; `retiring` notes the issuer's others as retired from then.

    An empty `key_file` is that of a key whose private half is kept elsewhere.
    """
    row = SigningKeyRow(issuer.id, key.multibase, key_file, SystemClock().now())
    home.store.add_signing_key(row, retiring=retiring)


def _account(home: Home, slug: str) -> Address:
    """Return an admin account that no issuer has: the one `init` made, else one of the issuer's own."""
    keys = home.settings.keys()
    used = {row.account for row in home.store.issuers()}
    for path in (keys / ADMIN_KEY, keys / slug / ADMIN_KEY):
        if path.exists() and (account := account_address(path)) not in used:
            return account
    return create_account(keys / slug / ADMIN_KEY, passphrase(f"the admin key of {slug}"))


def _profile(wish: Wish, did: str) -> dict[str, Any]:
    given = _profile_file(wish.profile) if wish.profile else {}
    own: dict[str, Any] = {"id": did, "type": ["Profile"], "name": wish.name}
    if wish.url:
        own["url"] = wish.url
    if wish.country:
        own["address"] = {"type": ["Address"], "addressCountryCode": wish.country.upper()}
    profile = parse_profile({**given, **own})
    require_safe_profile(profile)
    require_honest_picture(profile)
    return profile


def _profile_file(path: Path) -> dict[str, Any]:
    try:
        value = parse_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}).") from error
    if not isinstance(value, dict):
        raise InputError(f"{path} is not a JSON object.")
    return value


def _slug_of(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_SLUG].strip("-")
