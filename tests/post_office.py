"""A real mail server (aiosmtpd) that refuses, stalls, hangs up and dies on purpose: the `post_office` fixture.

`tests/conftest.py` loads this file by its path.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from email.message import EmailMessage
    from pathlib import Path

HOST = "127.0.0.1"
USER, PASSWORD = "registrar@uni.example", "Tr0ub4dor&3"


@dataclass
class PostOffice:
    """One mail server; what it was handed, and how it behaves towards whom."""

    port: int
    mails: list[tuple[str, bytes]] = field(default_factory=list)
    """Envelope recipient and content of every mail that it took, in order."""
    answers: dict[str, str] = field(default_factory=dict)
    """What it says to RCPT for an address, where it is not 250."""
    data_answers: dict[str, str] = field(default_factory=dict)
    """What it says after the text."""
    hangs_up_after_text: set[str] = field(default_factory=set)
    """For whom it takes the text, and ends the connection in place of the answer."""
    hangs_up_at_recipient: Counter[str] = field(default_factory=Counter)
    """For whom it ends the connection at RCPT, so many times."""
    at_recipient: Callable[[str], None] = lambda _: None
    """Called at RCPT."""
    at_text: Callable[[str], None] = lambda _: None
    """Called when it has the text, before it answers."""
    senders: list[str] = field(default_factory=list)
    sender_answer: str = ""
    """What it says to MAIL, where it is not 250."""
    greeted: int = 0
    """How many EHLOs it heard."""

    @property
    def recipients(self) -> list[str]:
        return [recipient for recipient, _ in self.mails]

    def mail_to(self, address: str) -> EmailMessage:
        """Return the only mail that an address got."""
        (content,) = [content for recipient, content in self.mails if recipient == address]
        return message_from_bytes(content, policy=default)  # type: ignore[return-value]

    # --- aiosmtpd's hooks

    async def handle_EHLO(self, _: Any, session: Any, __: Any, hostname: str, responses: list[str]) -> list[str]:  # noqa: N802
        session.host_name = hostname
        self.greeted += 1
        return responses

    async def handle_MAIL(self, _: Any, __: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if self.sender_answer:
            return self.sender_answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        self.senders.append(address)
        return "250 OK"

    async def handle_RCPT(self, server: Any, _: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        self.at_recipient(address)
        if self.hangs_up_at_recipient[address] > 0:
            self.hangs_up_at_recipient[address] -= 1
            server.transport.abort()
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: Any, _: Any, envelope: Any) -> str:  # noqa: N802
        (recipient,) = envelope.rcpt_tos
        if recipient in self.data_answers:
            return self.data_answers[recipient]
        self.mails.append((recipient, envelope.original_content))
        self.at_text(recipient)
        if recipient in self.hangs_up_after_text:
            server.transport.abort()
        return "250 2.0.0 Queued"


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind((HOST, 0))
        return int(sock.getsockname()[1])


def authenticated(_: Any, __: Any, ___: Any, ____: str, given: Any) -> AuthResult:
    return AuthResult(success=(given.login, given.password) == (USER.encode(), PASSWORD.encode()), handled=False)


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate for this machine, and its key."""

    file: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.file, self.key)
        return context


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    folder = tmp_path_factory.mktemp("certificate")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now).not_valid_after(now + dt.timedelta(days=1))
    builder = builder.add_extension(names, critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    made.file.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    made.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    return made


@pytest.fixture
def open_post_office() -> Iterator[Callable[..., PostOffice]]:
    """Give a function that opens a mail server; its arguments are aiosmtpd's."""
    with ExitStack() as stack:

        def opened(**arguments: Any) -> PostOffice:
            office = PostOffice(free_port())
            controller = Controller(office, HOST, office.port, **{"enable_SMTPUTF8": True, **arguments})
            controller.start()
            stack.callback(controller.stop)
            office.close = controller.stop  # type: ignore[attr-defined]
            return office

        yield opened


@pytest.fixture
def post_office(open_post_office: Callable[..., PostOffice]) -> PostOffice:
    return open_post_office()
