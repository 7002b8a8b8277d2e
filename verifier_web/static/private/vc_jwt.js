// @ts-check
/** A credential as a VC-JWT signed with EdDSA. Source: Open Badges 3.0, 8.2; RFC 8037; registry/credentials/vc_jwt.py. */
import { fromBase64url } from "./compact_jws.js";
import { finding } from "./finding.js";
import { issuerDid, signedByAnother } from "./issuer_proof.js";
import { PublicKey, ed25519Key, multibaseBytes } from "./keys.js";
import { Refusal, said } from "./refusal.js";
import { parseTime } from "./times.js";

const CLAIMS = ["iss", "jti", "nbf", "sub", "exp", "iat"];
const HEADER = ["alg", "jwk", "kid", "typ"];
const TYPES = ["jwt", "vc+jwt", "vc+ld+jwt"];

/**
 * @typedef {Record<string, any>} Json
 * @typedef {import("./finding.js").Finding} Finding
 */

/**
 * Returns the credential in a payload, without the claims that repeat its members.
 * @param {Json} payload
 * @returns {Json}
 */
export const credentialOf = (payload) =>
  Object.fromEntries(Object.entries(payload).filter(([name]) => !CLAIMS.includes(name)));

/**
 * Returns each claim that is missing or says something other than the member it repeats.
 * @param {Json} payload
 * @returns {Finding[]}
 */
export function claimProblems(payload) {
  if (isObject(payload.vc) && !Object.hasOwn(payload, "@context"))
    return [finding("undecided", "older-vc-jwt", "jwt.older")];
  const subject = isObject(payload.credentialSubject) ? payload.credentialSubject.id : undefined;
  const problems = [
    claimProblem(payload, "iss", "issuer.id", issuerDid(payload) || undefined),
    claimProblem(payload, "jti", "id", textOrNone(payload.id)),
    claimProblem(payload, "nbf", "validFrom", seconds(payload.validFrom)),
    claimProblem(payload, "sub", "credentialSubject.id", textOrNone(subject)),
  ];
  const { iat } = payload;
  if (Object.hasOwn(payload, "iat"))
    problems.push(claimProblem(payload, "iat", said("jwt.time"), typeof iat === "number" ? iat : undefined));
  if (Object.hasOwn(payload, "exp"))
    problems.push(claimProblem(payload, "exp", "validUntil", seconds(payload.validUntil)));
  return problems.filter((problem) => problem !== null);
}

/**
 * Returns whether a VC-JWT is signed with the key that its header names; whose key that is, others say.
 * @param {import("./compact_jws.js").CompactJws} jws
 * @returns {Finding}
 */
export function jwtFinding({ header, payload, signature, signed }) {
  try {
    const key = headerProblem(header) ?? keyOf(header, issuerDid(payload));
    if (!(key instanceof PublicKey)) return key;
    const holds = key.signed(signature, signed);
    const found = holds
      ? finding("passed", "signed", "signature.signed")
      : finding("failed", "altered", "signature.altered");
    return { ...found, keyHash: key.keyHash };
  } catch (error) {
    if (error instanceof Refusal) return malformed("jwt.unreadable-key", { why: error.said });
    throw error;
  }
}

/**
 * @param {Json} payload
 * @param {string} claim
 * @param {string | import("./refusal.js").Said} member
 * @param {string | number | undefined} expected
 */
function claimProblem(payload, claim, member, expected) {
  if (!Object.hasOwn(payload, claim))
    return finding("failed", "claims-mismatch", "jwt.claim-missing", { claim, member });
  if (expected !== undefined && payload[claim] === expected) return null;
  return finding("failed", "claims-mismatch", "jwt.claim-differs", { claim, member });
}

/** @param {Json} header */
function headerProblem({ alg, typ = "JWT", ...header }) {
  if (alg === "none" || typeof alg !== "string" || alg.startsWith("HS")) {
    return finding("failed", "unsafe-algorithm", "jwt.unsafe-algorithm", {
      algorithm: String(alg ?? "None").slice(0, 20),
    });
  }
  if (alg !== "EdDSA")
    return finding("undecided", "unknown-proof-type", "signature.unknown-proof-type", { way: alg.slice(0, 20) });
  const other = Object.keys(header)
    .filter((name) => !HEADER.includes(name))
    .sort()[0];
  if (other !== undefined)
    return malformed("jwt.other-header", { member: `'${other.slice(0, 40)}'`, members: HEADER.join(", ") });
  if (typeof typ !== "string" || !TYPES.includes(typ.toLowerCase().replace(/^application\//, ""))) {
    return malformed("jwt.other-type", { kind: String(typ).slice(0, 40) });
  }
  return Object.hasOwn(header, "kid") || Object.hasOwn(header, "jwk") ? null : malformed("jwt.no-key");
}

/**
 * @param {Json} header
 * @param {string} did
 */
function keyOf(header, did) {
  const byValue = Object.hasOwn(header, "jwk") ? keyOfJwk(header.jwk) : null;
  const named = Object.hasOwn(header, "kid") ? keyOfUrl(header.kid, did) : null;
  if (named !== null && !(named instanceof PublicKey)) return named;
  const key = byValue ?? named;
  if (key === null) return malformed("jwt.no-key");
  if (byValue && named && byValue.keyHash !== named.keyHash) throw new Refusal("jwt.two-keys");
  const isNamed =
    !did.startsWith("did:key:") || ed25519Key(multibaseBytes(did.slice("did:key:".length)))?.keyHash === key.keyHash;
  return isNamed ? key : finding("failed", "not-the-issuers-proof", "signature.not-the-did-key");
}

/** @param {any} jwk */
function keyOfJwk(jwk) {
  if (!isObject(jwk)) throw new Refusal("jwt.jwk-no-object");
  if (["d", "p", "q", "dp", "dq", "qi", "oth", "k"].some((name) => Object.hasOwn(jwk, name)))
    throw new Refusal("jwt.private-key");
  if (jwk.kty !== "OKP" || jwk.crv !== "Ed25519" || typeof jwk.x !== "string") throw new Refusal("jwt.other-key");
  return new PublicKey(fromBase64url(jwk.x));
}

/**
 * @param {any} kid
 * @param {string} did
 */
function keyOfUrl(kid, did) {
  const at = typeof kid === "string" ? kid.indexOf("#") : -1;
  const url = typeof kid === "string" ? kid.slice(0, at < 0 ? undefined : at) : "";
  if (url.startsWith("did:") && url !== did) {
    return signedByAnother(url, did);
  }
  const fragment = at < 0 ? "" : kid.slice(at + 1);
  const key = url === did && fragment.startsWith("z") ? ed25519Key(multibaseBytes(fragment)) : null;
  return key ?? finding("undecided", "unknown-proof-type", "jwt.key-by-name", { key: `'${String(kid).slice(0, 60)}'` });
}

/** @param {unknown} text */
function seconds(text) {
  try {
    return Math.trunc(parseTime(text, "the date") / 1000);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/**
 * @param {string} key
 * @param {Record<string, any>} [values]
 */
const malformed = (key, values) => finding("failed", "malformed-proof", key, values);
/** @param {any} value */
const textOrNone = (value) => (typeof value === "string" ? value : undefined);
/** @param {any} value */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
