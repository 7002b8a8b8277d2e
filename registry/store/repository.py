"""The store as the services see it (ports.CredentialStore)."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from registry.store.submission_queries import anchors_of_batch
from registry.store.submissions import SubmissionRows

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from registry.core.receipt import AnchorHint
    from registry.records import BatchRow


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
            return batch_of(connection, batch_id), anchors_of_batch(connection, batch_id)
