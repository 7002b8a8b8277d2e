"""Whatever somebody hands in, page and API answer with a kind sentence or a sound verdict, and then answer others."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from verifier_web.body import MAX_BYTES

if TYPE_CHECKING:
    import httpx

documents = sys.modules["hostile_documents"]  # loaded by conftest.py
MAX_PAGE_BYTES = 512 * 1024
"""Longest page that any document may lead to."""
REASONS = {
    "zero byte written as an escape": ("not-verified", "altered"),
    "string of four million letters": ("not-verified", "altered"),
    "tower of combining marks": ("not-verified", "altered"),
    "string of invisible letters": ("not-verified", "altered"),
    "very many proofs of one issuer": ("not-verified", "altered"),
    "very many values": ("not-verified", "altered"),
    "very many values and as many proofs as are read": ("not-verified", "altered"),
    "very many types of its parts": ("not-verified", "altered"),
    "tower of combining marks for the recipient's name": ("not-verified", "altered"),
    "token with no algorithm": ("not-verified", "claims-mismatch"),
    "token with no algorithm, oddly spelt": ("not-verified", "claims-mismatch"),
    "component whose recipient is a tower of marks": ("not-verified", "component-failed"),
    "subject that is the credential itself": ("not-verified", "described-twice"),
    "context: inline": ("not-verified", "inline-context"),
    "context: @import": ("not-verified", "inline-context"),
    "context: @vocab": ("not-verified", "inline-context"),
    "token with the algorithm of another key": ("not-verified", "malformed-proof"),
    "token with an extension that must be understood": ("not-verified", "malformed-proof"),
    "token with a body that is not encoded": ("not-verified", "malformed-proof"),
    "token with the address of a key": ("not-verified", "malformed-proof"),
    "array where a text belongs": ("not-verified", "nested-array"),
    "lone surrogate written as an escape": ("not-verified", "not-canonical"),
    "null where a text belongs": ("not-verified", "null-member"),
    "graph in the document": ("not-verified", "reserved-member"),
    "reverse member": ("not-verified", "reserved-member"),
    "very many types": ("not-verified", "too-complex"),
    "very many proofs over a large document": ("not-verified", "too-complex"),
    "components in each other, ten at each level": ("not-verified", "too-complex"),
    "document of lookalike blank nodes": ("not-verified", "too-complex"),
    "names that JavaScript and Python give a meaning": ("not-verified", "undefined-term"),
    "proofs that hold graphs which only trial puts in order": ("not-verified", "undefined-term"),
    "proofs that hold large graphs": ("not-verified", "undefined-term"),
    "token with a shared secret that is the public key": ("not-verified", "unsafe-algorithm"),
    "token with an algorithm that is a list": ("not-verified", "unsafe-algorithm"),
    "context: array in an array": ("not-verified", "wrong-contexts"),
    "context: null": ("not-verified", "wrong-contexts"),
    "context: very many": ("not-verified", "wrong-contexts"),
    "context: missing": ("not-verified", "wrong-contexts"),
    "fraction of a million digits": ("not-verified", "wrong-shape"),
    "number below every float": ("not-verified", "wrong-shape"),
    "integer beyond 2^53": ("not-verified", "wrong-shape"),
    "issuer that is an array": ("not-verified", "wrong-shape"),
    "badge in UTF-7": ("undecided", "receipt-unreachable"),
    "badge in UTF-8 with a byte order mark": ("undecided", "receipt-unreachable"),
    "as many endorsements beside it as are read": ("undecided", "receipt-unreachable"),
    "large endorsements beside it": ("undecided", "receipt-unreachable"),
    "status list index of a million digits": ("undecided", "receipt-unreachable"),
    "SVG with an include": ("undecided", "receipt-unreachable"),
    "SVG with a picture elsewhere": ("undecided", "receipt-unreachable"),
    "SVG with an element with very many attributes": ("undecided", "receipt-unreachable"),
    "SVG with a very long attribute": ("undecided", "receipt-unreachable"),
    "SVG with a very long comment": ("undecided", "receipt-unreachable"),
    "PDF with pages in a circle and a script": ("undecided", "receipt-unreachable"),
    "context: remote": ("undecided", "unknown-context"),
    "token with a key named by a path": ("undecided", "unknown-proof-type"),
}
"""What each document is found to be that is a credential at all; every other is refused as none."""


@pytest.mark.parametrize("name", documents.KINDS)
def test_a_hostile_document_is_judged_within_bounds_by_page_and_api(name: str, visitor: httpx.Client) -> None:
    data = documents.KINDS[name]()
    assert len(data) <= MAX_BYTES

    answer = visitor.post("/v1/verifications", content=data, headers={"Content-Type": "application/json"})
    page = visitor.post("/", files={"file": ("credential", data)}, data={"recipient": "Ada Okafor"})

    assert page.status_code == answer.status_code
    if name in REASONS:
        assert (answer.json()["verdict"], answer.json()["reason"]) == REASONS[name]
    else:
        assert (answer.status_code, answer.json()["code"]) == (422, "not-a-credential")
    assert "<h1" in page.text
    assert len(page.content) < MAX_PAGE_BYTES
