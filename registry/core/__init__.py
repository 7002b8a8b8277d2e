"""Pure rules that every party must agree on: digests, canonical form, tree, proof, receipt."""
