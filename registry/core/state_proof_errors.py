"""What can be wrong with a state proof.

VerificationError
  StateProofError          it is well formed, but its hashes do not lead from the block to the values
InputError
  StateProofFormatError    it is not the JSON of a state proof of version 1
"""

from __future__ import annotations

from registry.core.errors import InputError, VerificationError


class StateProofError(VerificationError):
    """A header, node or value of a state proof is not what the hash above it commits to."""

    code = "state-proof"


class StateProofFormatError(InputError):
    """The JSON is not a state proof of version 1."""

    code = "state-proof-format"
