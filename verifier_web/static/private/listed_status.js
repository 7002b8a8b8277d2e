// @ts-check
/** What the issuer's own status list says, and whether the list is the issuer's. Source: registry/services/listed_status.py. */
import { issuerDid } from "./issuer_proof.js";
import { plainProblems } from "./plain.js";
import { Refusal, said } from "./refusal.js";
import { decisiveProof } from "./signature.js";
import { indexOf, isRevoked } from "./status_list.js";

/**
 * @typedef {{kind: "not-asked"} | {kind: "unreachable", why: import("./refusal.js").Said}
 *   | {kind: "answer", revoked: boolean, trusted: boolean}} ListAnswer
 */

/**
 * Returns what the credential's revocation list says; not asked if it has no status entry at all.
 * @param {import("./presented.js").Presented} presented
 * @param {{statusList: (did: string, url: string) => Promise<Record<string, any>>}} sites
 * @param {import("./linked_data.js").LinkedData} linked
 * @param {(keyHash: string) => Promise<boolean>} isStanding whether a key is the issuer's now
 * @returns {Promise<ListAnswer>}
 */
export async function listedStatus(presented, sites, linked, isStanding) {
  const { document, issuerDid: did } = presented;
  if (!Object.hasOwn(document, "credentialStatus")) return { kind: "not-asked" };
  const entry = [document.credentialStatus].flat().find((one) => one?.statusPurpose === "revocation");
  if (entry === undefined) return unreachable(said("list.no-revocations"));
  const index = indexOf(entry);
  const url = entry.statusListCredential;
  if (typeof url !== "string" || index === null) return unreachable(said("list.no-place"));
  try {
    const list = await sites.statusList(did, url);
    const revoked = await isRevoked(list, index);
    return { kind: "answer", revoked, trusted: await isIssuers(list, did, linked, isStanding) };
  } catch (error) {
    if (error instanceof Refusal) return unreachable(error.said);
    throw error;
  }
}

/**
 * @param {Record<string, any>} list
 * @param {string} did
 * @param {import("./linked_data.js").LinkedData} linked
 * @param {(keyHash: string) => Promise<boolean>} isStanding
 */
async function isIssuers(list, did, linked, isStanding) {
  if (issuerDid(list) !== did || !plainProblems(list).next().done) return false;
  const { signature } = await decisiveProof(list, linked);
  return signature.outcome === "passed" && signature.keyHash !== undefined && (await isStanding(signature.keyHash));
}

/** @param {import("./refusal.js").Said} why @returns {ListAnswer} */
const unreachable = (why) => ({ kind: "unreachable", why });
