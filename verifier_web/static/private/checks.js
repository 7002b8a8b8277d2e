// @ts-check
/** The checks of a single credential, in the server's order; each takes the facts. Source: registry/checks/checks.py. */
import { didHash } from "./anchoring.js";
import { finding } from "./finding.js";
import { rootFromProof } from "./inclusion.js";
import { Refusal, said } from "./refusal.js";

/**
 * @typedef {import("./facts.js").Facts} Facts
 * @typedef {import("./finding.js").Finding} Finding
 * @typedef {Extract<import("./anchoring.js").Chain, {kind: "facts"}>} ChainFacts
 */

/** The contract's public reason codes for revoking. */
const REASONS = new Map([
  [1, "reason.superseded"],
  [2, "reason.issued-in-error"],
  [3, "reason.withdrawn-by-recipient"],
  [4, "reason.misconduct"],
]);

/** A date, a moment or a network that is written out in the page's language. */
const day = (/** @type {number} */ at) => ({ day: at });
const moment = (/** @type {number} */ at) => ({ moment: at });
const titleOf = (/** @type {import("./contract_reads.js").Network} */ network) => ({ network: network.name });

/** @type {Record<string, (facts: Facts) => Finding>} */
export const CHECKS = {
  format: checkFormat,
  signature: ({ presented }) => presented.signature,
  inclusion: checkInclusion,
  anchor: checkAnchor,
  finality: checkFinality,
  "issuer-key": checkIssuerKey,
  "issuer-identity": checkIssuerIdentity,
  "validity-period": checkValidityPeriod,
  status: checkStatus,
  recipient: () => finding("skipped", "not-asked", "recipient.not-asked"),
};

/** @param {Facts} facts */
function checkFormat({ presented: { formatProblems } }) {
  const refused = formatProblems.find((problem) => problem.outcome === "failed");
  return refused ?? formatProblems[0] ?? finding("passed", "well-formed", "format.well-formed");
}

/** @param {Facts} facts */
function checkInclusion({ receipt, presented }) {
  if (receipt === null) return finding("undecided", "no-receipt", "inclusion.no-receipt");
  if (presented.leafHash !== receipt.leafHash) return finding("failed", "leaf-mismatch", "inclusion.leaf-mismatch");
  const problem = inclusionProblem(receipt);
  if (problem !== null) return problem;
  const size = receipt.proof.treeSize;
  return finding("passed", "included", "inclusion.included", { number: size });
}

/** @param {import("./receipt.js").Receipt} receipt */
function inclusionProblem({ leafHash, proof, root }) {
  try {
    const isSame = rootFromProof(leafHash, proof) === root;
    return isSame
      ? null
      : finding("failed", "root-mismatch", "inclusion.not-proven", { why: said("proof.other-root") });
  } catch (error) {
    if (error instanceof Refusal) return finding("failed", "proof-length", "inclusion.not-proven", { why: error.said });
    throw error;
  }
}

/** @param {Facts} facts */
function checkAnchor(facts) {
  const { chain, receipt } = facts;
  if (chain.kind !== "facts") return withoutChain(chain);
  const network = titleOf(chain.network);
  const anchor = anchorOf(chain);
  if (anchor !== null)
    return finding("passed", "anchored", "anchor.anchored", { network, at: moment(anchor.anchoredAt) });
  if (receipt?.state === "pending") return finding("undecided", "waiting-for-anchor", "anchor.waiting-for-anchor");
  const named = blockNamed(facts, chain);
  if (named > chain.latest.blockNumber) {
    return finding("undecided", "chain-behind", "anchor.chain-behind", {
      named,
      network,
      newest: chain.latest.blockNumber,
    });
  }
  return finding("failed", "not-anchored", "anchor.not-anchored", { network });
}

/** @param {Facts} facts */
function checkFinality({ chain }) {
  if (chain.kind !== "facts") return withoutChain(chain);
  const { anchor } = chain.finalized;
  if (anchor !== null) return finding("passed", "final", "finality.final", { block: anchor.blockNumber });
  if (chain.latest.anchor === null) return finding("skipped", "no-anchor", "finality.no-anchor");
  return finding("undecided", "waiting-for-finality", "finality.waiting-for-finality");
}

/** @param {Facts} facts */
function checkIssuerKey({ chain, presented }) {
  if (chain.kind !== "facts") return withoutChain(chain);
  const anchor = anchorOf(chain);
  const { key } = chain;
  if (anchor === null) return finding("skipped", "no-anchor", "issuer-key.no-anchor");
  if (presented.signature.keyHash === undefined) return finding("undecided", "key-unknown", "issuer-key.key-unknown");
  if (key === null) return finding("failed", "not-the-issuers-key", "issuer-key.not-the-issuers-key");
  if (anchor.anchoredAt < key.addedAt) {
    return finding("failed", "key-not-yet-added", "issuer-key.key-not-yet-added", { day: day(key.addedAt) });
  }
  if (key.retiredSince !== null && anchor.anchoredAt >= key.retiredSince) {
    return finding("failed", "key-retired", "issuer-key.key-retired", { day: day(key.retiredSince) });
  }
  return finding("passed", "key-active", "issuer-key.key-active");
}

/** @param {Facts} facts */
function checkIssuerIdentity(facts) {
  const { chain, presented } = facts;
  if (chain.kind !== "facts") return withoutChain(chain);
  const did = presented.issuerDid;
  if (chain.didHash !== didHash(did))
    return finding("failed", "not-the-issuer", "issuer-identity.not-the-issuer", { did });
  const voucher = chain.accreditations.find((one) => one.standing === "active");
  if (voucher === undefined) return identityByDidDocument(facts, chain);
  const who = voucher.accreditorName;
  const accreditor = who.slice(0, 1).toUpperCase() + who.slice(1);
  return finding("passed", "accredited", "issuer-identity.accredited", { accreditor, name: voucher.name });
}

/**
 * @param {Facts} facts
 * @param {ChainFacts} chain
 */
function identityByDidDocument({ services, presented }, chain) {
  const did = presented.issuerDid;
  const unconfirmed = (/** @type {string} */ key, /** @type {any} */ values) =>
    finding("undecided", "issuer-unconfirmed", key, values);
  if (services.kind === "unreachable") return unconfirmed("issuer-identity.no-did-document", { why: services.why });
  if (services.kind === "not-asked" || services.services.length === 0)
    return unconfirmed("issuer-identity.nobody-confirms", { did });
  const { chainId, contract } = chain.network;
  // The last of several entries for one contract counts, as in the server's check.
  const named = services.services.findLast((one) => one.chainId === chainId && one.contract === contract);
  if (named === undefined)
    return unconfirmed("issuer-identity.names-no-account", { did, network: titleOf(chain.network) });
  if (named.issuer === chain.issuerAccount)
    return finding("passed", "domain-confirmed", "issuer-identity.domain-confirmed", { did });
  return finding("failed", "not-the-issuer", "issuer-identity.names-another", { did });
}

/** @param {Facts} facts */
function checkValidityPeriod({ presented: { validFrom, validUntil }, now }) {
  if (validFrom !== undefined && now < validFrom) {
    return finding("failed", "not-yet-valid", "validity-period.not-yet-valid", { day: day(validFrom) });
  }
  if (validUntil === undefined) return finding("passed", "in-period", "validity-period.no-end");
  if (now > validUntil) return finding("failed", "expired", "validity-period.expired", { day: day(validUntil) });
  return finding("passed", "in-period", "validity-period.in-period", { day: day(validUntil) });
}

/** @param {Facts} facts */
function checkStatus({ chain, statusList }) {
  const views = chain.kind === "facts" ? [chain.latest, chain.finalized] : [];
  const bad = views.map(badStatus).find((found) => found !== null);
  if (bad) return bad;
  if (statusList.kind === "answer" && statusList.trusted && statusList.revoked) {
    return finding("failed", "revoked", "status.revoked-by-list");
  }
  if (chain.kind !== "facts") return withoutChain(chain);
  if (statusList.kind === "unreachable")
    return finding("passed", "active", "status.active-list-unread", { why: statusList.why });
  const isIgnored = statusList.kind === "answer" && !statusList.trusted;
  return finding("passed", "active", isIgnored ? "status.active-list-ignored" : "status.active");
}

/** @param {import("./contract_reads.js").View} view */
function badStatus({ anchor, status }) {
  if (anchor !== null && anchor.revokedAt !== null) {
    return finding("failed", "batch-revoked", "status.batch-revoked", { day: day(anchor.revokedAt) });
  }
  if (status.status === "revoked") {
    return revoked(status.revokedAt ?? 0, REASONS.get(status.reason));
  }
  if (status.status === "suspended") {
    return finding("failed", "suspended", "status.suspended", { day: day(status.suspendedAt ?? 0) });
  }
  return null;
}

/**
 * @param {number} at
 * @param {string | undefined} reason
 */
function revoked(at, reason) {
  if (reason === undefined) return finding("failed", "revoked", "status.revoked", { day: day(at) });
  return finding("failed", "revoked", "status.revoked-because", { day: day(at), reason: said(reason) });
}

/** @param {Exclude<import("./anchoring.js").Chain, {kind: "facts"}>} chain */
function withoutChain(chain) {
  if (chain.kind === "unreachable")
    return finding("undecided", "chain-unreachable", "chain.unreachable", { why: chain.why });
  if (chain.kind === "not-asked") return finding("undecided", "no-receipt", "chain.no-receipt");
  if (chain.chains.length === 0) return finding("undecided", "waiting-for-anchor", "chain.waiting-for-anchor");
  return finding("undecided", "wrong-network", "chain.wrong-network", { chains: chain.chains.join(", ") });
}

/** A hint, which can make nothing verified; but what an endpoint has not seen yet, it cannot deny. */
function blockNamed(/** @type {Facts} */ { receipt }, /** @type {ChainFacts} */ chain) {
  const hints = receipt?.anchors.filter((one) => one.chainId === chain.network.chainId) ?? [];
  return Math.max(0, ...hints.map((one) => one.blockNumber));
}

/** @param {ChainFacts} chain */
const anchorOf = (chain) => chain.finalized.anchor ?? chain.latest.anchor;
