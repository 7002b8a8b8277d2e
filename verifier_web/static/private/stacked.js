// @ts-check
/** Whether a stack's components can be one person's, and each stands in it once. Source: registry/checks/stacked.py. */

const MOST_IDENTITIES = 8 * 32;
const MAX_COMPARED = 1024;

/** @typedef {import("./facts.js").Facts} Facts */

/**
 * Returns the title of a component that stands in a stack more than once; empty if there is none.
 * @param {Facts[]} components
 */
export function standingTwice(components) {
  const ids = components.map((one) => one.presented.credentialId);
  const leaves = components.map((one) => one.presented.leafHash);
  const twice = components.find(
    (_, at) => (ids[at] !== "" && isTwice(ids, ids[at])) || (leaves[at] && isTwice(leaves, leaves[at])),
  );
  return twice ? titleOf(twice) : "";
}

/**
 * Returns the title of a component that names somebody else than the stack does; empty if there is none.
 * @param {Facts} stack
 * @param {Facts[]} components
 */
export function ofAnother(stack, components) {
  const whose = identities(stack);
  const kinds = new Set([...whose].map(kindOf));
  const other = components.find((one) => {
    const mine = [...identities(one)];
    return (
      !mine.some((identity) => whose.has(identity)) &&
      mine.some((identity) => isTelling(identity) && kinds.has(kindOf(identity)))
    );
  });
  return other ? titleOf(other) : "";
}

/**
 * Returns how many components name their recipient in no way that the stack does.
 * @param {Facts} stack
 * @param {Facts[]} components
 */
export function untied(stack, components) {
  const whose = identities(stack);
  return components.filter((one) => ![...identities(one)].some((identity) => whose.has(identity))).length;
}

/**
 * Returns what a credential is called: its name, else its id.
 * @param {Facts} facts
 */
export function titleOf({ presented: { document, credentialId } }) {
  return typeof document.name === "string" ? document.name : credentialId;
}

/** @param {Facts} facts @returns {Set<string>} */
function identities({ presented: { document } }) {
  const subject = document.credentialSubject;
  if (typeof subject !== "object" || subject === null || Array.isArray(subject)) return new Set();
  const entries = [subject.identifier].flat().slice(0, MOST_IDENTITIES);
  const found = entries.filter((one) => typeof one === "object" && one !== null).map(identity);
  return new Set(String(subject.id).startsWith("did:") ? [...found, JSON.stringify(["id", subject.id, ""])] : found);
}

/** @param {Record<string, any>} entry */
function identity({ identityType, identityHash, hashed, salt }) {
  const value = String(identityHash);
  if (hashed) return JSON.stringify([`hashed ${identityType}`, value.toLowerCase(), String(salt)]);
  // What is longer than any name stays as it is: to put marks in order takes time that grows with the square.
  if (value.length > MAX_COMPARED) return JSON.stringify([String(identityType), value, ""]);
  // Upper case first, so that ß and SS are one, as in Python's casefold.
  const plain = value.normalize("NFC").toUpperCase().toLowerCase();
  return JSON.stringify([String(identityType), plain.split(/\s+/).filter(Boolean).join(" "), ""]);
}

/** @param {string} one */
const kindOf = (one) => JSON.parse(one)[0];
/** Two salted hashes tell nothing of whether people are the same. @param {string} one */
const isTelling = (one) => !kindOf(one).startsWith("hashed ");
/**
 * @param {any[]} all
 * @param {any} one
 */
const isTwice = (all, one) => all.indexOf(one) !== all.lastIndexOf(one);
