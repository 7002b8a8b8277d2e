// @ts-check
/** JSON-RPC in batches to one endpoint of the visitor's choice. */
import { Refusal, Unreachable } from "./refusal.js";
import { parseJson } from "./strict_json.js";

/** Longest wait for one answer. */
export const TIMEOUT_SECONDS = 10;

/** @typedef {{method: string, params: any[]}} Call */

/** One endpoint; it is sent slots of the contract to look up, never a document or a path. */
export class RpcEndpoint {
  /**
   * @param {string} url
   * @param {typeof fetch} send
   */
  constructor(url, send = (...request) => fetch(...request)) {
    this.url = url;
    this.send = send;
    this.name = originOf(url);
  }

  /**
   * Returns the results in order; Unreachable if it does not answer every call.
   * @param {Call[]} calls
   * @returns {Promise<any[]>}
   */
  async batch(calls) {
    const body = calls.map((call, id) => ({ jsonrpc: "2.0", id, ...call }));
    const answers = await this.posted(JSON.stringify(body));
    if (!Array.isArray(answers)) throw this.unreachable("rpc.no-batches");
    const byId = new Map(answers.map((answer) => [answer?.id, answer]));
    return calls.map((call, id) => this.result(byId.get(id), call));
  }

  /** @param {string} body */
  async posted(body) {
    const response = await this.answer(body);
    if (!response.ok) throw this.unreachable("rpc.status", { status: response.status });
    try {
      return parseJson(new Uint8Array(await response.arrayBuffer()));
    } catch (error) {
      throw this.unreachable(error instanceof Refusal ? "rpc.no-json" : "rpc.unreachable");
    }
  }

  /** @param {string} body */
  async answer(body) {
    try {
      return await this.send(this.url, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body,
        cache: "no-store",
        credentials: "omit",
        redirect: "error",
        referrerPolicy: "no-referrer",
        signal: AbortSignal.timeout(TIMEOUT_SECONDS * 1000),
      });
    } catch (error) {
      const isSlow = error instanceof DOMException && error.name === "TimeoutError";
      throw this.unreachable(isSlow ? "rpc.slow" : "rpc.unreachable", { seconds: TIMEOUT_SECONDS });
    }
  }

  /**
   * @param {any} answer
   * @param {Call} call
   */
  result(answer, call) {
    if (answer === undefined) throw this.unreachable("rpc.unanswered", { method: call.method });
    if (Object.hasOwn(answer, "error")) throw this.unreachable("rpc.refused", { method: call.method });
    return answer.result;
  }

  /**
   * @param {string} key
   * @param {Record<string, any>} [values]
   */
  unreachable(key, values) {
    return new Unreachable(key, { endpoint: this.name, ...values });
  }
}

/** Path and query may hold an access key, so they are not shown. @param {string} url */
function originOf(url) {
  return URL.canParse(url) ? new URL(url).origin : "";
}
