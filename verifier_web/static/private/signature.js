// @ts-check
/** Verifying the issuer's proof: Data Integrity with eddsa-rdfc-2022. Source: Data Integrity EdDSA Cryptosuites 1.0, 3.2. */
import { sha256 } from "../vendor/private.js";
import { joined } from "./digest.js";
import { finding } from "./finding.js";
import { issuerDid, issuerProofs, readIssuerProof, withoutIssuersProof } from "./issuer_proof.js";
import { Refusal } from "./refusal.js";

const OUTCOMES = ["passed", "failed", "undecided"];
// Verifiers disagree on the canonical form of these, so what does not fit may still have been signed.
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/;

/**
 * Returns the issuer's proof that decides and its finding; no proof where the document has none of its issuer.
 *
 * Of several proofs of the issuer one that holds is enough. Whether the key is really the issuer's is for others to say.
 * @param {Record<string, any>} document
 * @param {import("./linked_data.js").LinkedData} linked
 * @returns {Promise<{proof: Record<string, any> | null, signature: import("./finding.js").Finding}>}
 */
export async function decisiveProof(document, linked) {
  const found = [];
  for (const proof of issuerProofs(document)) found.push({ proof, signature: await judged(document, proof, linked) });
  found.sort((one, other) => OUTCOMES.indexOf(one.signature.outcome) - OUTCOMES.indexOf(other.signature.outcome));
  return found[0] ?? { proof: null, signature: withoutIssuersProof(document) };
}

/**
 * @param {Record<string, any>} document
 * @param {Record<string, any>} proof
 * @param {import("./linked_data.js").LinkedData} linked
 */
async function judged(document, proof, linked) {
  const read = readIssuerProof(proof, issuerDid(document));
  if (!("key" in read)) return read;
  const { proof: _, ...unsigned } = document;
  try {
    const holds = read.key.signed(read.signature, await signedBytes(unsigned, read.proof, linked));
    return { ...outcome(holds, unsigned), keyHash: read.key.keyHash };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const values = { why: error.said };
    return { ...finding("undecided", "not-canonical", "signature.not-canonical", values), keyHash: read.key.keyHash };
  }
}

/**
 * @param {boolean} holds
 * @param {Record<string, any>} unsigned
 */
function outcome(holds, unsigned) {
  if (holds) return finding("passed", "signed", "signature.signed");
  if (hasControls(unsigned)) return finding("undecided", "not-canonical", "signature.controls");
  return finding("failed", "altered", "signature.altered");
}

/**
 * Returns SHA-256 of the canonical proof options, read in the document's context, then of the canonical document.
 * @param {Record<string, any>} unsigned
 * @param {Record<string, any>} proof
 * @param {import("./linked_data.js").LinkedData} linked
 */
async function signedBytes(unsigned, proof, linked) {
  const { proofValue: _, ...options } = proof;
  const config = { ...options, "@context": unsigned["@context"] };
  return joined(await graphHash(config, linked), await graphHash(unsigned, linked));
}

/**
 * @param {Record<string, any>} document
 * @param {import("./linked_data.js").LinkedData} linked
 */
async function graphHash(document, linked) {
  return sha256(new TextEncoder().encode(await linked.canonicalNquads(await linked.expand(document))));
}

/** @param {any} value @returns {boolean} */
function hasControls(value) {
  if (typeof value === "string") return CONTROLS.test(value);
  return typeof value === "object" && value !== null && Object.values(value).some(hasControls);
}
