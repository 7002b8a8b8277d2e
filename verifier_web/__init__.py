"""The public verifier: a page and an API that judge a credential and never reach a key, a store or a sender."""
