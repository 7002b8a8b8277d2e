// @ts-check
/** RFC 8785 canonical bytes, and the entry that a leaf covers. */
import { canonicalize } from "../vendor/private.js";
import { Refusal } from "./refusal.js";

/**
 * Returns the canonical form (JCS) of a value that parseJson returned; Refusal if it has none (half a surrogate pair).
 * @param {any} value
 * @returns {Uint8Array}
 */
export function canonicalBytes(value) {
  try {
    return new TextEncoder().encode(canonicalize(value));
  } catch (error) {
    throw new Refusal("json.not-canonical", { problem: error instanceof Error ? error.message : "" });
  }
}

/**
 * Returns the entry of a credential: its canonical bytes with `proof` as an array holding exactly `proof`.
 * @param {Record<string, any>} credential
 * @param {Record<string, any>} proof
 */
export const entryOf = (credential, proof) => canonicalBytes({ ...credential, proof: [proof] });
