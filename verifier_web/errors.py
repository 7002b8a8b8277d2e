"""What can be wrong with a request, beside what it carries.

RegistryError
  RequestError             the request itself is at fault              -> its own status
    BodyTooLargeError 413  BodyTooSlowError 408  MediaTypeError 415  RequestFieldError 400
    TooManyRequestsError 429
  InputError
    ForeignDocumentError   a document of another system                -> 422
  ReportNotSetError        a report cannot be set as a PDF              -> 500
  UnavailableError
    BusyError              as many checks as this server does at once  -> 503
    TooLongError           somebody else kept a check waiting too long -> 503
    NotReadyError          no network answered lately                  -> 503
"""

from __future__ import annotations

from typing import ClassVar

from registry.core.errors import InputError, RegistryError, UnavailableError
from registry.core.sentence import counted


class RequestError(RegistryError):
    """The request itself is at fault, whatever it carries."""

    code: ClassVar[str] = "bad-request"


class RequestFieldError(RequestError):
    """A header or form field is not what it should be."""

    code = "bad-field"


class BodyTooLargeError(RequestError):
    """The body is longer than this server reads."""

    code = "too-large"


class BodyTooSlowError(RequestError):
    """The body did not arrive in time."""

    code = "too-slow"


class MediaTypeError(RequestError):
    """The body is of a kind that this address does not take."""

    code = "unsupported-media-type"


class TooManyRequestsError(RequestError):
    """One client asks more than its share."""

    code = "too-many-requests"

    def __init__(self, *, retry_after_seconds: int) -> None:
        """Keep how long to wait, for a header."""
        words = counted(
            "These are more requests from your address than this server takes; come back in {number} seconds.",
            retry_after_seconds,
            one="These are more requests from your address than this server takes; come back in a second.",
        )
        super().__init__(words)
        self.retry_after_seconds = retry_after_seconds


class ForeignDocumentError(InputError):
    """A well-made document of another system, which that system's own verifier must judge."""

    code = "foreign-document"


class ReportNotSetError(RegistryError):
    """The typesetter refuses a report, which should never happen."""

    code = "report-not-set"


class BusyError(UnavailableError):
    """As many checks are under way as this server does at once."""

    code = "busy"


class TooLongError(UnavailableError):
    """A check took longer than anybody is kept waiting."""

    code = "too-long"


class NotReadyError(UnavailableError):
    """No accepted network answered lately, so that hardly anything could be judged."""

    code = "not-ready"
