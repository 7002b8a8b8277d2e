// @ts-check
/** Which receipt speaks for a credential, and what the chain says of the anchor it leads to. Source: registry/services/anchors.py. */
import { toHex } from "./digest.js";
import { keccak_256 } from "../vendor/private.js";
import { rootFromProof } from "./inclusion.js";
import { Refusal, Unreachable } from "./refusal.js";

const MAX_ANCHORS_ASKED = 8;
const KINDS = ["main", "test", "local"];

/**
 * @typedef {import("./receipt.js").Receipt} Receipt
 * @typedef {import("./contract_reads.js").Network} Network
 * @typedef {{kind: "not-asked"} | {kind: "unknown-network", chains: string[]}
 *   | {kind: "unreachable", why: import("./refusal.js").Said}
 *   | ({kind: "facts"} & import("./contract_reads.js").ChainFacts)} Chain
 * @typedef {{receipt: Receipt | null, chain: Chain}} Anchoring
 * @typedef {(network: Network, question: import("./contract_reads.js").Question) => Promise<import("./contract_reads.js").ChainFacts>} AskChain
 */

/**
 * Returns the receipts of one leaf: those that prove inclusion, and name a chain we accept, before others.
 * @param {Receipt[]} receipts
 * @param {string[]} leaves
 * @param {Network[]} networks
 */
export function bestFirst(receipts, leaves, networks) {
  const mine = receipts.filter((receipt) => leaves.includes(receipt.leafHash));
  const rank = (/** @type {Receipt} */ one) => [
    !isSound(one),
    !one.anchors.some((hint) => networksOf(hint, networks).length > 0),
    one.anchors.length === 0,
  ];
  const ordered = mine.sort((one, other) => compared(rank(one), rank(other)));
  return ordered.filter((one) => one.leafHash === ordered[0].leafHash);
}

/**
 * Asks the accepted chains about the anchors that the receipts name, and returns the best answer.
 * @param {import("./presented.js").Presented} presented
 * @param {Receipt[]} receipts
 * @param {Network[]} networks
 * @param {AskChain} ask
 * @returns {Promise<Anchoring>}
 */
export async function anchoringOf(presented, receipts, networks, ask) {
  if (receipts.length === 0) return { receipt: null, chain: { kind: "not-asked" } };
  const asked = [];
  for (const { receipt, hint, network } of anchors(receipts, networks).slice(0, MAX_ANCHORS_ASKED)) {
    asked.push({ receipt, chain: await answered(network, question(presented, receipt, hint), ask) });
  }
  if (asked.length === 0) {
    const named = receipts.flatMap((receipt) => receipt.anchors.map((hint) => `eip155:${hint.chainId}`));
    return { receipt: receipts[0], chain: { kind: "unknown-network", chains: [...new Set(named)] } };
  }
  const did = presented.issuerDid;
  return asked.sort((one, other) => compared(rankOf(one, did), rankOf(other, did)))[0];
}

/**
 * Returns the 32 bytes, in hex, that the contract keeps of an issuer's DID: Keccak-256 of its UTF-8 text.
 * @param {string} did
 */
export const didHash = (did) => toHex(keccak_256(new TextEncoder().encode(did)));

/**
 * @param {Network} network
 * @param {import("./contract_reads.js").Question} asked
 * @param {AskChain} ask
 * @returns {Promise<Chain>}
 */
async function answered(network, asked, ask) {
  try {
    return { kind: "facts", ...(await ask(network, asked)) };
  } catch (error) {
    if (error instanceof Unreachable) return { kind: "unreachable", why: error.said };
    throw error;
  }
}

/**
 * @param {Receipt[]} receipts
 * @param {Network[]} networks
 */
function anchors(receipts, networks) {
  const found = new Map();
  for (const receipt of receipts) {
    for (const hint of receipt.anchors) {
      for (const network of networksOf(hint, networks)) {
        const place = [network.name, hint.issuer, receipt.root, receipt.proof.treeSize].join(" ");
        if (!found.has(place)) found.set(place, { receipt, hint, network });
      }
    }
  }
  return [...found.values()];
}

/**
 * @param {import("./presented.js").Presented} presented
 * @param {Receipt} receipt
 * @param {import("./receipt.js").AnchorHint} hint
 */
const question = (presented, receipt, hint) => ({
  issuer: hint.issuer,
  root: receipt.root,
  treeSize: receipt.proof.treeSize,
  leafHash: presented.leafHash ?? receipt.leafHash,
  keyHash: presented.signature.keyHash,
});

/**
 * The contract holds the anchor; then the issuer's DID is the credential's; then an accreditor vouches; then the network.
 * @param {Anchoring} one
 * @param {string} did
 */
function rankOf({ receipt, chain }, did) {
  const sound = receipt !== null && isSound(receipt);
  if (chain.kind !== "facts") return [!sound, 1, false, false, false, 0];
  const state = (chain.finalized.anchor ?? chain.latest.anchor) ? 0 : 2;
  const vouched = chain.accreditations.some((said) => said.standing === "active");
  return [
    !sound,
    state,
    chain.didHash !== didHash(did),
    !vouched,
    !chain.finalized.anchor,
    KINDS.indexOf(chain.network.kind),
  ];
}

/** @param {Receipt} receipt */
function isSound({ leafHash, proof, root }) {
  try {
    return rootFromProof(leafHash, proof) === root;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/**
 * @param {import("./receipt.js").AnchorHint} hint
 * @param {Network[]} networks
 */
const networksOf = (hint, networks) => networks.filter((network) => network.chainId === hint.chainId);

/**
 * @param {(boolean | number)[]} one
 * @param {(boolean | number)[]} other
 */
function compared(one, other) {
  const at = one.findIndex((value, number) => value !== other[number]);
  return at < 0 ? 0 : Number(one[at]) - Number(other[at]);
}
