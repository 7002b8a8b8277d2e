"""The address at which LinkedIn lets a member add a credential; nothing is asked of LinkedIn here.

Source: LinkedIn, "Add to Profile": the form at /profile/add fills itself from these parameters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from registry.api.page import issuer_of, title_of

if TYPE_CHECKING:
    from datetime import datetime

    from registry.credentials.presented import Presented

ORIGIN = "https://www.linkedin.com"
LABEL = "LinkedIn"
"""What the share link that LinkedIn gets is called."""


def add_to_profile(presented: Presented, share_url: str) -> str:
    """Return the address that opens LinkedIn's form with a credential filled in; what it does not state is left out."""
    fields = {
        "startTask": "CERTIFICATION_NAME",
        "name": title_of(presented.document),
        "organizationName": issuer_of(presented.document),
        **_month("issue", presented.valid_from),
        **_month("expiration", presented.valid_until),
        "certUrl": share_url,
        "certId": presented.credential_id,
    }
    return f"{ORIGIN}/profile/add?{urlencode({name: text for name, text in fields.items() if text})}"


def _month(name: str, at: datetime | None) -> dict[str, str]:
    return {f"{name}Year": str(at.year), f"{name}Month": str(at.month)} if at is not None else {}
