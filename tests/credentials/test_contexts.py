from __future__ import annotations

import pytest

from registry.core.errors import CredentialFormatError
from registry.credentials import contexts
from registry.credentials.contexts import (
    CLR_CONTEXTS,
    CONTEXTS,
    OB_CONTEXT,
    OB_EXTENSIONS,
    SERVED,
    VC_CONTEXT,
    context_document,
    context_problem,
    load_for_pyld,
)

OLDER = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"


@pytest.fixture
def _nothing_remembered() -> None:
    context_document.cache_clear()


@pytest.mark.parametrize(
    "accepted",
    [list(CONTEXTS), list(CLR_CONTEXTS), [VC_CONTEXT, OB_CONTEXT], [VC_CONTEXT, OLDER, OB_EXTENSIONS]],
)
def test_the_contexts_of_badges_and_stacks_are_accepted(accepted: list[str]) -> None:
    assert context_problem(accepted) is None


@pytest.mark.parametrize(
    ("refused", "code", "undecided"),
    [
        ([OB_CONTEXT, VC_CONTEXT], "wrong-contexts", False),
        ([VC_CONTEXT], "wrong-contexts", False),
        (VC_CONTEXT, "wrong-contexts", False),
        ([VC_CONTEXT, OB_CONTEXT, OB_CONTEXT], "wrong-contexts", False),
        ([VC_CONTEXT, OLDER, OB_CONTEXT], "wrong-contexts", False),
        ([VC_CONTEXT, OB_CONTEXT, 5], "wrong-contexts", False),
        (None, "wrong-contexts", False),
        ([VC_CONTEXT, OB_CONTEXT, {"name": "https://schema.org/alternateName"}], "inline-context", False),
        ([VC_CONTEXT, OB_CONTEXT, "https://example.org/own"], "unknown-context", True),
        ([VC_CONTEXT, "https://purl.imsglobal.org/spec/ob/v3p0/context.json"], "unknown-context", True),
    ],
)
def test_any_other_list_of_contexts_is_refused_or_undecided(refused: object, code: str, *, undecided: bool) -> None:
    problem = context_problem(refused)

    assert problem is not None
    assert (problem.code, problem.undecided) == (code, undecided)


@pytest.mark.parametrize("url", SERVED)
def test_every_served_context_is_the_pinned_file(url: str) -> None:
    assert "@context" in context_document(url)


def test_a_url_that_we_do_not_serve_is_a_typed_error() -> None:
    with pytest.raises(CredentialFormatError, match="not among those we serve"):
        load_for_pyld("https://example.org/own")


@pytest.mark.usefixtures("_nothing_remembered")
def test_a_context_file_that_was_altered_is_a_loud_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(contexts.SERVED, OB_CONTEXT, (SERVED[OB_CONTEXT][0], "0" * 64))

    with pytest.raises(CredentialFormatError, match="not the one we pinned"):
        context_document(OB_CONTEXT)
