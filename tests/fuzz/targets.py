"""What is fuzzed: each parser of strangers' bytes, and what must hold whatever it is given.

Of the errors only those of the registry's own family may come out; what was read is written and read again the same;
nothing that comes out is larger than its limit. A broken rule is an AssertionError or the foreign error itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eth_hash.auto import keccak

from registry.core.block_header import read_header
from registry.core.canonical import MAX_TEXT_BYTES, canonical_bytes, parse_json
from registry.core.digest import Digest
from registry.core.errors import CanonicalFormError, InputError, RosterError, VerificationError
from registry.core.proven_state import prove
from registry.core.receipt import bundle_json, parse_bundle, parse_receipt, receipt_json
from registry.core.rlp_items import decode_item, encode_item
from registry.core.state_proof import parse_state_proof, state_proof_json
from registry.core.trie import proven_value
from registry.credentials.baking import unbake
from registry.credentials.compact_jws import base64url, parse_compact
from registry.credentials.pdf_attachments import MAX_ATTACHED, attached_files
from registry.credentials.png_chunks import SIGNATURE, Chunk, chunks_of, joined, text_of
from registry.credentials.presented import present, present_jwt
from registry.credentials.roster import read_roster
from registry.credentials.svg import read_svg
from registry.services.kinds import kind_of
from registry.services.unwrap import unwrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.core.receipt import Bundle

KEY = b"key"
"""What is looked up in tries."""
MAX_SVG_CHARACTERS = 2 * MAX_TEXT_BYTES


def json_text(data: bytes) -> None:
    value = parse_json(data)
    written = canonical_bytes(value)
    assert canonical_bytes(parse_json(written)) == written


def unwrapping(data: bytes) -> None:
    kind_of(data)
    _require_same(unwrap(data))


def judging(data: bytes) -> None:
    """Judge what a document says of itself, without anybody else."""
    credential = unwrap(data).credential
    shown = present_jwt(credential) if isinstance(credential, str) else present(credential)
    assert shown.signature.detail
    assert all(problem.detail for problem in shown.format_problems)


def png(data: bytes) -> None:
    chunks = list(chunks_of(data))
    assert data.startswith(joined(chunks))
    credential, _ = unbake(data)
    assert len(credential.encode()) <= MAX_TEXT_BYTES


def png_text(data: bytes) -> None:
    """Read the content of a text chunk, whose checksum no mutation would keep."""
    for piece in chunks_of(SIGNATURE + joined([Chunk(b"IHDR", b""), Chunk(b"iTXt", data), Chunk(b"IEND", b"")])[8:]):
        if piece.kind == b"iTXt":
            assert len(text_of(piece, max_bytes=4096).encode()) <= 4096


def svg(data: bytes) -> None:
    contents = read_svg(data)
    assert len(contents.credential or "") <= MAX_SVG_CHARACTERS
    assert len(contents.receipts or "") <= MAX_SVG_CHARACTERS


def pdf(data: bytes) -> None:
    files = attached_files(data)
    assert len(files) <= MAX_ATTACHED
    assert all(len(file.content) <= MAX_TEXT_BYTES and len(file.name) <= 80 for file in files)


def token(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    jws = parse_compact(text)
    assert f"{jws.signed.decode('ascii')}.{base64url(jws.signature)}" == text
    present_jwt(text)


def receipt(data: bytes) -> None:
    read = parse_receipt(parse_json(data))
    assert parse_receipt(receipt_json(read)) == read


def state_proof(data: bytes) -> None:
    read = parse_state_proof(parse_json(data))
    assert parse_state_proof(state_proof_json(read)) == read
    prove(read)


def rlp(data: bytes) -> None:
    assert encode_item(decode_item(data, "it")) == data


def header(data: bytes) -> None:
    assert read_header(data).block_hash == keccak(data)


def trie(data: bytes) -> None:
    """Walk from the first node through the others; each node begins with two bytes of its length."""
    nodes, rest = [], data
    while len(rest) > 2:
        length = int.from_bytes(rest[:2], "big")
        nodes.append(rest[2 : 2 + length])
        rest = rest[2 + length :]
    if nodes:
        found = proven_value(Digest(keccak(nodes[0])), KEY, nodes)
        assert found is None or any(found in node for node in nodes)


def roster(data: bytes) -> None:
    results = list(read_roster([data[:7], data[7:]], file="class.csv").results)
    assert len(results) <= data.count(b"\n") + data.count(b"\r") + 1
    assert all(str(one).startswith("class.csv") for one in results if isinstance(one, RosterError))


TARGETS: dict[str, Callable[[bytes], None]] = {
    "json": json_text,
    "unwrap": unwrapping,
    "judge": judging,
    "png": png,
    "png-text": png_text,
    "svg": svg,
    "pdf": pdf,
    "token": token,
    "receipt": receipt,
    "state-proof": state_proof,
    "rlp": rlp,
    "header": header,
    "trie": trie,
    "roster": roster,
}


def run(name: str, data: bytes) -> None:
    """Give one input to a target; what comes out is a fault."""
    try:
        TARGETS[name](data)
    except (InputError, VerificationError) as error:
        assert str(error)  # noqa: PT017  a refusal says why
        assert len(str(error)) < 20_000  # noqa: PT017


def _require_same(bundle: Bundle) -> None:
    try:
        value: Any = parse_json(canonical_bytes(bundle_json(bundle)))
    except CanonicalFormError:
        return  # a number or text that has no canonical form is for the checks to say
    again = parse_bundle(value)
    assert canonical_bytes(bundle_json(again)) == canonical_bytes(bundle_json(bundle))
