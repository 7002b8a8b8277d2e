// @ts-check
/**
 * What a document's JSON must be like before a JSON-LD processor sees it: written plainly, so that the JSON that people
 * read is the graph that a signature covers. Source: registry/credentials/plain.py.
 */
import { canonicalBytes } from "./canonical.js";
import { toHex } from "./digest.js";
import { finding } from "./finding.js";
import { Refusal } from "./refusal.js";

const MAX_VALUES = 20_000;
const MAX_TYPES = 8;
const MAX_TYPE_ENTRIES = 4_000;
const MAX_CONTEXTS = 8;
const EMBEDDED_IN = ["endorsement", "verifiableCredential"];
const MAX_NAME = 80;

/** @typedef {{path: string, value: any, parent: any}} Place */

/**
 * Yields a document and everything in it but contexts; Refusal if it holds too many values.
 * @param {any} document
 * @returns {Generator<Place>}
 */
export function* places(document) {
  /** @type {Place[]} */
  const stack = [{ path: "", value: document, parent: null }];
  for (let count = 1; stack.length > 0; count += 1) {
    const place = /** @type {Place} */ (stack.pop());
    if (count > MAX_VALUES) throw new Refusal("format.too-many-values", { number: MAX_VALUES });
    yield place;
    const { path, value } = place;
    if (typeof value !== "object" || value === null) continue;
    const inside = Object.entries(value).filter(([name]) => Array.isArray(value) || name !== "@context");
    for (const [name, item] of inside.reverse()) {
      stack.push({ path: `${path}/${name.slice(0, MAX_NAME)}`, value: item, parent: value });
    }
  }
}

/**
 * Returns unless a JSON-LD processor could take very long over this document; then it throws a Refusal.
 * @param {any} document
 * @param {ReadonlySet<string>} served the contexts that are at hand
 */
export function requireBounded(document, served) {
  let types = 0;
  for (const { path, value } of places(document)) {
    if (!isObject(value)) continue;
    types += requireFewTypes(path, value);
    if (Object.hasOwn(value, "@context")) requireServedContexts(path, listed(value["@context"]), served);
  }
  if (types > MAX_TYPE_ENTRIES) throw new Refusal("format.too-many-types-in-all", { most: MAX_TYPE_ENTRIES });
}

/**
 * Yields path and credential of the credentials inside a document that carry contexts of their own.
 * @param {any} document
 * @returns {Generator<Place>}
 */
export function* embedded(document) {
  for (const place of places(document)) {
    const { path, value } = place;
    if (path && isObject(value) && Object.hasOwn(value, "@context") && mayBeCredential(path)) yield place;
  }
}

/**
 * Yields each way of writing that could make the shown JSON differ from the signed graph.
 * @param {any} document
 */
export function* plainProblems(document) {
  for (const { path, value, parent } of places(document)) {
    if (value === null) yield failed("null-member", "format.null-member", { member: path });
    else if (Array.isArray(value) && Array.isArray(parent))
      yield failed("nested-array", "format.nested-array", { member: path });
    else if (isObject(value)) yield* nameProblems(path, value);
  }
  yield* describedTwice(document);
}

/**
 * @param {string} path
 * @param {Record<string, any>} value
 */
function* nameProblems(path, value) {
  for (const name of Object.keys(value)) {
    const member = `${path}/${name.slice(0, MAX_NAME)}`;
    const isContext = name === "@context" && (path === "" || mayBeCredential(path));
    if (name.startsWith("@") && !isContext) yield failed("reserved-member", "format.reserved-member", { member });
    else if (name.includes(":")) yield failed("undefined-term", "format.written-as-iri", { member });
    // The JSON-LD processor loses this one without a word, as it does with none other.
    else if (name === "__proto__") yield failed("undefined-term", "format.undefined-member", { member });
    else if (/^\p{Lu}/u.test(name)) yield failed("undefined-term", "format.named-like-a-type", { member });
  }
  if (typeof value.id === "string" && value.id.startsWith("_:")) {
    yield failed("undefined-term", "format.blank-node", { place: path || "/" });
  }
}

/** In the graph all that is said of one id is one description, wherever it stands in the JSON. @param {any} document */
function* describedTwice(document) {
  const owners = [document, document.credentialStatus].filter((one) => isObject(one) && Object.hasOwn(one, "id"));
  const byId = new Map(owners.map((one) => [String(one.id), one]));
  for (const { path, value } of places(document)) {
    const owner = isObject(value) && typeof value.id === "string" ? byId.get(value.id) : undefined;
    if (owner === undefined || owner === value || isSame(owner, value)) continue;
    const extra = Object.keys(value)
      .filter((name) => !["id", "type", "endorsementComment"].includes(name))
      .sort();
    if (extra.length > 0) {
      const values = { place: path, id: value.id.slice(0, 200), member: extra[0].slice(0, MAX_NAME) };
      yield failed("described-twice", "format.described-twice", values);
    }
  }
}

/**
 * @param {any} one
 * @param {any} other
 */
const isSame = (one, other) => toHex(canonicalBytes(one)) === toHex(canonicalBytes(other));

/**
 * @param {string} path
 * @param {Record<string, any>} value
 */
function requireFewTypes(path, value) {
  const entries = ["type", "@type"].flatMap((key) => (Object.hasOwn(value, key) ? listed(value[key]) : []));
  const names = entries.filter((entry) => typeof entry === "string");
  if (entries.length > MAX_TYPES)
    throw new Refusal("format.too-many-types", { path: path || "/", count: entries.length, most: MAX_TYPES });
  if (new Set(names).size !== names.length) throw new Refusal("format.type-twice", { path: path || "/" });
  return entries.length;
}

/**
 * @param {string} path
 * @param {any[]} entries
 * @param {ReadonlySet<string>} served
 */
function requireServedContexts(path, entries, served) {
  const place = path || "/";
  if (entries.length > MAX_CONTEXTS)
    throw new Refusal("format.too-many-contexts", { path: place, count: entries.length });
  for (const entry of entries) {
    if (typeof entry !== "string") throw new Refusal("format.context-no-url", { path: place });
    if (!served.has(entry)) throw new Refusal("format.context-not-served", { path: place, url: entry.slice(0, 200) });
  }
}

/** @param {string} path */
function mayBeCredential(path) {
  const parts = path.split("/");
  const [before, last] = [parts[parts.length - 2], parts[parts.length - 1]];
  return EMBEDDED_IN.includes(last) || (/^\d+$/.test(last) && EMBEDDED_IN.includes(before));
}

/**
 * @param {string} code
 * @param {string} key
 * @param {Record<string, any>} values
 */
const failed = (code, key, values) => finding("failed", code, key, values);
/** @param {any} value */
const listed = (value) => (Array.isArray(value) ? value : [value]);
/** @param {any} value */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
