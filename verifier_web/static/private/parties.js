// @ts-check
/** Whose a credential is, and from whom, by what is proven. Source: verifier_web/holder.py, registry/checks/proven.py. */
import { line } from "./text.js";

const MAX_IDENTIFIERS = 8;
const HOST = /^(?!-)[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::[0-9]{1,5})?$/;
const SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9._~-]+$/;

/**
 * Returns the recipient's name, else another identifier that is readable; empty if there is none.
 * @param {Record<string, any>} document
 */
export function holderName(document) {
  const subject = [document.credentialSubject].flat()[0] ?? {};
  const identifiers = [subject.identifier].flat().slice(0, MAX_IDENTIFIERS);
  const clear = identifiers.filter((one) => one && !one.hashed && !/^(sha256|md5)\$/.test(line(one.identityHash)));
  const names = clear.filter((one) => one.identityType === "name");
  const found = [
    ...names.map((one) => one.identityHash),
    subject.name,
    ...clear.map((one) => one.identityHash),
    subject.id,
  ];
  return (
    found
      .map((one) => line(one))
      .find((name) => name !== "")
      ?.replace(/^mailto:/, "") ?? ""
  );
}

/**
 * Returns the accredited name of the issuer, else its confirmed web address; null if neither is proven.
 * @param {import("./facts.js").Facts} facts
 * @param {import("./report.js").Report} report
 */
export function issuerName({ chain, presented }, report) {
  const identity = report.checks.find((one) => one.check === "issuer-identity");
  if (identity?.code === "domain-confirmed") return domainOf(presented.issuerDid);
  if (chain.kind !== "facts") return null;
  return line(chain.accreditations.find((one) => one.standing === "active")?.name) || null;
}

/**
 * Returns the web address behind a did:web, for example `uni.example`; null for other DIDs.
 * @param {string} did
 */
function domainOf(did) {
  const [host, ...path] = did.replace(/^did:web:/, "").split(":");
  const address = host.replace(/%3A/gi, ":").toLowerCase();
  const isPlain = did.startsWith("did:web:") && HOST.test(address) && path.every((segment) => SEGMENT.test(segment));
  return isPlain ? [address, ...path].join("/") : null;
}
