"""Bodies for schemathesis, by SCHEMATHESIS_HOOKS: good inputs with a few bytes changed, and any bytes."""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import strategies as st
from seeds import seeds

SEEDS = seeds()
BY_MEDIA_TYPE = {
    "application/ld+json": "judge",
    "application/vc": "judge",
    "application/vc+ld+json": "judge",
    "application/vc+jwt": "token",
    "text/plain": "unwrap",
    "image/png": "png",
    "image/svg+xml": "svg",
    "application/pdf": "pdf",
}


@st.composite
def changed(draw: st.DrawFn, inputs: list[bytes]) -> bytes:
    """Return one of the inputs, with up to four bytes changed."""
    data = bytearray(draw(st.sampled_from(inputs)))
    for place in draw(st.lists(st.integers(0, len(data) - 1), max_size=4)):
        data[place] = draw(st.integers(0, 255))
    return bytes(data)


for _media_type, _target in BY_MEDIA_TYPE.items():
    schemathesis.openapi.media_type(_media_type, changed(SEEDS[_target]) | st.binary())
schemathesis.openapi.media_type(
    "application/x-ndjson", st.lists(changed(SEEDS["judge"]) | st.binary(), max_size=5).map(b"\n".join)
)


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Look at each answer itself, not at where it leads."""
    del context, case
    kwargs["allow_redirects"] = False
