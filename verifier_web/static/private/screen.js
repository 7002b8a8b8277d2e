// @ts-check
/** Is this document a plain Open Badges 3.0 credential? Source: registry/credentials/screen.py. */
import { contextProblem } from "./contexts.js";
import { finding } from "./finding.js";
import { embedded, places, plainProblems, requireBounded } from "./plain.js";
import { Refusal } from "./refusal.js";
import { shapeProblems } from "./shape.js";

/**
 * @typedef {{linked: import("./linked_data.js").LinkedData, order: import("./contexts.js").Slot[],
 *   schemas: import("./shape.js").ShapeSchemas}} Rules
 * By what a document is read: the contexts at hand, their order, and the shapes of credentials.
 */

/**
 * Returns what keeps a document from being a credential that can be judged, the gravest first; empty if nothing.
 * @param {any} document
 * @param {Rules} rules
 * @returns {Promise<import("./finding.js").Finding[]>}
 */
export async function screen(document, rules) {
  try {
    const first = [...contextProblems(document, rules.order)];
    if (first.length === 0) first.push(...plainProblems(document));
    if (first.length > 0) return first;
    requireBounded(document, rules.linked.served);
  } catch (error) {
    if (error instanceof Refusal) return [{ ...finding("failed", "too-complex", ""), said: error.said }];
    throw error;
  }
  return [...shapeProblems(document, rules.schemas), ...(await undefinedTerms(document, rules))];
}

/**
 * @param {any} document
 * @param {import("./contexts.js").Slot[]} order
 */
function* contextProblems(document, order) {
  for (const { path, value } of [{ path: "", value: document }, ...embedded(document)]) {
    const problem = contextProblem(value["@context"], path, order);
    if (problem !== null) yield problem;
  }
}

/**
 * JSON-LD drops what no context defines without a word, and a signature does not cover it; here it is an error.
 * @param {any} document
 * @param {Rules} rules
 */
async function undefinedTerms(document, rules) {
  try {
    const { dropped, relative } = await rules.linked.expand(document);
    const members = dropped.map((name) =>
      finding("failed", "undefined-term", "format.undefined-member", { member: placeOf(document, name) }),
    );
    const references = relative.map((written) => undefinedReference(document, written));
    return [...members, ...references];
  } catch (error) {
    if (error instanceof Refusal) return [{ ...finding("failed", "not-json-ld", ""), said: error.said }];
    throw error;
  }
}

/**
 * @param {any} document
 * @param {string} written
 */
function undefinedReference(document, written) {
  const place = [...places(document)].find(({ value }) => value === written)?.path;
  const key = place === undefined ? "format.undefined-reference" : "format.undefined-reference-at";
  return finding("failed", "undefined-term", key, { written: `'${written}'`, place });
}

/**
 * @param {any} document
 * @param {string} name
 */
function placeOf(document, name) {
  for (const { path, value } of places(document)) {
    if (typeof value === "object" && value !== null && Object.hasOwn(value, name))
      return `${path}/${name.slice(0, 80)}`;
  }
  return name.slice(0, 80);
}
