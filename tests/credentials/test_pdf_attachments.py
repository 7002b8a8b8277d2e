"""Files attached to a PDF are read within bounds of time and memory, and what is not read is named."""

from __future__ import annotations

import io
import sys
import time
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.core.canonical import MAX_TEXT_BYTES
from registry.core.errors import CredentialFormatError
from registry.credentials.pdf_attachments import (
    MAX_ATTACHED,
    MAX_NODES,
    MAX_PACKS,
    MAX_PDF_BYTES,
    MAX_STRUCTURE_BYTES,
    attached_files,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SECONDS = 5.0
"""Longest that any file may take, on a busy machine."""
MEMORY_BYTES = 32 * 1024 * 1024
"""Most memory that unpacking may take."""
CATALOGUE = b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles 4 0 R>>>>"
PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
NAMES = b"<</Names[(a.json) 5 0 R]>>"
SPECIFICATION = b"<</Type/Filespec/F(a.json)/EF<</F 6 0 R>>>>"


def stream_of(content: bytes, members: bytes = b"", *, packed: bool = False) -> bytes:
    data = zlib.compress(content, 9) if packed else content
    how = b"/Filter/FlateDecode" if packed else b""
    return b"<<%s%s/Length %d>>\nstream\n%s\nendstream" % (members, how, len(data), data)


FILE = stream_of(b'{"a":1}')
PARTS = (CATALOGUE, PAGES, PAGE, NAMES, SPECIFICATION, FILE)


def written(*objects: bytes, trailer: bytes = b"") -> bytes:
    """Return a PDF of these objects, numbered from 1, the first its catalogue."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)
    return bytes(out)


def with_files(contents: Sequence[tuple[bytes, bytes]]) -> bytes:
    """Return a PDF with these files, each a name and a stream."""
    first = len(PARTS) - 1
    names = b"<</Names[%s]>>" % b"".join(
        b"(%s)%d 0 R" % (name, first + 2 * at) for at, (name, _) in enumerate(contents)
    )
    objects = [
        part
        for at, (name, stream) in enumerate(contents)
        for part in (b"<</F(%s)/EF<</F %d 0 R>>>>" % (name, first + 2 * at + 1), stream)
    ]
    return written(CATALOGUE, PAGES, PAGE, names, *objects)


def refused(data: bytes) -> str:
    """Return why a PDF is refused, which must not take long."""
    began = time.perf_counter()
    with pytest.raises(CredentialFormatError) as raised:
        attached_files(data)
    assert time.perf_counter() - began < SECONDS
    return str(raised.value)


# --- Read


def test_a_file_is_read_with_its_name() -> None:
    [file] = attached_files(written(*PARTS))
    assert (file.name, file.content) == ("a.json", b'{"a":1}')


def test_a_pdf_without_files_has_none() -> None:
    assert attached_files(written(b"<</Type/Catalog/Pages 2 0 R>>", PAGES, PAGE)) == ()


def test_files_anywhere_in_the_tree_of_names_are_read() -> None:
    tree = b"<</Kids[<</Kids[<</Kids[7 0 R]>>]>>]>>"
    [file] = attached_files(written(CATALOGUE, PAGES, PAGE, tree, SPECIFICATION, FILE, NAMES))
    assert file.content == b'{"a":1}'


def test_files_named_alike_are_all_read() -> None:
    files = attached_files(with_files([(b"a.json", stream_of(b"1")), (b"a.json", stream_of(b"2", packed=True))]))
    assert [file.content for file in files] == [b"1", b"2"]


def test_as_many_and_as_long_files_as_are_read_are_read() -> None:
    longest = stream_of(bytes(MAX_TEXT_BYTES), packed=True)
    files = attached_files(with_files([(b"a", longest)] * MAX_ATTACHED))
    assert [len(file.content) for file in files] == [MAX_TEXT_BYTES] * MAX_ATTACHED


def test_a_file_that_is_only_named_is_empty() -> None:
    [file] = attached_files(written(CATALOGUE, PAGES, PAGE, NAMES, b"<</F(http://uni.example/a.json)>>", FILE))
    assert file.content == b""


def test_what_another_program_saved_again_is_read() -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(written(*PARTS)))
    writer.add_blank_page(9, 9)
    out = io.BytesIO()
    writer.write(out)
    assert [file.content for file in attached_files(out.getvalue())] == [b'{"a":1}']


def test_what_another_program_appended_to_is_read() -> None:
    writer = pypdf.PdfWriter(io.BytesIO(written(*PARTS)), incremental=True)
    writer.add_metadata({"/Title": "Again"})
    out = io.BytesIO()
    writer.write(out)
    assert [file.content for file in attached_files(out.getvalue())] == [b'{"a":1}']


def packed_pdf(packs: Sequence[bytes], rows: bytes, trailer: bytes = b"", index: bytes = b"") -> bytes:
    """Return a PDF whose objects lie in object streams; `rows` have 1 + 4 + 2 bytes."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, pack in enumerate(packs, 20):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, pack)
    start = len(out)
    found = b"".join(b"\x01" + place.to_bytes(4) + b"\0\0" for place in places)
    table = stream_of(rows + found, b"/Type/XRef/W[1 4 2]/Root 1 0 R" + trailer + index, packed=True)
    return bytes(out) + b"40 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, start)


def pack_of(numbers: Sequence[int], objects: Sequence[bytes], filling: bytes = b"") -> bytes:
    """Return an object stream with numbered objects."""
    body, head = b"", b""
    for number, one in zip(numbers, objects, strict=True):
        head += b"%d %d " % (number, len(body))
        body += one + b" "
    members = b"/Type/ObjStm/N %d/First %d" % (len(numbers), len(head))
    return stream_of(head + body + filling, members, packed=True)


def compressed(filling: bytes = b"", names: bytes = NAMES) -> bytes:
    """Return the small PDF with all objects but the attached stream in one object stream."""
    pack = pack_of([1, 2, 3, 4, 5], [CATALOGUE, PAGES, PAGE, names, SPECIFICATION.replace(b"6 0", b"21 0")], filling)
    rows = b"".join(b"\x02" + (20).to_bytes(4) + at.to_bytes(2) for at in range(5))
    return packed_pdf([pack, FILE], rows, b"/Size 41", b"/Index[1 5 20 2]")


def test_objects_in_object_streams_are_read() -> None:
    assert [file.content for file in attached_files(compressed())] == [b'{"a":1}']


# --- Refused by name


def test_a_pdf_beyond_the_largest_is_refused() -> None:
    assert "at most 16,777,216 are read" in refused(b"%PDF-1.7" + bytes(MAX_PDF_BYTES))


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
@pytest.mark.parametrize("password", ["secret", ""])
def test_an_encrypted_pdf_is_refused(algorithm: str, password: str) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(written(*PARTS)))
    writer.encrypt(user_password=password, owner_password="owner", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    assert "encrypted or protected" in refused(out.getvalue())


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7",
        b"%PDF-1.7\n%%EOF",
        b"%PDF-1.7\nstartxref\n99999999999999999999999\n%%EOF",
        b"%PDF-1.7\nstartxref\n9\n%%EOF",
        written(*PARTS)[:-30],
        written(*PARTS).replace(b"xref\n0 7", b"xref\n0 x"),
        written(*PARTS).replace(b"/Root 1 0 R", b"/Root 77 0 R"),
        written(b"7", PAGES, PAGE, NAMES, SPECIFICATION, FILE),
        written(*PARTS, trailer=b"/Encrypt 7"),
        written(*PARTS, trailer=b"/Encrypt<<>>"),
        written(*PARTS, trailer=b"/Prev 0"),
    ],
)
def test_a_damaged_pdf_is_refused(data: bytes) -> None:
    assert "The PDF is damaged" in refused(data)


@pytest.mark.parametrize("size", [MAX_TEXT_BYTES + 1, 64 * MAX_TEXT_BYTES])
def test_a_file_that_unpacks_to_too_much_is_refused_by_its_name(size: int) -> None:
    data = with_files([(b"bomb.json", stream_of(bytes(size), packed=True))])
    tracemalloc.start()
    try:
        assert "'bomb.json' attached to the PDF has more than 4,194,304 bytes" in refused(data)
        assert tracemalloc.get_traced_memory()[1] < MEMORY_BYTES
    finally:
        tracemalloc.stop()


def test_a_file_that_is_too_long_as_it_stands_is_refused_by_its_name() -> None:
    data = with_files([(b"long.json", stream_of(bytes(MAX_TEXT_BYTES + 1)))])
    assert "'long.json' attached to the PDF has more than" in refused(data)


@pytest.mark.parametrize(
    "how",
    [
        b"/Filter/LZWDecode",
        b"/Filter/ASCII85Decode",
        b"/Filter/JBIG2Decode",
        b"/Filter/Crypt",
        b"/Filter[/FlateDecode/FlateDecode]",
        b"/Filter/FlateDecode/DecodeParms<</Predictor 15/Columns 1>>",
    ],
)
def test_a_file_packed_in_another_way_is_refused_by_its_name(how: bytes) -> None:
    data = with_files([(b"odd.json", stream_of(b"x", how))])
    assert "'odd.json' attached to the PDF is packed in a way that is not read" in refused(data)


def test_too_many_files_are_refused() -> None:
    data = with_files([(b"a", FILE)] * (MAX_ATTACHED + 1))
    assert "lists more than 16 attached files" in refused(data)


@pytest.mark.parametrize(
    "tree",
    [
        b"<</Kids[4 0 R]>>",
        b"<</Kids[4 0 R 4 0 R]/Names[(a) 5 0 R]>>",
        b"<</Kids[%s]>>" % (b"<<>>" * MAX_NODES),
        b"<</Names[%s]>>" % (b"(a) 5 0 R " * 5_000),
    ],
)
def test_a_tree_of_names_that_does_not_end_is_refused(tree: bytes) -> None:
    assert "in a circle" in refused(written(CATALOGUE, PAGES, PAGE, tree, SPECIFICATION, FILE))


@pytest.fixture
def deep_stack() -> Iterator[None]:
    """Raise Python's own bound on recursion as py_ecc does, which eth-account imports."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)
    yield
    sys.setrecursionlimit(before)


@pytest.mark.usefixtures("deep_stack")
@pytest.mark.parametrize("opening", [b"[", b"<</a", b"<</a["])
@pytest.mark.parametrize("packed", [False, True])
def test_deep_nesting_is_refused(opening: bytes, packed: bool) -> None:  # noqa: FBT001  a parameter of the test
    deep = opening * 25_000
    assert "more work" in refused(
        compressed(names=deep) if packed else written(CATALOGUE, PAGES, PAGE, deep, SPECIFICATION, FILE)
    )


@pytest.mark.parametrize(
    "objects",
    [
        (CATALOGUE, PAGES, PAGE, b"4 0 R", SPECIFICATION, FILE),
        (CATALOGUE, PAGES, PAGE, NAMES, b"5 0 R", FILE),
        (CATALOGUE, PAGES, PAGE, NAMES, SPECIFICATION, b"<</Length 6 0 R>>\nstream\nx\nendstream"),
        (CATALOGUE, PAGES, PAGE, NAMES, SPECIFICATION, b"<</Length 99999999999>>\nstream\nx\nendstream"),
        (CATALOGUE, PAGES, PAGE, NAMES, SPECIFICATION, b"<</Length -1>>\nstream\nx\nendstream"),
        (b"1 0 R", PAGES, PAGE, NAMES, SPECIFICATION, FILE),
    ],
)
def test_an_object_that_leads_to_itself_or_lies_about_its_length_ends(objects: Sequence[bytes]) -> None:
    began = time.perf_counter()
    try:
        assert all(len(file.content) < 100 for file in attached_files(written(*objects)))
    except CredentialFormatError as error:
        assert "The PDF is" in str(error)  # noqa: PT017  either answer is right
    assert time.perf_counter() - began < SECONDS


# --- Work


def test_an_object_stream_that_unpacks_to_too_much_is_refused() -> None:
    assert "not read" in refused(compressed(bytes(MAX_STRUCTURE_BYTES)))


def test_a_cross_reference_stream_that_unpacks_to_too_much_is_refused() -> None:
    assert refused(packed_pdf([FILE], bytes(64 * 1024 * 1024), b"/Size 41"))


@pytest.mark.parametrize(
    "size", [b"/Size 999999999", b"/Size 41/Index[0 999999999]", b"/Size -5", b"/Size 41/Index[0 -5]"]
)
def test_a_cross_reference_stream_that_claims_too_many_objects_is_refused(size: bytes) -> None:
    assert refused(packed_pdf([FILE], bytes(7), size))


def test_more_object_streams_than_are_unpacked_are_refused() -> None:
    count = MAX_PACKS + 1
    kids = b"<</Kids[%s]>>" % b"".join(b"%d 0 R " % (100 + at) for at in range(count))
    first = pack_of([1, 4], [CATALOGUE, kids])
    packs = [first, *(pack_of([100 + at], [b"<</Names[]>>"]) for at in range(count))]
    rows = b"".join(b"\x02" + place.to_bytes(4) + index.to_bytes(2) for place, index in [(20, 0), (20, 1)])
    rows += b"".join(b"\x02" + (21 + at).to_bytes(4) + b"\0\0" for at in range(count))
    index = b"/Index[1 1 4 1 100 %d 20 %d]" % (count, len(packs))
    assert "more work" in refused(packed_pdf(packs, rows, b"/Size 200", index))


def test_cross_reference_tables_that_lead_in_a_circle_end() -> None:
    plain = written(*PARTS)
    start = plain.index(b"xref\n0")
    assert len(attached_files(written(*PARTS, trailer=b"/Prev %d" % start))) == 1


def test_a_table_of_very_many_objects_is_refused() -> None:
    plain = written(*PARTS)
    start = plain.index(b"xref\n0")
    table = b"xref\n0 500000\n" + b"0000000000 65535 f \n" * 500_000
    assert "more work" in refused(plain[:start] + table + plain[plain.index(b"trailer") :])


def test_many_tables_over_the_same_bytes_are_refused() -> None:
    count, rows = 400, 20_000
    head = b"%PDF-1.7\n"
    opening = 40
    trailers = []
    for at in range(count):
        body = b"trailer<</Size 9/Root 1 0 R/Prev %010d>>" % (len(head) + opening * (at + 1))
        trailers.append(body.ljust(80))
    tables = [
        (b"xref\n0 %d\n" % (2 * (count - 1 - at) + rows + 4 * (count - 1 - at))).ljust(opening) for at in range(count)
    ]
    entries = b"0000000000 65535 f \n" * rows
    data = head + b"".join(tables) + entries + b"".join(reversed(trailers))
    assert refused(data + b"\nstartxref\n%d\n%%%%EOF\n" % len(head))


def test_a_long_chain_of_cross_reference_streams_ends_soon() -> None:
    out = bytearray(b"%PDF-1.7\n")
    previous = 0
    for number in range(3_000):
        place = len(out)
        members = b"/Type/XRef/W[1 4 2]/Size 9/Index[]/Root 1 0 R" + (b"/Prev %d" % previous if previous else b"")
        out += b"%d 0 obj\n%s\nendobj\n" % (number + 9, stream_of(bytes(MAX_STRUCTURE_BYTES - 1), members, packed=True))
        previous = place
    assert refused(bytes(out) + b"startxref\n%d\n%%%%EOF\n" % previous)


@given(st.data())
def test_any_byte_changed_gives_files_or_a_refusal(data: st.DataObject) -> None:
    whole = bytearray(data.draw(st.sampled_from([written(*PARTS), compressed()])))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        attached_files(bytes(whole))
    except CredentialFormatError as error:
        assert str(error)  # noqa: PT017  anything else must fail this test
