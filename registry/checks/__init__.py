"""The verifier's judgement: facts in, a report out. Pure."""
