// Verifies what cert-issuer issued, by cert-verifier-js: `cert_verifier.mjs WEB.json FILE|FOLDER`. Nothing is fetched:
// WEB.json maps URLs to what they answer with. A mock chain's anchor is taken at its word, as cert-verifier-js does.
import {readFileSync, readdirSync, statSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {contend} from './contender.mjs';

const [, , webFile, place] = process.argv;
const web = JSON.parse(readFileSync(webFile, 'utf8'));
console.log = console.warn = console.error;  // standard output carries the protocol alone
globalThis.fetch = async request => {
  const url = typeof request === 'string' ? request : String(request.url ?? request);
  if(!(url in web)) {
    throw new TypeError(`no network: ${url}`);
  }
  return new Response(JSON.stringify(web[url]), {headers: {'content-type': 'application/ld+json'}});
};

const require = createRequire(import.meta.url);
const {Certificate} = require('@blockcerts/cert-verifier-js/dist/verifier-node/index.js');
const files = statSync(place).isDirectory() ? readdirSync(place).map(name => join(place, name)) : [place];
const documents = files.map(file => readFileSync(file, 'utf8'));

await contend(async () => {
  for(const text of documents) {
    const certificate = new Certificate(JSON.parse(text));
    await certificate.init();
    const {status, message} = await certificate.verify();
    if(status !== 'success') {
      throw new Error(`not verified: ${JSON.stringify(message)}`);
    }
  }
  return documents.length;
});
