"""The chunks of a PNG file, and the iTXt chunks in which a badge carries its credential.

Source: Portable Network Graphics (Third Edition), 5.2, 5.3 and 11.3.3.4.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, NamedTuple

from registry.core.errors import CredentialFormatError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_CHUNKS = 20_000
"""Most chunks of one picture; an editor writes one for every 8 KiB or so."""
_FRAME_BYTES = 12


class Chunk(NamedTuple):
    """One chunk: its four-letter kind and its content."""

    kind: bytes
    """For example `IHDR`, `IDAT`, `iTXt`."""
    content: bytes
    """What stands between the kind and the checksum."""


def chunks_of(data: bytes) -> Iterator[Chunk]:
    """Yield the chunks from IHDR to IEND, each held to its checksum.

    Raises:
        CredentialFormatError: this is no PNG, a chunk is cut off or damaged, or there are too many.

    """
    if not data.startswith(SIGNATURE):
        raise CredentialFormatError("The file is not a PNG picture.")
    position = len(SIGNATURE)
    for number in range(MAX_CHUNKS):
        chunk = _chunk_at(data, position)
        if number == 0 and chunk.kind != b"IHDR":
            raise CredentialFormatError("The PNG picture does not begin with its header; it is damaged.")
        yield chunk
        position += _FRAME_BYTES + len(chunk.content)
        if chunk.kind == b"IEND":
            return
    raise CredentialFormatError(f"The PNG picture has more than {MAX_CHUNKS:,} chunks, which we do not read.")


def joined(chunks: Iterable[Chunk]) -> bytes:
    """Return the PNG file of these chunks."""
    return SIGNATURE + b"".join(
        len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")
        for kind, content in chunks
    )


def text_chunk(keyword: bytes, text: str) -> Chunk:
    """Return an uncompressed iTXt chunk without language, as Open Badges wants it."""
    return Chunk(b"iTXt", keyword + bytes(5) + text.encode("utf-8"))


def keyword_of(chunk: Chunk) -> bytes | None:
    """Return the keyword of an iTXt chunk, None for a chunk of another kind."""
    return chunk.content.partition(b"\0")[0] if chunk.kind == b"iTXt" else None


def text_of(chunk: Chunk, *, max_bytes: int) -> str:
    """Return the text of an iTXt chunk, inflated if it is compressed, but never beyond `max_bytes`.

    Raises:
        CredentialFormatError: the chunk is malformed, too long, or not UTF-8.

    """
    rest = chunk.content.partition(b"\0")[2]
    flags, fields = rest[:2], rest[2:].split(b"\0", 2)
    if flags not in (b"\0\0", b"\1\0") or len(fields) != 3:  # noqa: PLR2004  language, translated keyword, text
        raise CredentialFormatError("The picture's iTXt chunk is malformed.")
    text = _inflated(fields[2], max_bytes) if flags[0] else fields[2]
    if len(text) > max_bytes:
        raise CredentialFormatError(f"The picture's iTXt chunk has more than {max_bytes:,} bytes of text.")
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CredentialFormatError(f"The picture's iTXt chunk is not UTF-8 (byte {error.start}).") from error


def _chunk_at(data: bytes, position: int) -> Chunk:
    length = int.from_bytes(data[position : position + 4], "big")
    end = position + _FRAME_BYTES + length
    if position + _FRAME_BYTES > len(data) or end > len(data):
        raise CredentialFormatError("The PNG picture is cut off.")
    chunk = Chunk(data[position + 4 : position + 8], data[position + 8 : end - 4])
    if zlib.crc32(data[position + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
        name = chunk.kind.decode("ascii", "replace")
        raise CredentialFormatError(f"The checksum of the PNG picture's {name} chunk is wrong; the file is damaged.")
    return chunk


def _inflated(compressed: bytes, max_bytes: int) -> bytes:
    inflator = zlib.decompressobj()
    try:
        text = inflator.decompress(compressed, max_bytes + 1)
    except zlib.error as error:
        raise CredentialFormatError(f"The picture's iTXt chunk cannot be decompressed: {error}.") from error
    if len(text) <= max_bytes and not inflator.eof:
        raise CredentialFormatError("The picture's iTXt chunk is cut off.")
    return text
