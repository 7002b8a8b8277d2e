"""Who an issuer is: DID documents, key files, and the guarded fetch behind them."""
