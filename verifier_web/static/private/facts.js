// @ts-check
/** Everything that is gathered about a credential, and those inside of it. Source: registry/services/gather.py. */
import { anchoringOf, bestFirst } from "./anchoring.js";
import { embeddedIn } from "./embedded.js";
import { endorsedCredential, endorsedObject } from "./endorsed.js";
import { finding } from "./finding.js";
import { listedStatus } from "./listed_status.js";
import { leafCandidates, leafOfJwt, present, presentJwt } from "./presented.js";
import { askingChains, askingSites } from "./questions.js";
import { Refusal, Unreachable, said } from "./refusal.js";

/**
 * @typedef {import("./presented.js").Presented} Presented
 * @typedef {{services: (did: string) => Promise<import("./issuer_site.js").DidService[]>,
 *   statusList: (did: string, url: string) => Promise<Record<string, any>>}} Sites
 * @typedef {{rules: import("./screen.js").Rules, networks: import("./contract_reads.js").Network[], now: number,
 *   askChain: import("./anchoring.js").AskChain, sites: Sites}} World
 * What there is to judge by: rules, accepted networks, the visitor's clock, and whom to ask.
 * @typedef {World & {bundle: import("./receipt.js").Bundle, partsLeft: number}} Run
 * @typedef {{kind: "not-asked"} | {kind: "unreachable", why: import("./refusal.js").Said}
 *   | {kind: "services", services: import("./issuer_site.js").DidService[]}} Services
 * @typedef {{kind: "endorsement" | "component", place: string, facts: Facts}} PartFacts
 * @typedef {{presented: Presented, receipt: import("./receipt.js").Receipt | null,
 *   chain: import("./anchoring.js").Chain, services: Services, statusList: import("./listed_status.js").ListAnswer,
 *   endorsed: import("./endorsed.js").Endorsed | null, parts: PartFacts[], now: number}} Facts
 */

const MAX_NESTING = 4;
const MAX_PARTS = 200;
const UNSIGNED = { kind: /** @type {const} */ ("unreachable"), why: said("facts.unsigned") };

/**
 * Returns everything known about a bundle's credential; nobody who fails to answer throws.
 * @param {import("./receipt.js").Bundle} bundle
 * @param {World} world
 * @returns {Promise<Facts>}
 */
export async function gather(bundle, world) {
  const run = {
    ...world,
    askChain: askingChains(world.askChain),
    sites: askingSites(world.sites),
    bundle,
    partsLeft: MAX_PARTS,
  };
  return factsOf(bundle.credential, run, 0, null);
}

/**
 * @param {Record<string, any> | string} credential
 * @param {Run} run
 * @param {number} depth how many credentials are around this one
 * @param {import("./endorsed.js").Endorsed | null} endorsed what it stands in as an endorsement
 * @returns {Promise<Facts>}
 */
async function factsOf(credential, run, depth, endorsed) {
  const receipts = bestFirst(run.bundle.receipts, leavesOf(credential), run.networks);
  const presented = await presentedBy(credential, receipts[0]?.leafHash ?? null, run.rules);
  const deciding = receipts.length > 0 ? receipts : naming(presented, run.bundle.receipts).slice(0, 1);
  const { receipt, chain } = await anchoringOf(presented, deciding, run.networks, run.askChain);
  const { parts, unjudged } = await partsOf(credential, presented, run, depth);
  return {
    presented: { ...presented, formatProblems: [...presented.formatProblems, ...unjudged] },
    receipt,
    chain,
    services: await servicesOf(presented, chain, run),
    statusList: await statusListOf(presented, { receipt, chain }, run),
    endorsed,
    parts,
    now: run.now,
  };
}

/**
 * Returns the embedded credentials with their facts, and a problem if there are more than are judged.
 * @param {Record<string, any> | string} credential
 * @param {Presented} presented
 * @param {Run} run
 * @param {number} depth
 */
async function partsOf(credential, presented, run, depth) {
  if (isRefused(presented)) return { parts: [], unjudged: [] }; // its verdict is clear, and it may hold anything
  const { document } = presented;
  const beside = depth === 0 ? run.bundle.endorsements.map(besideOf(document)) : [];
  const found = [...embeddedIn(document), ...beside];
  const room = depth < MAX_NESTING ? run.partsLeft : 0;
  run.partsLeft -= Math.min(room, found.length);
  const whole = endorsedCredential(credential, presented);
  const parts = [];
  for (const part of found.slice(0, room)) {
    const of = part.within === document ? whole : endorsedObject(part.within);
    parts.push({ kind: part.kind, place: part.place, facts: await partFacts(part, run, depth + 1, of) });
  }
  return { parts, unjudged: unjudgedBeyond(found[room]) };
}

/** @param {Record<string, any>} document */
const besideOf = (document) => (/** @type {Record<string, any> | string} */ one, /** @type {number} */ at) => ({
  kind: /** @type {const} */ ("endorsement"),
  place: `endorsements[${at}]`,
  document: one,
  within: document,
});

/**
 * What was not judged is not known to be good: the credential around it stays undecided.
 * @param {import("./embedded.js").Embedded | undefined} first
 */
function unjudgedBeyond(first) {
  if (first === undefined) return [];
  return [
    finding("undecided", "too-many-parts", "format.too-many-parts", {
      place: first.place,
      parts: MAX_PARTS,
      deep: MAX_NESTING,
    }),
  ];
}

/**
 * @param {import("./embedded.js").Embedded} part
 * @param {Run} run
 * @param {number} depth
 * @param {import("./endorsed.js").Endorsed} of
 * @returns {Promise<Facts>}
 */
async function partFacts(part, run, depth, of) {
  const endorsed = part.kind === "endorsement" ? of : null;
  try {
    return await factsOf(part.document, run, depth, endorsed);
  } catch (error) {
    if (error instanceof Refusal) return { ...unreadable(error.said, run.now), endorsed };
    throw error;
  }
}

/**
 * Returns the facts about a text that stands where a credential belongs.
 * @param {import("./refusal.js").Said} why
 * @param {number} now
 * @returns {Facts}
 */
function unreadable(why, now) {
  const notAsked = { kind: /** @type {const} */ ("not-asked") };
  const presented = {
    document: {},
    credentialId: "",
    issuerDid: "",
    leafHash: null,
    formatProblems: [{ ...finding("failed", "credential-format", ""), said: why }],
    signature: finding("failed", "no-proof", "signature.unreadable-text"),
  };
  return {
    presented,
    receipt: null,
    chain: notAsked,
    services: notAsked,
    statusList: notAsked,
    endorsed: null,
    parts: [],
    now,
  };
}

/**
 * Returns the receipts that name this credential; those of other content speak against it.
 * @param {Presented} presented
 * @param {import("./receipt.js").Receipt[]} receipts
 */
const naming = ({ credentialId }, receipts) =>
  receipts.filter((one) => credentialId !== "" && one.credentialId === credentialId);

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

/** @param {Presented} presented */
const holds = (presented) => presented.signature.outcome !== "failed" && !isRefused(presented);

/** @param {Presented} presented */
const isRefused = ({ formatProblems }) => formatProblems.some((problem) => problem.outcome !== "undecided");
