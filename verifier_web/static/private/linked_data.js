// @ts-check
/** From JSON to the canonical bytes that a Data Integrity signature covers: JSON-LD 1.1 expansion, then RDFC-1.0. */
import { jsonld } from "../vendor/private.js";
import { requireBounded } from "./plain.js";
import { Refusal } from "./refusal.js";

// Relative references are resolved against this base, so that they can be recognised afterwards and refused.
const BASE = "relative-reference://base/";
// What is dropped without a word when a graph is made: white space, or no scheme.
const DROPPED_IRI = /\s|^(?![A-Za-z][A-Za-z0-9+.-]*:)/;

/**
 * @typedef {{nodes: any[], dropped: string[], relative: string[]}} Expanded
 * Expanded JSON-LD; members that no context defines; types and ids that are no absolute IRIs. No signature covers those.
 */

/** Turns documents into graphs by context documents that are at hand; none is ever fetched here. */
export class LinkedData {
  /** @param {ReadonlyMap<string, any>} contexts by their address */
  constructor(contexts) {
    this.contexts = contexts;
    this.served = new Set(contexts.keys());
    this.documentLoader = async (/** @type {string} */ url) => {
      if (!contexts.has(url)) throw new Refusal("format.context-not-served", { path: "/", url: url.slice(0, 200) });
      return { contextUrl: null, documentUrl: url, document: contexts.get(url), tag: "static" };
    };
  }

  /**
   * Returns the expanded form of a document; Refusal if it is too large, or no JSON-LD.
   * @param {any} document
   * @returns {Promise<Expanded>}
   */
  async expand(document) {
    requireBounded(document, this.served);
    /** @type {string[]} */
    const dropped = [];
    const eventHandler = (/** @type {any} */ { event, next }) => {
      if (event.code === "invalid property") dropped.push(event.details.property);
      next();
    };
    const options = { base: BASE, documentLoader: this.documentLoader, eventHandler };
    const nodes = await read("format.not-json-ld", () => jsonld.expand(document, options));
    const relative = [...references(nodes)].filter((iri) => DROPPED_IRI.test(iri) || iri.startsWith(BASE));
    return { nodes, dropped, relative: relative.map((iri) => iri.replace(BASE, "").slice(0, 200)) };
  }

  /**
   * Returns the RDFC-1.0 canonical N-Quads of a document; Refusal if putting the graph in order takes too much work.
   * @param {Expanded} expanded
   * @returns {Promise<string>}
   */
  async canonicalNquads({ nodes }) {
    const options = { skipExpansion: true, safe: false, documentLoader: this.documentLoader };
    return read("format.no-order", () => jsonld.canonize(nodes, options));
  }
}

/**
 * @template T
 * @param {string} key
 * @param {() => Promise<T>} work
 */
async function read(key, work) {
  try {
    return await work();
  } catch (error) {
    throw new Refusal(key, {
      problem: (error instanceof Error ? error.message : "").split("\n", 1)[0].slice(0, 200).replace(/\.$/, ""),
    });
  }
}

/**
 * Yields the ids and types of expanded JSON-LD; blank node labels are none.
 * @param {any} value
 * @returns {Generator<string>}
 */
function* references(value) {
  if (Array.isArray(value)) {
    for (const item of value) yield* references(item);
  } else if (typeof value === "object" && value !== null && !Object.hasOwn(value, "@value")) {
    yield* [value["@type"] ?? []].flat();
    if (typeof value["@id"] === "string" && !value["@id"].startsWith("_:")) yield value["@id"];
    for (const [name, item] of Object.entries(value)) if (name !== "@type" && name !== "@id") yield* references(item);
  }
}
