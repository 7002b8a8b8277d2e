"""Opening issuers' signing keys for commands that sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.core.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from registry.records import IssuerRow, SigningKeyRow
    from registry.services.signer import JwtSigner, Signer
    from registry.settings import Settings
    from registry.store.repository import Store


def signers(settings: Settings, store: Store) -> Callable[[IssuerRow], Signer]:
    """Return a function that opens the key which an issuer signs with; each is opened once, when first needed."""
    opened: dict[int, Signer] = {}

    def signer_of(issuer: IssuerRow) -> Signer:
        if issuer.id not in opened:
            opened[issuer.id] = _opened(settings, store, issuer)
        return opened[issuer.id]

    return signer_of


def current_signers(settings: Settings, store: Store) -> Callable[[IssuerRow], Signer]:
    """Return the same for a process that runs for long: a key that was added or retired meanwhile is noticed.

    Raises:
        StateError, KeyFileError, PassphraseError: when an issuer's new key cannot be opened.
    """
    opened: dict[str, Signer] = {}

    def signer_of(issuer: IssuerRow) -> Signer:
        key = signing_key_of(issuer, store.signing_keys(issuer.id))
        if key.multibase not in opened:
            opened[key.multibase] = _opened(settings, store, issuer)
        return opened[key.multibase]

    return signer_of


def jwt_signers(settings: Settings, store: Store, *, rsa: bool) -> Callable[[IssuerRow], JwtSigner]:
    """Return a function that opens the key with which an issuer signs VC-JWTs: Ed25519, or RSA if `rsa`."""
    opened: dict[int, JwtSigner] = {}

    def signer_of(issuer: IssuerRow) -> JwtSigner:
        if issuer.id not in opened:
            opened[issuer.id] = _opened_for_jwt(settings, store, issuer, rsa=rsa)
        return opened[issuer.id]

    return signer_of


def signing_key_of(issuer: IssuerRow, keys: Sequence[SigningKeyRow], *, rsa: bool = False) -> SigningKeyRow:
    """Return the newest of an issuer's keys of one type that is kept here and not retired; StateError if none is."""
    for key in keys_of_type(keys, rsa=rsa):
        if key.key_file and key.retired_since is None:
            return key
    kind, command = ("RSA", "add-rsa-key") if rsa else ("signing", "rotate-key")
    raise StateError(f"The issuer {issuer.slug} has no {kind} key; run `credanchor issuer {command} {issuer.slug}`.")


def keys_of_type(keys: Sequence[SigningKeyRow], *, rsa: bool) -> list[SigningKeyRow]:
    """Return those of an issuer's keys that are RSA keys, or those that are not, in the order given."""
    from registry.credentials.rsa_keys import is_rsa  # noqa: PLC0415  keeps --help fast

    return [key for key in keys if is_rsa(key.multibase) == rsa]


def _opened_for_jwt(settings: Settings, store: Store, issuer: IssuerRow, *, rsa: bool) -> JwtSigner:
    from registry.identity.key_files import open_rsa_key  # noqa: PLC0415  keeps --help fast
    from registry.services.signer import JwtSigner  # noqa: PLC0415
    from registry.settings import passphrase  # noqa: PLC0415

    if not rsa:
        return JwtSigner(_opened(settings, store, issuer).private_key, issuer.did)
    key = signing_key_of(issuer, store.signing_keys(issuer.id), rsa=True)
    opening = passphrase(f"the RSA key of {issuer.slug}")
    return JwtSigner(open_rsa_key(settings.keys() / key.key_file, opening), issuer.did)


def _opened(settings: Settings, store: Store, issuer: IssuerRow) -> Signer:
    from registry.identity.key_files import open_signing_key  # noqa: PLC0415  keeps --help fast
    from registry.services.signer import Signer  # noqa: PLC0415
    from registry.settings import passphrase  # noqa: PLC0415

    key = signing_key_of(issuer, store.signing_keys(issuer.id))
    private_key = open_signing_key(settings.keys() / key.key_file, passphrase(f"the signing key of {issuer.slug}"))
    return Signer(private_key, f"{issuer.did}#{key.multibase}")
