// @ts-check
/**
 * Strict JSON: UTF-8, no member twice, bounded size and depth, no number that is not kept exactly.
 *
 * Source: RFC 8259; I-JSON (RFC 7493), 2.3; the bounds of registry/core/canonical.py.
 */
import { Refusal } from "./refusal.js";

/** Longest JSON text that is read, in bytes. */
export const MAX_TEXT_BYTES = 4 * 1024 * 1024;
/** Deepest nesting that is read. */
export const MAX_DEPTH = 64;
/** Longest integer literal that is read, in characters. */
export const MAX_INTEGER_DIGITS = 32;

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|-?\d[\d.eE+-]*/gs;

/**
 * Returns the value of one JSON text; Refusal if it is not strict.
 * @param {Uint8Array | string} data
 * @returns {any}
 */
export function parseJson(data) {
  const text = typeof data === "string" ? data : decoded(data);
  const size = typeof data === "string" ? new TextEncoder().encode(text).length : data.length;
  if (size > MAX_TEXT_BYTES) throw new Refusal("json.too-long", { size, most: MAX_TEXT_BYTES });
  const tokens = text.match(TOKEN) ?? [];
  requireShallow(tokens);
  const value = parsed(text);
  requireExact(tokens);
  return value;
}

/** @param {Uint8Array} data */
function decoded(data) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    throw new Refusal("json.not-utf-8");
  }
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refusal("json.syntax", { problem: error instanceof Error ? error.message : "" });
  }
}

/** @param {string[]} tokens */
function requireShallow(tokens) {
  let depth = 0;
  for (const token of tokens) {
    if (token === "{" || token === "[") depth += 1;
    if (token === "}" || token === "]") depth -= 1;
    if (depth > MAX_DEPTH) throw new Refusal("json.too-deep", { most: MAX_DEPTH });
  }
}

/**
 * The text is JSON by now, so a string before a colon is a member's name.
 * @param {string[]} tokens
 */
function requireExact(tokens) {
  /** @type {Set<string>[]} */
  const names = [];
  tokens.forEach((token, at) => {
    if (token === "{" || token === "[") names.push(new Set());
    else if (token === "}" || token === "]") names.pop();
    else if (token[0] === '"' && tokens[at + 1] === ":") addName(names[names.length - 1], JSON.parse(token));
    else if (token[0] === "-" || (token >= "0" && token <= ":")) requireExactNumber(token);
  });
}

/**
 * @param {Set<string>} names
 * @param {string} name
 */
function addName(names, name) {
  if (names.has(name)) throw new Refusal("json.twice", { name: name.slice(0, 80) });
  names.add(name);
}

/** @param {string} literal */
function requireExactNumber(literal) {
  const number = Number(literal);
  const isInteger = /^-?\d+$/.test(literal);
  if (literal === ":") return;
  // The canonical form writes a float such as 1e20 without exponent; read back, it is that float again.
  const isKept = isInteger ? Number.isSafeInteger(number) || String(number) === literal : Number.isFinite(number);
  if (!isKept || (isInteger && literal.length > MAX_INTEGER_DIGITS)) {
    throw new Refusal("json.number", { literal: literal.slice(0, 40) });
  }
}
