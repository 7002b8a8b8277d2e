"""What is said of something that could not be judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.core.errors import LinkUnreachableError
from registry.services.kinds import Kind, kind_of
from verifier_web.wording import KINDS

if TYPE_CHECKING:
    from registry.services.verify_many import Unjudged
    from verifier_web.wording import Told


def told_of(data: bytes, error: Unjudged) -> Told:
    """Return what `data` is instead of a credential, and what to do."""
    return KINDS[Kind.DEAD_LINK if isinstance(error, LinkUnreachableError) else kind_of(data)]
