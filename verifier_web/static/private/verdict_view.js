// @ts-check
/** What is shown of a report, as texts; the page's templates lay it out. Source: verifier_web/pages.py. */
import { holderName, issuerName } from "./parties.js";
import { jsonText, line, paragraph } from "./text.js";

const MAX_PARTS = 24;

/**
 * @typedef {{tone: string, name: string, outcome: string, detail: string, english: string[]}} CheckLine
 * `english` names the texts that are technical detail.
 * @typedef {{tone: string, kind: string, title: string, summary: string, comment: string, issuerLabel: string,
 *   issuer: string, checks: CheckLine[]}} PartView
 * @typedef {{tone: string, headline: string, meaning: string, network: string, checks: CheckLine[], parts: PartView[],
 *   slots: Record<string, string>}} VerdictView
 */

/**
 * Returns what is shown of a judged credential.
 * @param {import("./facts.js").Facts} facts
 * @param {import("./report.js").Report} report
 * @param {Record<string, any>} words
 * @param {import("./wording.js").Wording} wording
 * @param {string[]} proving
 * @returns {VerdictView}
 */
export function verdictView(facts, report, words, wording, proving) {
  const { document, issuerDid } = facts.presented;
  const isProven = isProvenBy(report, proving);
  const title = document.credentialSubject?.achievement?.name;
  return {
    tone: words.verdictTones[report.verdict],
    headline: wording.summary(report),
    meaning: meaningOf(report, words, isProven),
    network: report.verdict === "verified" && report.network ? (words.networkNotes[report.network.kind] ?? "") : "",
    checks: report.checks.map((one) => checkLine(one, words, wording)),
    parts: report.parts.slice(0, MAX_PARTS).map((one) => partView(one, words, wording, proving)),
    slots: {
      holderLabel: isProven ? words.page.issuedTo : words.page.saysIssuedTo,
      holder: holderName(document) || words.page.nameless,
      issuer: issuerOf(facts, report, words, isProven),
      did: line(issuerDid),
      claim: isProven ? "" : words.page.claimsUnproven,
      title: line(title) || line(document.name) || line(document.id),
      document: jsonText(document),
    },
  };
}

/**
 * @param {import("./report.js").Part} part
 * @param {Record<string, any>} words
 * @param {import("./wording.js").Wording} wording
 * @param {string[]} proving
 * @returns {PartView}
 */
function partView({ kind, title, facts, report }, words, wording, proving) {
  const isEndorsement = kind === "endorsement";
  const comment = facts.presented.document.credentialSubject?.endorsementComment;
  return {
    tone: words.verdictTones[report.verdict],
    kind: words.partKinds[kind],
    title: line(title),
    summary: isEndorsement ? wording.standing(report) : wording.summary(report),
    comment: isEndorsement ? paragraph(comment) : "",
    issuerLabel: isEndorsement ? words.page.endorsedBy : words.page.issuedBy,
    issuer: issuerOf(facts, report, words, isProvenBy(report, proving)),
    checks: report.checks.map((one) => checkLine(one, words, wording)),
  };
}

/**
 * Returns whether it is proven that the issuer it names, confirmed by others, made exactly this document.
 * @param {import("./report.js").Report} report
 * @param {string[]} proving
 */
const isProvenBy = (report, proving) => proving.every((check) => outcomeOf(report, check) === "passed");

/**
 * @param {import("./report.js").CheckResult} one
 * @param {Record<string, any>} words
 * @param {import("./wording.js").Wording} wording
 */
const checkLine = ({ check, outcome, said }, words, wording) => ({
  tone: words.tones[outcome],
  name: words.checks[check] ?? check,
  outcome: words.outcomes[outcome],
  detail: wording.sentence(said),
  english: wording.isDetail(said) ? ["detail"] : [],
});

/**
 * @param {import("./facts.js").Facts} facts
 * @param {import("./report.js").Report} report
 * @param {Record<string, any>} words
 * @param {boolean} isProven
 */
function issuerOf(facts, report, words, isProven) {
  const isUnconfirmed =
    outcomeOf(report, "issuer-identity") === "undecided" && outcomeOf(report, "issuer-key") === "passed";
  const other = isUnconfirmed ? words.page.unconfirmed : words.page.unproven;
  return (isProven && issuerName(facts, report)) || other;
}

/**
 * @param {import("./report.js").Report} report
 * @param {Record<string, any>} words
 * @param {boolean} isProven
 */
function meaningOf({ verdict, decisive }, words, isProven) {
  const reason = decisive?.code ?? "verified";
  const genuine = isProven ? words.meaningsGenuine[reason] : undefined;
  return genuine ?? words.meanings[reason] ?? words.meaningsElse[verdict];
}

/**
 * @param {import("./report.js").Report} report
 * @param {string} check
 */
const outcomeOf = (report, check) => report.checks.find((one) => one.check === check)?.outcome;
