"""What can be wrong with a request, beside what it carries.

RegistryError
  RequestError             the request itself is at fault              -> its own status
    BodyTooLargeError 413  BodyTooSlowError 408  MediaTypeError 415  RequestFieldError 400
  InputError
    ForeignDocumentError   a document of another system                -> 422
  ReportNotSetError        a report cannot be set as a PDF              -> 500
  UnavailableError
    BusyError              as many checks as this server does at once  -> 503
"""

from __future__ import annotations

from typing import ClassVar

from registry.core.errors import InputError, RegistryError, UnavailableError


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


class ForeignDocumentError(InputError):
    """A well-made document of another system, which that system's own verifier must judge."""

    code = "foreign-document"


class ReportNotSetError(RegistryError):
    """The typesetter refuses a report, which should never happen."""

    code = "report-not-set"


class BusyError(UnavailableError):
    """As many checks are under way as this server does at once."""

    code = "busy"
