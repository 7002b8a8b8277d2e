"""Several credentials in one text or file: a JSON array, or one on each line."""

from __future__ import annotations

import json

from registry.core.canonical import parse_json
from registry.core.errors import InputError

_STARTS = (b"{", b"eyJ", b"https://", b"http://")
"""How a line begins that holds a credential, or a link to one."""


def parts_of(data: bytes) -> list[bytes]:
    """Return the credentials, or links to some, that `data` lists; `data` itself where it is no list."""
    text = data.removeprefix(b"\xef\xbb\xbf").strip()
    return (_elements(text) if text.startswith(b"[") else _lines(text)) or [data]


def _elements(text: bytes) -> list[bytes]:
    try:
        value = parse_json(text)
    except InputError:
        return []
    if not all(isinstance(one, dict | str) for one in value):
        return []
    return [one.encode("utf-8", "surrogatepass") if isinstance(one, str) else json.dumps(one).encode() for one in value]


def _lines(text: bytes) -> list[bytes]:
    lines = [line.strip() for line in text.split(b"\n") if line.strip()]
    return lines if len(lines) > 1 and all(line.startswith(_STARTS) for line in lines) else []
