"""From whatever somebody hands in to a bundle: JSON, compact JWS, baked PNG or SVG, PDF with a bundle attached."""

from __future__ import annotations

from registry.core.canonical import parse_json
from registry.core.errors import CanonicalFormError, CredentialFormatError, InputError, ReceiptFormatError
from registry.core.receipt import Bundle, parse_bundle
from registry.credentials.pictures import media_type_of
from registry.services.kinds import Kind, foreign_value

FOREIGN = {
    Kind.BLOCKCERTS: "This is a Blockcerts certificate; it can be checked with a verifier of that system.",
    Kind.OPEN_ATTESTATION: "This is an OpenAttestation document; it can be checked with a verifier of that system.",
    Kind.OPEN_BADGES_2: "This is an Open Badges 2.0 assertion; only Open Badges 3.0 credentials can be checked here.",
    Kind.RECEIPT_ONLY: "This is a receipt without its credential: send both together, as a bundle.",
}
"""What documents of other systems, and lone parts of ours, are told."""
_PNG = b"\x89PNG\r\n\x1a\n"
_PICTURES = (_PNG, b"<")
_PDF = b"%PDF-"
_CREDENTIALS = (b"{", b"eyJ")
"""How a file attached to a PDF begins if it may be a credential."""


def unwrap(data: bytes) -> Bundle:
    """Return the bundle in `data`.

    Raises:
        InputError: with a sentence that says what it is instead, where that can be told.

    """
    text = data.removeprefix(b"\xef\xbb\xbf").strip()
    if not text:
        raise CredentialFormatError("There is nothing in it: paste the credential, or choose its file.")
    if text.startswith(_PDF):
        return _from_pdf(text)
    if text.startswith(_PICTURES):
        return _from_picture(text if text.startswith(b"<") else data)
    return _from_document(text)


def _from_document(text: bytes) -> Bundle:
    if not text.startswith((b"{", b"[")):
        return _from_text(text)
    value = parse_json(text)
    foreign = foreign_value(value)
    if foreign is not None:
        raise CredentialFormatError(FOREIGN[foreign])
    return _require_credential(parse_bundle(value))


def _from_pdf(data: bytes) -> Bundle:
    from registry.credentials.pdf_attachments import attached_files  # noqa: PLC0415  pypdf takes 0.05 s

    files = [file for file in attached_files(data) if file.content.lstrip().startswith(_CREDENTIALS)]
    found: dict[int, Bundle] = {}
    problems: list[InputError] = []
    for number, file in enumerate(files):
        try:
            found[number] = _from_document(file.content.strip())
        except InputError as error:
            problems.append(error)
    if len(found) > 1:
        names = ", ".join(repr(files[number].name) for number in found)
        raise CredentialFormatError(f"The PDF carries {len(found)} credentials ({names}); one is allowed.")
    if not found and len(problems) == 1:
        raise CredentialFormatError(f"The file {files[0].name!r} attached to the PDF: {problems[0]}") from problems[0]
    if not found:
        raise CredentialFormatError(
            "The PDF carries no credential. Use the certificate as it was downloaded: what was printed to a PDF or "
            "scanned shows the words, but the credential in it is lost."
        )
    return next(iter(found.values()))


def _from_picture(data: bytes) -> Bundle:
    from registry.credentials.baking import unbake  # noqa: PLC0415  reading XML takes 0.01 s to load

    credential, receipts = unbake(data)
    bundle = _from_text(credential.strip().encode("utf-8"))
    if receipts is None:
        return bundle
    return parse_bundle({"credential": bundle.credential, "receipts": parse_json(receipts)})


def _from_text(text: bytes) -> Bundle:
    if text.startswith(b"{"):
        return _require_credential(parse_bundle(parse_json(text)))
    try:
        return parse_bundle(text.decode("utf-8"))
    except (UnicodeDecodeError, ReceiptFormatError, CanonicalFormError) as error:
        raise CredentialFormatError(_what_it_is_not(text)) from error


def _what_it_is_not(data: bytes) -> str:
    kind = media_type_of(data)
    if kind is not None:
        return f"This is a picture of the type {kind}, whatever its name says; a badge is a PNG or SVG picture."
    return "This is not a credential: it is neither JSON, nor a signed token (VC-JWT), nor a badge picture."


def _require_credential(bundle: Bundle) -> Bundle:
    document = bundle.credential
    if isinstance(document, str):
        return bundle
    types = document.get("type")
    if "VerifiableCredential" in (types if isinstance(types, list) else [types]):
        return bundle
    raise CredentialFormatError("This JSON is not a verifiable credential: its type does not say VerifiableCredential.")
