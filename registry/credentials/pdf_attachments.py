"""The files that are attached to a PDF, read within bounds: a PDF is a stranger's program for its reader.

pypdf reads the file strictly and is held to limits of three kinds, because each leaves a way round the others: what a
stream may unpack to, how often the file is read from, and how many arrays and object streams there are. Nothing of the
pages is read.

Source: ISO 32000-2, 7.9.6 (name trees) and 7.11.4 (embedded file streams).
"""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pypdf import PdfReader, apply_configuration
from pypdf.errors import LimitReachedError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from registry.core.canonical import MAX_TEXT_BYTES
from registry.core.errors import CredentialFormatError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pypdf.generic import PdfObject

MAX_PDF_BYTES = 16 * 1024 * 1024
"""Largest PDF that is read."""
MAX_ATTACHED = 16
"""Most attached files that are looked into."""
MAX_NODES = 64
"""Most nodes of the tree of names that leads to them."""
MAX_READS = 100_000
"""Most times that the file is read from; a certificate of ours takes about 700."""
MAX_PACKS = 4
"""Most object streams that are unpacked."""
MAX_BRACKETS = 20_000
"""Most arrays and dictionaries, which bounds their depth: Python's own bound may have been raised by a library."""
MAX_STRUCTURE_BYTES = 256 * 1024
"""Most that an object stream or a cross-reference stream may unpack to: room for 40,000 objects."""

_STRUCTURE_LIMITS: dict[str, Any] = {
    "maximum_declared_stream_length": MAX_PDF_BYTES,
    "zlib_maximum_output_length": MAX_STRUCTURE_BYTES,
    "zlib_maximum_recovery_input_length": MAX_STRUCTURE_BYTES,
    "lzw_maximum_output_length": MAX_STRUCTURE_BYTES,
    "run_length_maximum_output_length": MAX_STRUCTURE_BYTES,
    "brotli_maximum_output_length": MAX_STRUCTURE_BYTES,
    "array_based_stream_maximum_output_length": MAX_STRUCTURE_BYTES,
    "stream_filters_maximum_length": 1,
    "jbig2dec_binary": None,
}
_BRACKETS = (b"[", b"<<")
_PER_READ_BYTES = 1024
"""Bytes that cost as much as one more read."""
_TOO_MUCH = "it takes more work to read than one PDF is worth"

# What pypdf finds odd about a stranger's file is none of the operator's business.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """One file inside a PDF."""

    name: str
    """What it is called; a stranger's words."""
    content: bytes
    """Its content, at most 4 MiB."""


def attached_files(data: bytes) -> tuple[AttachedFile, ...]:
    """Return the files attached to a PDF; none if it has none.

    Raises:
        CredentialFormatError: the PDF is encrypted, damaged or beyond a limit, or an attached file is.

    """
    if len(data) > MAX_PDF_BYTES:
        raise CredentialFormatError(f"The PDF has {len(data):,} bytes; at most {MAX_PDF_BYTES:,} are read.")
    try:
        with apply_configuration(**_STRUCTURE_LIMITS):
            return tuple(_content(name, specification) for name, specification in list(_specifications(_opened(data))))
    except CredentialFormatError:
        raise
    except LimitReachedError as error:
        raise CredentialFormatError(f"The PDF is not read: {_words(error)}. Hand in the .json file instead.") from error
    except Exception as error:  # pypdf raises whatever a damaged file leads it to
        raise CredentialFormatError(
            f"The PDF is damaged, so that nothing attached to it can be read ({_words(error)}). Hand in the file as it "
            "was downloaded, or the .json file."
        ) from error


class _Metered(io.BytesIO):
    """A file that is read a limited number of times: cross-reference tables may overlap, chains lead in circles."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._left = MAX_READS
        self._brackets = MAX_BRACKETS

    def read(self, size: int | None = -1, /) -> bytes:
        found = super().read(size)
        self._brackets -= found in _BRACKETS
        self._spend(len(found))
        return found

    def readline(self, size: int | None = -1, /) -> bytes:
        found = super().readline(size)
        self._spend(len(found))
        return found

    def getbuffer(self) -> memoryview:
        buffer = super().getbuffer()
        self._spend(buffer.nbytes)
        return buffer

    def _spend(self, count: int) -> None:
        # Once spent it stays so: pypdf takes some errors for a reason to try again.
        self._left -= 1 + count // _PER_READ_BYTES
        if self._left < 0 or self._brackets < 0:
            raise LimitReachedError(_TOO_MUCH)


class _Reader(PdfReader):
    """A reader that unpacks a limited number of object streams, none with too much in it."""

    def __init__(self, data: bytes) -> None:
        self._packs: set[int] = set()
        super().__init__(_Metered(data), strict=True, xref_stream_maximum_entries=MAX_STRUCTURE_BYTES)

    def get_object(self, indirect_reference: int | IndirectObject) -> PdfObject | None:
        number = indirect_reference if isinstance(indirect_reference, int) else indirect_reference.idnum
        if number in self.xref_objStm:
            self._require_small(self.xref_objStm[number][0])
        return super().get_object(indirect_reference)

    def _require_small(self, pack: int) -> None:
        """Raise LimitReachedError if an object stream holds too much, or is one too many."""
        if pack in self._packs:
            return
        self._packs.add(pack)
        content = _resolved(super().get_object(IndirectObject(pack, 0, self)))
        unpacked = content.get_data() if isinstance(content, StreamObject) else b""
        if len(self._packs) > MAX_PACKS or sum(unpacked.count(one) for one in _BRACKETS) > MAX_BRACKETS:
            raise LimitReachedError(_TOO_MUCH)


def _opened(data: bytes) -> DictionaryObject:
    """Return the catalogue of a PDF."""
    reader = _Reader(data)
    if reader.is_encrypted:
        raise CredentialFormatError(
            "The PDF is encrypted or protected; hand in the file as the issuer gave it, or the .json file."
        )
    return reader.root_object


def _specifications(catalogue: DictionaryObject) -> Iterator[tuple[str, DictionaryObject]]:
    """Yield each attached file's name and specification, wherever in the tree of names it stands."""
    waiting: list[Any] = [_dictionary(catalogue.get("/Names")).get("/EmbeddedFiles")]
    nodes = files = 0
    while waiting:
        node = _dictionary(waiting.pop())
        nodes += 1
        kids, entries = _array(node.get("/Kids")), _array(node.get("/Names"))
        files += len(entries) // 2
        if nodes + len(kids) > MAX_NODES or files > MAX_ATTACHED:
            raise CredentialFormatError(
                f"The PDF lists more than {MAX_ATTACHED} attached files, or lists them in a circle; hand in the .json "
                "file."
            )
        waiting += kids
        for name, specification in zip(entries[::2], entries[1::2], strict=False):
            yield str(_resolved(name)), _dictionary(specification)


def _content(name: str, specification: DictionaryObject) -> AttachedFile:
    streams = _dictionary(specification.get("/EF"))
    stream = _resolved(streams.get("/UF") or streams.get("/F"))
    called = str(_resolved(specification.get("/UF") or specification.get("/F") or name))[:80]
    if not isinstance(stream, StreamObject):
        return AttachedFile(called, b"")  # only named: it lies elsewhere
    packed = _resolved(stream.get("/Filter"))
    if packed not in (None, "/FlateDecode", ["/FlateDecode"]) or _resolved(stream.get("/DecodeParms")):
        raise CredentialFormatError(f"The file {called!r} attached to the PDF is packed in a way that is not read.")
    return AttachedFile(called, _unpacked(called, stream))


def _unpacked(name: str, stream: StreamObject) -> bytes:
    too_large = f"The file {name!r} attached to the PDF has more than {MAX_TEXT_BYTES:,} bytes; no more are read."
    try:
        with apply_configuration(zlib_maximum_output_length=MAX_TEXT_BYTES):
            content = stream.get_data()
    except LimitReachedError as error:
        raise CredentialFormatError(too_large) from error
    if len(content) > MAX_TEXT_BYTES:
        raise CredentialFormatError(too_large)
    return content


def _resolved(value: Any) -> Any:  # noqa: ANN401  any PDF object
    return value.get_object() if hasattr(value, "get_object") else value


def _dictionary(value: Any) -> DictionaryObject:  # noqa: ANN401  any PDF object
    found = _resolved(value)
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _array(value: Any) -> list[Any]:  # noqa: ANN401  any PDF object
    found = _resolved(value)
    return list(found) if isinstance(found, ArrayObject) else []


def _words(error: Exception) -> str:
    return (str(error) or type(error).__name__).rstrip(".!")[:120]
