"""The browser's modules on the vectors that Python and Solidity run, and beside Python on everything made up here."""

from __future__ import annotations

import base64
import copy
import json
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from registry.core.account import Address
from registry.core.canonical import MAX_DEPTH, MAX_TEXT_BYTES, canonical_bytes, parse_json
from registry.core.errors import InputError
from registry.core.receipt import parse_receipt
from registry.credentials.jsonld import canonical_nquads, expand
from registry.credentials.shape import shape_problems
from registry.credentials.shape_schema import shape_schemas
from registry.credentials.times import parse_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Run = Callable[[Sequence[dict[str, Any]]], list[dict[str, Any]]]

TESTS = Path(__file__).parents[2]
INCLUSION = TESTS / "contracts" / "inclusion_vectors.json"
BADGE = TESTS / "vectors" / "full_badge.json"
RFC_8785 = (
    r'{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],'
    r'"string":"\u20ac$\u000F\u000aA\u0027\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}'
)
"""RFC 8785, 3.2.2; its canonical form is held to the printed one in tests/core/test_canonical.py."""
TEXTS: tuple[bytes, ...] = (
    RFC_8785.encode(),
    b"[5, 5.0, -0.0, -0, 1e21, 1e20, 100000000000000000000, 1e-7, 5e-324, 0.1, 123456789012345.6]",
    b"[9007199254740991, -9007199254740991, 9007199254740992]",
    b"[9007199254740993]",
    b"[1e400]",
    b"[" + b"9" * 33 + b"]",
    '{"\ue000": 1, "\U00010000": 2, "é": 3}'.encode(),
    b'{"__proto__": {"a": 1}, "constructor": 2, "toString": [3]}',
    b'{"a": 1, "a": 2}',
    b'{"a": 1, "\\u0061": 2}',
    b'{"a": {"b": 1, "b": 1}}',
    b'[{"a": 1}, {"a": 1}]',
    b'{"a": "b", "b": "a"}',
    b'{"a": ["a", "a"], "c": "{\\"a\\":1,\\"a\\":2}"}',
    b'"\\ud800"',
    b'"\\ud83d\\ude00"',
    b'"\xff"',
    b'\xef\xbb\xbf"a"',
    b"[NaN]",
    b"[01]",
    b"[+1]",
    b"[1,]",
    b"",
    b"true",
    b"[" * MAX_DEPTH + b"]" * MAX_DEPTH,
    b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
    b"[" * 200_000,
    json.dumps(["[" * 500, '\\"[' * 500, {"{" * 100: "]"}]).encode(),
    b'"' + b"x" * (MAX_TEXT_BYTES - 2) + b'"',
    b'"' + b"x" * (MAX_TEXT_BYTES - 1) + b'"',
)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _python_canonical(data: bytes) -> str | None:
    try:
        return "0x" + canonical_bytes(parse_json(data)).hex()
    except InputError:
        return None


def test_every_json_text_has_the_bytes_that_python_writes_or_is_refused_by_both(run: Run) -> None:
    told = run([{"do": "canonical", "data": _base64(text)} for text in TEXTS])

    assert [one.get("value") for one in told] == [_python_canonical(text) for text in TEXTS]


def test_every_inclusion_vector_gives_the_same_answer_as_in_python_and_solidity(run: Run) -> None:
    vectors = json.loads(INCLUSION.read_bytes())["vectors"]

    told = run(
        [{"do": "root", **vector, "index": str(vector["index"]), "size": str(vector["size"])} for vector in vectors]
    )

    assert len(vectors) > 500
    for vector, one in zip(vectors, told, strict=True):
        if vector["wellFormed"]:
            assert one == {"value": vector["root"]}, vector
        else:
            assert one.get("value") != vector["root"] or "refused" in one, vector


def test_the_full_badge_has_the_canonical_graph_that_python_signs(run: Run) -> None:
    badge = json.loads(BADGE.read_bytes())
    badge.pop("proof", None)

    [told] = run([{"do": "nquads", "document": badge}])

    assert told["value"].encode() == canonical_nquads(expand(badge))


ADDRESSES = ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x" + "c0" * 20, "0x" + "AB" * 20)
"""The first is EIP-55's own example."""


def test_addresses_are_read_and_written_as_in_python(run: Run) -> None:
    broken = ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", "0x12", "c0" * 20, "0X" + "c0" * 20, "")

    told = run([{"do": "address", "text": text} for text in (*ADDRESSES, *broken)])

    assert [one.get("value") for one in told[: len(ADDRESSES)]] == [Address(one).checksummed() for one in ADDRESSES]
    assert all("refused" in one for one in told[len(ADDRESSES) :])


TIMES = (
    "2026-11-21T12:00:00Z",
    "2026-11-21T12:00:00.123456Z",
    "2026-11-21T23:59:59+05:30",
    "2026-11-21T00:00:00-11:00",
    "2024-02-29T00:00:00Z",
    "0001-06-01T00:00:00Z",
    "2023-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-11-21T24:00:00Z",
    "2026-11-21T12:00:60Z",
    "2026-11-21T12:00:00+24:00",
    "2026-11-21T12:00:00+05:60",
    "0000-01-01T00:00:00Z",
    "2026-11-21T12:00:00",
    "2026-11-21 12:00:00Z",
    "2026-11-21t12:00:00z",
    "2026-11-21T12:00Z",
    "2026-11-21T12:00:00.Z",
    "2026-11-21T12:00:00Z\n",
    "\u0662026-11-21T12:00:00Z",
)


def _python_time(text: str) -> int | None:
    try:
        return int(parse_time(text, "the value").timestamp() * 1000)
    except InputError:
        return None


def test_times_are_read_to_the_millisecond_as_in_python_or_refused_by_both(run: Run) -> None:
    told = run([{"do": "time", "text": text} for text in TIMES])

    assert [one.get("value") for one in told] == [_python_time(text) for text in TIMES]


RECEIPT: dict[str, Any] = {
    "type": "AnchorReceipt",
    "version": 1,
    "state": "final",
    "credentialId": "urn:uuid:1",
    "leafHash": "0x" + "01" * 32,
    "leafIndex": 0,
    "treeSize": 2,
    "path": ["0x" + "02" * 32],
    "root": "0x" + "03" * 32,
    "anchors": [{"chain": "eip155:1", "contract": "0x" + "c0" * 20, "issuer": "0x" + "15" * 20, "blockNumber": 5}],
}
BROKEN_VALUES = (None, "", "x", 0, -1, 1.5, True, [], {}, [1], "0x" + "AB" * 32, 2**53)


def _broken_receipts() -> Iterator[dict[str, Any]]:
    yield RECEIPT
    for member in RECEIPT:
        yield {name: value for name, value in RECEIPT.items() if name != member}
        for value in BROKEN_VALUES:
            yield {**RECEIPT, member: value}
    yield {**RECEIPT, "extra": 1}
    yield {**RECEIPT, "leafIndex": 2}
    for member in (*RECEIPT["anchors"][0], "transaction", "blockHash", "anchoredAt", "extra"):
        for value in (*BROKEN_VALUES, "2026-11-21T12:00:00Z"):
            yield {**RECEIPT, "anchors": [{**RECEIPT["anchors"][0], member: value}]}


def _python_takes(receipt: dict[str, Any]) -> bool:
    try:
        parse_receipt(receipt)
    except InputError:
        return False
    return True


# Python reads a number of seconds and a bare date-time as a time, too; sizes beyond 2^53 are no numbers in JavaScript.
STRICTER = (0, -1, 1.5, 2**53)


def test_no_receipt_is_taken_that_python_refuses(run: Run) -> None:
    receipts = list(_broken_receipts())

    told = run([{"do": "receipt", "receipt": one} for one in receipts])

    for receipt, one in zip(receipts, told, strict=True):
        if _python_takes(receipt) != ("value" in one):
            differing = [
                *receipt.values(),
                *(receipt["anchors"][0].get(name) for name in ("anchoredAt", "blockNumber")),
            ]
            assert "refused" in one, receipt
            assert any(value in STRICTER for value in differing if isinstance(value, int | float)), receipt


def _mutated(document: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Return the document with one member, wherever it stands, dropped or made something else."""
    made = copy.deepcopy(document)
    spots = list(_spots(made))
    holder, name = rng.choice(spots)
    change = rng.randrange(8)
    if change == 0:
        del holder[name]
    else:
        holder[name] = (None, 7, "x", [], {}, True, ["x", holder[name]], [holder[name]])[change]
    return made


def _spots(value: Any) -> Iterator[tuple[Any, Any]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for name, item in list(entries):
        if name != "@context":
            yield value, name
            if isinstance(item, dict | list):
                yield from _spots(item)


def _has_null(value: Any) -> bool:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is None or any(_has_null(item) for item in inside)


def test_a_shape_is_refused_in_the_browser_exactly_where_python_refuses_it(run: Run) -> None:
    badge = json.loads(BADGE.read_bytes())
    rng = random.Random(8785)  # noqa: S311  the same documents each time
    documents = [badge, *(_mutated(badge, rng) for _ in range(1500))]
    documents = [one for one in documents if not _has_null(one)]  # a null is refused before the shape is looked at

    told = run([{"do": "shape", "document": one} for one in documents])

    refused = 0
    for document, one in zip(documents, told, strict=True):
        expected = sorted({problem.code for problem in shape_problems(document)})
        refused += bool(expected)
        assert sorted(one["value"]) == expected, [problem.detail for problem in shape_problems(document)]
    assert 300 < refused < len(documents)


@pytest.mark.parametrize("form", ["AchievementCredential", "EndorsementCredential", "ClrCredential"])
def test_there_is_a_schema_of_every_form(form: str) -> None:
    assert form in shape_schemas()["$defs"]
