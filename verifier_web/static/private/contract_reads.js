// @ts-check
/**
 * What one endpoint says of the pinned contract, at its newest final block and at its newest.
 *
 * It is asked for slots by issuer, root, leaf hash and key hash. Source: registry/chain/contract_reads.py.
 */
import { createContract } from "../vendor/private.js";
import { fromHex, toHex } from "./digest.js";
import { Refusal } from "./refusal.js";

const NEVER = 2n ** 64n - 1n;
const STATUSES = ["active", "suspended", "revoked"];
const STANDINGS = ["none", "active", "expired", "withdrawn"];

/**
 * @typedef {{address: string, name: string}} Accreditor
 * @typedef {{name: string, kind: "local" | "test" | "main", chainId: string, contract: string,
 *   accreditors: Accreditor[]}} Network
 * @typedef {{issuer: string, root: string, treeSize: bigint, leafHash: string, keyHash?: string}} Question
 * @typedef {{anchoredAt: number, seconds: bigint, blockNumber: number, revokedAt: number | null}} Anchor
 * @typedef {{status: string, revokedAt: number | null, suspendedAt: number | null, reason: number}} Status
 * @typedef {{blockNumber: number, anchor: Anchor | null, status: Status}} View
 * @typedef {{accreditorName: string, standing: string, name: string}} Accreditation
 * @typedef {{network: Network, issuerAccount: string, finalized: View, latest: View, didHash: string | null,
 *   key: {addedAt: number, retiredSince: number | null} | null, accreditations: Accreditation[]}} ChainFacts
 * Times are milliseconds since 1970.
 */

/** Questions to one endpoint about one network's contract. */
export class ContractReads {
  /**
   * @param {Network} network
   * @param {import("./rpc.js").RpcEndpoint} endpoint
   * @param {any[]} abi
   */
  constructor(network, endpoint, abi) {
    this.network = network;
    this.endpoint = endpoint;
    this.functions = /** @type {Record<string, any>} */ (createContract(abi));
  }

  /**
   * Returns what the contract says of one credential; Unreachable if the endpoint does not answer, or for another chain.
   * @param {Question} question
   * @returns {Promise<ChainFacts>}
   */
  async facts({ issuer, root, treeSize, leafHash, keyHash }) {
    const { final, head } = await this.heads();
    const views = [final, head].flatMap((block) => [
      { block, name: "anchorOf", values: { issuer, root: fromHex(root), treeSize } },
      { block, name: "statusOf", values: { issuer, leafHash: fromHex(leafHash) } },
    ]);
    const key =
      keyHash === undefined
        ? []
        : [{ block: head, name: "signingKeyOf", values: { issuer, keyHash: fromHex(keyHash) } }];
    const said = await this.read([...views, { block: head, name: "issuerOf", values: issuer }, ...key]);
    const finalized = { blockNumber: final, anchor: anchorOf(said[0]), status: this.statusOf(said[1]) };
    const latest = { blockNumber: head, anchor: anchorOf(said[2]), status: this.statusOf(said[3]) };
    const standing = finalized.anchor ?? latest.anchor;
    return {
      network: this.network,
      issuerAccount: issuer,
      finalized,
      latest,
      didHash: said[4][3] === 0n ? null : toHex(said[4][0]),
      key: keyOf(said[5]),
      accreditations: standing === null ? [] : await this.accreditations(head, issuer, standing.seconds),
    };
  }

  /** Returns the newest final and the newest block. */
  async heads() {
    const block = (/** @type {string} */ tag) => ({ method: "eth_getBlockByNumber", params: [tag, false] });
    const calls = [{ method: "eth_chainId", params: [] }, block("finalized"), block("latest")];
    const [chainId, final, head] = await this.endpoint.batch(calls);
    const actual = this.quantity(chainId);
    if (actual !== BigInt(this.network.chainId)) {
      throw this.endpoint.unreachable("rpc.other-chain", { actual: String(actual), expected: this.network.chainId });
    }
    if (!final || !head) throw this.endpoint.unreachable("rpc.no-final-block");
    return { final: Number(this.quantity(final.number)), head: Number(this.quantity(head.number)) };
  }

  /**
   * @param {number} block
   * @param {string} issuer
   * @param {bigint} seconds
   */
  async accreditations(block, issuer, seconds) {
    const { accreditors } = this.network;
    const said = await this.read(
      accreditors.map(({ address }) => ({
        block,
        name: "accreditationAt",
        values: { accreditor: address, issuer, time: seconds },
      })),
    );
    return said.map(([standing, , , name], at) => ({
      accreditorName: accreditors[at].name,
      standing: this.known(STANDINGS, standing),
      name: new TextDecoder().decode(name),
    }));
  }

  /**
   * @param {{block: number, name: string, values: any}[]} reads
   * @returns {Promise<any[][]>}
   */
  async read(reads) {
    if (reads.length === 0) return [];
    const to = this.network.contract;
    const calls = reads.map(({ block, name, values }) => {
      const data = toHex(this.functions[name].encodeInput(values));
      return { method: "eth_call", params: [{ to, data }, `0x${block.toString(16)}`] };
    });
    const results = await this.endpoint.batch(calls);
    return results.map((result, at) => this.decoded(reads[at].name, result));
  }

  /**
   * @param {string} name
   * @param {any} result
   * @returns {any[]}
   */
  decoded(name, result) {
    try {
      return Object.values(this.functions[name].decodeOutput(fromHex(result)));
    } catch {
      throw this.endpoint.unreachable("rpc.no-contract", { name, contract: this.network.contract });
    }
  }

  /** @param {any[]} answer @returns {Status} */
  statusOf([status, revokedAt, suspendedAt, reason]) {
    return {
      status: this.known(STATUSES, status),
      revokedAt: time(revokedAt),
      suspendedAt: time(suspendedAt),
      reason: Number(reason),
    };
  }

  /**
   * @param {string[]} names
   * @param {bigint} number
   */
  known(names, number) {
    const name = names[Number(number)];
    if (name === undefined) throw this.endpoint.unreachable("rpc.no-such-value", { number: String(number) });
    return name;
  }

  /** @param {unknown} value */
  quantity(value) {
    if (typeof value !== "string" || !/^0x[0-9a-f]{1,64}$/.test(value))
      throw this.endpoint.unreachable("rpc.no-number");
    return BigInt(value);
  }
}

/** @param {any[]} answer @returns {Anchor | null} */
function anchorOf([seconds, blockNumber, revokedAt]) {
  if (seconds === 0n) return null;
  return { anchoredAt: Number(seconds) * 1000, seconds, blockNumber: Number(blockNumber), revokedAt: time(revokedAt) };
}

/** @param {any[] | undefined} answer */
function keyOf(answer) {
  if (answer === undefined || answer[0] === 0n) return null;
  const [addedAt, retiredSince] = answer;
  return { addedAt: Number(addedAt) * 1000, retiredSince: retiredSince === NEVER ? null : Number(retiredSince) * 1000 };
}

/** @param {bigint} seconds */
const time = (seconds) => (seconds > 0n && seconds < NEVER ? Number(seconds) * 1000 : null);
