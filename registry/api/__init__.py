"""The issuer's side over HTTP: DID documents, status lists, receipts, credential pages."""
