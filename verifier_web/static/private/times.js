// @ts-check
/** Times as credentials write them: XML Schema dateTimeStamp, which always has a time zone. */
import { Refusal } from "./refusal.js";

const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,12})?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/**
 * Returns a time in milliseconds since 1970; Refusal names the member if it is none.
 * @param {unknown} value
 * @param {string} member
 */
export function parseTime(value, member) {
  const match = typeof value === "string" ? STAMP.exec(value) : null;
  // Date takes 30 February for 2 March, so what it read is compared with what was written.
  const local = match ? Date.parse(`${match[1]}Z`) : Number.NaN;
  const isReal = match !== null && !match[1].startsWith("0000") && isSame(local, match[1]);
  if (!isReal) throw new Refusal("time.malformed", { member, value: String(value).slice(0, 60) });
  return Date.parse(`${match[1]}${(match[2] ?? "").slice(0, 4)}${match[3]}`);
}

/**
 * @param {number} local
 * @param {string} written
 */
const isSame = (local, written) => !Number.isNaN(local) && new Date(local).toISOString().startsWith(written);
