"""What a reader of QR codes reads off the only page of a PDF; `tests/conftest.py` loads this file by its path."""

from __future__ import annotations

import pypdfium2
import zxingcpp


def codes_in(data: bytes) -> list[str]:
    """Return the texts of all codes on the page."""
    [page] = pypdfium2.PdfDocument(data)
    bitmap = page.render(scale=3, grayscale=True)
    pixels = memoryview(bytes(bitmap.buffer)).cast("B", shape=[bitmap.height, bitmap.stride])
    return [code.text for code in zxingcpp.read_barcodes(pixels)]
