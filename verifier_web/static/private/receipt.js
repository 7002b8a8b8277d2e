// @ts-check
/** Anchor receipts and bundles, strictly parsed. Source: registry/core/receipt.py. */
import { address } from "./address.js";
import { MAX_TREE_SIZE } from "./inclusion.js";
import { Refusal } from "./refusal.js";
import { parseTime } from "./times.js";

const MAX_RECEIPTS = 256;
const MAX_ENDORSEMENTS = 63;
const MAX_ANCHORS = 16;
const MAX_PATH = 64;
const DIGEST = /^0x[0-9a-f]{64}$/;
const JWT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const CHAIN = /^eip155:[1-9][0-9]{0,19}$/;

/**
 * @typedef {{chainId: string, contract: string, issuer: string, blockNumber: number}} AnchorHint
 * @typedef {{state: "pending" | "final", credentialId: string, leafHash: string, root: string, anchors: AnchorHint[],
 *   proof: import("./inclusion.js").InclusionProof}} Receipt
 * @typedef {{credential: Record<string, any> | string, receipts: Receipt[], endorsements: (Record<string, any> | string)[]}} Bundle
 */

/**
 * Returns a bundle, or a bare credential as a bundle without receipts; Refusal if it is neither.
 * @param {any} value
 * @returns {Bundle}
 */
export function parseBundle(value) {
  if (typeof value === "string") return { credential: jwt(value), receipts: [], endorsements: [] };
  if (!isObject(value)) throw new Refusal("bundle.no-object");
  if (!Object.hasOwn(value, "credential")) return { credential: value, receipts: [], endorsements: [] };
  onlyMembers(value, ["credential", "receipts", "endorsements"], "bundle.unknown-member");
  return {
    credential: documentOf(value.credential),
    receipts: listed(value, "receipts", MAX_RECEIPTS).map(parseReceipt),
    endorsements: listed(value, "endorsements", MAX_ENDORSEMENTS).map(documentOf),
  };
}

/**
 * Returns one receipt; Refusal names the first member that is wrong.
 * @param {any} value
 * @returns {Receipt}
 */
export function parseReceipt(value) {
  if (!isObject(value)) throw malformed("the receipt");
  const required = [
    "type",
    "version",
    "state",
    "credentialId",
    "leafHash",
    "leafIndex",
    "treeSize",
    "path",
    "root",
    "anchors",
  ];
  onlyMembers(value, required, "receipt.unknown-member");
  require(value.type === "AnchorReceipt", "type");
  require(value.version === 1, "version");
  require(value.state === "pending" || value.state === "final", "state");
  require(typeof value.credentialId === "string" && value.credentialId.length <= 2048, "credentialId");
  for (const member of ["leafHash", "root"]) require(isDigest(value[member]), member);
  for (const member of ["leafIndex", "treeSize"]) require(Number.isSafeInteger(value[member]), member);
  require(isListOf(value.path, MAX_PATH, isDigest), "path");
  require(isListOf(value.anchors, MAX_ANCHORS, isObject), "anchors");
  return { ...value, proof: proofOf(value), anchors: value.anchors.map(parseAnchor) };
}

/**
 * @param {any} value
 * @returns {Record<string, any> | string}
 */
function documentOf(value) {
  if (typeof value === "string") return jwt(value);
  if (!isObject(value)) throw new Refusal("bundle.no-credential");
  return value;
}

/** @param {string} text */
function jwt(text) {
  const compact = text.trim();
  if (!JWT.test(compact)) throw new Refusal("bundle.no-jws");
  return compact;
}

/** @param {any} value */
function proofOf(value) {
  const proof = { index: BigInt(value.leafIndex), treeSize: BigInt(value.treeSize), path: value.path };
  require(proof.treeSize >= 1n && proof.treeSize <= MAX_TREE_SIZE, "treeSize");
  require(proof.index >= 0n && proof.index < proof.treeSize, "leafIndex");
  return proof;
}

/**
 * @param {any} value
 * @returns {AnchorHint}
 */
function parseAnchor(value) {
  const hints = ["transaction", "blockNumber", "blockHash", "anchoredAt"];
  onlyMembers(value, ["chain", "contract", "issuer", ...hints], "receipt.unknown-member");
  require(typeof value.chain === "string" && CHAIN.test(value.chain), "anchors.chain");
  for (const member of ["transaction", "blockHash"])
    require(isAbsent(value[member]) || isDigest(value[member]), `anchors.${member}`);
  require(isAbsent(value.blockNumber) ||
    (Number.isSafeInteger(value.blockNumber) && value.blockNumber >= 0), "anchors.blockNumber");
  if (!isAbsent(value.anchoredAt)) parseTime(value.anchoredAt, "anchors.anchoredAt");
  const chainId = value.chain.slice("eip155:".length);
  return {
    chainId,
    contract: address(value.contract),
    issuer: address(value.issuer),
    blockNumber: value.blockNumber ?? 0,
  };
}

/**
 * @param {Record<string, any>} value
 * @param {string} member
 * @param {number} most
 */
function listed(value, member, most) {
  const found = Object.hasOwn(value, member) ? value[member] : [];
  if (!Array.isArray(found) || found.length > most) throw new Refusal("bundle.no-list", { member, most });
  return found;
}

/**
 * @param {Record<string, any>} value
 * @param {string[]} known
 * @param {string} key
 */
function onlyMembers(value, known, key) {
  const other = Object.keys(value).find((name) => !known.includes(name));
  if (other !== undefined) throw new Refusal(key, { name: other.slice(0, 80) });
}

/**
 * @param {boolean} holds
 * @param {string} member
 */
function require(holds, member) {
  if (!holds) throw malformed(member);
}

/** @param {string} member */
const malformed = (member) => new Refusal("receipt.malformed", { member });
/** @param {any} value */
const isAbsent = (value) => value === undefined || value === null;
/** @param {any} value */
const isDigest = (value) => typeof value === "string" && DIGEST.test(value);
/** @param {any} value */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
/**
 * @param {any} value
 * @param {number} most
 * @param {(one: any) => boolean} holds
 */
const isListOf = (value, most, holds) => Array.isArray(value) && value.length <= most && value.every(holds);
