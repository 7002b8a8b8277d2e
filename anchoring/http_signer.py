"""A signer that is asked over HTTP, so that the key need not be on this machine; it speaks as web3signer does.

What it returns is believed in nothing: `anchoring.signed_check` holds it against what was asked.
Neither the token nor the URL's path is in any error.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
from eth_hash.auto import keccak

from anchoring.sender import Signed
from registry.chain.rpc import endpoint_name
from registry.core.account import Address
from registry.core.canonical import parse_json
from registry.core.digest import Digest
from registry.core.errors import CanonicalFormError, InputError, SettingsError, SignerUnavailableError

if TYPE_CHECKING:
    from anchoring.sender import TypedData, UnsignedTransaction

MAX_ANSWER_BYTES = 1024 * 1024
"""Longest answer that is read; 200 batches make a transaction of 60 kB in hex."""
_OK = 200
_EIP712_DOMAIN = {
    "name": "string",
    "version": "string",
    "chainId": "uint256",
    "verifyingContract": "address",
}


@dataclass(slots=True)
class HttpSigner:
    """One account of an external signer."""

    url: str = field(repr=False)
    """Its JSON-RPC URL."""
    account: Address | None
    """The account that it must sign for; None for the only one that it lists."""
    timeout_seconds: float
    """Longest wait for a whole answer."""
    token: str = field(default="", repr=False)
    """Bearer token; empty for none."""

    @property
    def address(self) -> Address:
        """Return the account; asks the signer once if none is set.

        Raises:
            SignerUnavailableError: it does not answer.
            SettingsError: it lists no account, or several.

        """
        if self.account is None:
            self.account = self._only_account()
        return self.account

    def sign(self, transaction: UnsignedTransaction) -> Signed:
        """Return what the signer says is the signed transaction; SignerUnavailableError if it says nothing usable."""
        answer = self._ask("eth_signTransaction", [_fields(self.address, transaction)])
        raw = self._bytes(answer.get("raw") if isinstance(answer, dict) else answer)
        return Signed(raw, Digest(keccak(raw)))

    def sign_typed_data(self, typed: TypedData) -> bytes:
        """Return what the signer says is the signature; SignerUnavailableError if it says nothing usable."""
        return self._bytes(self._ask("eth_signTypedData", [self.address, _typed_json(typed)]))

    def _only_account(self) -> Address:
        listed = self._ask("eth_accounts", [])
        try:
            accounts = [Address(str(one)) for one in listed] if isinstance(listed, list) else []
        except InputError as error:
            raise self._unusable("lists something that is no account") from error
        if len(accounts) != 1:
            raise SettingsError(
                f"The signer at {endpoint_name(self.url)} lists {len(accounts)} accounts: name the one that anchors as "
                "`account` in [signer] of anchoring.toml."
            )
        return accounts[0]

    def _bytes(self, answer: object) -> bytes:
        try:
            return bytes.fromhex(str(answer).removeprefix("0x")) if isinstance(answer, str) else bytes(0)
        except ValueError as error:
            raise self._unusable("answered with something that is no hex") from error

    def _ask(self, method: str, params: list[object]) -> Any:  # noqa: ANN401  any JSON value
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        try:
            answer = parse_json(self._posted(body))
        except httpx.TimeoutException as error:
            raise self._unusable(f"did not answer within {self.timeout_seconds:g} seconds") from error
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
            raise self._unusable(f"did not answer ({type(error).__name__})") from error
        except CanonicalFormError as error:
            raise self._unusable("answered with something that is not JSON") from error
        if not isinstance(answer, dict) or "result" not in answer or answer.get("error") is not None:
            raise self._unusable(f"refused {method}{_code(answer)}")
        return answer["result"]

    def _posted(self, body: dict[str, object]) -> bytes:
        """Return the answer's bytes: one request, no redirect, no proxy, bounded in time and size."""
        until = time.monotonic() + self.timeout_seconds
        headers = {"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {self.token}"} if self.token else {})
        encrypted = self.url.startswith("https:")
        with (
            httpx.Client(timeout=self.timeout_seconds, verify=encrypted, trust_env=False, headers=headers) as client,
            client.stream("POST", self.url, json=body) as response,
        ):
            if response.status_code != _OK:
                raise self._unusable(f"answered with HTTP status {response.status_code}")
            read = bytearray()
            for chunk in response.iter_raw():
                read += chunk
                if len(read) > MAX_ANSWER_BYTES:
                    raise self._unusable(f"answered with more than {MAX_ANSWER_BYTES:,} bytes")
                if time.monotonic() > until:
                    raise self._unusable(f"did not answer within {self.timeout_seconds:g} seconds")
        return bytes(read)

    def _unusable(self, what: str) -> SignerUnavailableError:
        return SignerUnavailableError(
            f"The signer at {endpoint_name(self.url)} {what}. Nothing was signed or sent, and no nonce is spent; the "
            "next run asks again."
        )


def _fields(account: Address, transaction: UnsignedTransaction) -> dict[str, object]:
    return {
        "type": "0x2",
        "chainId": hex(transaction.chain_id),
        "from": account,
        "to": transaction.to,
        "value": "0x0",
        "data": "0x" + transaction.data.hex(),
        "nonce": hex(transaction.nonce),
        "gas": hex(transaction.gas_limit),
        "maxFeePerGas": hex(transaction.fees.cap_wei),
        "maxPriorityFeePerGas": hex(transaction.fees.tip_wei),
    }


def _typed_json(typed: TypedData) -> str:
    """Return EIP-712's JSON form, as text: web3signer takes it so."""
    (primary,) = typed.types
    domain = [{"name": name, "type": _EIP712_DOMAIN[name]} for name in typed.domain]
    value = {
        "types": {"EIP712Domain": domain, **typed.types},
        "primaryType": primary,
        "domain": dict(typed.domain),
        "message": {name: _plain(value) for name, value in typed.message.items()},
    }
    return json.dumps(value)


def _plain(value: object) -> object:
    return "0x" + value.hex() if isinstance(value, bytes) else value


def _code(answer: object) -> str:
    """Return an error's number; its text is the signer's own and may repeat the request."""
    error = answer.get("error") if isinstance(answer, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return f" (error {code})" if isinstance(code, int) else ""
