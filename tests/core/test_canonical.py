import json
import sys

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from registry.core import canonical
from registry.core.canonical import (
    MAX_DEPTH,
    MAX_TEXT_BYTES,
    MAX_TEXT_VALUES,
    _bare,
    canonical_bytes,
    entry_of,
    entry_of_jwt,
    parse_json,
    require_shallow,
)
from registry.core.errors import CanonicalFormError

numbers = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


def test_the_example_of_rfc_8785_has_the_bytes_printed_there() -> None:
    # RFC 8785, 3.2.2 and 3.2.3.
    text = (
        r'{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],'
        r'"string":"\u20ac$\u000F\u000aA\u0027\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}'
    )
    expected = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert canonical_bytes(parse_json(text)) == expected.encode()


@given(values)
def test_the_canonical_form_is_read_back_and_written_the_same(value: object) -> None:
    once = canonical_bytes(value)
    assert canonical_bytes(parse_json(once)) == once


@given(st.dictionaries(texts, values, max_size=5))
def test_spacing_and_member_order_do_not_change_the_canonical_form(value: dict[str, object]) -> None:
    shuffled = json.dumps(dict(reversed(value.items())), indent=3)
    assert canonical_bytes(parse_json(shuffled)) == canonical_bytes(value)


WIDE = st.integers(-(2**70), 2**70) | st.floats() | st.sampled_from([2**53 - 1, 2**53, -(2**53), -0.0, 1e15, 1e21])
KEYS = texts | st.sampled_from(["\ue000", "\uffff", "\U00010000", "\U0010ffff"])
ANY = st.recursive(
    st.none() | st.booleans() | WIDE | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(ANY)
@example(2**53)
@example([2**53 - 1, -0.0, 5.0, 1e21, 1e20, 1e-7, 1e-5, 0.1, 123456789012345.6, 5e-324])
@example({"\ue000": 1, "\U00010000": 2})
@example({"a": "\ud800"})
@example([True, 1, 1.0])
def test_the_fast_writer_gives_the_bytes_of_rfc_8785_or_the_same_refusal(value: object) -> None:
    try:
        expected = rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeError):
        with pytest.raises(CanonicalFormError):
            canonical_bytes(value)
    else:
        assert canonical_bytes(value) == expected


@given(st.floats(1e-4, 1e15, exclude_min=True, exclude_max=True) | st.integers(-(2**53) + 1, 2**53 - 1))
def test_every_number_that_is_written_fast_is_written_as_rfc_8785_says(number: float) -> None:
    assert canonical_bytes([number, -number]) == rfc8785.dumps([number, -number])


def test_five_and_five_point_zero_have_one_form() -> None:
    assert canonical_bytes(parse_json("[5, 5.0, -0.0]")) == b"[5,5,0]"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1, "a": 2}', "stands twice"),
        ('{"a": {"b": 1, "b": 1}}', "stands twice"),
        ("[NaN]", "not JSON"),
        ("[-Infinity]", "not JSON"),
        ('{"a": 1,}', "line 1, column"),
        ("", "not JSON"),
        (b'"\xff"', "not UTF-8"),
        ("[" * 100_000, "nested deeper"),
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "nested deeper"),
        ('{"a":' * 500 + "1" + "}" * 500, "nested deeper"),
        (f"[{'9' * 5000}]", "no canonical form"),
        ("[1e999]", "the number 1e999 is larger"),
        ("[-1e999]", "the number -1e999 is larger"),
        (f"[{'1,' * MAX_TEXT_VALUES}1]", "more than 100,000 values and brackets"),
        (f"[{'[],' * MAX_TEXT_VALUES}1]", "more than 100,000 values and brackets"),
        ("{" + '"a":1,' * MAX_TEXT_VALUES + '"a":1}', "more than 100,000 values and brackets"),
        ('["' + '\\"' * 2_000_000, "not JSON"),
        (" " * (MAX_TEXT_BYTES + 1), "at most"),
    ],
)
def test_what_is_not_strict_json_is_refused_with_the_reason(text: str | bytes, words: str) -> None:
    with pytest.raises(CanonicalFormError, match=words):
        parse_json(text)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, '["\\"", ' + "[" * 100_000])
def test_deep_nesting_is_refused_even_where_a_library_raised_the_recursion_limit(text: str) -> None:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000_000)
    try:
        with pytest.raises(CanonicalFormError, match="nested deeper"):
            parse_json(text)
    finally:
        sys.setrecursionlimit(before)


def test_brackets_inside_strings_are_no_nesting() -> None:
    text = json.dumps(["[" * 500, '\\"[' * 500, {"{" * 100: "]"}])
    assert parse_json(text) == json.loads(text)


def test_as_many_values_as_are_read_are_read() -> None:
    text = f"[{'{},' * (MAX_TEXT_VALUES // 2 - 1)}1]"
    assert len(parse_json(text)) == MAX_TEXT_VALUES // 2


@given(st.text(alphabet='a"\\[]{},:'))
def test_what_stands_inside_of_a_string_is_no_sign_of_json(text: str) -> None:
    data = json.dumps({text: [text, {"b": text}]}).encode()
    assert _bare(data) == b"{:[,{:}]}"


NAMES = st.sampled_from(["a", "b", ":", '"', "\\", '\\":', "é", ""])
WRITTEN_NAMES = NAMES.map(json.dumps) | st.just(r'"\u0061"')  # which is another way to write "a"
WRITTEN = st.recursive(
    st.sampled_from(["1", "null", '"{:,"', '"\\\\"']),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: f"[{','.join(parts)}]")
        | st.lists(st.tuples(WRITTEN_NAMES, inner), max_size=3).map(
            lambda members: "{" + ",".join(f"{name} : {value}" for name, value in members) + "}"
        )
    ),
    max_leaves=12,
)


@given(WRITTEN)
@example('{"a":1,"\\u0061":2}')
@example('[{"a":{"b":1}},{"b":1,"a":":"}]')
def test_a_member_that_stands_twice_is_refused_and_nothing_else(text: str) -> None:
    twice: list[str] = []

    def strictly(pairs: list[tuple[str, object]]) -> dict[str, object]:
        twice.extend(name for at, (name, _) in enumerate(pairs) if name in dict(pairs[:at]))
        return dict(pairs)

    expected = json.loads(text, object_pairs_hook=strictly)
    if twice:
        with pytest.raises(CanonicalFormError, match="stands twice"):
            parse_json(text)
    else:
        assert parse_json(text) == expected


def depth_of(value: object) -> int:
    if not isinstance(value, dict | list):
        return 0
    return 1 + max(map(depth_of, value.values() if isinstance(value, dict) else value), default=0)


@given(value=values, limit=st.integers(0, 6))
@example(value=[{"]": ['\\"]']}], limit=2)
def test_depth_is_counted_as_the_parsed_value_has_it(value: object, limit: int) -> None:
    text = json.dumps(value)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(canonical, "MAX_DEPTH", limit)
        if depth_of(value) <= limit:
            require_shallow(text.encode())
        else:
            with pytest.raises(CanonicalFormError, match="nested deeper"):
                require_shallow(text.encode())


def test_nesting_up_to_the_limit_is_read() -> None:
    text = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert canonical_bytes(parse_json(text)) == text.encode()


@pytest.mark.parametrize(
    "value", [2**53, -(2**53), float("nan"), float("inf"), "\ud800", {"\udfff": 1}, {1: 1}, object()]
)
def test_a_value_without_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(CanonicalFormError):
        canonical_bytes([value])


def test_the_entry_holds_exactly_the_issuers_proof_as_an_array() -> None:
    mine, appended = {"type": "DataIntegrityProof"}, {"type": "Other"}
    credential = {"id": "urn:uuid:1", "proof": [appended, mine]}
    assert entry_of(credential, mine) == b'{"id":"urn:uuid:1","proof":[{"type":"DataIntegrityProof"}]}'
    assert entry_of({**credential, "proof": mine}, mine) == entry_of(credential, mine)


def test_a_jwt_is_its_own_entry() -> None:
    assert entry_of_jwt("eyJh.eyJi.c2ln") == b"eyJh.eyJi.c2ln"


def test_a_jwt_with_other_than_ascii_has_no_entry() -> None:
    with pytest.raises(CanonicalFormError):
        entry_of_jwt("eyJh.eyJé.c2ln")
