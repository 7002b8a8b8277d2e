// @ts-check
/** Everything that is gathered about one credential before it is judged. Source: registry/services/gather.py. */
import { anchoringOf, bestFirst } from "./anchoring.js";
import { listedStatus } from "./listed_status.js";
import { leafCandidates, leafOfJwt, present, presentJwt } from "./presented.js";
import { Refusal, Unreachable, said } from "./refusal.js";

/**
 * @typedef {{rules: import("./screen.js").Rules, networks: import("./contract_reads.js").Network[], now: number,
 *   askChain: import("./anchoring.js").AskChain, sites: import("./issuer_site.js").IssuerSites}} World
 * What there is to judge by: rules, accepted networks, the visitor's clock, and whom to ask.
 * @typedef {{kind: "not-asked"} | {kind: "unreachable", why: import("./refusal.js").Said}
 *   | {kind: "services", services: import("./issuer_site.js").DidService[]}} Services
 * @typedef {{presented: import("./presented.js").Presented, receipt: import("./receipt.js").Receipt | null,
 *   chain: import("./anchoring.js").Chain, services: Services, statusList: import("./listed_status.js").ListAnswer,
 *   endorsements: number, components: number, now: number}} Facts
 */

const UNSIGNED = { kind: /** @type {const} */ ("unreachable"), why: said("facts.unsigned") };

/**
 * Returns everything known about a bundle's credential; nobody who fails to answer throws.
 * @param {import("./receipt.js").Bundle} bundle
 * @param {World} world
 * @returns {Promise<Facts>}
 */
export async function gather(bundle, world) {
  const { credential } = bundle;
  const receipts = bestFirst(bundle.receipts, leavesOf(credential), world.networks);
  const presented = await presentedBy(credential, receipts[0]?.leafHash ?? null, world.rules);
  const { document } = presented;
  // Receipts that name this credential and belong to other content speak against it.
  const foreign = bundle.receipts.filter(
    (one) => presented.credentialId !== "" && one.credentialId === presented.credentialId,
  );
  const deciding = receipts.length > 0 ? receipts : foreign.slice(0, 1);
  const { receipt, chain } = await anchoringOf(presented, deciding, world.networks, world.askChain);
  return {
    presented,
    receipt,
    chain,
    services: await servicesOf(presented, chain, world),
    statusList: await statusListOf(presented, { receipt, chain }, world),
    endorsements: bundle.endorsements.length + counted(document, ["endorsement", "endorsementJwt"]),
    components: counted(document, ["verifiableCredential"]),
    now: world.now,
  };
}

/**
 * @param {Record<string, any> | string} credential
 * @param {string | null} leaf
 * @param {import("./screen.js").Rules} rules
 */
function presentedBy(credential, leaf, rules) {
  return typeof credential === "string" ? presentJwt(credential, rules) : present(credential, leaf, rules);
}

/** @param {Record<string, any> | string} credential */
function leavesOf(credential) {
  try {
    return typeof credential === "string" ? [leafOfJwt(credential)] : leafCandidates(credential);
  } catch (error) {
    if (error instanceof Refusal) return []; // it has no canonical form, which `present` says
    throw error;
  }
}

/**
 * @param {import("./presented.js").Presented} presented
 * @param {import("./anchoring.js").Chain} chain
 * @param {World} world
 * @returns {Promise<Services>}
 */
async function servicesOf(presented, chain, world) {
  if (chain.kind !== "facts" || chain.accreditations.some((one) => one.standing === "active"))
    return { kind: "not-asked" };
  if (!holds(presented)) return UNSIGNED;
  try {
    return { kind: "services", services: await world.sites.services(presented.issuerDid) };
  } catch (error) {
    if (error instanceof Unreachable) return { kind: "unreachable", why: error.said };
    throw error;
  }
}

/**
 * @param {import("./presented.js").Presented} presented
 * @param {import("./anchoring.js").Anchoring} anchoring
 * @param {World} world
 * @returns {Promise<import("./listed_status.js").ListAnswer>}
 */
async function statusListOf(presented, anchoring, world) {
  if (!Object.hasOwn(presented.document, "credentialStatus")) return { kind: "not-asked" };
  if (!holds(presented)) return UNSIGNED;
  const isStanding = (/** @type {string} */ keyHash) => isKeyStanding(keyHash, presented, anchoring, world);
  return listedStatus(presented, world.sites, world.rules.linked, isStanding);
}

/**
 * A status list is anchored nowhere: what a retired key signed may have been signed today by whoever stole it.
 * @param {string} keyHash
 * @param {import("./presented.js").Presented} presented
 * @param {import("./anchoring.js").Anchoring} anchoring
 * @param {World} world
 */
async function isKeyStanding(keyHash, presented, { receipt, chain }, world) {
  const isMine = keyHash === presented.signature.keyHash;
  if (chain.kind !== "facts" || receipt === null) return isMine;
  const key = isMine ? chain.key : await keyOf(keyHash, receipt, chain, world);
  return key !== null && (key.retiredSince === null || world.now < key.retiredSince);
}

/**
 * @param {string} keyHash
 * @param {import("./receipt.js").Receipt} receipt
 * @param {import("./contract_reads.js").ChainFacts} chain
 * @param {World} world
 */
async function keyOf(keyHash, receipt, chain, world) {
  const { root, leafHash, proof } = receipt;
  try {
    const asked = { issuer: chain.issuerAccount, root, treeSize: proof.treeSize, leafHash, keyHash };
    return (await world.askChain(chain.network, asked)).key;
  } catch (error) {
    if (error instanceof Unreachable) return null;
    throw error;
  }
}

/** @param {import("./presented.js").Presented} presented */
function holds({ signature, formatProblems }) {
  return signature.outcome !== "failed" && formatProblems.every((problem) => problem.outcome === "undecided");
}

/**
 * Counts the credentials that stand in members of these names, not those inside of them in turn.
 * @param {any} value
 * @param {string[]} names
 * @returns {number}
 */
function counted(value, names) {
  if (typeof value !== "object" || value === null) return 0;
  return Object.entries(value).reduce((count, [name, item]) => {
    if (name === "@context" || name === "proof") return count;
    return count + (names.includes(name) ? [item].flat().length : counted(item, names));
  }, 0);
}
