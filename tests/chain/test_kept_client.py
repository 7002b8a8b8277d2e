"""A client that threads share is closed by whoever uses it last."""

from __future__ import annotations

import contextlib

import httpx
import pytest

from registry.chain.kept_client import KeptClient
from registry.core.errors import ChainUnavailableError


@pytest.fixture
def made() -> list[httpx.Client]:
    return []


@pytest.fixture
def kept(made: list[httpx.Client]) -> KeptClient:
    def make() -> httpx.Client:
        made.append(httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200))))
        return made[-1]

    return KeptClient("node", make)


def test_it_is_made_when_it_is_first_needed_and_once(kept: KeptClient, made: list[httpx.Client]) -> None:
    assert made == []

    with kept.using() as one, kept.using() as other:
        assert one is other

    assert len(made) == 1
    kept.close()


def test_it_stays_open_for_who_uses_it_while_somebody_else_closes_it(
    kept: KeptClient, made: list[httpx.Client]
) -> None:
    with kept.using() as one, kept.using() as other:
        kept.close()
        assert one.get("https://node.example").is_success
        assert not other.is_closed

    assert [client.is_closed for client in made] == [True]


def test_once_closed_it_is_given_to_nobody(kept: KeptClient) -> None:
    kept.close()
    kept.close()

    with pytest.raises(ChainUnavailableError, match="node was asked over a closed connection"), kept.using():
        pass


def test_who_fails_while_using_it_does_not_keep_it_open(kept: KeptClient, made: list[httpx.Client]) -> None:
    with contextlib.suppress(httpx.ConnectError), kept.using():
        kept.close()
        raise httpx.ConnectError("gone")

    assert [client.is_closed for client in made] == [True]
