"""What has to be asked of a contract to judge one credential, so that a state proof can cover it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.ports import ChainQuestion
from registry.services.anchors import leaves_of, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.core.account import Address
    from registry.core.receipt import Bundle


def final_questions(bundle: Bundle, chain_id: int, contract: Address) -> Iterator[ChainQuestion]:
    """Yield a question for each final anchor of the credential itself in one contract.

    Raises:
        CredentialFormatError: the credential is a text that is no VC-JWT.

    """
    leaves = leaves_of(bundle.credential)
    mine = [receipt for receipt in bundle.receipts if receipt.state == "final" and receipt.leaf_hash in leaves]
    for receipt in mine:
        key_hash = shown(bundle.credential, [receipt]).signature.key_hash
        for anchor in receipt.anchors:
            if (anchor.chain_id, anchor.contract) == (chain_id, contract):
                yield ChainQuestion(anchor.issuer, receipt.root, receipt.proof.tree_size, receipt.leaf_hash, key_hash)
