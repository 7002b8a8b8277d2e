"""What has to be asked of a contract to judge a credential and its components, so that a state proof covers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.ports import ChainQuestion
from registry.services.anchors import leaves_of, shown
from registry.services.embedded import components_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.core.account import Address
    from registry.core.receipt import Bundle


def final_questions(bundle: Bundle, chain_id: int, contract: Address) -> Iterator[ChainQuestion]:
    """Yield a question for each final anchor in one contract: of the credential itself, then of its components.

    Nothing is yielded while the credential itself has no final anchor there.

    Raises:
        CredentialFormatError: the credential is a text that is no VC-JWT.

    """
    own = list(_questions(bundle.credential, bundle, chain_id, contract))
    yield from own
    if own and isinstance(bundle.credential, dict):
        for component in components_in(bundle.credential):
            yield from _questions(component, bundle, chain_id, contract)


def _questions(
    credential: dict[str, Any] | str, bundle: Bundle, chain_id: int, contract: Address
) -> Iterator[ChainQuestion]:
    leaves = leaves_of(credential)
    mine = [receipt for receipt in bundle.receipts if receipt.state == "final" and receipt.leaf_hash in leaves]
    for receipt in mine:
        key_hash = shown(credential, [receipt]).signature.key_hash
        for anchor in receipt.anchors:
            if (anchor.chain_id, anchor.contract) == (chain_id, contract):
                yield ChainQuestion(anchor.issuer, receipt.root, receipt.proof.tree_size, receipt.leaf_hash, key_hash)
