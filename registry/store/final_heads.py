"""The newest final block that was ever seen of each chain: it only rises, unless a person says to forget it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from registry.core.digest import Digest
from registry.core.errors import StoreConflictError
from registry.core.submission import FinalBlock
from registry.store.session import reading, writing
from registry.store.submission_tables import FINAL_HEAD

if TYPE_CHECKING:
    from sqlalchemy import Engine


class FinalHeads:
    """Reads and raises what is remembered as final."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def newest(self, chain_id: int) -> FinalBlock | None:
        """Return the newest block of a chain that was seen final; None if none was."""
        query = select(FINAL_HEAD.c.number, FINAL_HEAD.c.block_hash).where(FINAL_HEAD.c.chain_id == chain_id)
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return FinalBlock(row.number, Digest(row.block_hash)) if row else None

    def raise_to(self, chain_id: int, block: FinalBlock) -> None:
        """Remember a newer final block; one that is not newer than what is remembered changes nothing."""
        if not self._raised(chain_id, block) and self.newest(chain_id) is None:
            try:
                with writing(self._engine) as connection:
                    values = {"chain_id": chain_id, "number": block.number, "block_hash": block.block_hash}
                    connection.execute(insert(FINAL_HEAD).values(values))
            except StoreConflictError:  # another worker remembered its first one meanwhile
                self._raised(chain_id, block)

    def forget(self, chain_id: int) -> None:
        """Forget what was final of a chain; the next look remembers what a quorum then says."""
        with writing(self._engine) as connection:
            connection.execute(delete(FINAL_HEAD).where(FINAL_HEAD.c.chain_id == chain_id))

    def _raised(self, chain_id: int, block: FinalBlock) -> bool:
        older = (FINAL_HEAD.c.chain_id == chain_id) & (FINAL_HEAD.c.number < block.number)
        values = {"number": block.number, "block_hash": block.block_hash}
        with writing(self._engine) as connection:
            return connection.execute(update(FINAL_HEAD).where(older).values(values)).rowcount == 1
