"""Compose and sign credentials in bulk, in one process; they are not stored: `sign.py ROSTER`, in a home."""

from __future__ import annotations

import gc
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.contender import contend
from registry.cli.main import NEW_OBJECTS
from registry.cli.signing_keys import signers
from registry.core.errors import RosterError
from registry.credentials.roster import RosterRow, read_roster
from registry.services.catalogue import Catalogue
from registry.services.issue import Issuance
from registry.settings import load_settings
from registry.store.engine import open_engine
from registry.store.repository import Store
from registry.system import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from registry.records import NewCredential


class Forgetting:
    """What an import stores its credentials in here."""

    def add_credentials(self, credentials: Sequence[NewCredential], now: datetime, max_leaves: int) -> None:
        """Take signed credentials and forget them."""


class Unstored(Store):
    """The real store, except that credentials are not written."""

    @contextmanager
    def importing(self) -> Iterator[Forgetting]:  # type: ignore[override]
        """Give what forgets."""
        yield Forgetting()


def main() -> None:
    """Sign the whole roster for every go."""
    gc.set_threshold(NEW_OBJECTS)  # as `credanchor` does
    settings = load_settings()
    store = Unstored(open_engine(settings.database_url))
    read = read_roster([Path(sys.argv[1]).read_bytes()], file=sys.argv[1]).results
    rows: list[RosterRow] = [one for one in read if not isinstance(one, RosterError)]

    def work() -> int:
        issuance = Issuance(
            store=store,
            catalogue=Catalogue(store),
            signer_of=signers(settings, store),
            base_url=settings.base_url,
            now=SystemClock().now(),
        )
        return [done.issued for done in issuance.run(rows)][-1]

    contend(work)


if __name__ == "__main__":
    main()
