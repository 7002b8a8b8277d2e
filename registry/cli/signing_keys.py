"""Opening issuers' signing keys for commands that sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.core.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.records import IssuerRow
    from registry.services.signer import Signer
    from registry.settings import Settings
    from registry.store.repository import Store


def signers(settings: Settings, store: Store) -> Callable[[IssuerRow], Signer]:
    """Return a function that opens an issuer's newest signing key; each is opened once, when first needed."""
    opened: dict[int, Signer] = {}

    def signer_of(issuer: IssuerRow) -> Signer:
        if issuer.id not in opened:
            opened[issuer.id] = _opened(settings, store, issuer)
        return opened[issuer.id]

    return signer_of


def _opened(settings: Settings, store: Store, issuer: IssuerRow) -> Signer:
    from registry.identity.key_files import open_signing_key  # noqa: PLC0415  keeps --help fast
    from registry.services.signer import Signer  # noqa: PLC0415
    from registry.settings import passphrase  # noqa: PLC0415

    keys = store.signing_keys(issuer.id)
    if not keys:
        raise StateError(f"The issuer {issuer.slug} has no signing key; run `credanchor issuer add-key`.")
    private_key = open_signing_key(settings.keys() / keys[0].key_file, passphrase(f"the signing key of {issuer.slug}"))
    return Signer(private_key, f"{issuer.did}#{keys[0].multibase}")
