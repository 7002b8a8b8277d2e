"""A JSON-RPC endpoint that lies, stalls and breaks on demand, in front of a real node.

    proxy = Proxy(chain.rpc)                             # proxy.url goes into networks.toml
    proxy.drop("eth_sendRawTransaction", "after")        # the node took it, the answer is lost
    proxy.forge("eth_getTransactionReceipt", lambda params, result: None, times=None)
    proxy.calls.count("eth_call"); proxy.raws            # what was asked; every signed transaction seen

Every rule names a method (or "*"), strikes from the `nth` call of it after the rule was made, and `times` times (None:
for ever). `before` means that the node never hears of the call, `after` that it did as asked. Several rules may
strike one call; they do so in the order in which they were made. `reset()` takes all rules back.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx

from registry.chain.kept_client import KeptClient
from registry.core.errors import ChainUnavailableError

REPLACEMENTS = sys.modules["tests_faults_replacements"]  # loaded by conftest.py

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.job_process import JobProcess

SEND = "eth_sendRawTransaction"
FOR_EVER = None
_NODE_SECONDS = 60.0


class BrokenAnswerError(Exception):
    """What goes over the wire instead of an answer."""

    def __init__(self, status: int = 0, body: bytes = b"", missing: int = 0) -> None:
        """`status` 0 closes the connection without a word; `missing` bytes of the body are announced and not sent."""
        super().__init__()
        self.status, self.body, self.missing = status, body, missing


@dataclass
class Rule:
    """Strikes some calls of one method."""

    method: str
    before: Callable[[Any], Any] | None = None
    """Given the parameters; returns a whole answer instead of the node's, or None to let the call pass."""
    after: Callable[[Any, Any], Any] | None = None
    """Given parameters and the node's answer; returns the answer."""
    nth: int = 1
    times: int | None = 1
    seen: int = 0

    def strikes(self, method: str) -> bool:
        """Count a call, and return whether the rule is for it."""
        if self.method not in {method, "*"}:
            return False
        self.seen += 1
        return self.seen >= self.nth and (self.times is None or self.seen < self.nth + self.times)

    @property
    def struck(self) -> bool:
        """Return whether it did anything yet."""
        return self.seen >= self.nth


@dataclass
class Proxy:
    """One endpoint; `close` it at the end."""

    target: str
    rules: list[Rule] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    """Methods, in order of arrival."""
    raws: list[bytes] = field(default_factory=list)
    """Signed transactions that arrived, in order, repetitions included."""
    geth_replaces: bool = True
    """Whether a second transaction of one nonce needs 10 % more on both fees, as geth asks; anvil takes 5 %."""
    stale_blocks: int = 0
    """How many of the newest blocks it does not know of."""

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._released = threading.Event()
        self._replacements = REPLACEMENTS.Replacements()
        self._node = KeptClient("the node", _client)
        self._port = 0
        self._server: ThreadingHTTPServer | None = None
        self.listen()

    @property
    def url(self) -> str:
        """Return where it answers."""
        return f"http://127.0.0.1:{self._port}"

    # --- What can go wrong

    def drop(self, method: str, when: str = "before", **which: Any) -> Rule:
        """Close the connection instead of answering."""
        return self._rule(method, when, lambda *_: _raise(BrokenAnswerError()), which)

    def status(self, method: str, status: int = 500, when: str = "before", **which: Any) -> Rule:
        """Answer with an HTTP error and something that is not JSON."""
        broken = BrokenAnswerError(status, b"<html>Bad gateway</html>")
        return self._rule(method, when, lambda *_: _raise(broken), which)

    def truncate(self, method: str, **which: Any) -> Rule:
        """Send half of the answer and close the connection."""

        def cut(_params: Any, answer: Any) -> Any:
            body = json.dumps(answer).encode()
            raise BrokenAnswerError(200, body[: len(body) // 2], len(body) - len(body) // 2)

        return self._rule(method, "after", cut, which)

    def refuse(self, method: str, message: str, code: int = -32000, **which: Any) -> Rule:
        """Answer with a JSON-RPC error; the node never hears of the call."""
        error = {"jsonrpc": "2.0", "id": 1, "error": {"code": code, "message": message}}
        return self._rule(method, "before", lambda _params: dict(error), which)

    def delay(self, method: str, seconds: float, when: str = "after", **which: Any) -> Rule:
        """Answer later than the caller waits; `reset` ends the delay."""

        def wait(*given: Any) -> Any:
            self._released.wait(seconds)
            return given[-1] if when == "after" else None

        return self._rule(method, when, wait, which)

    def hang(self, method: str, **which: Any) -> Rule:
        """Never answer, until `reset`."""
        return self.delay(method, _NODE_SECONDS, "before", **which)

    def duplicate(self, method: str, **which: Any) -> Rule:
        """Hand the call to the node twice, and return its second answer."""
        return self._rule(method, "after", lambda params, _answer: self._forward(method, params), which)

    def forge(self, method: str, result: Callable[[Any, Any], Any], **which: Any) -> Rule:
        """Answer with `result(parameters, the node's result)`."""
        return self._rule(
            method, "after", lambda params, answer: {**answer, "result": result(params, answer.get("result"))}, which
        )

    def kill(self, job: Callable[[], JobProcess | None], method: str, when: str = "before", **which: Any) -> Rule:
        """SIGKILL the process that `job` returns at that moment."""

        def strike(*_: Any) -> Any:
            victim = job()
            assert victim is not None
            os.kill(victim.pid, signal.SIGKILL)
            raise BrokenAnswerError

        return self._rule(method, when, strike, which)

    def stop_listening(self) -> None:
        """Refuse connections."""
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()

    def listen(self) -> None:
        """Take connections (again), at the same address as before."""
        if self._server is None:
            self._server = _server(self, self._port)
            self._port = self._server.server_address[1]
            threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def reset(self) -> None:
        """Take every rule back and forget what was seen."""
        self._released.set()
        with self._lock:
            for memory in (self.rules, self.calls, self.raws, self._replacements):
                memory.clear()
            self._released = threading.Event()
        self.geth_replaces, self.stale_blocks = True, 0
        self.listen()

    def close(self) -> None:
        """End it."""
        self._released.set()
        self.stop_listening()
        self._node.close()

    def _rule(self, method: str, when: str, act: Callable[..., Any], which: dict[str, Any]) -> Rule:
        rule = Rule(method, **{when: act}, **which)
        with self._lock:
            self.rules.append(rule)
        return rule

    # --- Answering

    def answer(self, body: Any) -> Any:
        """Return the answer to a call, or to a list of calls; BrokenAnswerError where there is none."""
        if isinstance(body, list):
            return [self._one(call) for call in body]
        return self._one(body)

    def _one(self, call: dict[str, Any]) -> dict[str, Any]:
        method, params = call["method"], call.get("params", [])
        with self._lock:
            self.calls.append(method)
            if method == SEND:
                self.raws.append(bytes.fromhex(params[0][2:]))
            striking = [rule for rule in self.rules if rule.strikes(method)]
        answer = None
        for rule in striking:
            if rule.before is not None and answer is None:
                answer = rule.before(params)
        answer = answer or self._underpriced(method, params) or self._forward(method, params)
        for rule in striking:
            if rule.after is not None:
                answer = rule.after(params, answer)
        return {**answer, "id": call.get("id")}

    def _forward(self, method: str, params: Any) -> dict[str, Any]:
        if self.stale_blocks:
            return self._stale(method, params)
        return self._asked(method, params)

    def _asked(self, method: str, params: Any) -> dict[str, Any]:
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        with self._node.using() as client:
            answer: dict[str, Any] = client.post(self.target, json=body).json()
        return answer

    def _underpriced(self, method: str, params: Any) -> dict[str, Any] | None:
        if method != SEND or not self.geth_replaces:
            return None
        raw = bytes.fromhex(params[0][2:])
        sender, nonce = REPLACEMENTS.place_of(raw)
        spent = int(self._asked("eth_getTransactionCount", [sender, "latest"])["result"], 16)
        if nonce < spent or self._replacements.takes(raw):
            return None
        error = {"code": -32000, "message": "replacement transaction underpriced"}
        return {"jsonrpc": "2.0", "error": error}

    # --- A node that is behind

    def _stale(self, method: str, params: Any) -> dict[str, Any]:
        known = {tag: self._known(tag) for tag in ("latest", "finalized")}
        if method == "eth_blockNumber":
            return {"jsonrpc": "2.0", "result": hex(known["latest"])}
        behind = [hex(known[one]) if isinstance(one, str) and one in known else one for one in params]
        answer = self._asked(method, behind)
        block = answer.get("result") or {}
        number = block.get("blockNumber") or block.get("number") if isinstance(block, dict) else None
        if number is not None and int(number, 16) > known["latest"]:
            return {**answer, "result": None}
        return answer

    def _known(self, tag: str) -> int:
        block = self._asked("eth_getBlockByNumber", [tag, False])["result"]
        return max(0, int(block["number"], 16) - self.stale_blocks)


def _client() -> httpx.Client:
    return httpx.Client(verify=False, trust_env=False, timeout=_NODE_SECONDS)  # noqa: S501  plain http


def _raise(error: BrokenAnswerError) -> Any:
    raise error


def _server(proxy: Proxy, port: int) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            try:
                self._write(200, json.dumps(proxy.answer(body)).encode())
            except BrokenAnswerError as broken:
                self.close_connection = True
                if broken.status:
                    self._write(broken.status, broken.body, broken.missing)
            except (httpx.HTTPError, ChainUnavailableError):  # the node is gone, or the test is over
                self.close_connection = True

        def _write(self, status: int, body: bytes, missing: int = 0) -> None:
            head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body) + missing}\r\n\r\n"
            try:
                self.wfile.write(head.encode() + body)  # in one piece, or the caller's kernel waits 40 ms for the rest
            except OSError:  # whoever asked is dead
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        allow_reuse_address = True
        daemon_threads = True
        block_on_close = False

    return Server(("127.0.0.1", port), Handler)
