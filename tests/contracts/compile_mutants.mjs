// SPDX-License-Identifier: Apache-2.0
// Compiles many variants of one source in one process, which is what makes `mutate.py` bearable.
// In: {root, targets: ["file:Contract"], variants: [{file: text}]}. Out, a line each: {codes: {target: hex}} or {error}.
import { readFileSync } from "node:fs";
import path from "node:path";
import solc from "solc";

const { root, targets, variants } = JSON.parse(readFileSync(0, "utf8"));

const read = (file) => {
  const folder = file.startsWith("@") ? path.join(root, "node_modules") : root;
  return readFileSync(path.join(folder, file), "utf8");
};

const outputSelection = {};
for (const [file, name] of targets.map((target) => target.split(":"))) {
  outputSelection[file] = { ...outputSelection[file], [name]: ["evm.bytecode.object"] };
}

for (const changed of variants) {
  const contents = (file) => ({ content: changed[file] ?? read(file) });
  const input = {
    language: "Solidity",
    sources: Object.fromEntries(Object.keys(outputSelection).map((file) => [file, contents(file)])),
    // No optimizer: it takes longer than all the rest and changes no answer.
    settings: { evmVersion: "cancun", outputSelection },
  };
  const load = (file) => ({ contents: contents(file).content });
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: load }));
  const error = output.errors?.find(({ severity }) => severity === "error");
  const code = (target) => {
    const [file, name] = target.split(":");
    return "0x" + output.contracts[file][name].evm.bytecode.object;
  };
  const line = error
    ? { error: error.formattedMessage }
    : { codes: Object.fromEntries(targets.map((target) => [target, code(target)])) };
  process.stdout.write(JSON.stringify(line) + "\n");
}
