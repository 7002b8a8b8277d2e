"""A picture inside a document is what it says, or it is refused by name."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

import pytest

from registry.core.errors import CredentialFormatError
from registry.credentials.badge import default_badge
from registry.credentials.pictures import embedded_picture, media_type_of, require_honest_picture

PNG = default_badge(b"colour")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><circle r="3"/></svg>'
ACTIVE = b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'
HELD = {
    "image/png": PNG,
    "image/jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "image/gif": b"GIF89a",
    "image/webp": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    "image/bmp": b"BM\x00\x00",
    "image/svg+xml": SVG,
}


def of(kind: str, data: bytes) -> dict[str, Any]:
    address = f"data:{kind};base64,{base64.b64encode(data).decode()}"
    return {"name": "Data Foundations", "image": {"id": address, "type": "Image"}}


@pytest.mark.parametrize("kind", HELD)
def test_a_picture_that_is_what_it_says_is_taken(kind: str) -> None:
    require_honest_picture(of(kind, HELD[kind]))
    assert media_type_of(HELD[kind]) == kind


@pytest.mark.parametrize("said", HELD)
@pytest.mark.parametrize("held", HELD)
def test_a_picture_of_another_type_than_it_says_is_named_with_both(said: str, held: str) -> None:
    if said == held:
        return
    with pytest.raises(CredentialFormatError) as caught:
        require_honest_picture(of(said, HELD[held]))
    assert "Data Foundations" in str(caught.value)
    assert said in str(caught.value)
    assert held in str(caught.value)


@pytest.mark.parametrize("said", ["text/html", "", "image/png"])
def test_what_is_no_picture_at_all_is_refused(said: str) -> None:
    with pytest.raises(CredentialFormatError, match="no picture that we know"):
        require_honest_picture(of(said, b"<p>hello"))


def test_a_drawing_that_would_run_something_is_refused_however_it_is_written() -> None:
    written = {"name": "X", "image": f"DATA:image/svg+xml,{quote(ACTIVE)}"}
    for one in (of("image/svg+xml", ACTIVE), written):
        with pytest.raises(CredentialFormatError, match=r"run something when opened \(<script>\)"):
            require_honest_picture(one)


@pytest.mark.parametrize("image", [None, {}, {"id": 5}, "https://uni.example/badge.png", {"id": "https://uni.example"}])
def test_a_picture_that_lies_elsewhere_is_none_of_the_documents(image: object) -> None:
    assert embedded_picture({"image": image}) is None


@pytest.mark.parametrize(
    ("address", "words"), [("data:image/png;base64", "comma"), ("data:image/png;base64,A*", "not base64")]
)
def test_a_data_url_that_cannot_be_read_names_the_achievement(address: str, words: str) -> None:
    with pytest.raises(CredentialFormatError, match=f"Data Foundations.*{words}"):
        embedded_picture({"name": "Data Foundations", "image": address})
