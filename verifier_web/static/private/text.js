// @ts-check
/** Strings of strangers made harmless to look at. Source: verifier_web/text.py. */

const MAX_LINE = 300;
const MAX_PARAGRAPH = 4000;
const MAX_JSON = 60_000;
// Embeddings, overrides and isolates: a stranger's text must not reorder ours.
const REPLACED = /[\u202a-\u202e\u2066-\u2069]|\p{Cs}|\p{Co}/gu;
// Zero width (non-)joiners stay: Persian, Indic scripts and emoji are misspelt without them.
const DROPPED = /(?![\u200c\u200d])\p{Cf}/gu;
const PILED_MARKS = /([\p{Mn}\p{Me}]{6})[\p{Mn}\p{Me}]+/gu;

/**
 * Returns a string on one line, at most `most` characters of it; empty for anything but a string.
 * @param {unknown} value
 * @param {number} [most]
 */
export function line(value, most = MAX_LINE) {
  if (typeof value !== "string") return "";
  const head = value.slice(0, most) + (value.length > most ? "…" : "");
  const plain = head
    .replace(/[\p{Z}\p{Cc}]+/gu, " ")
    .replace(REPLACED, "\ufffd")
    .replace(DROPPED, "");
  return plain.replace(PILED_MARKS, "$1").trim();
}

/**
 * Returns a longer text, such as a finding's sentence, on one line.
 * @param {unknown} value
 */
export const paragraph = (value) => line(value, MAX_PARAGRAPH);

/**
 * Returns JSON for reading: characters that hide or reorder text are written as escapes.
 * @param {any} value
 */
export function jsonText(value) {
  const text = JSON.stringify(value, null, 2);
  const shown = text.slice(0, MAX_JSON) + (text.length > MAX_JSON ? "\n…" : "");
  return shown.replace(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu, (letter) =>
    Array.from({ length: letter.length }, (_, at) => `\\u${letter.charCodeAt(at).toString(16).padStart(4, "0")}`).join(
      "",
    ),
  );
}
