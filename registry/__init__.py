"""The registry of micro-credentials: what is issued, stored, judged and served."""
