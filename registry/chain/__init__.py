"""The chain, read: which networks are accepted, and what their contract says."""
