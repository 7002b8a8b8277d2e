// @ts-check
/** The issuer's revocation list: one bit a credential, gzipped. Source: Bitstring Status List v1.0, 2.2 and 3.2. */
import { Refusal } from "./refusal.js";

const MAX_ENCODED = 8 * 1024 * 1024;
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Returns whether a list's bit at `index` is set; Refusal if this is no list of single bits, or has no such index.
 * @param {Record<string, any>} list
 * @param {number} index
 */
export async function isRevoked(list, index) {
  const bits = await inflated(encodedBits(list));
  if (index >= 8 * bits.length) throw new Refusal("list.no-such-index", { size: 8 * bits.length, index });
  return (bits[index >> 3] & (0x80 >> (index & 7))) !== 0;
}

/**
 * Returns the index of a status entry; null if it cannot be read.
 * @param {Record<string, any>} entry
 */
export function indexOf(entry) {
  const index = String(entry.statusListIndex);
  return /^[0-9]{1,10}$/.test(index) ? Number(index) : null;
}

/** @param {Record<string, any>} list */
function encodedBits({ credentialSubject }) {
  const subject =
    Array.isArray(credentialSubject) && credentialSubject.length === 1 ? credentialSubject[0] : credentialSubject;
  if (!isOne(subject?.type, "BitstringStatusList")) throw new Refusal("list.no-list");
  if (!isOne(subject.statusPurpose, "revocation")) throw new Refusal("list.other-purpose");
  if ((subject.statusSize ?? 1) !== 1) throw new Refusal("list.wide-entries");
  const encoded = subject.encodedList;
  if (typeof encoded !== "string" || encoded.length > MAX_ENCODED || !/^u[A-Za-z0-9_-]+$/.test(encoded)) {
    throw new Refusal("list.not-encoded");
  }
  return encoded.slice(1);
}

/** @param {string} encoded */
async function inflated(encoded) {
  try {
    const text = atob(encoded.replaceAll("-", "+").replaceAll("_", "/"));
    const packed = new Blob([Uint8Array.from(text, (letter) => letter.charCodeAt(0))]);
    return await bounded(packed.stream().pipeThrough(new DecompressionStream("gzip")).getReader());
  } catch {
    throw new Refusal("list.not-encoded");
  }
}

/** @param {ReadableStreamDefaultReader<Uint8Array>} reader */
async function bounded(reader) {
  const bits = new Uint8Array(MAX_BYTES);
  let size = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    bits.set(part.value, size); // a RangeError beyond the bound
    size += part.value.length;
  }
  return bits.subarray(0, size);
}

/**
 * @param {any} value
 * @param {string} name
 */
const isOne = (value, name) => value === name || (Array.isArray(value) && value.length === 1 && value[0] === name);
