// @ts-check
/** A compact JWS, taken apart strictly. Source: RFC 7515, 3.1, 5.2 and appendix C; registry/credentials/compact_jws.py. */
import { Refusal } from "./refusal.js";
import { MAX_TEXT_BYTES, parseJson } from "./strict_json.js";

const MAX_HEADER_CHARACTERS = 8 * 1024;
const MAX_COMPACT_CHARACTERS = (MAX_TEXT_BYTES * 4) / 3 + 16 * 1024;

/**
 * @typedef {{header: Record<string, any>, payload: Record<string, any>, signature: Uint8Array, signed: Uint8Array}} CompactJws
 * Nothing in it is checked yet; `signed` are the bytes that the signature covers.
 */

/**
 * Returns the parts of a compact JWS; Refusal if it is none, or header or payload is no JSON object.
 * @param {string} compact
 * @returns {CompactJws}
 */
export function parseCompact(compact) {
  const parts = compact.split(".");
  if (compact.length > MAX_COMPACT_CHARACTERS || parts.length !== 3)
    throw new Refusal("jws.parts", { count: parts.length });
  const [header, payload, signature] = parts;
  if (header.length > MAX_HEADER_CHARACTERS) throw new Refusal("jws.long-header", { most: MAX_HEADER_CHARACTERS });
  return {
    header: objectIn(header, "header"),
    payload: objectIn(payload, "payload"),
    signature: fromBase64url(signature),
    signed: new TextEncoder().encode(`${header}.${payload}`),
  };
}

/**
 * Reads unpadded base64url text; Refusal unless it is as it is written by everybody.
 * @param {string} text
 */
export function fromBase64url(text) {
  const binary = decoded(text);
  // The last character may hold bits that nobody reads.
  const again = btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  if (again !== text) throw new Refusal("jws.base64url", { text: text.slice(-40) });
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

/** @param {string} text */
function decoded(text) {
  try {
    return atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    throw new Refusal("jws.no-base64url", { text: text.slice(0, 40) });
  }
}

/**
 * @param {string} part
 * @param {string} name
 */
function objectIn(part, name) {
  const value = parseJson(fromBase64url(part));
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Refusal("jws.no-object", { name });
  return value;
}
