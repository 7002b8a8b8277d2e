// Wraps documents in OpenAttestation v2, which signs nothing: `open_attestation.mjs DOCUMENTS.jsonl`. It wants a member
// `issuers`, which ours do not have.
import {readFileSync} from 'node:fs';
import openAttestation from '@govtechsg/open-attestation';
import {contend} from './contender.mjs';

const issuers = [{name: 'Northfield University', certificateStore: '0x' + '1'.repeat(40)}];

await contend(() => {
  const lines = readFileSync(process.argv[2], 'utf8').trim().split('\n');
  const wrapped = openAttestation.wrapDocuments(lines.map(line => ({...JSON.parse(line), issuers})));
  if(!openAttestation.verifySignature(wrapped.at(-1))) {
    throw new Error('the wrapped document does not verify');
  }
  return wrapped.length;
});
