// @ts-check
/** One private check, from what was handed in to a report; every request goes through `send`. */
import { ContractReads } from "./contract_reads.js";
import { gather } from "./facts.js";
import { IssuerSites } from "./issuer_site.js";
import { LinkedData } from "./linked_data.js";
import { parseBundle } from "./receipt.js";
import { Refusal } from "./refusal.js";
import { judge } from "./report.js";
import { RpcEndpoint } from "./rpc.js";
import { parseJson } from "./strict_json.js";

/**
 * @typedef {{networks: import("./contract_reads.js").Network[], order: import("./contexts.js").Slot[], abi: any[],
 *   weight: string[], contexts: Record<string, any>, schemas: import("./shape.js").ShapeSchemas}} Rules
 * What the server hands to the page: accepted networks, contexts, shapes, the contract's reads, which check weighs most.
 */

/**
 * Returns the bundle in what was handed in; Refusal if it is none that can be read here.
 * @param {Uint8Array} data
 */
export function readBundle(data) {
  const bytes = data[0] === 0xef && data[1] === 0xbb && data[2] === 0xbf ? data.subarray(3) : data;
  const text = new TextDecoder().decode(bytes.subarray(0, 1024)).trimStart();
  if (text === "") throw new Refusal("input.empty");
  if (!text.startsWith("{") && !text.startsWith("eyJ")) throw new Refusal("input.no-json");
  const bundle = parseBundle(text.startsWith("{") ? parseJson(bytes) : new TextDecoder().decode(bytes));
  const { credential } = bundle;
  if (typeof credential !== "string" && ![credential.type].flat().includes("VerifiableCredential")) {
    throw new Refusal("input.no-credential");
  }
  return bundle;
}

/**
 * Returns facts and report of a bundle.
 * @param {import("./receipt.js").Bundle} bundle
 * @param {Rules} rules
 * @param {Record<string, string>} endpoints the visitor's choice, by network name
 * @param {number} now milliseconds since 1970, by the visitor's clock
 * @param {typeof fetch} [send]
 */
export async function privateCheck(bundle, rules, endpoints, now, send) {
  const linked = new LinkedData(new Map(Object.entries(rules.contexts)));
  const facts = await gather(bundle, {
    rules: { linked, order: rules.order, schemas: rules.schemas },
    networks: rules.networks,
    now,
    askChain: (network, question) =>
      new ContractReads(network, new RpcEndpoint(endpoints[network.name], send), rules.abi).facts(question),
    sites: new IssuerSites(send),
  });
  return { facts, report: judge(facts, rules.weight) };
}
