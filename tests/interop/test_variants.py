"""The variants that verifiers differ on: what other people's verifiers say of each, and what ours says."""
