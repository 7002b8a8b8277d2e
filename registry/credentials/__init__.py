"""What is issued: achievements, rosters, credentials, their proofs and carriers. Pure."""
