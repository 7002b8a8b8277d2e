// @ts-check
/** A document somebody shows us, with what follows from its own bytes alone. Source: registry/credentials/presented.py. */
import { entryOf } from "./canonical.js";
import { leafHash, toHex } from "./digest.js";
import { finding } from "./finding.js";
import { issuerDid, issuerProofs } from "./issuer_proof.js";
import { Refusal } from "./refusal.js";
import { screen } from "./screen.js";
import { decisiveProof } from "./signature.js";
import { parseTime } from "./times.js";

/**
 * @typedef {import("./finding.js").Finding} Finding
 * @typedef {{document: Record<string, any>, credentialId: string, issuerDid: string, leafHash: string | null,
 *   formatProblems: Finding[], signature: Finding, validFrom?: number, validUntil?: number}} Presented
 */

/**
 * Returns the document with all that follows from it; of several proofs of the issuer the one with this leaf is judged.
 * @param {Record<string, any>} document
 * @param {string | null} leaf
 * @param {import("./screen.js").Rules} rules
 * @returns {Promise<Presented>}
 */
export async function present(document, leaf, rules) {
  const { proof, signature } = await decisiveProof(reduced(document, leaf), rules.linked);
  // Other people's proofs, and those of suites to come, are none of the content: nobody relies on their terms.
  const { proof: _, ...rest } = document;
  const problems = await screen(proof === null ? rest : { ...rest, proof: [proof] }, rules);
  const { times, undated } = datesOf(document, proof ?? {});
  const ends = [times.validUntil, times.expires].filter((end) => end !== undefined);
  return {
    document,
    credentialId: typeof document.id === "string" ? document.id : "",
    issuerDid: issuerDid(document),
    leafHash: proof && leafOf(document, proof),
    formatProblems: [...problems, ...undated],
    signature,
    validFrom: times.validFrom,
    validUntil: ends.length > 0 ? Math.min(...ends) : undefined,
  };
}

/**
 * Returns the leaf hash of the document's entry for each proof of its issuer.
 * @param {Record<string, any>} document
 */
export const leafCandidates = (document) => issuerProofs(document).map((proof) => leafOf(document, proof));

/**
 * @param {Record<string, any>} document
 * @param {Record<string, any>} proof
 */
const leafOf = (document, proof) => toHex(leafHash(entryOf(document, proof)));

/**
 * @param {Record<string, any>} document
 * @param {string | null} leaf
 */
function reduced(document, leaf) {
  const anchored = issuerProofs(document).find((proof) => leaf !== null && leafOf(document, proof) === leaf);
  return anchored ? { ...document, proof: [anchored] } : document;
}

/**
 * @param {Record<string, any>} document
 * @param {Record<string, any>} proof
 */
function datesOf(document, proof) {
  /** @type {Record<string, number>} */
  const times = {};
  /** @type {Finding[]} */
  const undated = [];
  const members = [
    ["validFrom", document],
    ["validUntil", document],
    ["expires", proof],
  ];
  for (const [name, of] of /** @type {[string, Record<string, any>][]} */ (members)) {
    try {
      if (Object.hasOwn(of, name)) times[name] = parseTime(of[name], name);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      undated.push({ ...finding("failed", "unreadable-date", ""), said: error.said });
    }
  }
  if (times.validUntil < times.validFrom) undated.push(finding("failed", "never-valid", "format.never-valid"));
  return { times, undated };
}
