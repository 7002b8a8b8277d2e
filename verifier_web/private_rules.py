"""What the private check is handed: by what it judges, and in which words it speaks."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from registry.chain.artifact import artifact
from registry.chain.contract_reads import READS
from registry.checks.proven import PROVING
from registry.checks.verdict import SENTENCES, WEIGHT
from registry.core.sentence import Sentence
from registry.credentials.contexts import ORDER, SERVED, context_document
from registry.credentials.shape_schema import shape_schemas
from registry.services.recheck import is_public
from verifier_web import private_wording as private
from verifier_web import wording as say
from verifier_web.pages import OUTCOME_TONES, TONES
from verifier_web.private_details import DETAILS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registry.chain.networks import Network
    from verifier_web.catalogue import Catalogue


def rules(networks: Iterable[Network]) -> dict[str, Any]:
    """Return what the script judges by, the same for every visitor: it says nothing of anybody's credential."""
    return {
        "networks": [_network(one) for one in networks],
        "weight": list(WEIGHT),
        "proving": list(PROVING),
        **_fixed_rules(),
    }


def words(catalogue: Catalogue, networks: Iterable[Network]) -> dict[str, Any]:
    """Return what the script says, in the language of a catalogue; technical detail stays English."""
    said: dict[str, Any] = _said(_words(networks), catalogue)
    return {
        **said,
        "counted": {key: catalogue.forms(sentence) for key, sentence in private.COUNTED.items()},
        "details": DETAILS,
    }


def _said(value: Any, catalogue: Catalogue) -> Any:  # noqa: ANN401  a word, or words by their codes
    if isinstance(value, dict):
        return {code: _said(one, catalogue) for code, one in value.items()}
    return catalogue.say(value)


def _words(networks: Iterable[Network]) -> dict[str, Any]:
    return {
        "sentences": private.SENTENCES,
        "networks": {one.name: Sentence(one.title) for one in networks},
        "moment": private.MOMENT,
        "summaries": SENTENCES,
        "verified": private.VERIFIED,
        "leads": private.LEADS,
        "standing": private.STANDING,
        "partKinds": say.PART_KINDS,
        "checks": say.CHECK_TITLES,
        "outcomes": {outcome.value: word for outcome, word in say.OUTCOME_WORDS.items()},
        "tones": {outcome.value: tone for outcome, tone in OUTCOME_TONES.items()},
        "verdictTones": {verdict.value: tone for verdict, tone in TONES.items()},
        "meanings": say.MEANINGS,
        "meaningsGenuine": say.MEANINGS_GENUINE,
        "meaningsElse": {verdict.value: text for verdict, text in say.MEANINGS_ELSE.items()},
        "networkNotes": say.NETWORK_NOTES,
        "page": {
            "issuedTo": say.ISSUED_TO,
            "saysIssuedTo": say.SAYS_ISSUED_TO,
            "nameless": say.NAMELESS,
            "issuedBy": say.ISSUED_BY,
            "endorsedBy": say.ENDORSED_BY,
            "unconfirmed": say.UNCONFIRMED,
            "unproven": say.UNPROVEN,
            "claimsUnproven": say.CLAIMS_UNPROVEN,
            "holderHint": say.HOLDER_HINT,
            "unreadable": private.UNREADABLE,
            "broken": private.BROKEN,
        },
    }


def endpoints(network: Network) -> tuple[str, ...]:
    """Return the endpoints that may be shown to everybody; one whose address may hold an access key is not."""
    return tuple(url for url in network.rpc_urls if is_public(url))


def _network(network: Network) -> dict[str, Any]:
    return {
        "name": network.name,
        "kind": network.kind,
        "chainId": str(network.chain_id),
        "contract": str(network.contract),
        "accreditors": [{"address": str(one.address), "name": one.name} for one in network.accreditors],
    }


@functools.cache
def _fixed_rules() -> dict[str, Any]:
    return {
        "abi": [_read_as_bytes(one) for one in artifact()["abi"] if one.get("name") in READS],
        "order": [{"urls": list(urls), "required": required} for urls, required in ORDER],
        "contexts": {url: context_document(url) for url in SERVED},
        "schemas": shape_schemas(),
    }


def _read_as_bytes(function: dict[str, Any]) -> dict[str, Any]:
    # A name as its bytes: the contract does not check that it is UTF-8.
    outputs = [{**one, "type": "bytes"} if one["type"] == "string" else one for one in function["outputs"]]
    return {**function, "outputs": outputs}
