"""Who made a credential, by what is proven."""

from __future__ import annotations

import pytest

from registry.checks.proven import domain_of


@pytest.mark.parametrize(
    ("did", "domain"),
    [
        ("did:web:uni.example", "uni.example"),
        ("did:web:Uni.Example:dept", "uni.example/dept"),
        ("did:web:localhost%3A8320", "localhost:8320"),
        ("did:web:uni.example%2Fevil", None),
        ("did:web:uni.example:..:evil", None),
        ("did:web:\u0430pple.example", None),
        ("did:web:apple.example%40evil.example", None),
        ("did:web:", None),
        ("did:key:z6Mk", None),
    ],
)
def test_a_domain_is_read_from_did_web_in_plain_letters_only(did: str, domain: str | None) -> None:
    assert domain_of(did) == domain
