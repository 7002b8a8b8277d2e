"""The store as the services see it (ports.CredentialStore)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.store.batch_rows import BatchRows
from registry.store.credential_rows import CredentialRows
from registry.store.delivery_rows import DeliveryRows
from registry.store.endorsement_rows import EndorsementRows
from registry.store.issuer_rows import IssuerRows
from registry.store.proof_rows import ProofRows
from registry.store.reissue_rows import ReissueRows
from registry.store.share_link_rows import ShareLinkRows
from registry.store.submissions import SubmissionRows

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from registry.core.receipt import AnchorHint


class Store(IssuerRows, CredentialRows, BatchRows, ReissueRows, ShareLinkRows, EndorsementRows):
    """One database: issuers, achievements, credentials, links, batches, tiles; submissions, proofs and mails."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.submissions = SubmissionRows(engine)
        self.proofs = ProofRows(engine)
        self.deliveries = DeliveryRows(engine)

    def anchors(self, batch_id: int) -> list[AnchorHint]:
        """Return where a batch is anchored, or will be once its transaction is mined; empty while neither is known."""
        return self.submissions.anchors(batch_id)
