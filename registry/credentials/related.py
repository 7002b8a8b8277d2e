"""Do the resources that a credential names have the digests that it gives? Asked of those that we hold: contexts.

Nothing is ever fetched, so of any other resource nothing can be said.

Source: Data Model 2.0, 5.3; Subresource Integrity, 3.2 and 3.5; Controlled Identifiers 1.0, 2.4 and 2.5.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING, Any

from registry.core.errors import CredentialFormatError
from registry.credentials.contexts import SERVED, context_bytes
from registry.credentials.keys import multibase_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_STRENGTH = ("sha256", "sha384", "sha512")
_MULTIHASH = {b"\x12\x20": "sha256", b"\x20\x30": "sha384", b"\x13\x40": "sha512"}
"""Prefix of a multihash, code and length, to its algorithm."""


def digest_problems(resources: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a sentence for each digest of a context we serve that is not the context's."""
    for one in resources:
        for member, differs in (("digestSRI", _sri_differs), ("digestMultibase", _multibase_differs)):
            if one["id"] in SERVED and member in one and differs(one[member], context_bytes(one["id"])):
                yield f"The {member} of the relatedResource {one['id']} is not that of the published file."


def _sri_differs(value: object, data: bytes) -> bool:
    """Tell whether none of the strongest digests is that of `data`; one that nobody knows is no match either."""
    known = [text.partition("?")[0].partition("-") for text in str(value).split()]
    strongest = max((name for name, _, _ in known if name in _STRENGTH), key=_STRENGTH.index, default="")
    return not any(name == strongest and _base64(text) == _digest(name, data) for name, _, text in known if strongest)


def _multibase_differs(value: object, data: bytes) -> bool:
    text = str(value)
    try:
        given = multibase_bytes(text) if text.startswith("z") else _base64(text[1:]) if text.startswith("u") else b""
    except CredentialFormatError:
        return True
    name = _MULTIHASH.get(given[:2])
    return name is None or given[2:] != _digest(name, data)


def _digest(name: str, data: bytes) -> bytes:
    return hashlib.new(name, data).digest()


def _base64(text: str) -> bytes:
    """Read base64 of either alphabet, with or without padding; empty for anything else."""
    try:
        plain = text.rstrip("=").translate(str.maketrans("-_", "+/"))
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (ValueError, binascii.Error):
        return b""
