// @ts-check
/** Whether an endorsement is of the very thing that it stands in. Source: registry/checks/endorsed.py, credentials/endorsement.py. */
import { sha256 } from "../vendor/private.js";
import { canonicalBytes, entryOf } from "./canonical.js";
import { fromBase64url } from "./compact_jws.js";
import { toHex } from "./digest.js";
import { finding } from "./finding.js";
import { issuerProofs } from "./issuer_proof.js";
import { multibaseBytes } from "./keys.js";
import { leafOfEntry } from "./presented.js";
import { Refusal, said } from "./refusal.js";

const TYPE = "EndorsementCredential";
const SHA2_256 = "0x1220"; // multihash: the algorithm, and the digest's length
const WIRE_LENGTH = SHA2_256.length + 64;
const MAX_ID = 200;

/** @typedef {{id: string, digest: string | null}} Endorsed something that can be endorsed: its id, and SHA-256 of its text */

/**
 * Returns an achievement or a profile as something endorsed: the endorsements in it are none of its text.
 * @param {Record<string, any>} thing
 * @returns {Endorsed}
 */
export function endorsedObject({ endorsement: _, endorsementJwt: __, ...thing }) {
  return { id: text(thing.id), digest: hashOf(() => canonicalBytes(thing)) };
}

/**
 * Returns a signed credential as something endorsed: its entry, which the leaf covers, too.
 * @param {Record<string, any> | string} credential
 * @param {import("./presented.js").Presented} presented
 * @returns {Endorsed}
 */
export function endorsedCredential(credential, { credentialId, leafHash }) {
  if (typeof credential === "string") {
    return { id: credentialId, digest: hashOf(() => new TextEncoder().encode(credential)) };
  }
  const proofs = leafHash === null ? [] : issuerProofs(credential);
  const entry = proofs.map((proof) => entryOf(credential, proof)).find((one) => leafOfEntry(one) === leafHash);
  return { id: credentialId, digest: entry ? hashOf(() => entry) : null };
}

/**
 * Returns the finding on what an endorsement endorses; null for any other credential.
 * @param {import("./facts.js").Facts} facts
 * @returns {import("./finding.js").Finding | null}
 */
export function checkEndorsed({ presented: { document }, endorsed }) {
  const isEndorsement = [document.type].flat().includes(TYPE);
  const name = text(document.credentialSubject?.id);
  if (endorsed !== null)
    return isEndorsement ? compared(document, name, endorsed) : failed("endorsed.no-endorsement", "no-endorsement");
  return isEndorsement ? finding("skipped", "shown-alone", "endorsed.shown-alone", { id: shown(name) }) : null;
}

/**
 * @param {Record<string, any>} document
 * @param {string} name
 * @param {Endorsed} endorsed
 */
function compared(document, name, endorsed) {
  const written = text(document.credentialSubject?.digestMultibase);
  const values = { id: shown(name), other: shown(endorsed.id) };
  if (name === "" || name !== endorsed.id) return failed("endorsed.something-else", "endorses-something-else", values);
  if (written === "") return finding("undecided", "endorsed-by-id-alone", "endorsed.by-id-alone", values);
  try {
    const isSame = readDigest(written) === endorsed.digest;
    return isSame
      ? finding("passed", "endorses-this", "endorsed.this")
      : failed("endorsed.another-text", "endorses-something-else", values);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return finding("undecided", "unknown-digest", "endorsed.unknown-digest", { why: error.said });
  }
}

/**
 * Reads a SHA-256 multihash in base64url (`u…`) or base58 (`z…`); Refusal for any other digest.
 * @param {string} written
 */
function readDigest(written) {
  const bytes = toHex(written.startsWith("u") ? fromBase64url(written.slice(1)) : multibaseBytes(written));
  if (!bytes.startsWith(SHA2_256) || bytes.length !== WIRE_LENGTH)
    throw new Refusal("endorsed.no-multihash", { text: written.slice(0, 80) });
  return bytes.slice(SHA2_256.length);
}

/** @param {() => Uint8Array} bytes */
function hashOf(bytes) {
  try {
    return toHex(sha256(bytes())).slice(2);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/**
 * @param {string} key
 * @param {string} code
 * @param {Record<string, any>} [values]
 */
const failed = (key, code, values) => finding("failed", code, key, values);
/** @param {string} name */
const shown = (name) => name.slice(0, MAX_ID) || said("endorsed.nothing");
/** @param {any} value */
const text = (value) => (typeof value === "string" ? value : "");
