"""Strict JSON in, RFC 8785 canonical bytes out; and the entry that a leaf covers."""

from __future__ import annotations

import json
import math
from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NoReturn

import orjson
import rfc8785

from registry.core.errors import CanonicalFormError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAX_TEXT_BYTES = 4 * 1024 * 1024
"""Longest JSON text that is read: room for a transcript with embedded pictures."""
MAX_DEPTH = 64
"""Deepest nesting that is read; Open Badges needs about a dozen levels."""
MAX_INTEGER_DIGITS = 32
"""Longest integer literal that is parsed; canonical form ends at 2^53 anyway."""
MAX_TEXT_VALUES = 100_000
"""Most values, opening brackets counted beside them; the largest transcript with all its receipts has about 40,000."""


_SAFE = 2**53
_LEAST_FRACTION, _LARGEST_FRACTION = 1e-4, 1e15  # well inside of where neither writes an exponent
_QUOTES = 4  # around a value and its name
_BEGINNING = (b",", b"[", b"{")
_OTHERS = bytes(set(range(256)) - set(b'[]{},:"'))
_STEPS = [(one in b"[{") - (one in b"]}") for one in range(256)]
"""How much deeper it is after each byte."""


def parse_json(text: bytes | str) -> Any:  # noqa: ANN401  any JSON value
    """Parse one JSON text strictly: UTF-8, no duplicate member, no NaN or infinity, bounded size, values and depth.

    Raises:
        CanonicalFormError: with what is wrong and, for syntax, the line and column.

    Source: RFC 8259; I-JSON (RFC 7493) 2.3 for duplicate names.

    """
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(data) > MAX_TEXT_BYTES:
        raise CanonicalFormError(f"the JSON text has {len(data):,} bytes; at most {MAX_TEXT_BYTES:,} are read")
    written = require_shallow(data)
    sizes: list[int] = []

    def counted(members: dict[str, Any]) -> dict[str, Any]:
        sizes.append(len(members))
        return members

    try:
        value = _loads(data, object_hook=counted)
        # Of a name that stands twice one member is left, so there are fewer than names were written.
        return value if sum(sizes) == written else _loads(data, object_pairs_hook=_object_without_duplicates)
    except UnicodeDecodeError as error:
        raise CanonicalFormError(f"the text is not UTF-8 (byte {error.start})") from error
    except json.JSONDecodeError as error:
        raise CanonicalFormError(f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error


def _loads(data: bytes, **hook: Any) -> Any:  # noqa: ANN401  any JSON value
    return json.loads(
        data.decode("utf-8"),
        parse_constant=_refuse_constant,
        parse_int=_bounded_integer,
        parse_float=_finite_float,
        **hook,
    )


def canonical_bytes(value: Any) -> bytes:  # noqa: ANN401  any JSON value
    """Return the RFC 8785 (JCS) form of a JSON value.

    orjson writes it where that is provably the same text (`_is_plain`), rfc8785 everywhere else.

    Raises:
        CanonicalFormError: an integer beyond 2^53, a lone surrogate, or a value that is not JSON.

    """
    if _is_plain(value):
        try:
            return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        except orjson.JSONEncodeError:  # a lone surrogate, or too deep; rfc8785 says so
            pass
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeError, RecursionError) as error:
        raise CanonicalFormError(f"the JSON has no canonical form (RFC 8785): {error}") from error


def entry_of(credential: Mapping[str, Any], proof: Mapping[str, Any]) -> bytes:
    """Return the entry of a credential: its JCS bytes with `proof` as an array holding exactly `proof`.

    Source: design.md, Formats: "Entry and leaf".
    """
    return canonical_bytes({**credential, "proof": [proof]})


def entry_of_jwt(compact: str) -> bytes:
    """Return the entry of a VC-JWT: the ASCII bytes of its compact form.

    Raises:
        CanonicalFormError: the text holds something other than ASCII.

    """
    try:
        return compact.encode("ascii")
    except UnicodeEncodeError as error:
        raise CanonicalFormError("a compact JWS holds ASCII characters only") from error


def _is_plain(value: Any) -> bool:  # noqa: ANN401  any JSON value
    """Return whether orjson and rfc8785 write a value alike.

    They differ in nothing but numbers and the order of members. Integers up to 2^53 - 1 have one form; so have
    fractions that both write without an exponent, with the fewest digits that read back as the same number. orjson
    sorts members by code point, RFC 8785 by UTF-16 unit: the same order as long as no name goes beyond the BMP.
    """
    stack = [value]
    while stack:
        item = stack.pop()
        kind = type(item)
        if kind is str:
            continue
        if kind is dict:
            if not _are_plain_names(item):
                return False
            stack += item.values()
        elif kind is list:
            stack += item
        elif not _is_plain_scalar(item):
            return False
    return True


def _is_plain_scalar(item: Any) -> bool:  # noqa: ANN401  any JSON value but a text
    kind = type(item)
    if kind is int:
        return bool(-_SAFE < item < _SAFE)
    if kind is float:
        return bool(_LEAST_FRACTION < abs(item) < _LARGEST_FRACTION and not item.is_integer())
    return kind is bool or item is None


def _are_plain_names(names: Iterable[Any]) -> bool:
    try:
        together = "".join(names)
    except TypeError:
        return False
    return together.isascii() or max(together) <= "\uffff"


def _object_without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        counted = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counted.items() if count > 1)
        raise CanonicalFormError(f"the member {twice[:80]!r} stands twice in one object")
    return members


def _refuse_constant(literal: str) -> NoReturn:
    raise CanonicalFormError(f"{literal} is not JSON")


def _bounded_integer(literal: str) -> int | float:
    if len(literal) > MAX_INTEGER_DIGITS:
        raise CanonicalFormError(f"an integer of {len(literal)} digits has no canonical form")
    number = int(literal)
    # The canonical form writes a float such as 1e20 without exponent; read back, it must be that float again.
    wide = float(number)
    is_canonical_float = abs(number) >= 2**53 and rfc8785.dumps(wide) == literal.encode()
    return wide if is_canonical_float else number


def _finite_float(literal: str) -> float:
    number = float(literal)
    if math.isinf(number):
        raise CanonicalFormError(f"the number {literal[:20]} is larger than any that JSON programs share")
    return number


def require_shallow(data: bytes) -> int:
    """Count values and brackets before the parser builds and recurses: in one pass, whatever the text is like.

    Returns how many members its objects have, if it is JSON.

    The parser's own guard is Python's recursion limit, which a library may have raised beyond what the
    stack can bear (py_ecc, which eth-account imports, sets 100,000).

    Raises:
        CanonicalFormError: there are too many values, or they nest too deep.

    """
    bare = _bare(data)
    # Of three times as many, a third at least begin a value, or the parser stops at what closes or names nothing.
    steps = map(_STEPS.__getitem__, bare[: 3 * MAX_TEXT_VALUES].translate(None, b",:"))
    if max(accumulate(steps), default=0) > MAX_DEPTH:
        raise CanonicalFormError(f"the JSON is nested deeper than {MAX_DEPTH} levels")
    _require_few(sum(map(bare.count, _BEGINNING)))  # every value but the first follows one of these
    return bare.count(b":")


def _bare(data: bytes) -> bytes:
    """Return the brackets, commas and colons that stand outside of strings."""
    # Without escapes every quote begins or ends a string. A pattern for strings would try each quote of one that
    # never ends as another beginning, which takes hours for a few megabytes.
    escaped = data.replace(rb"\\", b"").replace(rb"\"", b"") if b"\\" in data else data
    plain = escaped.translate(None, _OTHERS)
    _require_few(plain.count(b'"') // _QUOTES)
    return b"".join(plain.split(b'"')[::2])


def _require_few(values: int) -> None:
    if values >= MAX_TEXT_VALUES:
        raise CanonicalFormError(f"the JSON holds more than {MAX_TEXT_VALUES:,} values and brackets")
