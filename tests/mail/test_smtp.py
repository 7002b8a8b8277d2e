"""Mails over SMTP to a real server: what it says of one recipient, what it says of us, and connections that break."""

from __future__ import annotations

import smtplib
import ssl
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from registry.core.errors import MailRefusedError, MailUnavailableError
from registry.deliveries import DeliveryState, Mail, Reply
from registry.mail import smtp
from registry.mail.connection import MailServer, connected, line_of, mapped_errors
from registry.mail.smtp import SmtpMailer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

offices = sys.modules["tests_post_office"]  # loaded by tests/conftest.py
# aiosmtpd warns of a server that takes passwords from the first byte, even where that byte is encrypted.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
ADA, BEN, UMA = "ada@uni.example", "ben@uni.example", "ümä@uni.example"


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "PAUSES", (0.01, 0.02))


def server_of(office: Any, **changes: Any) -> MailServer:
    usual = {"host": offices.HOST, "port": office.port, "security": "none", "timeout_seconds": 5.0}
    return MailServer(**{**usual, **changes})


@pytest.fixture
def mailer(post_office: Any) -> Iterator[SmtpMailer]:
    made = SmtpMailer(server_of(post_office), 6000)
    yield made
    made.close()


def mail(recipient: str = ADA, content: bytes = b"Subject: Hello\r\n\r\nHello\r\n") -> Mail:
    return Mail("office@uni.example", recipient, content)


class Beginning:
    """What keeps that a mail is begun."""

    def __init__(self, office: Any, *, free: bool = True) -> None:
        self._office, self._free = office, free
        self.mails_before: list[int] = []

    def __call__(self) -> bool:
        self.mails_before.append(len(self._office.mails))
        return self._free


def test_a_mail_arrives_byte_for_byte_and_is_begun_before_its_text_leaves(post_office: Any, mailer: SmtpMailer) -> None:
    content = b"Subject: Dots\r\n\r\n.\r\n..two\r\nlast\r\n"
    begin = Beginning(post_office)

    reply = mailer.deliver(mail(content=content), begin)

    assert reply == Reply(DeliveryState.SENT, 250, "2.0.0 Queued")
    assert (post_office.mails, post_office.senders) == ([(ADA, content)], ["office@uni.example"])
    assert begin.mails_before == [0]


def test_what_somebody_else_began_is_dropped_and_the_next_mail_goes(post_office: Any, mailer: SmtpMailer) -> None:
    assert mailer.deliver(mail(ADA), Beginning(post_office, free=False)) is None
    assert mailer.deliver(mail(BEN), Beginning(post_office)) == Reply(DeliveryState.SENT, 250, "2.0.0 Queued")

    assert (post_office.recipients, post_office.greeted) == ([BEN], 1)


@pytest.mark.parametrize(
    ("where", "answer", "state"),
    [
        ("answers", "550 5.1.1 No such user", DeliveryState.REFUSED),
        ("answers", "451 4.7.1 Greylisted", DeliveryState.DEFERRED),
        ("data_answers", "554 5.6.0 Not this text", DeliveryState.REFUSED),
        ("data_answers", "452 4.3.1 Disk full", DeliveryState.DEFERRED),
    ],
)
def test_a_recipient_who_is_refused_stops_nobody_else(
    post_office: Any, mailer: SmtpMailer, where: str, answer: str, state: DeliveryState
) -> None:
    getattr(post_office, where)[ADA] = answer
    begin = Beginning(post_office)

    reply = mailer.deliver(mail(ADA), begin)

    assert reply == Reply(state, int(answer[:3]), answer[4:])
    assert len(begin.mails_before) == (where == "data_answers")
    assert mailer.deliver(mail(BEN), begin) == Reply(DeliveryState.SENT, 250, "2.0.0 Queued")
    assert post_office.recipients == [BEN]


def test_a_mail_whose_answer_was_lost_is_unknown_and_the_next_goes_over_a_new_connection(
    post_office: Any, mailer: SmtpMailer
) -> None:
    post_office.hangs_up_after_text = {ADA}

    first, second = (mailer.deliver(mail(one), Beginning(post_office)) for one in (ADA, BEN))

    assert first is not None
    assert second is not None
    assert (first.state, second.state) == (DeliveryState.UNKNOWN, DeliveryState.SENT)
    assert (post_office.recipients, post_office.greeted) == ([ADA, BEN], 2)


def test_a_connection_that_breaks_before_the_text_is_made_again_and_nothing_goes_twice(
    post_office: Any, mailer: SmtpMailer
) -> None:
    post_office.hangs_up_at_recipient[ADA] = 2
    begin = Beginning(post_office)

    reply = mailer.deliver(mail(ADA), begin)

    assert reply is not None
    assert (reply.state, post_office.recipients, begin.mails_before) == (DeliveryState.SENT, [ADA], [0])


def test_a_server_that_keeps_breaking_is_given_up_before_the_mail_is_begun(
    post_office: Any, mailer: SmtpMailer
) -> None:
    post_office.hangs_up_at_recipient[ADA] = 3
    begin = Beginning(post_office)

    with pytest.raises(MailUnavailableError, match="ended the connection"):
        mailer.deliver(mail(ADA), begin)

    assert begin.mails_before == []


def test_a_server_that_takes_its_leave_at_a_recipient_speaks_of_itself(post_office: Any, mailer: SmtpMailer) -> None:
    post_office.answers[ADA] = "421 4.3.2 Shutting down"
    begin = Beginning(post_office)

    with pytest.raises(MailUnavailableError, match="Shutting down"):
        mailer.deliver(mail(ADA), begin)

    assert (begin.mails_before, post_office.greeted) == ([], 3)


def test_breaks_with_answers_between_them_are_no_reason_to_give_up(post_office: Any, mailer: SmtpMailer) -> None:
    for number in range(4):
        one = f"s{number}@uni.example"
        post_office.hangs_up_at_recipient[one] = 1
        assert mailer.deliver(mail(one), Beginning(post_office)) == Reply(DeliveryState.SENT, 250, "2.0.0 Queued")


def test_a_server_that_breaks_after_each_text_does_not_make_everybody_unknown(
    post_office: Any, mailer: SmtpMailer
) -> None:
    everybody = [f"s{number}@uni.example" for number in range(4)]
    post_office.hangs_up_after_text = set(everybody)

    states = [mailer.deliver(mail(one), Beginning(post_office)) for one in everybody[:3]]
    with pytest.raises(MailUnavailableError, match="Time after time"):
        mailer.deliver(mail(everybody[3]), Beginning(post_office))

    assert {one.state for one in states if one} == {DeliveryState.UNKNOWN}
    assert post_office.recipients == everybody[:3]


def test_a_server_that_does_not_want_the_sender_is_nobodys_refusal(post_office: Any, mailer: SmtpMailer) -> None:
    post_office.sender_answer = "550 5.7.1 Not from you"
    begin = Beginning(post_office)

    with pytest.raises(MailRefusedError, match=r"answered 550 5\.7\.1 Not from you\."):
        mailer.deliver(mail(), begin)

    assert begin.mails_before == []


def test_mails_keep_their_distance(post_office: Any) -> None:
    mailer = SmtpMailer(server_of(post_office), 600)
    began = time.monotonic()
    for one in (ADA, BEN, ADA):
        mailer.deliver(mail(one), Beginning(post_office))
    mailer.close()

    assert time.monotonic() - began >= 0.2


# --- Letters beyond ASCII


def test_an_address_beyond_ascii_goes_to_a_server_that_takes_it(post_office: Any, mailer: SmtpMailer) -> None:
    assert mailer.deliver(mail(UMA), Beginning(post_office)) == Reply(DeliveryState.SENT, 250, "2.0.0 Queued")
    assert mailer.deliver(mail(ADA), Beginning(post_office)) == Reply(DeliveryState.SENT, 250, "2.0.0 Queued")

    assert post_office.recipients == [UMA, ADA]


def test_an_address_beyond_ascii_is_refused_by_name_where_the_server_cannot(
    open_post_office: Callable[..., Any],
) -> None:
    office = open_post_office(enable_SMTPUTF8=False)
    mailer = SmtpMailer(server_of(office), 6000)

    reply = mailer.deliver(mail(UMA), Beginning(office))
    after = mailer.deliver(mail(ADA), Beginning(office))
    mailer.close()

    assert reply is not None
    assert after is not None
    assert (reply.state, "SMTPUTF8" in reply.text) == (DeliveryState.REFUSED, True)
    assert (after.state, office.recipients) == (DeliveryState.SENT, [ADA])


# --- TLS and passwords


@pytest.fixture(params=["starttls", "tls"])
def tls_office(request: pytest.FixtureRequest, open_post_office: Callable[..., Any], certificate: Any) -> Any:
    """Give a mail server that must be spoken to over TLS and wants a password, and which kind it is."""
    wanted = {"authenticator": offices.authenticated, "auth_required": True}
    if request.param == "tls":
        office = open_post_office(ssl_context=certificate.context(), auth_require_tls=False, **wanted)
    else:
        office = open_post_office(tls_context=certificate.context(), require_starttls=True, **wanted)
    return office, request.param


def test_over_tls_with_the_right_password_mails_go(tls_office: Any, certificate: Any) -> None:
    office, security = tls_office
    mailer = SmtpMailer(
        server_of(
            office, security=security, ca_file=certificate.file, username=offices.USER, password=offices.PASSWORD
        ),
        6000,
    )

    reply = mailer.deliver(mail(), Beginning(office))
    mailer.close()

    assert reply is not None
    assert (reply.state, office.recipients) == (DeliveryState.SENT, [ADA])


def test_a_certificate_that_nobody_vouches_for_is_refused(tls_office: Any) -> None:
    office, security = tls_office
    with pytest.raises(MailRefusedError, match=r"not to be trusted.*ca_file"):
        connected(server_of(office, security=security, username=offices.USER, password=offices.PASSWORD))


def test_a_certificate_for_another_name_is_refused(tls_office: Any, certificate: Any) -> None:
    office, security = tls_office
    with pytest.raises(MailRefusedError, match="not to be trusted"):
        connected(server_of(office, host="localhost", security=security, ca_file=certificate.file))


def test_a_wrong_password_is_refused_and_not_repeated(tls_office: Any, certificate: Any) -> None:
    office, security = tls_office
    server = server_of(office, security=security, ca_file=certificate.file, username=offices.USER, password="s3cret")

    with pytest.raises(MailRefusedError, match="answered 535 to the user name") as refused:
        connected(server)

    assert "s3cret" not in str(refused.value) + repr(server)
    assert refused.value.__cause__ is None


def test_no_password_is_shown_to_a_server_without_tls(post_office: Any) -> None:
    server = server_of(post_office, security="starttls", username=offices.USER, password=offices.PASSWORD)

    with pytest.raises(MailRefusedError, match="STARTTLS"):
        connected(server)

    assert post_office.senders == []


def test_tls_at_a_port_without_it_is_told(post_office: Any) -> None:
    with pytest.raises(MailRefusedError, match="does not do TLS here"):
        connected(server_of(post_office, security="tls"))


def test_a_file_of_authorities_that_holds_none_is_told(post_office: Any, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing", "utf-8")
    for path in (tmp_path / "ca.pem", tmp_path / "none.pem"):
        with pytest.raises(MailRefusedError, match="holds no certificate"):
            connected(server_of(post_office, security="starttls", ca_file=path))


def test_nobody_there_is_unavailable() -> None:
    with pytest.raises(MailUnavailableError, match="does not answer"):
        connected(MailServer(offices.HOST, offices.free_port(), "none", 5.0))


# --- Foreign exceptions


def subclasses(of: type[BaseException]) -> Iterator[type[BaseException]]:
    yield of
    for one in of.__subclasses__():
        if one.__module__ in {"smtplib", "ssl", "builtins", "socket"}:
            yield from subclasses(one)


@pytest.mark.parametrize("kind", sorted({*subclasses(OSError)}, key=str), ids=lambda kind: kind.__name__)
def test_no_exception_of_the_library_gets_past_the_mapping(kind: type[BaseException]) -> None:
    raised = {
        smtplib.SMTPResponseException: (550, b"no"),
        smtplib.SMTPSenderRefused: (550, b"no", "a@b.example"),
        smtplib.SMTPRecipientsRefused: ({},),
    }
    arguments = next((given for base, given in raised.items() if kind is base), None)
    if arguments is None:
        arguments = (550, b"no") if issubclass(kind, smtplib.SMTPResponseException) else (1, "why")
    error = kind(*arguments)
    if isinstance(error, ssl.SSLCertVerificationError):
        error.verify_message = "why"

    server = MailServer("mail.uni.example", 25, "none", 5.0)
    with pytest.raises((MailRefusedError, MailUnavailableError)), mapped_errors(server):
        raise error


def test_a_servers_words_become_one_bounded_line() -> None:
    assert line_of(b"5.1.1 No\r\n\x1b[31muser\xff " + b"x" * 500) == ("5.1.1 No [31muser\ufffd " + "x" * 500)[:200]
