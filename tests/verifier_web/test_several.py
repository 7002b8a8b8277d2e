"""Several at once: each listed with its verdict, whose it is and from whom, and opened in full without a script."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.core.canonical import parse_json
from registry.core.receipt import bundle_json, parse_bundle
from verifier_web.body import MAX_AGAIN_BYTES, MAX_AT_ONCE, MAX_BYTES
from verifier_web.several import parts_of

if TYPE_CHECKING:
    from types import ModuleType

    import httpx

    from tests.verifier_web.made import FakeVerifier

pytestmark = pytest.mark.anyio
JWT = "eyJhbGciOiJFZERTQSJ9.eyJpZCI6InVybjp1dWlkOjEifQ.c2ln"


def named(made: ModuleType, name: str) -> str:
    document = made.credential_document()
    document["credentialSubject"]["identifier"][0]["identityHash"] = name
    return made.bundle_text(document)


def files_of(*contents: str | bytes) -> list[tuple[str, tuple[str, bytes]]]:
    read = [one.encode() if isinstance(one, str) else one for one in contents]
    return [("file", (f"{number}.json", one)) for number, one in enumerate(read, 1)]


def headings(page: str) -> list[str]:
    return re.findall(r"<h2 id=\"entry-\d+\"[^>]*>([^<]*)</h2>", page)


async def test_each_of_several_files_is_listed_with_verdict_person_and_issuer(
    client: httpx.AsyncClient, made: ModuleType
) -> None:
    answer = await client.post("/", files=files_of(named(made, "Ada Okafor"), named(made, "Eda <b>Okafor"), "{"))

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert headings(answer.text) == [
        "Verified on the Sepolia test network.",
        "Verified on the Sepolia test network.",
        "This looks like part of a credential, but it is not complete.",
    ]
    assert re.findall(r'<p class="who[^"]*"><bdi>([^<]*)</bdi>', answer.text) == [
        "Ada Okafor",
        "Northbridge University",
        "Eda &lt;b&gt;Okafor",
        "Northbridge University",
    ]
    assert "Verified: 2" in answer.text
    assert "Not a credential: 1" in answer.text
    assert "2.json" in answer.text


async def test_each_opens_in_full_by_a_plain_form_with_the_bundle_that_was_judged(
    client: httpx.AsyncClient, made: ModuleType
) -> None:
    text = named(made, "Eda Okafor")
    page = (
        await client.post("/", files=[*files_of(made.bundle_text(), text), ("recipient", (None, "Eda Okafor"))])
    ).text
    again = re.findall(r'name="again" value="([^"]*)"', page)[1]

    opened = await client.post("/", files={"again": (None, again), "recipient": (None, "Eda Okafor")})

    assert json.loads(base64.b64decode(again)) == bundle_json(parse_bundle(json.loads(text)))
    assert 'name="recipient" value="Eda Okafor"' in page
    assert "It fits the person you asked about." in opened.text


async def test_all_are_compared_with_the_person_who_was_asked_for(
    client: httpx.AsyncClient, made: ModuleType, verifier: FakeVerifier
) -> None:
    files = files_of(made.bundle_text(), named(made, "Eda Okafor"))

    answer = await client.post("/", files=[*files, ("recipient", (None, "Eda Okafor"))])

    assert [whom for _, whom in verifier.asked] == ["Eda Okafor"] * 2
    assert answer.text.count("It does not fit the person you asked about.") == 1
    assert answer.text.count("It fits the person you asked about.") == 1


@pytest.mark.parametrize("form", ["array", "lines", "file"])
async def test_a_list_is_taken_apart(client: httpx.AsyncClient, made: ModuleType, form: str) -> None:
    bundles = [json.loads(named(made, name)) for name in ("Ada Okafor", "Eda Okafor")]
    lines = "\r\n\n".join(json.dumps(one) for one in bundles)
    given = {"array": {"text": (None, json.dumps(bundles))}, "lines": {"text": (None, lines)}}

    answer = await client.post("/", files=given.get(form, {"file": ("all.ndjson", lines.encode())}))

    assert len(headings(answer.text)) == 2
    assert "Eda Okafor" in answer.text
    assert ("all.ndjson, 2" if form == "file" else "pasted text, 2") in answer.text


async def test_a_list_of_one_is_that_one(client: httpx.AsyncClient, made: ModuleType) -> None:
    answer = await client.post("/", files={"text": (None, f"[{made.bundle_text()}]")})

    assert "What it says" in answer.text


@pytest.mark.parametrize("count", [MAX_AT_ONCE, MAX_AT_ONCE + 1, 60])
@pytest.mark.parametrize("form", ["files", "lines"])
async def test_more_than_the_limit_are_refused_before_any_is_judged(
    client: httpx.AsyncClient, made: ModuleType, verifier: FakeVerifier, count: int, form: str
) -> None:
    line = json.dumps(json.loads(made.bundle_text()))
    files = files_of(*[line] * count) if form == "files" else {"text": (None, "\n".join([line] * count))}

    answer = await client.post("/", files=files)

    refused = count > MAX_AT_ONCE
    assert answer.status_code == (413 if refused else 200)
    assert len(verifier.asked) == (0 if refused else count)
    assert ("more than 20 credentials" in answer.text) is refused


async def test_what_is_too_long_to_be_carried_along_is_said_to_be_checked_alone(
    client: httpx.AsyncClient, made: ModuleType
) -> None:
    document = made.credential_document()
    document["credentialSubject"]["achievement"]["description"] = "A" * MAX_AGAIN_BYTES

    answer = await client.post("/", files=files_of(made.bundle_text(document), made.bundle_text()))

    assert answer.text.count('name="again"') == 1
    assert "hand it in by itself to see every check" in answer.text


async def test_one_of_several_that_is_too_large_is_a_413(client: httpx.AsyncClient, made: ModuleType) -> None:
    answer = await client.post("/", files=files_of(made.bundle_text(), b" " * (MAX_BYTES + 1)))

    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (b'[{"a":1},"eyJ","https://uni.example/c/a"]', 3),
        (f"{JWT}\n{JWT}".encode(), 2),
        (b"https://uni.example/c/a\nhttps://uni.example/c/b\n", 2),
        (b"\xef\xbb\xbf[{},{}]", 2),
        (b"[]", 1),
        (b'[1,{"a":1}]', 1),
        (b'[{"a":1}', 1),
        (b'[{"a":1,"a":2}]', 1),
        (b'{\n  "a": 1\n}', 1),
        (b'{"a":1}\nand a word', 1),
        (b"", 1),
    ],
)
def test_only_a_list_of_credentials_or_links_is_taken_apart(data: bytes, count: int) -> None:
    parts = parts_of(data)

    assert len(parts) == count
    assert count > 1 or parts == [data]


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.text(max_size=5), json_values, max_size=3), min_size=2, max_size=4))
def test_taking_an_array_apart_changes_no_value_in_it(values: list[dict[str, Any]]) -> None:
    text = json.dumps(values).encode()

    assert [parse_json(part) for part in parts_of(text)] == parse_json(text)
