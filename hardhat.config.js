// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from "node:url";

// The npm compiler by absolute path, computed here, so that nothing is ever downloaded and any clone works.
const solc = fileURLToPath(new URL("node_modules/solc/soljson.js", import.meta.url));

// `contracts/export_artifact.py` and slither build apart from the tests, in a folder they name here.
const output = process.env.CREDANCHOR_CONTRACT_OUTPUT ?? ".";

// `make fuzz` looks longer; each of the mutants of `make mutants` is looked at shortly.
const [fuzzRuns, invariantRuns, invariantDepth] = { long: [5_000, 200, 100], short: [32, 4, 60] }[
  process.env.CREDANCHOR_FUZZ
] ?? [128, 24, 60];

export default {
  solidity: {
    version: "0.8.37",
    path: solc,
    settings: {
      optimizer: { enabled: true, runs: 10_000 },
      // The oldest version with MCOPY, which OpenZeppelin 5 needs; every chain we name passed it in March 2024.
      evmVersion: "cancun",
      // Neither a comment nor a path may move the CREATE2 address.
      metadata: { bytecodeHash: "none", appendCBOR: false },
      outputSelection: { "*": { "*": ["storageLayout"] } },
    },
  },
  paths: {
    sources: "contracts",
    tests: { solidity: "tests/contracts" },
    artifacts: `${output}/artifacts`,
    cache: `${output}/cache`,
  },
  test: {
    solidity: {
      // Each call of a test is a transaction of its own: cold storage, and gas as a user pays it.
      isolate: true,
      fsPermissions: { readDirectory: ["tests/contracts", "registry/chain"] },
      fuzz: { runs: fuzzRuns },
      // failOnRevert: otherwise a handler's failed assertion is swallowed as just another reverted call.
      invariant: { runs: invariantRuns, depth: invariantDepth, failOnRevert: true },
    },
  },
};
