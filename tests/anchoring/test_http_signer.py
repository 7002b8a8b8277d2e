"""The external signer: what it returns is sent only if it is what was asked, by the account expected."""

from __future__ import annotations

import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data

from anchoring.http_signer import MAX_ANSWER_BYTES, HttpSigner
from anchoring.relay_request import RelayTerms
from anchoring.sender import KeystoreSender, UnsignedTransaction
from anchoring.signed_check import SignedOtherwiseError, require_as_asked, require_signed_by
from registry.core.account import Address
from registry.core.digest import Digest, Root
from registry.core.errors import SettingsError, SignerUnavailableError
from registry.core.submission import BatchRef, Fees, SubmissionState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.anchoring.conftest import JobHome
    from tests.devnet import LocalChain

TOKEN = "t0ken-for-the-signer"
CALL = UnsignedTransaction(31337, Address("0x" + "2" * 40), b"\x01\x02", 5, 80_000, Fees(10**10, 10**9))
TIMEOUT_SECONDS = 0.5


@dataclass
class FakeSigner:
    """A signer with one key over HTTP, as web3signer answers, that can be told to misbehave."""

    key: str
    requests: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)
    change: dict[str, Any] = field(default_factory=dict)
    """Fields that are signed in place of those that were asked for."""
    answer: Callable[[BaseHTTPRequestHandler], None] | None = None
    """Answers in place of the signer."""
    accounts: list[str] | None = None
    released: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    @property
    def account(self) -> Address:
        return Address(Account.from_key(self.key).address)

    def result(self, method: str, params: list[Any]) -> object:
        if method == "eth_accounts":
            return [self.account] if self.accounts is None else self.accounts
        if method == "eth_signTransaction":
            asked = {name: value for name, value in params[0].items() if name != "from"} | self.change
            asked["to"] = Address(asked["to"]).checksummed()
            return "0x" + bytes(Account.sign_transaction(asked, self.key).raw_transaction).hex()
        assert method == "eth_signTypedData"
        typed = encode_typed_data(full_message=json.loads(params[1]))
        return "0x" + bytes(Account.sign_message(typed, self.key).signature).hex()


def _handler(signer: FakeSigner) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            signer.requests.append(body)
            signer.tokens.append(self.headers["Authorization"])
            if signer.answer is not None:
                signer.answer(self)
            else:
                reply(self, {"jsonrpc": "2.0", "id": 1, "result": signer.result(body["method"], body["params"])})

        def log_message(self, *_arguments: object) -> None:
            pass

    return Handler


def reply(handler: BaseHTTPRequestHandler, value: object, status: int = 200, **headers: str) -> None:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    handler.send_response(status)
    for name, text in headers.items():
        handler.send_header(name, text)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


@pytest.fixture
def fake() -> Iterator[FakeSigner]:
    signer = FakeSigner("0x" + secrets.token_hex(32))
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(signer)) as server:
        signer.url = f"http://127.0.0.1:{server.server_port}/s3cr3t-path"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield signer
        signer.released.set()
        server.shutdown()
        thread.join()


def asked_of(fake: FakeSigner, account: Address | None = None) -> HttpSigner:
    return HttpSigner(fake.url, account or fake.account, TIMEOUT_SECONDS, TOKEN)


def terms_of(signer: Address) -> RelayTerms:
    batch = BatchRef(1, Address("0x" + "3" * 40), Root(Digest(b"r" * 32)), 7)
    return RelayTerms(31337, Address("0x" + "2" * 40), batch, signer, 2_000_000_000)


# --- What it signs


def test_it_signs_exactly_what_was_asked(fake: FakeSigner) -> None:
    signed = asked_of(fake).sign(CALL)

    require_as_asked(signed, CALL, fake.account)
    assert fake.requests[0]["params"] == [
        {
            "type": "0x2",
            "chainId": "0x7a69",
            "from": fake.account,
            "to": CALL.to,
            "value": "0x0",
            "data": "0x0102",
            "nonce": "0x5",
            "gas": "0x13880",
            "maxFeePerGas": "0x2540be400",
            "maxPriorityFeePerGas": "0x3b9aca00",
        }
    ]
    assert fake.tokens == [f"Bearer {TOKEN}"]


def test_it_signs_structured_data(fake: FakeSigner) -> None:
    typed = terms_of(fake.account).typed_data()

    require_signed_by(asked_of(fake).sign_typed_data(typed), typed, fake.account)

    assert fake.requests[0]["params"][0] == fake.account
    assert isinstance(fake.requests[0]["params"][1], str)  # web3signer takes the data as text


def test_an_answer_with_the_bytes_as_a_member_is_understood(fake: FakeSigner) -> None:
    fake.answer = lambda handler: reply(
        handler, {"id": 1, "result": {"raw": fake.result("eth_signTransaction", fake.requests[-1]["params"]), "tx": {}}}
    )

    require_as_asked(asked_of(fake).sign(CALL), CALL, fake.account)


def test_the_only_account_need_not_be_named(fake: FakeSigner) -> None:
    signer = HttpSigner(fake.url, None, TIMEOUT_SECONDS)

    assert [signer.address, signer.address] == [fake.account] * 2
    assert [request["method"] for request in fake.requests] == ["eth_accounts"]
    assert fake.tokens == [None]


@pytest.mark.parametrize("count", [0, 2])
def test_with_no_account_or_several_the_setting_is_asked_for(fake: FakeSigner, count: int) -> None:
    fake.accounts = ["0x" + str(digit) * 40 for digit in range(1, count + 1)]

    with pytest.raises(SettingsError, match=rf"lists {count} accounts: name the one .* `account`"):
        _ = HttpSigner(fake.url, None, TIMEOUT_SECONDS).address


def test_a_list_of_something_else_is_no_list_of_accounts(fake: FakeSigner) -> None:
    fake.accounts = ["0x12"]

    with pytest.raises(SignerUnavailableError, match="no account"):
        _ = HttpSigner(fake.url, None, TIMEOUT_SECONDS).address


# --- What it signs otherwise

CHANGED = {
    "chain id": {"chainId": 1},
    "nonce": {"nonce": 6},
    "tip": {"maxPriorityFeePerGas": 10**9 + 1},
    "fee cap": {"maxFeePerGas": 10**10 + 1},
    "gas limit": {"gas": 80_001},
    "recipient": {"to": "0x" + "4" * 40},
    "value": {"value": 1},
    "call data": {"data": "0x0103"},
    "access list": {"accessList": [{"address": "0x" + "5" * 40, "storageKeys": []}]},
}


@pytest.mark.parametrize("differs", CHANGED)
def test_a_transaction_with_another_field_is_refused(fake: FakeSigner, differs: str) -> None:
    fake.change = CHANGED[differs]

    with pytest.raises(SignedOtherwiseError) as refused:
        require_as_asked(asked_of(fake).sign(CALL), CALL, fake.account)

    assert refused.value.differs == differs


def test_another_key_is_refused(fake: FakeSigner) -> None:
    expected = Address("0x" + "6" * 40)
    typed = terms_of(expected).typed_data()

    with pytest.raises(SignedOtherwiseError):
        require_as_asked(asked_of(fake, expected).sign(CALL), CALL, expected)
    with pytest.raises(SignedOtherwiseError):
        require_signed_by(asked_of(fake, expected).sign_typed_data(typed), typed, expected)


@pytest.mark.parametrize("result", ["0x", "0x02", "0x02c0", "", None, 7, [], {}, {"raw": None}])
def test_bytes_that_are_no_transaction_are_refused(fake: FakeSigner, result: object) -> None:
    fake.answer = lambda handler: reply(handler, {"id": 1, "result": result})

    with pytest.raises(SignedOtherwiseError):
        require_as_asked(asked_of(fake).sign(CALL), CALL, fake.account)


# --- How it fails


def drip(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(200):
            handler.wfile.write(b" ")
            time.sleep(0.05)
    except OSError:
        return


def flood(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(64):
            handler.wfile.write(b"0" * MAX_ANSWER_BYTES)
    except OSError:
        return


def close(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.close()


FAILURES: dict[str, tuple[Callable[[BaseHTTPRequestHandler], None], str]] = {
    "no JSON": (lambda handler: reply(handler, b"<html>"), "not JSON"),
    "no UTF-8": (lambda handler: reply(handler, b"\xff\xfe\xff"), "not JSON"),
    "deep JSON": (lambda handler: reply(handler, b"[" * 200_000), "not JSON"),
    "a list": (lambda handler: reply(handler, []), "refused eth_signTransaction"),
    "no result": (lambda handler: reply(handler, {"id": 1}), "refused eth_signTransaction"),
    "no hex": (lambda handler: reply(handler, {"result": "0xzz"}), "no hex"),
    "JSON-RPC error": (
        lambda handler: reply(handler, {"error": {"code": -32000, "message": f"no key for {TOKEN}"}}),
        r"refused eth_signTransaction \(error -32000\)",
    ),
    "HTTP 500": (lambda handler: reply(handler, {"result": "0x"}, 500), "HTTP status 500"),
    "HTTP 401": (lambda handler: reply(handler, b"", 401), "HTTP status 401"),
    "redirect": (lambda handler: reply(handler, b"", 307, Location="http://127.0.0.1:1/elsewhere"), "status 307"),
    "slow": (drip, "within 0.5 seconds"),
    "hangs": (lambda _handler: None, "within 0.5 seconds"),
    "enormous": (flood, "more than 1,048,576 bytes"),
    "closes": (close, r"did not answer \("),
}


@pytest.mark.parametrize("case", FAILURES)
def test_a_failing_signer_is_told_in_bounded_time_without_token_or_path(fake: FakeSigner, case: str) -> None:
    answer, words = FAILURES[case]
    fake.answer = (lambda _handler: fake.released.wait(10)) if case == "hangs" else answer
    began = time.monotonic()

    with pytest.raises(SignerUnavailableError, match=words) as failed:
        asked_of(fake).sign(CALL)

    assert time.monotonic() - began < 10
    assert not any(secret in str(failed.value) for secret in (TOKEN, "s3cr3t"))
    assert len(fake.requests) == 1


def test_nobody_there_is_told(fake: FakeSigner) -> None:
    with pytest.raises(SignerUnavailableError, match=r"127\.0\.0\.1:9 did not answer"):
        HttpSigner("http://127.0.0.1:9/s3cr3t-path", fake.account, TIMEOUT_SECONDS).sign(CALL)


def test_neither_token_nor_path_is_in_its_picture(fake: FakeSigner) -> None:
    assert not any(secret in repr(asked_of(fake)) for secret in (TOKEN, "s3cr3t"))


# --- Another signer than the fake


@pytest.mark.chain
def test_a_node_that_signs_for_its_own_accounts_is_understood(devnet: LocalChain) -> None:
    signer = HttpSigner(devnet.rpc, devnet.funder, 30)

    require_as_asked(signer.sign(CALL), CALL, devnet.funder)


# --- The whole job


@pytest.fixture
def remote(home: JobHome, fake: FakeSigner, monkeypatch: pytest.MonkeyPatch) -> JobHome:
    """Give a home without an anchoring key: the signer has it."""
    fake.key = "0x" + home.key
    home.hide_key()
    home.allow(f'log = "json"\n[signer]\nkind = "http"\nurl = "{fake.url}"\n')
    monkeypatch.setenv("CREDANCHOR_SIGNER_TOKEN", TOKEN)
    return home


@pytest.mark.chain
def test_a_run_with_an_external_signer_ends_final_and_tells_no_secret(remote: JobHome, fake: FakeSigner) -> None:
    remote.bench.sealed_batch()

    result = remote.run("run")

    (submission,) = remote.bench.rows.submissions()
    assert (result.exit_code, submission.state) == (0, SubmissionState.FINALIZED)
    assert [request["method"] for request in fake.requests] == ["eth_accounts", "eth_signTransaction"]
    said = result.stdout + result.stderr
    assert '"event": "submission.final"' in result.stderr
    assert not any(secret in said for secret in (fake.key[2:], TOKEN, "s3cr3t"))


@pytest.mark.chain
def test_a_batch_can_be_signed_for_a_relayer_by_an_external_signer(remote: JobHome, fake: FakeSigner) -> None:
    remote.bench.sealed_batch()
    out = remote.bench.folder / "relay.json"

    assert remote.run("sign", "--out", str(out)).exit_code == 0

    assert fake.requests[-1]["method"] == "eth_signTypedData"
    assert remote.run("relay", str(out)).exit_code == 0


@pytest.mark.chain
@pytest.mark.parametrize("case", ["HTTP 500", "JSON-RPC error", "no JSON"])
def test_a_signer_that_fails_costs_no_nonce_and_the_next_run_goes_on(
    remote: JobHome, fake: FakeSigner, case: str
) -> None:
    remote.bench.sealed_batch()
    remote.allow(f'[signer]\nkind = "http"\nurl = "{fake.url}"\naccount = "{fake.account}"\n')
    fake.answer = FAILURES[case][0]

    failed = remote.run("run").exception

    assert isinstance(failed, SignerUnavailableError)
    (submission,) = remote.bench.rows.submissions()
    assert (submission.state, submission.nonce, remote.bench.spent_nonces()) == (SubmissionState.PLANNED, None, 0)
    fake.answer = None
    assert remote.run("run").exit_code == 0
    assert remote.bench.spent_nonces() == 1


@pytest.mark.chain
def test_a_signer_that_signs_something_else_is_refused_and_nothing_is_stored(remote: JobHome, fake: FakeSigner) -> None:
    remote.bench.sealed_batch()
    fake.change = {"to": "0x" + "4" * 40}

    refused = remote.run("run").exception

    assert isinstance(refused, SignedOtherwiseError)
    (submission,) = remote.bench.rows.submissions()
    assert (submission.nonce, remote.bench.rows.attempts(submission.id)) == (None, [])
    assert remote.bench.spent_nonces() == 0


@pytest.mark.chain
def test_a_run_with_the_key_from_the_environment_ends_final(home: JobHome, monkeypatch: pytest.MonkeyPatch) -> None:
    key = home.key
    monkeypatch.setenv("CREDANCHOR_ANCHORING_KEY", key)
    monkeypatch.delenv("CREDANCHOR_PASSPHRASE")
    home.hide_key()
    home.allow('log = "json"\n[signer]\nkind = "environment"\n')
    home.bench.sealed_batch()

    result = home.run("run")

    assert result.exit_code == 0
    assert key not in result.stdout + result.stderr


def test_the_keystore_still_signs_the_same(fake: FakeSigner, tmp_path: Any) -> None:
    path = tmp_path / "key.json"
    path.write_text(json.dumps(Account.encrypt(fake.key, "right", kdf="pbkdf2", iterations=2)), "utf-8")

    assert KeystoreSender(path, lambda: "right").sign(CALL) == asked_of(fake).sign(CALL)
