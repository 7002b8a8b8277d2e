// Puts what the private check needs of npm packages into one file below static/vendor, with their licences beside it.
// Run by `make install`.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const TARGET = new URL("static/vendor/", import.meta.url);
const EXPORTS = `
export { default as canonicalize } from "canonicalize";
export { default as jsonld } from "jsonld";
export { Validator } from "@cfworker/json-schema";
export { ed25519 } from "@noble/curves/ed25519.js";
export { sha256 } from "@noble/hashes/sha2.js";
export { keccak_256 } from "@noble/hashes/sha3.js";
export { base58 } from "@scure/base";
export { createContract } from "micro-eth-signer/advanced/abi.js";
`;

const { metafile } = await build({
  stdin: { contents: EXPORTS, resolveDir: import.meta.dirname },
  bundle: true,
  minify: true,
  format: "esm",
  platform: "browser",
  legalComments: "none",
  metafile: true,
  outfile: fileURLToPath(new URL("private.js", TARGET)),
});

const folders = Object.keys(metafile.inputs).map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0]);
const licences = [...new Set(folders)].filter(Boolean).sort().map(licence);
await writeFile(new URL("LICENSES.txt", TARGET), (await Promise.all(licences)).join("\n\n"));

async function licence(folder) {
  const { name, version, license, author, homepage } = JSON.parse(await readFile(`${folder}/package.json`, "utf-8"));
  for (const file of ["LICENSE", "LICENSE.md", "LICENSE.txt"]) {
    const text = await readFile(`${folder}/${file}`, "utf-8").catch(() => null);
    if (text !== null) return `${name} ${version}\n\n${text}`;
  }
  return `${name} ${version}\n\n${license} licence, by ${author?.name ?? author}. ${homepage ?? ""}`;
}
