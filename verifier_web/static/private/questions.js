// @ts-check
/** Questions of one check to others: bounded in number, none asked twice. Source: registry/services/chain_questions.py. */
import { Unreachable } from "./refusal.js";

const MAX_CHAIN_QUESTIONS = 256;
const MAX_FETCHES = 16;

/**
 * Returns the same question to chains; a network that did not answer once is not waited for again.
 * @param {import("./anchoring.js").AskChain} ask
 * @returns {import("./anchoring.js").AskChain}
 */
export function askingChains(ask) {
  /** @type {Map<string, Unreachable>} */
  const silent = new Map();
  const once = onceEach(ask, MAX_CHAIN_QUESTIONS, "chain.too-many", (network, question) =>
    [network.name, ...Object.values(question)].join(" "),
  );
  return async (network, question) => {
    const silence = silent.get(network.name);
    if (silence !== undefined) throw silence;
    try {
      return await once(network, question);
    } catch (error) {
      if (error instanceof Unreachable) silent.set(network.name, error);
      throw error;
    }
  };
}

/**
 * Returns the same questions to issuers' web sites.
 * @param {import("./facts.js").Sites} sites
 * @returns {import("./facts.js").Sites}
 */
export const askingSites = (sites) => ({
  services: onceEach(
    (did) => sites.services(did),
    MAX_FETCHES,
    "site.too-many",
    (did) => did,
  ),
  statusList: onceEach(
    (did, url) => sites.statusList(did, url),
    MAX_FETCHES,
    "site.too-many",
    (did, url) => `${did} ${url}`,
  ),
});

/**
 * @template {any[]} Q
 * @template A
 * @param {(...question: Q) => Promise<A>} ask
 * @param {number} most
 * @param {string} tooMany
 * @param {(...question: Q) => string} keyOf
 * @returns {(...question: Q) => Promise<A>}
 */
function onceEach(ask, most, tooMany, keyOf) {
  /** @type {Map<string, Promise<A>>} */
  const asked = new Map();
  return async (...question) => {
    const key = keyOf(...question);
    const known = asked.get(key);
    if (known === undefined && asked.size >= most) throw new Unreachable(tooMany);
    const answer = known ?? ask(...question);
    asked.set(key, answer);
    return answer;
  };
}
