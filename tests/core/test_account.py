import pytest

from registry.core.account import Address
from registry.core.errors import InputError

# EIP-55's own examples.
CHECKSUMMED = [
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0xde709f2102306220921060314715629080e2fb77",
]


@pytest.mark.parametrize("text", CHECKSUMMED)
def test_the_checksummed_form_is_that_of_eip_55(text: str) -> None:
    assert Address(text.lower()).checksummed() == text


def test_addresses_are_equal_whatever_their_letter_case() -> None:
    assert Address(CHECKSUMMED[0]) == Address(CHECKSUMMED[0].lower())


def test_a_mistyped_letter_case_is_refused() -> None:
    with pytest.raises(InputError, match="checksum"):
        Address(CHECKSUMMED[0].replace("A", "a", 1))


@pytest.mark.parametrize(
    "text", ["", "0x", "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x" + "g" * 40, "0x" + "0" * 41]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        Address(text)


def test_the_raw_bytes_are_twenty() -> None:
    assert Address("0x" + "ab" * 20).to_bytes() == b"\xab" * 20
