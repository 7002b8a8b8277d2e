// @ts-check
/** What is said of something: the key of a sentence, and what is filled into it. Sentences come with the page. */

/**
 * @typedef {{key: string, values: Record<string, any>}} Said
 * A sentence to be: see wording.js. A value may be another sentence.
 */

/**
 * Returns what is said.
 * @param {string} key
 * @param {Record<string, any>} [values]
 * @returns {Said}
 */
export const said = (key, values = {}) => ({ key, values });

/** A document, or a part of it, cannot be read. */
export class Refusal extends Error {
  /**
   * @param {string} key
   * @param {Record<string, any>} [values]
   */
  constructor(key, values = {}) {
    super(key);
    this.said = said(key, values);
  }
}

/** Somebody did not answer, or with something that is no answer; this says nothing about the credential. */
export class Unreachable extends Refusal {}
