// @ts-check
/** What an issuer's web site says, asked through the server of this page: it learns a domain, and which list, no more. */
import { address } from "./address.js";
import { Refusal, Unreachable } from "./refusal.js";
import { parseJson } from "./strict_json.js";

/** @typedef {{chainId: string, contract: string, issuer: string}} DidService */

/** Asks the server of this page. */
export class IssuerSites {
  /** @param {typeof fetch} send */
  constructor(send = (...request) => fetch(...request)) {
    this.send = send;
  }

  /**
   * Returns the accounts that the document of a did:web names; Unreachable if it cannot be had.
   * @param {string} did
   * @returns {Promise<DidService[]>}
   */
  async services(did) {
    const { services } = await this.json(`/v1/did-documents/${encodeURIComponent(did)}`);
    return services.map((/** @type {any} */ one) => ({
      chainId: one.chain.slice("eip155:".length),
      contract: address(one.contract),
      issuer: address(one.issuer),
    }));
  }

  /**
   * Returns a status list of the issuer's own host; Unreachable if it cannot be had.
   * @param {string} did
   * @param {string} url
   * @returns {Promise<Record<string, any>>}
   */
  async statusList(did, url) {
    return this.json(`/v1/status-lists/${encodeURIComponent(did)}?url=${encodeURIComponent(url)}`);
  }

  /** @param {string} path */
  async json(path) {
    const { status, body } = await this.answer(path);
    if (status !== 200) throw new Unreachable("site.refused", { problem: trimmed(body.detail) });
    return body;
  }

  /** @param {string} path */
  async answer(path) {
    try {
      const response = await this.send(path, { redirect: "error" });
      return { status: response.status, body: parseJson(new Uint8Array(await response.arrayBuffer())) };
    } catch (error) {
      throw new Unreachable(error instanceof Refusal ? "site.no-json" : "site.no-server");
    }
  }
}

/** @param {unknown} detail */
const trimmed = (detail) => String(detail).slice(0, 300).replace(/\.$/, "");
