"""Reading a request: the body within its limits, the form, and whom the credential should belong to."""

from __future__ import annotations

import base64
import binascii
import string
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect, Request

from registry.core.sentence import Sentence
from verifier_web.errors import BodyTooLargeError, BodyTooSlowError, MediaTypeError, RequestFieldError
from verifier_web.several import parts_of

if TYPE_CHECKING:
    from starlette.datastructures import FormData
    from starlette.types import Message

MAX_BYTES = 4 * 1024 * 1024
"""Longest credential, bundle or badge that is read."""
MAX_AT_ONCE = 20
"""Most credentials that are handed in together."""
FORM_BYTES = 4 * MAX_BYTES + 1024 * 1024
"""Longest form: several of them, with its other fields."""
URLENCODED_BYTES = 1024 * 1024
"""Longest form in the other encoding, which the page does not use: to unpack it takes 80 times as much memory."""
MAX_AGAIN_BYTES = 256 * 1024
"""Longest input that the verdict page carries along for a second question."""
MAX_EXPECTED = 320
"""Longest e-mail address, id or name that is compared, in characters."""
BODY_SECONDS = 30
"""How long a body may take to arrive."""
RECIPIENT_HEADER = "Credanchor-Recipient"
"""Whom the credential should belong to; UTF-8, percent-encoded where it is not plain ASCII."""

_MULTIPART_FIELDS = 8
_MOST_FILES = 100  # so many are counted, that too many are told in a sentence
_BLANK = string.whitespace + "\ufeff\u00a0"  # a byte order mark or no-break space often comes along with a paste


@dataclass(frozen=True, slots=True)
class Submission:
    """What somebody handed in on the page."""

    data: bytes
    """The credential, bundle or badge."""
    source: str
    """What to call it: the file's name, or `pasted text`."""
    expected: str | None
    """Whom it should belong to, if asked."""
    text_ignored: bool = False
    """True if a text came along with a file, which was checked instead."""


async def read_body(request: Request, limit: int = MAX_BYTES) -> bytes:
    """Return the body, counting what really arrives.

    Raises:
        BodyTooLargeError: it announces or brings more than `limit` bytes.
        BodyTooSlowError: it takes longer than 30 seconds.
        MediaTypeError: it is compressed.

    """
    _require_plain_encoding(request)
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:20]) > limit:
        raise _too_large(limit)
    try:
        with anyio.fail_after(BODY_SECONDS):
            return await _counted(request, limit)
    except TimeoutError as error:
        raise BodyTooSlowError(
            Sentence("The body did not arrive within {seconds} seconds; send it again.", seconds=BODY_SECONDS)
        ) from error
    except ClientDisconnect as error:
        raise BodyTooSlowError(Sentence("The connection closed before the body was complete.")) from error


async def read_submissions(request: Request) -> list[Submission]:
    """Return what the page's form carries, at least one; RequestError if it is no form, too much or too slow."""
    kind = media_type(request)
    if kind not in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        raise MediaTypeError(Sentence("This address takes the page's own form; programs use POST /v1/verifications."))
    if _charset(request) not in {"", "utf-8"}:
        raise MediaTypeError(Sentence("The form is not in UTF-8; use the page as it is."))
    body = await read_body(request, FORM_BYTES if kind == "multipart/form-data" else URLENCODED_BYTES)
    replayed = Request(request.scope, _replay(body))
    async with replayed.form(max_files=_MOST_FILES, max_fields=_MULTIPART_FIELDS, max_part_size=FORM_BYTES) as form:
        given = await _submissions(form)
    return await run_in_threadpool(_separated, given)


def media_type(request: Request) -> str:
    """Return the media type of the body, lower-case, without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _charset(request: Request) -> str:
    parameters = request.headers.get("content-type", "").lower().partition("charset=")
    return parameters[2].partition(";")[0].strip(' "')


def expected_by_header(request: Request) -> str | None:
    """Return whom the credential should belong to, if the header says; RequestFieldError if that cannot be read."""
    value = request.headers.get(RECIPIENT_HEADER)
    if value is None:
        return None
    try:
        return _expected(unquote(value, errors="strict"))
    except UnicodeDecodeError as error:
        raise RequestFieldError(Sentence("{header} is not percent-encoded UTF-8.", header=RECIPIENT_HEADER)) from error


def carried_along(data: bytes) -> str:
    """Return base64 that a page may carry for a second question, empty if `data` is too long for that."""
    return base64.b64encode(data).decode("ascii") if len(data) <= MAX_AGAIN_BYTES else ""


async def _submissions(form: FormData) -> list[Submission]:
    text, again = form.get("text"), form.get("again")
    expected = form.get("recipient")
    whom = _expected(expected) if isinstance(expected, str) else None
    pasted = text.strip(_BLANK).encode("utf-8", "surrogatepass") if isinstance(text, str) else b""
    files = [one for one in form.getlist("file") if isinstance(one, UploadFile) and (one.filename or one.size)]
    _require_few(len(files))
    if files:
        read = [(_within(await one.read()), one.filename or Sentence("the file")) for one in files]
        return [Submission(data, name, whom, text_ignored=bool(pasted)) for data, name in read]
    if isinstance(again, str) and again and not pasted:
        return [Submission(_within(_decoded(again)), Sentence("what you handed in before"), whom)]
    return [Submission(_within(pasted), Sentence("pasted text"), whom)]


def _separated(given: list[Submission]) -> list[Submission]:
    """Return the same with each list of credentials taken apart."""
    found: list[Submission] = []
    for one in given:
        parts = parts_of(one.data)
        _require_few(len(found) + len(parts))
        names = (
            [Sentence("{text}, {rest}", text=one.source, rest=str(number)) for number in range(1, len(parts) + 1)]
            if len(parts) > 1
            else [one.source]
        )
        found += [replace(one, data=part, source=name) for part, name in zip(parts, names, strict=True)]
    return found


def _require_few(count: int) -> None:
    if count > MAX_AT_ONCE:
        words = Sentence(
            "That is more than {most} credentials, the most that are checked together here; programs use "
            "POST /v1/verifications/batch.",
            most=MAX_AT_ONCE,
        )
        raise BodyTooLargeError(words)


def _decoded(again: str) -> bytes:
    try:
        return base64.b64decode(again, validate=True)
    except (binascii.Error, ValueError) as error:
        raise RequestFieldError(Sentence("The page's hidden field was changed; paste the credential again.")) from error


def _within(data: bytes) -> bytes:
    if len(data) > MAX_BYTES:
        raise _too_large(MAX_BYTES)
    return data


def _expected(text: str) -> str | None:
    stripped = text.strip()
    if len(stripped) > MAX_EXPECTED:
        words = Sentence(
            "The e-mail address, id or name has more than {most} characters; shorten it.", most=MAX_EXPECTED
        )
        raise RequestFieldError(words)
    return stripped or None


def _require_plain_encoding(request: Request) -> None:
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"", "identity"}:
        raise MediaTypeError(Sentence("The body is compressed; send it as it is, without Content-Encoding."))


async def _counted(request: Request, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        chunks.append(chunk)
    return b"".join(chunks)


def _too_large(limit: int) -> BodyTooLargeError:
    words = Sentence("That is more than {most} MiB, the most that is read at once.", most=limit // (1024 * 1024))
    return BodyTooLargeError(words)


class _replay:  # noqa: N801  a function with memory
    """An ASGI receive channel that gives one body that was read already."""

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body

    async def __call__(self) -> Message:
        body, self._body = self._body, None
        if body is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": body, "more_body": False}
