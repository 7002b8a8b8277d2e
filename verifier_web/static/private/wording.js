// @ts-check
/** Finished sentences from the templates that came with the page. */

/**
 * @typedef {{sentences: Record<string, string>, reasons: Record<string, string>, summaries: Record<string, string>,
 *   verified: string, leads: Record<string, string>}} Words
 */

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

  /** @param {any} value @returns {string} */
  value(value) {
    if (typeof value === "number" || typeof value === "bigint") return this.numbers.format(value);
    if (typeof value !== "object" || value === null) return String(value);
    if ("key" in value) return this.sentence(value);
    if ("day" in value) return this.days.format(value.day);
    if ("moment" in value) return `${this.days.format(value.moment)}, ${this.hours.format(value.moment)} UTC`;
    return value.reason && Object.hasOwn(this.words.reasons, value.reason)
      ? `: ${this.words.reasons[value.reason]}`
      : "";
  }
}
