"""Export credentials: as a bundle, baked into a badge picture, or attached to a PDF certificate."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from registry.core.errors import InputError
from registry.core.receipt import receipt_json
from registry.credentials.badge import default_badge
from registry.credentials.baking import bake_png, bake_svg
from registry.credentials.compact_jws import parse_compact
from registry.credentials.elmo import elmo_xml
from registry.credentials.pictures import embedded_picture, require_honest_picture
from registry.credentials.png_chunks import chunks_of
from registry.services.certificate import Press, bundle_text, certificate_pdf
from registry.services.receipts import Receipts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from registry.core.receipt import Bundle
    from registry.ports import CredentialStore
    from registry.records import StoredCredential

Form = Literal["json", "png", "svg", "jwt", "elmo"]
"""Bundle, badge with both parts baked in, bare compact text of a VC-JWT, or ELMO file with the bundle attached."""
_ENDINGS = {"elmo": "elmo.xml"}


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """One file for a recipient."""

    name: str
    """File name."""
    data: bytes
    """Its content."""
    credential_id: str
    """Whose it is."""
    pending: bool
    """Whether its anchor is not final yet."""


def no_link(_credential: StoredCredential) -> None:
    """Give no link, so that a certificate has no QR code."""


def exported(
    store: CredentialStore,
    credentials: Iterable[StoredCredential],
    form: Form | Press,
    link_of: Callable[[StoredCredential], str | None] = no_link,
) -> Iterator[ExportedFile]:
    """Yield a file for each credential, with a press a PDF certificate; erased ones are passed over.

    `link_of` gives where a certificate's QR code leads.

    Raises:
        StateError: a stored tile is damaged.
        InputError: as `file_content` and `certificate_pdf` do.

    """
    receipts = Receipts(store)
    ending = "pdf" if isinstance(form, Press) else _ENDINGS.get(form, form)
    for credential in credentials:
        if credential.entry is None:
            continue
        bundle = receipts.bundle(credential)
        own = (receipt for receipt in bundle.receipts if receipt.leaf_hash == credential.leaf_hash)
        pending = not any(receipt.state == "final" for receipt in own)
        if isinstance(form, Press):
            data = certificate_pdf(bundle, link=link_of(credential), press=form)
        else:
            data = file_content(bundle, form)
        yield ExportedFile(f"{credential.file_stem}.{ending}", data, credential.credential_id, pending)


def file_content(bundle: Bundle, form: Form) -> bytes:
    """Return a bundle as JSON, as a badge with credential and receipts baked in, in an ELMO file, or its VC-JWT alone.

    Raises:
        InputError: the achievement's own picture is damaged; `require_picture` tells that beforehand. Or a VC-JWT is
            wanted of a credential that is signed otherwise.

    """
    if form == "json":
        return bundle_text(bundle).encode("utf-8")
    document = bundle.credential
    if form == "elmo":
        shown = parse_compact(document).payload if isinstance(document, str) else document
        return elmo_xml(shown, file_content(bundle, "json"))
    if form == "jwt":
        return _compact(document).encode("ascii")
    text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
    receipts = json.dumps([receipt_json(receipt) for receipt in bundle.receipts])
    picture = _picture(_achievement(bundle))
    return bake_png(picture, text, receipts) if form == "png" else bake_svg(_framed(picture), text, receipts)


def require_picture(achievement: dict[str, Any]) -> None:
    """Raise InputError if an achievement has a picture of its own that no credential can be baked into.

    Or one that is not what it says, or that would run something when opened.
    """
    require_honest_picture(achievement)
    bake_png(_picture(achievement), "{}", "[]")


def picture_size(bundle: Bundle) -> tuple[int, int]:
    """Return width and height of a badge as PNG, in pixels; InputError if the achievement's own picture is damaged."""
    header = next(chunks_of(_picture(_achievement(bundle)))).content
    return int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")


def _picture(achievement: dict[str, Any]) -> bytes:
    """Return the achievement's own picture if it is an embedded PNG, else a default badge in its own colour."""
    picture = embedded_picture(achievement)
    if picture is not None and picture.media_type == "image/png":
        return picture.data
    return _default(str(achievement.get("id")))


def _compact(document: dict[str, Any] | str) -> str:
    if isinstance(document, str):
        return document
    raise InputError(
        f"{str(document.get('id'))[:80]} was not issued as a VC-JWT, and its signature cannot be turned into one; "
        "export it as json, png or svg."
    )


def _achievement(bundle: Bundle) -> dict[str, Any]:
    document = bundle.credential
    subject = (parse_compact(document).payload if isinstance(document, str) else document).get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    if isinstance(achievement, list) and achievement:
        achievement = achievement[0]  # of a stack, whose larger achievement stands first
    return achievement if isinstance(achievement, dict) else {}


@lru_cache(maxsize=64)
def _default(achievement_id: str) -> bytes:
    return default_badge(hashlib.sha256(achievement_id.encode("utf-8")).digest())


def _framed(picture: bytes) -> bytes:
    data = base64.b64encode(picture).decode("ascii")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="320" viewBox="0 0 320 320">'
        f'<image width="320" height="320" href="data:image/png;base64,{data}"/></svg>'
    ).encode("ascii")
