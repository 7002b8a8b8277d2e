// @ts-check
/** Which of a document's proofs is its issuer's. Source: Data Integrity 1.0, 2.1 and 4.4; registry/credentials/issuer_proof.py. */
import { finding } from "./finding.js";
import { ed25519Key, multibaseBytes } from "./keys.js";
import { places } from "./plain.js";
import { Refusal, said } from "./refusal.js";
import { parseTime } from "./times.js";

const PROOF_TYPE = "DataIntegrityProof";
const CRYPTOSUITE = "eddsa-rdfc-2022";
const PURPOSE = "assertionMethod";
const SIGNATURE_BYTES = 64;
const MAX_PROOFS = 16;
const MAX_PROOF_VALUES = 100;

/**
 * @typedef {Record<string, any>} Json
 * @typedef {{proof: Json, key: import("./keys.js").PublicKey, signature: Uint8Array}} IssuerProof
 */

/**
 * Returns `issuer` or `issuer.id`; empty if it is neither.
 * @param {Json} document
 */
export function issuerDid(document) {
  const issuer = document.issuer;
  const did = isObject(issuer) ? issuer.id : issuer;
  return typeof did === "string" ? did : "";
}

/**
 * Returns the proofs of the suite we know whose verification method begins with the issuer's DID.
 * @param {Json} document
 * @returns {Json[]}
 */
export function issuerProofs(document) {
  const did = issuerDid(document);
  return known(document).filter((proof) => did !== "" && didPart(proof) === did);
}

/**
 * Returns the finding on a document of which issuerProofs found none.
 * @param {Json} document
 */
export function withoutIssuersProof(document) {
  const all = entries(document);
  if (all.length === 0) return finding("failed", "no-proof", "signature.no-proof");
  const did = issuerDid(document);
  const foreign = all.filter(isObject).filter(isOtherSuite);
  const theirs = foreign.filter((proof) => [did, ""].includes(didPart(proof)));
  if (theirs.length > 0 || (foreign.length > 0 && known(document).length === 0)) {
    const first = theirs[0] ?? foreign[0];
    const way = String(first.cryptosuite || first.type).slice(0, 60);
    return finding("undecided", "unknown-proof-type", "signature.unknown-proof-type", { way });
  }
  const others = known(document)
    .map(didPart)
    .filter((part) => part !== "")
    .sort();
  if (others.length > 0) {
    return signedByAnother(others[0], did);
  }
  return malformed("signature.unreadable");
}

/**
 * Returns the finding that somebody else signed than the issuer.
 * @param {string} signer
 * @param {string} did
 */
export function signedByAnother(signer, did) {
  const values = { signer: signer.slice(0, 200), did: did.slice(0, 200) || said("signature.nobody") };
  return finding("failed", "not-the-issuers-proof", "signature.not-the-issuers-proof", values);
}

/**
 * Returns what is needed to verify a proof of issuerProofs, or the finding that it cannot be verified.
 * @param {Json} proof
 * @param {string} did
 * @returns {IssuerProof | import("./finding.js").Finding}
 */
export function readIssuerProof(proof, did) {
  if (isLarge(proof)) return malformed("signature.large-proof", { most: MAX_PROOF_VALUES });
  if (proof.proofPurpose !== PURPOSE) return malformed("signature.other-purpose", { purpose: PURPOSE });
  if (Object.hasOwn(proof, "previousProof"))
    return finding("undecided", "unknown-proof-type", "signature.chained-proof");
  try {
    for (const member of ["created", "expires"]) {
      if (Object.hasOwn(proof, member)) parseTime(proof[member], `proof.${member}`);
    }
    return withKey(proof, did, signatureOf(proof));
  } catch (error) {
    if (error instanceof Refusal) return malformed("signature.malformed-proof", { why: error.said });
    throw error;
  }
}

/**
 * @param {Json} proof
 * @param {string} did
 * @param {Uint8Array} signature
 */
function withKey(proof, did, signature) {
  const method = text(proof, "verificationMethod");
  const fragment = method.includes("#") ? method.slice(method.indexOf("#") + 1) : "";
  if (did.startsWith("did:key:") && fragment !== did.slice("did:key:".length)) {
    return finding("failed", "not-the-issuers-proof", "signature.not-the-did-key");
  }
  if (!fragment.startsWith("z")) {
    return finding("undecided", "unknown-proof-type", "signature.key-by-name", { key: `'${fragment.slice(0, 60)}'` });
  }
  const key = ed25519Key(multibaseBytes(fragment));
  return key ? { proof, key, signature } : finding("undecided", "unknown-proof-type", "signature.unknown-key-type");
}

/** Its graph is put in order for each proof, and a proof has about ten values. @param {Json} proof */
function isLarge(proof) {
  let count = 0;
  for (const _ of places(proof)) {
    count += 1;
    if (count > MAX_PROOF_VALUES) return true;
  }
  return false;
}

/**
 * @param {Json} document
 * @returns {any[]}
 */
function entries(document) {
  const value = document.proof;
  const all = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  return all.slice(0, MAX_PROOFS);
}

/** @param {Json} document */
const known = (document) => entries(document).filter(isObject).filter(isKnown);

/** @param {Json} proof */
const isKnown = (proof) => isIntegrityProof(proof) && proof.cryptosuite === CRYPTOSUITE;

/** @param {Json} proof */
function isIntegrityProof({ type }) {
  return type === PROOF_TYPE || (Array.isArray(type) && type.length === 1 && type[0] === PROOF_TYPE);
}

/** @param {Json} proof */
function isOtherSuite(proof) {
  if (isIntegrityProof(proof)) return typeof proof.cryptosuite === "string" && !isKnown(proof);
  return typeof proof.type === "string" && proof.type !== "";
}

/** @param {Json} proof */
const didPart = ({ verificationMethod: method }) => (typeof method === "string" ? method.split("#", 1)[0] : "");

/** @param {Json} proof */
function signatureOf(proof) {
  const signature = multibaseBytes(text(proof, "proofValue"));
  if (signature.length !== SIGNATURE_BYTES) {
    throw new Refusal("signature.length", { actual: signature.length, expected: SIGNATURE_BYTES });
  }
  return signature;
}

/**
 * @param {Json} proof
 * @param {string} member
 * @returns {string}
 */
function text(proof, member) {
  if (typeof proof[member] !== "string") throw new Refusal("signature.missing-text", { member });
  return proof[member];
}

/**
 * @param {string} key
 * @param {Record<string, any>} [values]
 */
const malformed = (key, values) => finding("failed", "malformed-proof", key, values);

/** @param {any} value */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
