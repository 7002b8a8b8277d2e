// @ts-check
/** Finished sentences from the templates that came with the page, in its language. Source: verifier_web/catalogue.py. */
import { paragraph } from "./text.js";

/**
 * @typedef {{sentences: Record<string, string>, counted: Record<string, Record<string, string>>,
 *   details: Record<string, string>, networks: Record<string, string>, summaries: Record<string, string>,
 *   verified: string, leads: Record<string, string>, standing: Record<string, string>, moment: string}} Words
 * @typedef {{numbers: Intl.NumberFormat, isRightToLeft: boolean}} Around
 */

/** Reasons for which the issuer itself does not let something stand. */
const WITHDRAWN = ["revoked", "batch-revoked", "suspended"];
/** Letters that are written from right to left, by Unicode's blocks. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const [ISOLATE, END] = ["\u2068", "\u2069"];

/** Fills templates in one language; technical detail stays English. */
export class Wording {
  /**
   * @param {Words} words
   * @param {string} language BCP 47
   * @param {string} direction
   */
  constructor(words, language, direction) {
    this.words = words;
    this.language = language;
    this.plurals = new Intl.PluralRules(language);
    this.own = { numbers: numbersOf(language), isRightToLeft: direction === "rtl" };
    this.english = { numbers: numbersOf("en"), isRightToLeft: false };
    // British English writes the day first, and Arabic takes these digits, as the server does.
    const dates = language === "en" ? "en-GB" : `${language}-u-nu-latn`;
    this.days = new Intl.DateTimeFormat(dates, { dateStyle: "long", timeZone: "UTC" });
  }

  /**
   * Returns a finished sentence; what strangers wrote in it is harmless, and cannot reorder it.
   * @param {import("./refusal.js").Said} said
   * @returns {string}
   */
  sentence(said) {
    const around = this.isDetail(said) ? this.english : this.own;
    const values = Object.entries(said.values).map(([name, value]) => [name, this.value(value, around)]);
    return filled(this.template(said), Object.fromEntries(values));
  }

  /**
   * Returns whether something is technical detail, which is English in every language.
   * @param {import("./refusal.js").Said} said
   */
  isDetail({ key }) {
    return Object.hasOwn(this.words.details, key);
  }

  /**
   * Returns the verdict as a sentence.
   * @param {import("./report.js").Report} report
   */
  summary({ verdict, decisive, network }) {
    const { verified, networks, summaries, leads } = this.words;
    if (decisive === null) return filled(verified, { network: networks[network?.name ?? ""] });
    if (Object.hasOwn(summaries, decisive.code)) return summaries[decisive.code];
    return filled(leads[verdict], { finding: this.joinedOn(decisive.said) });
  }

  /**
   * Returns how an endorsement stands: it does, it was withdrawn and when, or what else is wrong.
   * @param {import("./report.js").Report} report
   */
  standing(report) {
    const { stands, withdrawn, other } = this.words.standing;
    if (report.verdict === "verified") return stands;
    const status = report.checks.find((one) => one.check === "status");
    const isWithdrawn = WITHDRAWN.includes(report.decisive?.code ?? "") && status !== undefined;
    if (!isWithdrawn) return filled(other, { summary: this.summary(report) });
    return filled(withdrawn, { finding: this.joinedOn(status.said) });
  }

  /** In English a sentence goes on after a colon with a small letter. @param {import("./refusal.js").Said} said */
  joinedOn(said) {
    const text = this.value(said, this.own);
    return this.language === "en" ? text.slice(0, 1).toLowerCase() + text.slice(1) : text;
  }

  /** @param {import("./refusal.js").Said} said */
  template({ key, values }) {
    const { sentences, counted, details } = this.words;
    if (!Object.hasOwn(counted, key)) return sentences[key] ?? details[key];
    return counted[key][this.plurals.select(Number(values.number))] ?? counted[key].other;
  }

  /**
   * @param {any} value
   * @param {Around} around the language of the sentence that it stands in
   * @returns {string}
   */
  value(value, around) {
    if (typeof value === "number" || typeof value === "bigint") return around.numbers.format(value);
    if (typeof value !== "object" || value === null) return isolated(paragraph(String(value)), around);
    if ("key" in value) return this.isDetail(value) ? isolated(this.sentence(value), around) : this.sentence(value);
    if ("report" in value) return this.summary(value.report);
    if ("network" in value) return this.words.networks[value.network];
    return "day" in value ? this.days.format(value.day) : this.moment(value.moment);
  }

  /** @param {number} at */
  moment(at) {
    return filled(this.words.moment, { day: this.days.format(at), time: new Date(at).toISOString().slice(11, 16) });
  }
}

/**
 * Returns a stranger's text, or technical detail, so that it cannot reorder the sentence around it, nor the sentence it.
 * @param {string} text
 * @param {Around} around
 */
function isolated(text, { isRightToLeft }) {
  const isMixed = isRightToLeft || RIGHT_TO_LEFT.test(text);
  return text !== "" && isMixed ? `${ISOLATE}${text}${END}` : text;
}

/** Spanish would leave a number of four digits whole; the server does not. @param {string} language */
const numbersOf = (language) => new Intl.NumberFormat(`${language}-u-nu-latn`, { useGrouping: "always" });

/**
 * A value can bring no place of its own: all are filled in one pass.
 * @param {string} template
 * @param {Record<string, string>} values
 */
const filled = (template, values) => template.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
