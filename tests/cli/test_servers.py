"""How our servers listen."""

from __future__ import annotations

import asyncio
import socket

import pytest

from registry.cli.servers import _listener


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_no_part_of_an_answer_waits_for_the_client_to_acknowledge_another(host: str) -> None:
    assert asyncio.run(sends_at_once(host)) == 1


async def sends_at_once(host: str) -> int:
    """Return whether a connection that asyncio accepts at our listener has TCP_NODELAY."""
    found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def accepted(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    with _listener(host, 0) as listener:
        async with await asyncio.start_server(accepted, sock=listener):
            _, writer = await asyncio.open_connection(host, listener.getsockname()[1])
            delay = await found
            writer.close()
            await writer.wait_closed()
            return delay
