"""Lines of N-Quads with holes: whatever is filled in, they come out as sorting the finished lines would put them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from registry.credentials.graph_text import GraphText, TwiceError, beginning, statements

LABELS = 3
TEXTS = 3
CONSTANTS = st.sampled_from(["<urn:a>", "<urn:ab>", "<urn:b>", "_:z"])
PREDICATES = st.sampled_from(["<urn:p>", "<urn:pq>", "<urn:%b>"])
LABEL = st.integers(0, LABELS - 1)
HOLE = st.integers(LABELS, LABELS + TEXTS - 1)
SUBJECTS = CONSTANTS.map(lambda text: (text,)) | LABEL.map(lambda at: (at,)) | HOLE.map(lambda at: ("<", at, ">"))
LITERALS = HOLE.map(lambda at: ('"', at, '"')) | HOLE.map(lambda at: ('"', at, '"@en')) | st.just(('"é%"',))
LINES = st.builds(
    lambda subject, predicate, found: (*subject, " ", predicate, " ", *found, " ", "."),
    SUBJECTS,
    PREDICATES,
    SUBJECTS | LITERALS,
)
ARGUMENTS = st.builds(
    lambda labels, texts: [b"_:c14n%d" % label for label in labels] + [text.encode() for text in texts],
    st.lists(st.integers(0, 12), min_size=LABELS, max_size=LABELS, unique=True),
    st.lists(st.text("a ~é", max_size=3), min_size=TEXTS, max_size=TEXTS),
)


def slowly(lines: list[tuple[str | int, ...]], arguments: list[bytes]) -> list[bytes]:
    """Return the finished lines, sorted."""
    return sorted(
        b"".join(arguments[piece] if isinstance(piece, int) else piece.encode() for piece in line) + b"\n"
        for line in lines
    )


def about(subject: str | int, *rest: tuple[str | int, ...]) -> list[tuple[str | int, ...]]:
    return [(subject, " ", *one, " ", ".") for one in rest]


def is_settled(text: GraphText) -> bool:
    return text.form != b"%b"


ALIGNED = about("<urn:a>", *[("<urn:p>", " ", label) for label in range(LABELS)], ("<urn:q>", " ", '"', 3, '"'))
TWO_RUNS = about("<urn:a>", *[(name, " ", at) for name in ("<urn:p>", "<urn:q>") for at in (0, 1)])
TWO_SUBJECTS = [(at, " ", name, " ", "_:z", " ", ".") for name in ("<urn:p>", "<urn:q>") for at in (0, 1)]
TWO_LABELS = [(0, " ", "<urn:p>", " ", 1, " ", "."), (1, " ", "<urn:p>", " ", 2, " ", ".")]
TWO_VALUES = about("<urn:a>", *[("<urn:p>", " ", '"', at, '"') for at in (3, 4)])
AMONG_LABELS = about(0, *[("<urn:p>", " ", label) for label in range(1, LABELS)], ("<urn:b>", " ", '"', 3, '"'))


@example(ALIGNED, [b"_:c14n10", b"_:c14n2", b"_:c14n1", b"", b"", b""])
@example(AMONG_LABELS, [b"_:c14n3", b"_:c14n2", b"_:c14n1", b"", b"", b""])
@example(TWO_RUNS, [b"_:c14n2", b"_:c14n1", b"_:c14n3", b"", b"", b""])
@example(TWO_SUBJECTS, [b"_:c14n2", b"_:c14n1", b"_:c14n3", b"", b"", b""])
@example(TWO_LABELS, [b"_:c14n3", b"_:c14n2", b"_:c14n1", b"", b"", b""])
@example(TWO_VALUES, [b"_:c14n3", b"_:c14n2", b"_:c14n1", b"same", b"same", b""])
@given(st.lists(LINES, unique=True, max_size=6), ARGUMENTS)
def test_statements_come_out_sorted_whatever_is_filled_in(
    lines: list[tuple[str | int, ...]], arguments: list[bytes]
) -> None:
    expected = slowly(lines, arguments)
    assert statements(lines, LABELS, twice=True).filled(arguments) == b"".join(expected)
    once = statements(lines, LABELS)
    if len(set(expected)) == len(expected):
        assert once.filled(arguments) == b"".join(expected)
    else:
        with pytest.raises(TwiceError):
            once.filled(arguments)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        about("<urn:a>", ("<urn:p>", " ", '"', 3, '"'), ("<urn:q>", " ", '"', 4, '"')),
        about(0, ("<urn:p>", " ", '"', 3, '"'), ("<urn:q>", " ", 1)),
        ALIGNED,
        AMONG_LABELS,
    ],
)
def test_the_order_of_different_predicates_and_of_labels_is_settled_beforehand(
    lines: list[tuple[str | int, ...]],
) -> None:
    assert is_settled(statements(lines, LABELS))


@pytest.mark.parametrize(
    "objects",
    [
        [('"', 3, '"'), ('"', 4, '"')],  # two values of a recipient
        [('"', 3, '"'), ('"a"',)],  # a value and a constant
        [('"a"',), ('"a"@en',)],  # one is how the other begins
        [(0,), (0,)],  # twice the same
    ],
)
def test_what_depends_on_a_value_is_not_settled(objects: list[tuple[str | int, ...]]) -> None:
    assert not is_settled(statements(about("<urn:a>", *[("<urn:p>", " ", *one) for one in objects]), LABELS))


def test_a_beginning_is_filled_without_a_line_feed() -> None:
    assert beginning(("<", 0, ">", " ")).filled([b"urn:100%"]) == b"<urn:100%> "
    assert beginning(("<urn:100%>", " ")).filled([]) == b"<urn:100%> "
