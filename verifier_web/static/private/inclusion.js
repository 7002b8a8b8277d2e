// @ts-check
/** The root that an inclusion proof implies. Source: RFC 9162, 2.1.3.2. */
import { fromHex, nodeHash, toHex } from "./digest.js";
import { Refusal } from "./refusal.js";

/** Largest tree size that the contract can hold. */
export const MAX_TREE_SIZE = 2n ** 64n - 1n;

/**
 * @typedef {{index: bigint, treeSize: bigint, path: string[]}} InclusionProof
 * Where a leaf stands, and its sibling digests in hex, nearest the leaf first.
 */

/**
 * Returns the root, in hex, that a proof implies for a leaf.
 *
 * Left or right is never read from the proof: it follows from index and size, so each position has exactly one legal
 * length of the path, and that is checked first. Refusal otherwise.
 * @param {string} leaf
 * @param {InclusionProof} proof
 */
export function rootFromProof(leaf, { index, treeSize, path }) {
  if (treeSize < 1n || treeSize > MAX_TREE_SIZE || index < 0n || index >= treeSize) {
    throw new Refusal("proof.no-such-leaf", { index, size: treeSize });
  }
  const inner = bitLength(index ^ (treeSize - 1n));
  const expected = inner + bitCount(index >> BigInt(inner));
  if (path.length !== expected) throw new Refusal("proof.length", { actual: path.length, expected });
  /** @type {Uint8Array} */
  let node = fromHex(leaf);
  path.forEach((sibling, level) => {
    const other = fromHex(sibling);
    const isLeft = level >= inner || ((index >> BigInt(level)) & 1n) === 1n;
    node = isLeft ? nodeHash(other, node) : nodeHash(node, other);
  });
  return toHex(node);
}

/** @param {bigint} number */
const bitLength = (number) => (number === 0n ? 0 : number.toString(2).length);

/** @param {bigint} number */
const bitCount = (number) => number.toString(2).replaceAll("0", "").length;
