// Builds OpenZeppelin's tree (Keccak) and takes its root: `openzeppelin_tree.mjs LEAVES`.
import {createHash} from 'node:crypto';
import {SimpleMerkleTree} from '@openzeppelin/merkle-tree';
import {contend} from './contender.mjs';

const leaves = Array.from({length: Number(process.argv[2])}, (_, at) =>
  '0x' + createHash('sha256').update(String(at)).digest('hex'));

await contend(() => {
  if(SimpleMerkleTree.of(leaves).root.length !== 66) {
    throw new Error('that is no root');
  }
  return leaves.length;
});
