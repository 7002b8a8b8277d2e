"""The contract's storage words, read at the edges that a chain is seldom brought to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from registry.checks.contract_records import MAX_NAME_BYTES, read_accreditation
from registry.checks.facts import AccreditationStatus
from registry.core.account import Address
from registry.core.contract_slots import accreditation_count_slot, accreditation_slot, data_slot
from registry.core.state_proof_errors import StateProofError

AGENCY, ISSUER = Address("0x" + "a9" * 20), Address("0x" + "15" * 20)
ENTRY = accreditation_slot(AGENCY, ISSUER, 0)
SINCE, UNTIL = 1000, 2000


def standing(name_word: int, at: int = SINCE) -> tuple[AccreditationStatus, str]:
    words = {accreditation_count_slot(AGENCY, ISSUER): 1, ENTRY: SINCE | UNTIL << 64, ENTRY + 1: name_word}
    said = read_accreditation(lambda slot: words.get(slot, 0), AGENCY, "us", ISSUER, datetime.fromtimestamp(at, UTC))
    return said.status, said.name


def short(name: bytes) -> int:
    return int.from_bytes(name.ljust(31, b"\x00") + bytes([2 * len(name)]), "big")


@pytest.mark.parametrize(
    ("at", "status"),
    [
        (SINCE - 1, AccreditationStatus.NONE),
        (SINCE, AccreditationStatus.ACTIVE),
        (UNTIL - 1, AccreditationStatus.ACTIVE),
        (UNTIL, AccreditationStatus.EXPIRED),
    ],
)
def test_an_accreditation_is_in_force_from_its_start_until_just_before_its_end(
    at: int, status: AccreditationStatus
) -> None:
    assert standing(short(b"Northfield"), at)[0] is status


def test_a_name_that_is_not_utf_8_is_shown_as_well_as_it_can_be() -> None:
    assert standing(short(b"North\xfffield"))[1] == "North\N{REPLACEMENT CHARACTER}field"


def test_a_name_longer_than_the_contract_takes_is_refused_before_it_is_read() -> None:
    with pytest.raises(StateProofError, match="more than the contract takes"):
        standing(2 * (MAX_NAME_BYTES + 1) + 1)


def test_an_end_beyond_what_a_date_can_be_is_the_last_date() -> None:
    words = {accreditation_count_slot(AGENCY, ISSUER): 1, ENTRY: SINCE | (2**63) << 64, data_slot(1): 0}
    said = read_accreditation(lambda slot: words.get(slot, 0), AGENCY, "us", ISSUER, datetime.fromtimestamp(SINCE, UTC))
    assert said.until == datetime.max.replace(tzinfo=UTC)
