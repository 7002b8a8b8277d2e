"""Every error the registry raises on purpose.

RegistryError
  InputError               the caller's data has the wrong shape          -> 422, exit 2
    CanonicalFormError  CredentialFormatError  ReceiptFormatError
    RosterError  SettingsError  PassphraseError  KeyFileError  BackupFormatError
    PathwayError  ComponentError  LinkElsewhereError
  VerificationError        well formed, but the facts contradict          -> a failed check, exit 1
    LeafMismatchError  ProofLengthError  RootMismatchError  AnchorMismatchError
    SignatureError
  StateError               not allowed now                                -> 409, exit 2
    BatchSealedError  BatchBusyError  AlreadyAnchoredError  HomeVersionError  FundsError
    WrongChainError  TransactionRevertedError  FinalityBrokenError  ShareLinksFullError
    MailRefusedError
  UnavailableError         somebody else did not answer                   -> an undecided check, or 503, exit 3
    ChainUnavailableError  ProfileUnavailableError  StoreUnavailableError
    SignerUnavailableError  MailUnavailableError  ClusterUnavailableError
    LinkUnreachableError

A `code` is public API: it appears in reports and problem documents and is never reused.
"""

from __future__ import annotations

from functools import partial
from typing import ClassVar


class RegistryError(Exception):
    """Anything that went wrong in a way the registry knows how to explain."""

    code: ClassVar[str] = "registry-error"


class InputError(RegistryError):
    """The caller's data has the wrong shape; nothing was changed."""

    code = "bad-input"


class CanonicalFormError(InputError):
    """The text is not strict JSON, or has no RFC 8785 canonical form."""

    code = "not-canonical"


class CredentialFormatError(InputError):
    """The JSON is not an Open Badges 3.0 credential that we can read."""

    code = "credential-format"


class ReceiptFormatError(InputError):
    """The JSON is not an anchor receipt of version 1, or not a bundle."""

    code = "receipt-format"


class RosterError(InputError):
    """A roster row cannot be issued; the message names file, row and column."""

    code = "roster"

    def __init__(self, message: str, *, file: str, row: int | None = None, column: str | None = None) -> None:
        """Compose `file, row N, column "C": message`; the row counts lines of the file from 1."""
        place = file
        if row is not None:
            place += f", row {row}"
        if column is not None:
            place += f', column "{column}"'
        super().__init__(f"{place}: {message}")
        self.reason = message
        self.file = file
        self.row = row
        self.column = column

    def __reduce__(self) -> tuple[partial[RosterError], tuple[str]]:
        """Let it pass from a worker process to the one that asked."""
        return partial(RosterError, file=self.file, row=self.row, column=self.column), (self.reason,)


class PathwayError(InputError):
    """A pathway cannot be used; the message names the pathway, and `rule` what it breaks."""

    code = "pathway"

    def __init__(self, rule: str, message: str) -> None:
        """Keep the rule's name, for example `cycle`."""
        super().__init__(message)
        self.rule = rule


class ComponentError(InputError):
    """A credential cannot be a component of the larger one; the message names it. Nothing was signed."""

    code = "component"


class SettingsError(InputError):
    """A setting, a command's option or a network's entry is missing or wrong."""

    code = "settings"


class PassphraseError(InputError):
    """The passphrase is missing or does not open the key file."""

    code = "passphrase"


class KeyFileError(InputError):
    """A key file is missing, unreadable or of another kind."""

    code = "key-file"


class BackupFormatError(InputError):
    """A file is not a backup, was damaged since it was written, or holds what no backup holds."""

    code = "backup-format"


class LinkElsewhereError(InputError):
    """A link that was handed in leads to something that is no credential."""

    code = "link-elsewhere"


class VerificationError(RegistryError):
    """Well-formed data that the facts contradict."""

    code = "verification"


class LeafMismatchError(VerificationError):
    """The leaf hash of the shown credential is not the one in the receipt."""

    code = "leaf-mismatch"


class ProofLengthError(VerificationError):
    """The sibling path is not as long as the leaf's position requires."""

    code = "proof-length"

    def __init__(self, *, expected: int, actual: int) -> None:
        """Keep both lengths, so that a caller never parses the message."""
        super().__init__(f"inclusion proof has {actual} siblings, expected {expected}")
        self.expected = expected
        self.actual = actual


class RootMismatchError(VerificationError):
    """Two computations of a root, or a proof and its root, disagree."""

    code = "root-mismatch"


class AnchorMismatchError(VerificationError):
    """The chain's record of an anchor is not the one that was expected."""

    code = "anchor-mismatch"


class SignatureError(VerificationError):
    """A signature does not verify under the key that it names."""

    code = "signature"


class StateError(RegistryError):
    """The request makes sense, but not in the present state."""

    code = "state"


class BatchSealedError(StateError):
    """The batch is closed for more leaves."""

    code = "batch-sealed"


class BatchBusyError(StateError):
    """Somebody else adds to the batch or seals it at this moment."""

    code = "batch-busy"


class StoreConflictError(StateError):
    """Another process wrote the same thing at the same time; nothing of this write was kept."""

    code = "store-conflict"


class AlreadyAnchoredError(StateError):
    """The batch already stands on the chain."""

    code = "already-anchored"


class HomeVersionError(StateError):
    """The home folder was written by a newer version of Credanchor."""

    code = "home-version"


class FundsError(StateError):
    """A key's account cannot pay for the transaction."""

    code = "funds"


class WrongChainError(StateError):
    """An endpoint answers for another chain than the network's entry names."""

    code = "wrong-chain"


class TransactionRevertedError(StateError):
    """The contract refused a transaction."""

    code = "reverted"


class FinalityBrokenError(StateError):
    """A quorum of endpoints shows another block where one was final before."""

    code = "finality-broken"


class ShareLinksFullError(StateError):
    """A credential has as many share links as it may have."""

    code = "share-links-full"


class MailRefusedError(StateError):
    """The mail server is not to be trusted, or does not take mails from us; this says nothing about a recipient."""

    code = "mail-refused"


class UnavailableError(RegistryError):
    """Somebody else did not answer; this says nothing about a credential."""

    code = "unavailable"


class ChainUnavailableError(UnavailableError):
    """Too few RPC endpoints of the network gave a usable answer, or they do not agree."""

    code = "chain-unavailable"


class ProfileUnavailableError(UnavailableError):
    """A DID document, status list or receipt could not be fetched."""

    code = "profile-unavailable"


class StoreUnavailableError(UnavailableError):
    """The database cannot be opened, read or written."""

    code = "store-unavailable"


class SignerUnavailableError(UnavailableError):
    """The external signer did not answer, or refused, or answered with something unusable; nothing was signed."""

    code = "signer-unavailable"


class MailUnavailableError(UnavailableError):
    """The mail server does not answer, or ended the connection; no text of a mail was on its way."""

    code = "mail-unavailable"


class ClusterUnavailableError(UnavailableError):
    """The Dask cluster does not answer, has no workers, or they lack this version of Credanchor."""

    code = "cluster-unavailable"


class LinkUnreachableError(UnavailableError):
    """What is behind a link that was handed in may not be read, or cannot be."""

    code = "link-unreachable"
