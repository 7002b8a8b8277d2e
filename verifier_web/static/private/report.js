// @ts-check
/** From facts to a report: any failed check, not verified; else any undecided one, cannot tell; else verified. */
import { CHECKS } from "./checks.js";

/**
 * @typedef {{check: string} & import("./finding.js").Finding} CheckResult
 * @typedef {{verdict: "verified" | "not-verified" | "undecided", decisive: CheckResult | null,
 *   network: import("./contract_reads.js").Network | null, checks: CheckResult[]}} Report
 */

/**
 * Returns the report on gathered facts; `weight` says which of several checks gives the reason.
 * @param {import("./facts.js").Facts} facts
 * @param {string[]} weight
 * @returns {Report}
 */
export function judge(facts, weight) {
  const checks = Object.entries(CHECKS).map(([check, run]) => ({ check, ...run(facts) }));
  const failed = weightiest(checks, "failed", weight);
  const undecided = weightiest(checks, "undecided", weight);
  return {
    verdict: failed ? "not-verified" : undecided ? "undecided" : "verified",
    decisive: failed ?? undecided ?? null,
    network: facts.chain.kind === "facts" ? facts.chain.network : null,
    checks,
  };
}

/**
 * @param {CheckResult[]} checks
 * @param {import("./finding.js").Outcome} outcome
 * @param {string[]} weight
 */
function weightiest(checks, outcome, weight) {
  const found = checks.filter((one) => one.outcome === outcome);
  return found.sort((one, other) => weight.indexOf(one.check) - weight.indexOf(other.check))[0];
}
