"""Writing to the chain: the plan of each next step, the job that takes it, and the one place with the Ethereum key."""
