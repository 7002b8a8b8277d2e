// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Credanchor credential registry
/// @notice Read this first. {verify} answers one question: did this issuer anchor a batch with this leaf in it, and is
/// the leaf neither revoked nor suspended? It does NOT check the issuer's signature on the credential, it does NOT know
/// who holds the credential, and a proof is bearer data: whoever was shown one can show it again. Who an issuer is in
/// the world is a question to an accreditor you trust ({accreditationAt}) or to the issuer's DID document.
/// @dev One ownerless, immutable contract: nobody can pause, upgrade or charge for it, or write in an issuer's name
/// but the issuer's admin and delegates. Digests are SHA-256. Leaf hash = SHA-256(0x00 || entry), node =
/// SHA-256(0x01 || left || right), tree of RFC 9162. Times are `block.timestamp`, in seconds. Intervals are half-open:
/// the start is in, the end is out.
///
/// Reads are total: they never revert on well-formed call data, they answer with an enum or with zeros. (Out of gas is
/// the exception nobody can take away.)
interface ICredentialRegistry {
    // --- Types ---------------------------------------------------------------------------------------------------

    /// @notice What {verify} found; the first that applies, in this order.
    /// @dev Malformed: no such position, or the path is not as long as the position needs. NotAnchored: the issuer
    /// anchored no batch of that root and size. BatchRevoked: it did, and its admin revoked the whole batch. Revoked
    /// and Suspended: the leaf is. Valid: anchored by the issuer, and none of these.
    enum Verdict {
        Malformed,
        NotAnchored,
        BatchRevoked,
        Revoked,
        Suspended,
        Valid
    }

    /// @notice Status of a leaf of an issuer, in whatever batch it is anchored, and before it is anchored at all.
    enum Status {
        Active,
        Suspended,
        Revoked
    }

    /// @notice Standing of a signing key at some time. Active iff addedAt <= time < retiredSince.
    enum KeyStatus {
        Unknown,
        NotYetAdded,
        Active,
        Retired
    }

    /// @notice Whether an accreditor vouched for an issuer at some time.
    enum AccreditationStatus {
        None,
        Active,
        Expired,
        Withdrawn
    }

    /// @notice A sealed batch to anchor.
    struct Batch {
        /// The issuer's id.
        address issuer;
        /// SHA-256 Merkle root over the leaf hashes, RFC 9162.
        bytes32 root;
        /// Number of leaves under `root`; at least 1.
        uint64 treeSize;
    }

    // --- Errors --------------------------------------------------------------------------------------------------

    /// @notice Nobody registered `issuer`.
    error IssuerUnknown(address issuer);

    /// @notice `issuer` is registered; its DID is write-once.
    error IssuerAlreadyRegistered(address issuer);

    /// @notice `did` does not start with "did:".
    error DidPrefixMissing(string did);

    /// @notice A DID has at most `maximum` bytes.
    error DidTooLong(uint256 length, uint256 maximum);

    /// @notice Only the admin of `issuer` may do this.
    error NotAdmin(address issuer, address account);

    /// @notice Only the account that the admin of `issuer` proposed may accept.
    error NotPendingAdmin(address issuer, address account);

    /// @notice `account` is neither the admin of `issuer` nor its delegate in `role`.
    error MissingRole(address issuer, address account, uint8 role);

    /// @notice `roles` has a bit that means nothing.
    error UnknownRoles(uint8 roles);

    /// @notice A multikey has 1 to `maximum` bytes.
    error MultikeyLengthOutOfRange(uint256 length, uint256 maximum);

    /// @notice A key is added once and keeps its first date.
    error SigningKeyAlreadyAdded(address issuer, bytes32 keyHash);

    /// @notice `issuer` never added a key of this hash.
    error SigningKeyUnknown(address issuer, bytes32 keyHash);

    /// @notice A key cannot be retired from a time before it was added.
    error RetirementBeforeAddition(bytes32 keyHash, uint64 since, uint64 addedAt);

    /// @notice A retirement moves earlier, never later; it stands at `retiredSince`.
    error RetirementNotEarlier(bytes32 keyHash, uint64 since, uint64 retiredSince);

    /// @notice A batch has at least one leaf.
    error TreeSizeZero(address issuer, bytes32 root);

    /// @notice `issuer` did not anchor this batch.
    error BatchNotAnchored(address issuer, bytes32 root, uint64 treeSize);

    /// @notice The signature was good until `deadline`.
    error SignatureExpired(uint64 deadline);

    /// @notice `signer` did not sign this anchor for this contract on this chain.
    error SignatureInvalid(address signer);

    /// @notice A revocation is final: the leaf can be neither suspended nor reinstated.
    error LeafIsRevoked(address issuer, bytes32 leafHash);

    /// @notice An accreditation must end in the future.
    error AccreditationEndNotInFuture(uint64 until);

    /// @notice A name has 1 to `maximum` bytes.
    error NameLengthOutOfRange(uint256 length, uint256 maximum);

    /// @notice A URI has at most `maximum` bytes.
    error UriTooLong(uint256 length, uint256 maximum);

    /// @notice `accreditor` does not vouch for `issuer` now, so there is nothing to withdraw.
    error AccreditationNotInForce(address accreditor, address issuer);

    // --- Events --------------------------------------------------------------------------------------------------

    /// @notice `issuer` registered itself under `did`.
    /// @param issuer The issuer's id.
    /// @param did The issuer's DID.
    event IssuerRegistered(address indexed issuer, string did);

    /// @notice The admin of `issuer` proposed `newAdmin`; the zero address means that a proposal was taken back.
    /// @param issuer The issuer's id.
    /// @param newAdmin The account proposed.
    event AdminProposed(address indexed issuer, address indexed newAdmin);

    /// @notice `admin` is the admin of `issuer` from now on.
    /// @param issuer The issuer's id.
    /// @param admin The new admin.
    event AdminAccepted(address indexed issuer, address indexed admin);

    /// @notice `delegate` holds exactly `roles` for `issuer` from now on.
    /// @param issuer The issuer's id.
    /// @param delegate The account.
    /// @param roles Sum of 1 anchor, 2 suspend and reinstate, 4 revoke; 0 is none.
    event DelegateSet(address indexed issuer, address indexed delegate, uint8 roles);

    /// @notice `issuer` signs with the key `multikey` from now on.
    /// @param issuer The issuer's id.
    /// @param keyHash SHA-256 of `multikey`.
    /// @param multikey Multicodec prefix and raw public key.
    event SigningKeyAdded(address indexed issuer, bytes32 indexed keyHash, bytes multikey);

    /// @notice What `issuer` anchors at `since` or later does not stand on this key.
    /// @param issuer The issuer's id.
    /// @param keyHash SHA-256 of the multicodec-prefixed public key.
    /// @param since From when on the key does not count, in seconds.
    event SigningKeyRetired(address indexed issuer, bytes32 indexed keyHash, uint64 since);

    /// @notice `issuer` anchored a batch.
    /// @param issuer The issuer's id.
    /// @param root SHA-256 Merkle root over the leaf hashes, RFC 9162.
    /// @param treeSize Number of leaves under `root`.
    /// @param delegate The account whose authority it was, which may not be the one that paid.
    event Anchored(address indexed issuer, bytes32 indexed root, uint64 treeSize, address delegate);

    /// @notice The admin of `issuer` revoked a whole batch.
    /// @param issuer The issuer's id.
    /// @param root SHA-256 Merkle root over the leaf hashes, RFC 9162.
    /// @param treeSize Number of leaves under `root`.
    event BatchRevoked(address indexed issuer, bytes32 indexed root, uint64 treeSize);

    /// @notice `delegate` revoked a leaf of `issuer`.
    /// @param issuer The issuer's id.
    /// @param leafHash SHA-256(0x00 || entry) of the credential.
    /// @param reason Public code, see {statusOf}.
    /// @param delegate The account that did it.
    event Revoked(address indexed issuer, bytes32 indexed leafHash, uint8 reason, address delegate);

    /// @notice `delegate` suspended a leaf of `issuer`.
    /// @param issuer The issuer's id.
    /// @param leafHash SHA-256(0x00 || entry) of the credential.
    /// @param reason Public code, see {statusOf}.
    /// @param delegate The account that did it.
    event Suspended(address indexed issuer, bytes32 indexed leafHash, uint8 reason, address delegate);

    /// @notice `delegate` ended the suspension of a leaf of `issuer`.
    /// @param issuer The issuer's id.
    /// @param leafHash SHA-256(0x00 || entry) of the credential.
    /// @param delegate The account that did it.
    event Reinstated(address indexed issuer, bytes32 indexed leafHash, address delegate);

    /// @notice `accreditor` vouches for `issuer` from now until `until`, calling it `name`.
    /// @param accreditor Whose word it is.
    /// @param issuer The issuer's id.
    /// @param until The end, in seconds; 2^64 - 1 for none.
    /// @param name The accreditor's name for the issuer.
    /// @param uri Where more is to be read; may be empty.
    event Accredited(address indexed accreditor, address indexed issuer, uint64 until, string name, string uri);

    /// @notice `accreditor` vouches for `issuer` no longer.
    /// @param accreditor Whose word it is.
    /// @param issuer The issuer's id.
    event AccreditationWithdrawn(address indexed accreditor, address indexed issuer);

    // --- Reads ---------------------------------------------------------------------------------------------------

    /// @notice Tells whether `issuer` anchored a batch with this leaf in it, and how the leaf stands now.
    /// @dev Proves anchoring and status. Proves neither the issuer's signature nor who holds the credential; see the
    /// top. The root is computed from the other arguments, so a caller can neither choose it nor get it wrong. An inner
    /// node, the root itself, a wrong index, a wrong size and a path of a wrong length all fail.
    /// @param issuer The issuer's id.
    /// @param leafHash SHA-256(0x00 || entry) of the credential, computed by the caller from what it was shown.
    /// @param leafIndex Position of the leaf in its batch, from 0.
    /// @param treeSize Number of leaves of the batch.
    /// @param path Sibling digests, nearest the leaf first.
    /// @return verdict What was found.
    /// @return anchoredAt When the batch was anchored; 0 for Malformed and NotAnchored.
    function verify(
        address issuer,
        bytes32 leafHash,
        uint64 leafIndex,
        uint64 treeSize,
        bytes32[] calldata path
    ) external view returns (Verdict verdict, uint64 anchoredAt);

    /// @notice Returns what is recorded of an issuer; all zero when it is not registered.
    /// @dev The DID is what the issuer says of itself: two issuers may claim the same one.
    /// @param issuer The issuer's id: the address that registered it.
    /// @return didHash Keccak-256 of the DID's bytes; the text is in {IssuerRegistered}.
    /// @return admin The account that governs the issuer.
    /// @return pendingAdmin The account that may become admin by {acceptAdmin}; zero when there is none.
    /// @return registeredAt When it registered.
    function issuerOf(
        address issuer
    ) external view returns (bytes32 didHash, address admin, address pendingAdmin, uint64 registeredAt);

    /// @notice Returns the roles that `account` holds for `issuer`: 1 anchor, 2 suspend and reinstate, 4 revoke.
    /// @param issuer The issuer's id.
    /// @param account Any account; the admin holds all three.
    /// @return roles The sum of the bits.
    function rolesOf(address issuer, address account) external view returns (uint8 roles);

    /// @notice Returns when a batch was anchored and revoked; all zero when the issuer did not anchor it.
    /// @param issuer The issuer's id.
    /// @param root SHA-256 Merkle root over the leaf hashes.
    /// @param treeSize Number of leaves under `root`.
    /// @return anchoredAt When it was anchored.
    /// @return blockNumber The block it was anchored in.
    /// @return revokedAt When the whole batch was revoked; 0 when it was not.
    function anchorOf(
        address issuer,
        bytes32 root,
        uint64 treeSize
    ) external view returns (uint64 anchoredAt, uint64 blockNumber, uint64 revokedAt);

    /// @notice Returns the status of a leaf, whether or not it is anchored.
    /// @param issuer The issuer's id.
    /// @param leafHash SHA-256(0x00 || entry) of the credential.
    /// @return status Revoked counts before Suspended.
    /// @return revokedAt When it was revoked; 0 when it was not.
    /// @return suspendedAt When the suspension began that holds now, or held when the leaf was revoked; else 0.
    /// @return reason The code given with the status: 0 unspecified, 1 superseded, 2 issued in error, 3 withdrawn by
    /// the recipient, 4 misconduct; other values are the issuer's own.
    function statusOf(
        address issuer,
        bytes32 leafHash
    ) external view returns (Status status, uint64 revokedAt, uint64 suspendedAt, uint8 reason);

    /// @notice Returns the dates of a signing key; both zero when the issuer never added it.
    /// @param issuer The issuer's id.
    /// @param keyHash SHA-256 of the multicodec-prefixed public key.
    /// @return addedAt When it was added.
    /// @return retiredSince From when on it does not count; 2^64 - 1 when it was never retired.
    function signingKeyOf(address issuer, bytes32 keyHash) external view returns (uint64 addedAt, uint64 retiredSince);

    /// @notice Tells whether a key was the issuer's at `time`. Ask for the time of the anchor, never for a time that
    /// the credential states of itself.
    /// @param issuer The issuer's id.
    /// @param keyHash SHA-256 of the multicodec-prefixed public key.
    /// @param time Any time, in seconds.
    /// @return status Unknown when the issuer never added the key.
    function keyStatusAt(address issuer, bytes32 keyHash, uint64 time) external view returns (KeyStatus status);

    /// @notice Tells whether `accreditor` vouched for `issuer` at `time`, and what it called it.
    /// @dev The entry asked for is the last one made at `time` or earlier; of two made in one block, the second. It is
    /// returned as it was written, so the answer for a time before the current block never changes again.
    /// @param accreditor Whose word; anyone may vouch, so ask only for one you trust.
    /// @param issuer The issuer's id.
    /// @param time Any time, in seconds.
    /// @return status None: no entry by then. Active: in force. Expired: its end had passed. Withdrawn: taken back.
    /// @return since When the entry was made; for Withdrawn, when it was taken back.
    /// @return until The end stated in the entry; 0 for None and Withdrawn.
    /// @return name The accreditor's name for the issuer; empty for None and Withdrawn. Any bytes: not checked to be
    /// UTF-8.
    function accreditationAt(
        address accreditor,
        address issuer,
        uint64 time
    ) external view returns (AccreditationStatus status, uint64 since, uint64 until, string memory name);

    // --- Writes: issuers -----------------------------------------------------------------------------------------

    /// @notice Registers the caller as an issuer and as its first admin.
    /// @dev The caller's address is the issuer's id for ever, whoever becomes admin later. The DID is write-once.
    /// @param did The issuer's DID; starts with "did:", at most 2048 bytes.
    function registerIssuer(string calldata did) external;

    /// @notice Proposes a new admin, who must accept; the caller stays admin until then. Admin only.
    /// @dev A later proposal replaces an earlier one. Delegates stay when the admin changes: look through them.
    /// @param issuer The issuer's id.
    /// @param newAdmin The account proposed; zero takes a proposal back.
    function proposeAdmin(address issuer, address newAdmin) external;

    /// @notice Makes the caller admin of `issuer`. Only the account last proposed may call.
    /// @param issuer The issuer's id.
    function acceptAdmin(address issuer) external;

    /// @notice Gives `delegate` exactly `roles`. Admin only.
    /// @param issuer The issuer's id.
    /// @param delegate The account.
    /// @param roles Sum of 1 anchor, 2 suspend and reinstate, 4 revoke; 0 removes the delegate.
    function setDelegate(address issuer, address delegate, uint8 roles) external;

    // --- Writes: signing keys ------------------------------------------------------------------------------------

    /// @notice Adds a signing key, active from now on. Admin only.
    /// @dev The hash is stored, the bytes are in the event. A key is never removed, and never added twice, not even
    /// after it was retired: a key that once was in doubt does not come back.
    /// @param issuer The issuer's id.
    /// @param multikey Multicodec prefix and raw public key (Ed25519: 0xed01 and 32 bytes); at most 4096 bytes.
    function addSigningKey(address issuer, bytes calldata multikey) external;

    /// @notice Says that a key does not count from `since` on. Admin only.
    /// @dev What was anchored before `since` stands. `since` may lie in the past, for a key that was compromised, down
    /// to the time the key was added, which takes back everything it ever signed; it may lie in the future, for a
    /// planned change of keys. It may be moved earlier later on, never later.
    /// @param issuer The issuer's id.
    /// @param keyHash SHA-256 of the multicodec-prefixed public key.
    /// @param since From when on the key does not count, in seconds.
    function retireSigningKey(address issuer, bytes32 keyHash, uint64 since) external;

    // --- Writes: anchors -----------------------------------------------------------------------------------------

    /// @notice Records `root` over `treeSize` leaves as a sealed batch of `issuer`.
    /// @dev Write-once: an anchor is never replaced or removed, so whoever finds one may rely on it for as long as its
    /// block stands. Anchoring the same batch again changes nothing and is no error, so that a submission that was
    /// repeated or overtaken still succeeds.
    /// @param issuer The issuer's id; the caller must hold its anchor role.
    /// @param root SHA-256 Merkle root over the leaf hashes, RFC 9162.
    /// @param treeSize Number of leaves under `root`; at least 1.
    function anchor(address issuer, bytes32 root, uint64 treeSize) external;

    /// @notice Records several batches, of one or more issuers, as {anchor} does; all or none.
    /// @param batches The batches; the caller must hold the anchor role of each issuer.
    function anchorMany(Batch[] calldata batches) external;

    /// @notice Records a batch as {anchor} does, on the signature of an anchor delegate, so that anyone may pay for it.
    /// @dev EIP-712. Domain: see `eip712Domain` (EIP-5267). Type:
    /// `Anchor(address issuer,bytes32 root,uint64 treeSize,address signer,uint64 deadline)`. There is no nonce: a
    /// signature used twice finds its batch anchored and changes nothing. An ECDSA signature counts whether or not the
    /// signer has code (EIP-7702); a contract is asked by EIP-1271.
    /// @param issuer The issuer's id.
    /// @param root SHA-256 Merkle root over the leaf hashes, RFC 9162.
    /// @param treeSize Number of leaves under `root`; at least 1.
    /// @param signer The account that signed; it must hold the anchor role when the transaction is mined.
    /// @param deadline The last time, in seconds, at which the signature is good.
    /// @param signature 65 bytes r, s, v, or whatever the signing contract takes.
    function anchorFor(
        address issuer,
        bytes32 root,
        uint64 treeSize,
        address signer,
        uint64 deadline,
        bytes calldata signature
    ) external;

    // --- Writes: status ------------------------------------------------------------------------------------------

    /// @notice Revokes leaves for ever. Revoke role.
    /// @dev Holds in whatever batch a leaf is anchored, now or later. A leaf that is revoked already is skipped: its
    /// first time and reason stand.
    /// @param issuer The issuer's id.
    /// @param leafHashes SHA-256(0x00 || entry) of each credential.
    /// @param reason Public code, see {statusOf}.
    function revoke(address issuer, bytes32[] calldata leafHashes, uint8 reason) external;

    /// @notice Suspends leaves until they are reinstated. Suspend role.
    /// @dev A leaf that is suspended already is skipped: its first time and reason stand. A revoked leaf is refused.
    /// @param issuer The issuer's id.
    /// @param leafHashes SHA-256(0x00 || entry) of each credential.
    /// @param reason Public code, see {statusOf}.
    function suspend(address issuer, bytes32[] calldata leafHashes, uint8 reason) external;

    /// @notice Ends the suspension of leaves. Suspend role.
    /// @dev A leaf that is not suspended is skipped. A revoked leaf is refused.
    /// @param issuer The issuer's id.
    /// @param leafHashes SHA-256(0x00 || entry) of each credential.
    function reinstate(address issuer, bytes32[] calldata leafHashes) external;

    /// @notice Revokes a whole batch for ever. Admin only.
    /// @dev The anchor itself stands as a fact. A batch that is revoked already is skipped: its first time stands.
    /// Leaves of it that are anchored in another batch, too, are valid by that one.
    /// @param issuer The issuer's id.
    /// @param root SHA-256 Merkle root of the batch.
    /// @param treeSize Number of leaves under `root`.
    function revokeBatch(address issuer, bytes32 root, uint64 treeSize) external;

    // --- Writes: accreditation -----------------------------------------------------------------------------------

    /// @notice Vouches for `issuer` in the caller's name, from now until `until`. Anyone may; verifiers choose whom
    /// they believe.
    /// @dev Appends an entry, in force until its end or until the next entry, whichever comes first; entries are never
    /// rewritten. Accrediting again is how an accreditation is prolonged, shortened or renamed. Look at the issuer's
    /// DID first: it cannot change afterwards, so the issuer must be registered.
    /// @param issuer The issuer's id.
    /// @param until The end, in seconds; later than now; 2^64 - 1 for no end.
    /// @param name What the accreditor calls the issuer; 1 to 256 bytes, kept in storage.
    /// @param uri Where more is to be read; at most 2048 bytes, in the event only.
    function accredit(address issuer, uint64 until, string calldata name, string calldata uri) external;

    /// @notice Ends the caller's accreditation of `issuer` now. What was anchored before stands.
    /// @dev Appends a closing entry. Refused unless an accreditation is in force.
    /// @param issuer The issuer's id.
    function withdrawAccreditation(address issuer) external;
}
