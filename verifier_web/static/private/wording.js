// @ts-check
/** Finished sentences from the templates that came with the page. */

/**
 * @typedef {{sentences: Record<string, string>, reasons: Record<string, string>, summaries: Record<string, string>,
 *   verified: string, leads: Record<string, string>, standing: Record<string, string>}} Words
 */

/** Reasons for which the issuer itself does not let something stand. */
const WITHDRAWN = ["revoked", "batch-revoked", "suspended"];

/** Fills templates in one language. */
export class Wording {
  /**
   * @param {Words} words
   * @param {string} language
   */
  constructor(words, language) {
    this.words = words;
    this.numbers = new Intl.NumberFormat(language);
    // British English writes the day first, as the server does.
    const dates = language === "en" ? "en-GB" : language;
    this.days = new Intl.DateTimeFormat(dates, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
    this.hours = new Intl.DateTimeFormat(dates, {
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      timeZone: "UTC",
    });
  }

  /**
   * Returns a finished sentence.
   * @param {import("./refusal.js").Said} said
   * @returns {string}
   */
  sentence({ key, values }) {
    return this.words.sentences[key].replace(/\{(\w+)\}/g, (_, name) => this.value(values[name]));
  }

  /**
   * Returns the verdict as a sentence.
   * @param {import("./report.js").Report} report
   */
  summary({ verdict, decisive, network }) {
    if (decisive === null) return this.words.verified.replace("{network}", network?.title ?? "");
    const detail = this.sentence(decisive.said);
    const own = this.words.leads[verdict].replace("{detail}", detail.slice(0, 1).toLowerCase() + detail.slice(1));
    return Object.hasOwn(this.words.summaries, decisive.code) ? this.words.summaries[decisive.code] : own;
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
    if (!isWithdrawn) return other.replace("{summary}", this.summary(report));
    const detail = this.sentence(status.said);
    return withdrawn.replace("{detail}", detail.slice(0, 1).toLowerCase() + detail.slice(1));
  }

  /** @param {any} value @returns {string} */
  value(value) {
    if (typeof value === "number" || typeof value === "bigint") return this.numbers.format(value);
    if (typeof value !== "object" || value === null) return String(value);
    if ("key" in value) return this.sentence(value);
    if ("report" in value) return this.summary(value.report);
    if ("day" in value) return this.days.format(value.day);
    if ("moment" in value) return `${this.days.format(value.moment)}, ${this.hours.format(value.moment)} UTC`;
    return value.reason && Object.hasOwn(this.words.reasons, value.reason)
      ? `: ${this.words.reasons[value.reason]}`
      : "";
  }
}
