"""The store as the services see it (ports.CredentialStore)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from registry.store.batch_rows import BatchRows, batch_of
from registry.store.credential_rows import CredentialRows
from registry.store.delivery_rows import DeliveryRows
from registry.store.endorsement_rows import EndorsementRows
from registry.store.issuer_rows import IssuerRows
from registry.store.pathway_rows import PathwayRows
from registry.store.proof_rows import ProofRows
from registry.store.reissue_rows import ReissueRows
from registry.store.session import reading
from registry.store.share_link_rows import ShareLinkRows
from registry.store.submission_queries import HINT_COLUMNS, hint_of
from registry.store.submission_tables import ANCHOR
from registry.store.submissions import SubmissionRows
from registry.store.table_objects import BATCH

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from registry.core.receipt import AnchorHint
    from registry.records import BatchRow


# One statement, since two see two moments on PostgreSQL; built once, as a receipt asks with it.
_ANCHORED = (
    select(BATCH, *HINT_COLUMNS)
    .outerjoin_from(BATCH, ANCHOR, ANCHOR.c.batch_id == BATCH.c.id)
    .where(BATCH.c.id == bindparam("batch"))
    .order_by(ANCHOR.c.id)
)


class Store(IssuerRows, CredentialRows, BatchRows, ReissueRows, ShareLinkRows, EndorsementRows, PathwayRows):
    """One database: issuers, achievements, credentials, pathways, links, batches; submissions, proofs, mails."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.submissions = SubmissionRows(engine)
        self.proofs = ProofRows(engine)
        self.deliveries = DeliveryRows(engine)

    def anchored_batch(self, batch_id: int) -> tuple[BatchRow | None, list[AnchorHint]]:
        """Return one batch and, as of the same moment, where it is anchored or will be; empty while that is unknown."""
        with reading(self.engine) as connection:
            rows = connection.execute(_ANCHORED, {"batch": batch_id}).all()
        # A batch without an anchor has one row whose anchor is empty.
        return (batch_of(rows[0]) if rows else None), [hint_of(row) for row in rows if row.chain_id is not None]
