// Runs the private check's modules on tasks from standard input, and writes one result for each: {value} or {refused}.
import { readFileSync } from "node:fs";
import { didHash } from "../../../verifier_web/static/private/anchoring.js";
import { address, checksummed } from "../../../verifier_web/static/private/address.js";
import { canonicalBytes } from "../../../verifier_web/static/private/canonical.js";
import { toHex } from "../../../verifier_web/static/private/digest.js";
import { gather } from "../../../verifier_web/static/private/facts.js";
import { rootFromProof } from "../../../verifier_web/static/private/inclusion.js";
import { LinkedData } from "../../../verifier_web/static/private/linked_data.js";
import { readBundle } from "../../../verifier_web/static/private/private_check.js";
import { parseReceipt } from "../../../verifier_web/static/private/receipt.js";
import { Refusal, Unreachable } from "../../../verifier_web/static/private/refusal.js";
import { judge } from "../../../verifier_web/static/private/report.js";
import { shapeProblems } from "../../../verifier_web/static/private/shape.js";
import { parseJson } from "../../../verifier_web/static/private/strict_json.js";
import { parseTime } from "../../../verifier_web/static/private/times.js";
import { Wording } from "../../../verifier_web/static/private/wording.js";

const { tasks, rules, words, language } = JSON.parse(readFileSync(0, "utf-8"));
const wording = words && new Wording(words, language.tag, language.direction);
const linked = new LinkedData(new Map(Object.entries(rules?.contexts ?? {})));

const DO = {
  canonical: ({ data }) => toHex(canonicalBytes(parseJson(bytes(data)))),
  root: ({ leaf, index, size, path }) => rootFromProof(leaf, { index: BigInt(index), treeSize: BigInt(size), path }),
  receipt: ({ receipt }) => parseReceipt(receipt).leafHash,
  time: ({ text }) => parseTime(text, "the value"),
  address: ({ text }) => checksummed(address(text)),
  nquads: async ({ document }) => linked.canonicalNquads(await linked.expand(document)),
  shape: ({ document }) => [...shapeProblems(document, rules.schemas)].map((one) => one.code),
  judge: judged,
  say: ({ key, values }) => wording.sentence({ key, values }),
};

async function judged({ data, chain, sites, now }) {
  const world = {
    rules: { linked, order: rules.order, schemas: rules.schemas },
    networks: rules.networks,
    now,
    askChain: async (network, question) => answer(chain, network, question),
    sites: {
      services: async (did) => found(sites.services, did),
      statusList: async (_, url) => found(sites.lists, url),
    },
  };
  const report = judge(await gather(readBundle(bytes(data)), world), rules.weight);
  return told(report, wording);
}

function told(report, wording) {
  const checks = report.checks.map(({ check, outcome, code, said }) => ({
    check,
    outcome,
    code,
    detail: wording.sentence(said),
    isDetail: wording.isDetail(said),
  }));
  const parts = report.parts.map(({ kind, place, title, report: inner }) => ({
    kind,
    input: place,
    title,
    ...(kind === "endorsement" ? { standing: wording.standing(inner) } : {}),
    ...told(inner, wording),
  }));
  const reason = report.decisive?.code ?? "verified";
  return {
    verdict: report.verdict,
    reason,
    summary: wording.summary(report),
    checks,
    ...(parts.length ? { parts } : {}),
  };
}

function answer(chain, network, { issuer, root, treeSize, leafHash, keyHash }) {
  if (chain.down) throw new Unreachable("rpc.slow", { endpoint: "https://rpc.example", seconds: 5 });
  const anchor = chain.anchors[[issuer, root, treeSize].join(" ")] ?? null;
  const status = chain.statuses[[issuer, leafHash].join(" ")] ?? {
    status: "active",
    revokedAt: null,
    suspendedAt: null,
    reason: 0,
  };
  const did = chain.issuers[issuer];
  return {
    network,
    issuerAccount: issuer,
    finalized: { blockNumber: 200, anchor, status },
    latest: { blockNumber: 210, anchor, status },
    didHash: did === undefined ? null : didHash(did),
    key: chain.keys[[issuer, keyHash].join(" ")] ?? null,
    accreditations: chain.accredited.includes(issuer)
      ? [{ accreditorName: "the agency", standing: "active", name: "The University" }]
      : [],
  };
}

function found(answers, place) {
  if (!Object.hasOwn(answers, place)) throw new Unreachable("site.refused", { problem: `${place} could not be read` });
  return answers[place];
}

function bytes(base64) {
  return new Uint8Array(Buffer.from(base64, "base64"));
}

async function done(task) {
  try {
    return { value: await DO[task.do](task) };
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.said.key };
    throw error;
  }
}

const results = [];
for (const task of tasks) results.push(await done(task));
process.stdout.write(JSON.stringify(results));
