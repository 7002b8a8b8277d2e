// @ts-check
/** What one check, or one step of it, found. */
import { said } from "./refusal.js";

/**
 * @typedef {"passed" | "failed" | "undecided" | "skipped"} Outcome
 * @typedef {{outcome: Outcome, code: string, said: import("./refusal.js").Said, keyHash?: string}} Finding
 */

/**
 * Returns a finding; `key` names its sentence where several go with one code.
 * @param {Outcome} outcome
 * @param {string} code
 * @param {string} key
 * @param {Record<string, any>} [values]
 * @returns {Finding}
 */
export const finding = (outcome, code, key, values) => ({ outcome, code, said: said(key, values) });
