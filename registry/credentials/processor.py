"""PyLD's JSON-LD processor, made fast and safe for our use: no shared caches, and no context worked out twice.

PyLD works a type's own context out again at every object of that type, which is most of the time an expansion
takes. What it makes of one context inside another is always the same, so it is remembered here, thread by thread;
a test compares the result with the processor as it comes.
"""

from __future__ import annotations

import functools
import sys
import threading
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from typing import TYPE_CHECKING, Any

from registry.credentials import contexts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

MAX_REMEMBERED = 512
"""Most worked-out contexts that a thread keeps, about 10 kB each; a badge needs about thirty."""

_LOCAL = threading.local()


@functools.cache
def pyld() -> Any:  # noqa: ANN401  an untyped module
    """Return the module `pyld.jsonld`, imported when it is first needed because that takes 0.1 s.

    It looks for an HTTP client to load documents with and finds none, which saves time: what is loaded
    comes from `contexts` alone.
    """
    withheld = _Withheld(("requests", "aiohttp"), threading.get_ident())
    sys.meta_path.insert(0, withheld)
    try:
        from pyld import jsonld  # noqa: PLC0415  as said above
    finally:
        sys.meta_path.remove(withheld)
    return jsonld


@dataclass(frozen=True, slots=True)
class _Withheld(MetaPathFinder):
    """Hides packages from what one thread imports, unless they were imported before."""

    names: tuple[str, ...]
    thread: int

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        del path, target
        if fullname in self.names and threading.get_ident() == self.thread:
            raise ModuleNotFoundError(fullname, name=fullname)


def expand_with_pyld(document: dict[str, Any], base: str, on_dropped: Callable[[str | None], None]) -> list[Any]:
    """Return the expanded JSON-LD of a document; PyLD's own JsonLdError if it is none.

    `on_dropped` hears of each member that no context defines; None stands for an unknown keyword.
    """
    processor = _processor_class()(on_property_dropped=on_dropped)
    options = {"documentLoader": contexts.load_for_pyld, "contextResolver": _resolver(), "base": base}
    nodes: list[Any] = processor.expand(document, options)
    return nodes


@functools.cache
def _processor_class() -> Any:  # noqa: ANN401  an untyped class
    class RememberingProcessor(pyld().JsonLdProcessor):  # type: ignore[misc]  # an untyped class
        def _process_context(self, active_ctx: Any, local_ctx: Any, options: Any, **flags: Any) -> Any:  # noqa: ANN401
            work_out = functools.partial(super()._process_context, active_ctx, local_ctx, options, **flags)
            # With `cycles` PyLD only tries a context out on a half-made one.
            if flags.get("cycles") is not None or "_uuid" not in active_ctx:
                return work_out()
            written = tuple(local_ctx) if isinstance(local_ctx, list) else local_ctx
            name = written if isinstance(written, str | tuple | None) else id(written)
            return _remembered((active_ctx["_uuid"], name, *sorted(flags.items())), written, work_out)

    return RememberingProcessor


def _remembered(key: tuple[Any, ...], written: object, work_out: Callable[[], Any]) -> Any:  # noqa: ANN401
    memory: dict[tuple[Any, ...], tuple[object, Any]] = _LOCAL.__dict__.setdefault("memory", {})
    found = memory.get(key)
    if found is None:
        if len(memory) >= MAX_REMEMBERED:
            memory.clear()
        # Keeping the context itself keeps its id from being given to another.
        found = memory[key] = (written, work_out())
    return found[1]


def _resolver() -> Any:  # noqa: ANN401  an untyped class
    # PyLD's own cache of contexts is shared by all threads and is not safe there.
    if not hasattr(_LOCAL, "resolver"):
        _LOCAL.resolver = pyld().ContextResolver({}, contexts.load_for_pyld)
    return _LOCAL.resolver
