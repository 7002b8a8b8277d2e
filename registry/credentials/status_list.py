"""Revocation lists that standard verifiers read: one bit a credential, gzipped, in a credential of its own.

Source: W3C Bitstring Status List v1.0, sections 2.1, 2.2, 3.2 and 3.3.
"""

from __future__ import annotations

import base64
import gzip
import re
import zlib
from typing import TYPE_CHECKING, Any

from registry.core.errors import CredentialFormatError, InputError
from registry.credentials.contexts import VC_CONTEXT
from registry.credentials.times import time_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

MIN_ENTRIES = 131_072
"""Fewest entries of a list, so that one credential hides among many (16 KiB of bits)."""
MAX_ENTRIES = 1 << 25
"""Most entries of a list that is written or read (4 MiB of bits)."""
ENTRY_TYPE = "BitstringStatusListEntry"
_INDEX = re.compile(r"0|[1-9][0-9]*")
_MAX_ENCODED = 8 * 1024 * 1024
_ENCODED = re.compile(r"u[A-Za-z0-9_-]+")
_GZIP = 16 + zlib.MAX_WBITS


def status_entry(list_url: str, index: int) -> dict[str, Any]:
    """Return the `credentialStatus` of the credential at `index`; its id is not the URL of the list, as 2.1 asks."""
    return {
        "id": f"{list_url}#{index}",
        "type": ENTRY_TYPE,
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": list_url,
    }


def entry_problems(entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield, as sentences, what an entry of this type has that 2.1 forbids."""
    if not isinstance(entry.get("statusPurpose"), str):
        yield f"The statusPurpose of a {ENTRY_TYPE} must be a text."
    index, url = entry.get("statusListIndex"), entry.get("statusListCredential")
    if not isinstance(index, str) or not _INDEX.fullmatch(index):
        yield f"The statusListIndex of a {ENTRY_TYPE} must be a whole number from 0, written as text."
    if not isinstance(url, str) or ":" not in url:
        yield f"The statusListCredential of a {ENTRY_TYPE} must be a URL."
    elif entry.get("id") == url:
        yield f"The id of a {ENTRY_TYPE} must not be the URL of its list."


def status_list_credential(
    issuer_did: str, list_url: str, revoked: Iterable[int], *, now: datetime, entries: int = MIN_ENTRIES
) -> dict[str, Any]:
    """Return the unsigned revocation list of an issuer; the same arguments always give the same bytes.

    `revoked` are the indexes of revoked credentials, `entries` is how many the list has room for.

    Raises:
        InputError: `entries` is out of bounds or no multiple of 8, or an index is outside the list.

    """
    return {
        "@context": [VC_CONTEXT],
        "id": list_url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer_did,
        "validFrom": time_text(now),
        "credentialSubject": {
            "id": f"{list_url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": _encoded(_bits(revoked, entries)),
        },
    }


def is_revoked(list_credential: dict[str, Any], index: int) -> bool:
    """Return whether a list's bit at `index` is set; whether the list is authentic is not asked here.

    Raises:
        CredentialFormatError: this is no revocation list of single bits, its bits cannot be decoded within bounds,
            or it has no such index.

    """
    bits = _decoded(_subject(list_credential).get("encodedList"))
    if not 0 <= index < 8 * len(bits):
        raise CredentialFormatError(f"The status list has {8 * len(bits):,} entries and none at index {index:,}.")
    return bool(bits[index // 8] & (0x80 >> index % 8))


def _bits(revoked: Iterable[int], entries: int) -> bytes:
    if entries % 8 or not MIN_ENTRIES <= entries <= MAX_ENTRIES:
        bounds = f"a multiple of 8 from {MIN_ENTRIES:,} to {MAX_ENTRIES:,}"
        raise InputError(f"A status list has {bounds} entries, not {entries:,}.")
    bits = bytearray(entries // 8)
    for index in revoked:
        if not 0 <= index < entries:
            raise InputError(f"The status list has {entries:,} entries and no room for index {index:,}.")
        bits[index // 8] |= 0x80 >> index % 8
    return bytes(bits)


def _encoded(bits: bytes) -> str:
    # Without a time in the gzip header, the same list is the same text.
    return "u" + base64.urlsafe_b64encode(gzip.compress(bits, mtime=0)).decode("ascii").rstrip("=")


def _subject(list_credential: dict[str, Any]) -> dict[str, Any]:
    subject = list_credential.get("credentialSubject")
    if isinstance(subject, list) and len(subject) == 1:
        subject = subject[0]
    if not isinstance(subject, dict) or subject.get("type") not in ("BitstringStatusList", ["BitstringStatusList"]):
        raise CredentialFormatError("The document is not a BitstringStatusListCredential.")
    if subject.get("statusPurpose") not in ("revocation", ["revocation"]):
        raise CredentialFormatError("The status list has another purpose than revocation.")
    if subject.get("statusSize", 1) != 1:
        raise CredentialFormatError("The status list has entries of more than one bit, which we do not read.")
    return subject


def _decoded(encoded: Any) -> bytes:  # noqa: ANN401  any JSON value
    if not isinstance(encoded, str) or len(encoded) > _MAX_ENCODED or not _ENCODED.fullmatch(encoded):
        raise CredentialFormatError("The status list's encodedList is not multibase base64url text (u…).")
    try:
        compressed = base64.urlsafe_b64decode(encoded[1:] + "=" * (-(len(encoded) - 1) % 4))
        inflator = zlib.decompressobj(_GZIP)
        bits = inflator.decompress(compressed, MAX_ENTRIES // 8 + 1)
    except (ValueError, zlib.error) as error:
        raise CredentialFormatError(f"The status list's bits cannot be decompressed: {error}.") from error
    if len(bits) > MAX_ENTRIES // 8:
        raise CredentialFormatError(f"The status list has more than {MAX_ENTRIES:,} entries, which we do not read.")
    if not inflator.eof or inflator.unused_data:
        raise CredentialFormatError("The status list's gzip data are cut off or followed by something else.")
    if len(bits) < MIN_ENTRIES // 8:
        raise CredentialFormatError(
            f"The status list has fewer than {MIN_ENTRIES:,} entries, which the standard forbids."
        )
    return bits
