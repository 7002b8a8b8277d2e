"""The mail that brings a link: it says what the document says, and no name or title gets anything past its place."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.core.digest import Digest, leaf_hash
from registry.core.errors import InputError
from registry.credentials.compact_jws import base64url
from registry.records import StoredCredential
from registry.services.letter import Letterhead, Occasion, compose, envelope_address, message_id_of, one_line
from registry.services.own_leaf import DocumentDamagedError

if TYPE_CHECKING:
    from email.message import EmailMessage

    from registry.deliveries import Mail

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HEAD = Letterhead("https://badges.uni.example", "office@uni.example")
HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]
HOSTILE = [
    "x\r\nBcc: thief@evil.example",
    "x\nBcc: thief@evil.example\n\nAnother text",
    'Doe, "Ada" <thief@evil.example>, (x) ' * 9,
    "=?utf-8?q?x=0ABcc:_thief=40evil.example?=",
    "\u202egro.live@feiht",
    "<script>alert(1)</script>",
    "\x00\x1b[31m\x85\u2028Bcc: thief@evil.example",
    "Ä, <thief@evil.example> " * 20,
    "x" * 2000,
    "\ud800",
]


def stored(title: str = "Data Foundations", name: str = "Ada Okafor", *, as_jwt: bool = False) -> StoredCredential:
    subject: dict[str, Any] = {"achievement": {"name": title}}
    subject["identifier"] = [{"type": "IdentityObject", "identityType": "name", "identityHash": name, "hashed": False}]
    entry = json.dumps({"id": "urn:uuid:1", "credentialSubject": subject}).encode()
    if as_jwt:
        entry = f"{base64url(b'{}')}.{base64url(entry)}.{base64url(b'0')}".encode()
    leaf = leaf_hash(entry)
    return StoredCredential("1", 1, 1, 1, entry, leaf, "t0ken", 0, "mailto:ada@uni.example", NOW)


def composed(
    credential: StoredCredential | None = None,
    head: Letterhead = HEAD,
    issuer: str = "Northfield University",
    address: str = "ada@uni.example",
    *,
    pending: bool = False,
) -> Mail:
    about = Occasion(credential or stored(), issuer, address, pending)
    return compose(head, about, "<1.1@uni.example>", NOW)


def read(mail: Mail) -> EmailMessage:
    return message_from_bytes(mail.content, policy=default)  # type: ignore[return-value]


def texts(mail: Mail) -> list[str]:
    return [part.get_content().replace("\r\n", "\n") for part in read(mail).walk() if not part.is_multipart()]


@pytest.mark.parametrize("as_jwt", [False, True])
def test_it_says_who_awards_what_to_whom_and_where_it_is(as_jwt: bool) -> None:  # noqa: FBT001
    mail = composed(stored(as_jwt=as_jwt))

    message = read(mail)
    assert (mail.sender, mail.recipient) == ("office@uni.example", "ada@uni.example")
    assert str(message["From"]) == "Northfield University <office@uni.example>"
    assert str(message["To"]) == "Ada Okafor <ada@uni.example>"
    assert str(message["Subject"]) == "Your credential from Northfield University: Data Foundations"
    assert message["Date"].datetime == NOW
    assert (message["Message-ID"], message["Auto-Submitted"]) == ("<1.1@uni.example>", "auto-generated")
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    for text in texts(mail):
        for words in ("Ada Okafor", "Northfield University", "Data Foundations", "https://badges.uni.example/r/t0ken"):
            assert words in text
        assert "not anchored" not in text


def test_another_sender_name_and_address_for_answers_are_used() -> None:
    message = read(composed(head=replace(HEAD, from_name="Badge office", reply_to="help@uni.example")))

    assert (str(message["From"]), str(message["Reply-To"])) == ("Badge office <office@uni.example>", "help@uni.example")


def test_an_anchor_that_is_not_final_is_told() -> None:
    assert all("not anchored for good yet" in text for text in texts(composed(pending=True)))


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_stay_in_their_place(words: str) -> None:
    mail = composed(stored(words, words), replace(HEAD, from_name=words), words)

    assert b"\r" not in mail.content.replace(b"\r\n", b"")
    assert b"\n" not in mail.content.replace(b"\r\n", b"")
    assert max(map(len, mail.content.split(b"\r\n"))) <= 998
    message = read(mail)
    assert message.keys() == HEADERS
    assert not message.defects
    assert [one.addr_spec for one in message["To"].addresses] == ["ada@uni.example"]
    assert [one.addr_spec for one in message["From"].addresses] == ["office@uni.example"]
    assert "<script>" not in texts(mail)[1]
    assert "\u202e" not in "".join(texts(mail))


PIECES = st.sampled_from(
    ["=?", "utf-8", "?q?", "?b?", "=0A", "=0D=0ABcc:", "CkJjYzo=", "?=", "<", ">", ",", '"', "\\", "é", " ", "a" * 70]
)


@given(words=st.text(max_size=200) | st.lists(PIECES, max_size=30).map("".join))
def test_any_words_give_one_sender_one_recipient_and_the_usual_headers(words: str) -> None:
    message = read(composed(stored(words, words), replace(HEAD, from_name=words or None), words))

    assert message.keys() == HEADERS
    assert [one.addr_spec for one in message["To"].addresses] == ["ada@uni.example"]
    assert [one.addr_spec for one in message["From"].addresses] == ["office@uni.example"]
    # Python's reader puts a space between two encoded words where the standard wants none.
    line = one_line(words).replace(" ", "")
    assert message["To"].addresses[0].display_name.replace(" ", "") == line
    assert message["Subject"].replace(" ", "") == f"Yourcredentialfrom{line}:{line or 'Acredential'}"


def test_names_beyond_ascii_arrive_as_they_are_in_ascii_bytes() -> None:
    mail = composed(stored("Données", "王秀英"), issuer="Universität Süd")

    assert mail.content.isascii()
    message = read(mail)
    assert (message["To"].addresses[0].display_name, message["From"].addresses[0].display_name) == (
        "王秀英",
        "Universität Süd",
    )
    assert "Données" in str(message["Subject"])
    assert all("王秀英" in text for text in texts(mail))


def test_an_address_beyond_ascii_keeps_its_local_part_and_has_its_domain_in_ascii() -> None:
    mail = composed(address="ümä@süd.example")

    assert mail.recipient == "ümä@xn--sd-xka.example"
    assert mail.needs_utf8
    assert "ümä@xn--sd-xka.example" in str(read(mail)["To"])


def test_a_domain_beyond_ascii_needs_no_special_server() -> None:
    mail = composed(address="ada@straße.example")

    assert (mail.recipient, mail.needs_utf8) == ("ada@xn--strae-oqa.example", False)


def test_a_domain_that_no_mail_can_go_to_is_told() -> None:
    with pytest.raises(InputError, match="no domain that mail can go to"):
        envelope_address("ada@\u0338x.example")


def test_a_document_that_was_damaged_is_not_mailed_about() -> None:
    with pytest.raises(DocumentDamagedError):
        composed(replace(stored(), leaf_hash=Digest(b"\0" * 32)))


def test_a_document_without_names_still_gives_a_mail() -> None:
    entry = b'{"credentialSubject":[1],"name":" "}'
    mail = composed(replace(stored(), entry=entry, leaf_hash=leaf_hash(entry)))

    assert str(read(mail)["To"]) == "ada@uni.example"
    assert texts(mail)[0].startswith("Hello,\n")
    assert "A credential" in texts(mail)[0]


def test_the_message_id_follows_from_credential_and_attempt_alone() -> None:
    ids = {message_id_of(stored(title), attempt, "office@uni.example") for title in "ab" for attempt in (1, 2, 1)}

    assert len(ids) == 4
    assert message_id_of(stored(), 2, "office@uni.example") == f"<{stored().leaf_hash.hex()}.2@uni.example>"
