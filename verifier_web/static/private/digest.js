// @ts-check
/** Digests and the two hash functions of the tree. Source: RFC 9162, 2.1.1. */
import { sha256 } from "../vendor/private.js";
import { Refusal } from "./refusal.js";

const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;

/**
 * Returns SHA-256(0x00 || entry).
 * @param {Uint8Array} entry
 * @returns {Uint8Array}
 */
export const leafHash = (entry) => sha256(joined(Uint8Array.of(LEAF_PREFIX), entry));

/**
 * Returns SHA-256(0x01 || left || right) for two digests.
 * @param {Uint8Array} left
 * @param {Uint8Array} right
 * @returns {Uint8Array}
 */
export const nodeHash = (left, right) => sha256(joined(Uint8Array.of(NODE_PREFIX), left, right));

/**
 * Returns byte strings one after the other.
 * @param {...Uint8Array} parts
 */
export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * Returns `0x` and lower-case hex digits.
 * @param {Uint8Array} bytes
 */
export const toHex = (bytes) => "0x" + Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");

/**
 * Reads `0x` and an even number of hex digits; Refusal for anything else.
 * @param {unknown} text
 */
export function fromHex(text) {
  if (typeof text !== "string" || !/^0x(?:[0-9a-fA-F]{2})*$/.test(text)) throw new Refusal("hex.malformed");
  return Uint8Array.from(text.slice(2).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
