// @ts-check
/** Which contexts a credential may name, in which order. Source: registry/credentials/contexts.py. */
import { finding } from "./finding.js";
import { said } from "./refusal.js";

/** @typedef {{urls: string[], required: boolean}} Slot one place in the list of contexts, and what may stand there */

/**
 * Returns what is wrong with the `@context` of a credential that stands at `path`; null if nothing.
 * @param {any} value
 * @param {string} path
 * @param {Slot[]} order
 */
export function contextProblem(value, path, order) {
  const entries = Array.isArray(value) ? value : [value];
  const served = order.flatMap((slot) => slot.urls);
  const context = path ? said("format.context-at", { place: path }) : said("format.context");
  if (entries.some((entry) => typeof entry === "object" && entry !== null && !Array.isArray(entry))) {
    return finding("failed", "inline-context", "format.inline-context", { context });
  }
  const unknown = entries.find((entry) => typeof entry === "string" && !served.includes(entry));
  if (unknown !== undefined) {
    return finding("undecided", "unknown-context", "format.unknown-context", {
      context,
      address: `'${unknown.slice(0, 200)}'`,
    });
  }
  return isInOrder(entries, order)
    ? null
    : finding("failed", "wrong-contexts", "format.wrong-contexts", { context, first: order[0].urls[0] });
}

/**
 * @param {any[]} entries
 * @param {Slot[]} order
 */
function isInOrder(entries, order) {
  const rest = [...entries];
  for (const { urls, required } of order) {
    if (rest.length > 0 && urls.includes(rest[0])) rest.shift();
    else if (required) return false;
  }
  return rest.length === 0;
}
