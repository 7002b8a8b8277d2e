// @ts-check
/** A document somebody shows us, with what follows from its own bytes alone. Source: registry/credentials/presented.py. */
import { entryOf } from "./canonical.js";
import { parseCompact } from "./compact_jws.js";
import { leafHash, toHex } from "./digest.js";
import { finding } from "./finding.js";
import { issuerDid, issuerProofs } from "./issuer_proof.js";
import { Refusal } from "./refusal.js";
import { screen } from "./screen.js";
import { decisiveProof } from "./signature.js";
import { parseTime } from "./times.js";
import { claimProblems, credentialOf, jwtFinding } from "./vc_jwt.js";

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
 * Returns a VC-JWT with all that follows from its own text; Refusal if it is no compact JWS.
 * @param {string} compact
 * @param {import("./screen.js").Rules} rules
 * @returns {Promise<Presented>}
 */
export async function presentJwt(compact, rules) {
  const jws = parseCompact(compact);
  const document = credentialOf(jws.payload);
  const { times, undated } = datesOf(document, {});
  const claims = claimProblems(jws.payload);
  // Under an older data model nothing that the newer one asks for says anything.
  const isOlder = claims.some((problem) => problem.outcome === "undecided");
  return {
    document,
    credentialId: typeof document.id === "string" ? document.id : "",
    issuerDid: issuerDid(document),
    leafHash: leafOfJwt(compact),
    formatProblems: isOlder ? claims : [...(await screen(document, rules)), ...claims, ...undated],
    signature: jwtFinding(jws),
    validFrom: times.validFrom,
    validUntil: times.validUntil,
  };
}

/**
 * Returns the leaf hash of a VC-JWT: its entry is the text itself.
 * @param {string} compact
 */
export const leafOfJwt = (compact) => leafOfEntry(new TextEncoder().encode(compact));

/**
 * Returns the leaf hash of an entry, in hex.
 * @param {Uint8Array} entry
 */
export const leafOfEntry = (entry) => toHex(leafHash(entry));

/**
 * Returns the leaf hash of the document's entry for each proof of its issuer.
 * @param {Record<string, any>} document
 */
export const leafCandidates = (document) => issuerProofs(document).map((proof) => leafOf(document, proof));

/**
 * @param {Record<string, any>} document
 * @param {Record<string, any>} proof
 */
const leafOf = (document, proof) => leafOfEntry(entryOf(document, proof));

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
