// @ts-check
/** The credentials that stand inside a credential: endorsements, and components. Source: registry/services/embedded.py. */

/** @type {ReadonlyMap<string, "endorsement" | "component">} */
const KINDS = new Map([
  ["endorsement", "endorsement"],
  ["endorsementJwt", "endorsement"],
  ["verifiableCredential", "component"],
]);
const NOT_SEARCHED = ["@context", "proof"];

/**
 * @typedef {{kind: "endorsement" | "component", place: string, document: Record<string, any> | string,
 *   within: Record<string, any>}} Embedded
 * One credential inside another, and the object that it is a member of.
 */

/**
 * Yields the credentials directly inside a document, wherever they stand; not those inside of them in turn.
 * @param {Record<string, any>} document its depth is bounded by the parser
 * @param {string} [place] what goes before each place
 * @returns {Generator<Embedded>}
 */
export function* embeddedIn(document, place = "") {
  for (const [name, member] of Object.entries(document)) {
    if (NOT_SEARCHED.includes(name)) continue;
    for (const [where, one] of entries(member)) {
      const kind = KINDS.get(name);
      if (kind !== undefined && (isObject(one) || typeof one === "string")) {
        yield { kind, place: `${place}${name}${where || "[0]"}`, document: one, within: document };
      } else if (isObject(one)) yield* embeddedIn(one, `${place}${name}${where}.`);
    }
  }
}

/**
 * @param {any} member
 * @returns {[string, any][]}
 */
const entries = (member) => (Array.isArray(member) ? member.map((one, at) => [`[${at}]`, one]) : [["", member]]);
/** @param {any} value */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
