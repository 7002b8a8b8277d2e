// @ts-check
/** Public signing keys and the multibase text they are written in. Source: Controlled Identifiers 1.0, 2.2.2 and 2.4. */
import { base58, ed25519, sha256 } from "../vendor/private.js";
import { joined, toHex } from "./digest.js";
import { Refusal } from "./refusal.js";

const ED25519_PREFIX = Uint8Array.of(0xed, 0x01);
const KEY_BYTES = 32;
const MAX_MULTIBASE = 1024;

/** An Ed25519 public key. */
export class PublicKey {
  /** @param {Uint8Array} raw the 32 bytes of RFC 8032 */
  constructor(raw) {
    if (raw.length !== KEY_BYTES) throw new Refusal("key.length", { actual: raw.length });
    this.raw = raw;
    /** SHA-256 of the multicodec-prefixed key, in hex: the contract's `keyHash`. */
    this.keyHash = toHex(sha256(joined(ED25519_PREFIX, raw)));
  }

  /**
   * Returns whether a signature is this key's signature of a message (RFC 8032, without the leniency of ZIP 215).
   * @param {Uint8Array} signature
   * @param {Uint8Array} message
   */
  signed(signature, message) {
    try {
      return ed25519.verify(signature, message, this.raw, { zip215: false });
    } catch {
      return false; // the key is no point of the curve
    }
  }
}

/**
 * Returns the key in multibase bytes; null if they hold one of another type.
 * @param {Uint8Array} bytes
 */
export function ed25519Key(bytes) {
  const isOurs = bytes[0] === ED25519_PREFIX[0] && bytes[1] === ED25519_PREFIX[1];
  return isOurs ? new PublicKey(bytes.subarray(ED25519_PREFIX.length)) : null;
}

/**
 * Reads base58btc multibase text; Refusal if it is anything else.
 * @param {string} text
 * @returns {Uint8Array}
 */
export function multibaseBytes(text) {
  if (!text.startsWith("z") || text.length > MAX_MULTIBASE)
    throw new Refusal("multibase.prefix", { text: text.slice(0, 60) });
  try {
    return base58.decode(text.slice(1));
  } catch {
    throw new Refusal("multibase.malformed", { text: text.slice(0, 60) });
  }
}
