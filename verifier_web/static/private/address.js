// @ts-check
/** Ethereum addresses: kept in lower case, so that equal means equal. Source: EIP-55. */
import { keccak_256 } from "../vendor/private.js";
import { toHex } from "./digest.js";
import { Refusal } from "./refusal.js";

/**
 * Returns an address in lower case; Refusal if it is none, or its mixed-case checksum is wrong.
 * @param {unknown} text
 */
export function address(text) {
  if (typeof text !== "string" || !/^0x[0-9a-fA-F]{40}$/.test(text)) throw new Refusal("address.malformed");
  const digits = text.slice(2);
  const mixed = digits !== digits.toLowerCase() && digits !== digits.toUpperCase();
  if (mixed && text !== checksummed(text.toLowerCase())) throw new Refusal("address.checksum", { text });
  return text.toLowerCase();
}

/**
 * Returns the mixed-case form of a lower-case address.
 * @param {string} lower
 */
export function checksummed(lower) {
  const weights = toHex(keccak_256(new TextEncoder().encode(lower.slice(2)))).slice(2);
  const digits = [...lower.slice(2)].map((digit, at) =>
    Number.parseInt(weights[at], 16) >= 8 ? digit.toUpperCase() : digit,
  );
  return "0x" + digits.join("");
}
