// @ts-check
/** From facts to a report: any failed check, not verified; else any undecided one, cannot tell; else verified. */
import { CHECKS } from "./checks.js";
import { checkEndorsed } from "./endorsed.js";
import { finding } from "./finding.js";
import { ofAnother, standingTwice, titleOf, untied } from "./stacked.js";

/**
 * @typedef {{check: string} & import("./finding.js").Finding} CheckResult
 * @typedef {{kind: "endorsement" | "component", place: string, title: string, facts: import("./facts.js").Facts,
 *   report: Report}} Part
 * @typedef {{verdict: "verified" | "not-verified" | "undecided", decisive: CheckResult | null,
 *   network: import("./contract_reads.js").Network | null, checks: CheckResult[], parts: Part[]}} Report
 */

/**
 * Returns the report on gathered facts; `weight` says which of several checks gives the reason.
 * @param {import("./facts.js").Facts} facts
 * @param {string[]} weight
 * @returns {Report}
 */
export function judge(facts, weight) {
  const parts = facts.parts.map((part) => ({ ...part, title: titleOf(part.facts), report: judge(part.facts, weight) }));
  const checks = Object.entries(CHECKS).map(([check, run]) => ({ check, ...run(facts) }));
  const endorsed = checkEndorsed(facts);
  if (endorsed !== null) checks.push({ check: "endorsed", ...endorsed });
  checks.push(
    { check: "endorsements", ...checkEndorsements(parts) },
    { check: "components", ...checkComponents(parts, facts) },
  );
  const failed = weightiest(checks, "failed", weight);
  const undecided = weightiest(checks, "undecided", weight);
  return {
    verdict: failed ? "not-verified" : undecided ? "undecided" : "verified",
    decisive: failed ?? undecided ?? null,
    network: facts.chain.kind === "facts" ? facts.chain.network : null,
    checks,
    parts,
  };
}

/**
 * A failed endorsement is shown as withdrawn; it never spoils what it endorsed.
 * @param {Part[]} parts
 */
function checkEndorsements(parts) {
  const mine = parts.filter((part) => part.kind === "endorsement");
  if (mine.length === 0) return finding("skipped", "none", "endorsements.none");
  const standing = mine.filter((part) => part.report.verdict === "verified").length;
  const code = standing === mine.length ? "endorsed" : "endorsement-not-standing";
  return finding("passed", code, "endorsements.standing", { standing, number: mine.length });
}

/**
 * A failed component fails the stack; an undecided one leaves it undecided. None counts twice.
 * @param {Part[]} parts
 * @param {import("./facts.js").Facts} facts
 */
function checkComponents(parts, facts) {
  const mine = parts.filter((part) => part.kind === "component");
  const inside = mine.map((part) => part.facts);
  const number = mine.length;
  if (number === 0) return finding("skipped", "none", "components.none");
  const failed = mine.find((part) => part.report.verdict === "not-verified");
  if (failed) return finding("failed", "component-failed", "components.unsound", unsound(failed, number));
  const twice = standingTwice(inside);
  if (twice) return finding("failed", "component-twice", "components.twice", { title: twice, number });
  const undecided = mine.find((part) => part.report.verdict === "undecided");
  if (undecided) return finding("undecided", "component-undecided", "components.unsound", unsound(undecided, number));
  const stranger = ofAnother(facts, inside);
  if (stranger) return finding("undecided", "component-of-another", "components.of-another", { title: stranger });
  const loose = untied(facts, inside);
  return finding("passed", "components-verified", loose ? "components.verified-untied" : "components.verified", {
    number,
    untied: loose,
  });
}

/**
 * @param {Part} part
 * @param {number} number
 */
const unsound = ({ title, report }, number) => ({ number, title, summary: { report } });

/**
 * @param {CheckResult[]} checks
 * @param {import("./finding.js").Outcome} outcome
 * @param {string[]} weight
 */
function weightiest(checks, outcome, weight) {
  const found = checks.filter((one) => one.outcome === outcome);
  return found.sort((one, other) => weight.indexOf(one.check) - weight.indexOf(other.check))[0];
}
