// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {ICredentialRegistry} from "./ICredentialRegistry.sol";
import {InclusionProof} from "./lib/InclusionProof.sol";

/// @title Credanchor credential registry
/// @notice Documented in {ICredentialRegistry}. No owner, no pause, no upgrade, no fee.
/// @dev The storage layout is frozen and published in docs/contract.md: state proofs are computed from it.
contract CredentialRegistry is ICredentialRegistry, IERC5267 {
    struct Issuer {
        address admin;
        uint64 registeredAt;
        bytes32 didHash;
        address pendingAdmin;
    }

    struct SigningKey {
        uint64 addedAt;
        uint64 retiredSince;
    }

    /// @dev In force from `since` until `until` or the next entry's `since`. A closing entry has `until` 0.
    struct Accreditation {
        uint64 since;
        uint64 until;
        string name;
    }

    uint8 private constant ANCHOR = 1;
    uint8 private constant SUSPEND = 2;
    uint8 private constant REVOKE = 4;
    uint8 private constant ALL_ROLES = ANCHOR | SUSPEND | REVOKE;

    uint64 private constant NEVER = type(uint64).max;

    uint256 private constant MAX_DID_BYTES = 2048;
    uint256 private constant MAX_MULTIKEY_BYTES = 4096;
    uint256 private constant MAX_NAME_BYTES = 256;
    uint256 private constant MAX_URI_BYTES = 2048;

    string private constant DOMAIN_NAME = "Credanchor CredentialRegistry";
    string private constant DOMAIN_VERSION = "1";
    /// @dev EIP-5267: name, version, chainId and verifyingContract are used.
    bytes1 private constant DOMAIN_FIELDS = 0x0f;
    bytes32 private constant ANCHOR_TYPEHASH = keccak256(
        "Anchor(address issuer,bytes32 root,uint64 treeSize,address signer,uint64 deadline)"
    );

    /// @dev Slot 0: by issuer.
    mapping(address issuer => Issuer record) private _issuers;
    /// @dev Slot 1: role bits by issuer and delegate.
    mapping(address issuer => mapping(address delegate => uint8 roles)) private _delegateRoles;
    /// @dev Slot 2: by issuer and key hash.
    mapping(address issuer => mapping(bytes32 keyHash => SigningKey dates)) private _signingKeys;
    /// @dev Slot 3: anchoredAt | blockNumber << 64 | revokedAt << 128, by {_anchorKey}; 0 is "not anchored". Packed by
    /// hand: a struct assignment costs 470 to 1,150 gas more.
    mapping(bytes32 anchorKey => uint256 word) private _anchors;
    /// @dev Slot 4: revokedAt | suspendedAt << 64 | reason << 128, by issuer and leaf hash; 0 is "active".
    mapping(address issuer => mapping(bytes32 leafHash => uint256 word)) private _statuses;
    /// @dev Slot 5: entries in order of time, by accreditor and issuer; only ever appended to.
    mapping(address accreditor => mapping(address issuer => Accreditation[] entries)) private _accreditations;

    modifier onlyAdmin(address issuer) {
        _requireAdmin(issuer);
        _;
    }

    modifier onlyRole(address issuer, uint8 role) {
        _requireRole(issuer, msg.sender, role);
        _;
    }

    // --- Reads ---------------------------------------------------------------------------------------------------

    /// @inheritdoc ICredentialRegistry
    function verify(
        address issuer,
        bytes32 leafHash,
        uint64 leafIndex,
        uint64 treeSize,
        bytes32[] calldata path
    ) external view returns (Verdict verdict, uint64 anchoredAt) {
        (bool wellFormed, bytes32 root) = InclusionProof.rootOf(leafHash, leafIndex, treeSize, path);
        if (!wellFormed) return (Verdict.Malformed, 0);

        uint64 batchRevokedAt;
        (anchoredAt, , batchRevokedAt) = _unpack(_anchors[_anchorKey(issuer, root, treeSize)]);
        if (anchoredAt == 0) return (Verdict.NotAnchored, 0);
        if (batchRevokedAt != 0) return (Verdict.BatchRevoked, anchoredAt);

        (uint64 revokedAt, uint64 suspendedAt, ) = _unpack(_statuses[issuer][leafHash]);
        if (revokedAt != 0) return (Verdict.Revoked, anchoredAt);
        if (suspendedAt != 0) return (Verdict.Suspended, anchoredAt);
        return (Verdict.Valid, anchoredAt);
    }

    /// @inheritdoc ICredentialRegistry
    function issuerOf(
        address issuer
    ) external view returns (bytes32 didHash, address admin, address pendingAdmin, uint64 registeredAt) {
        Issuer storage record = _issuers[issuer];
        return (record.didHash, record.admin, record.pendingAdmin, record.registeredAt);
    }

    /// @inheritdoc ICredentialRegistry
    function rolesOf(address issuer, address account) external view returns (uint8 roles) {
        return _isAdmin(issuer, account) ? ALL_ROLES : _delegateRoles[issuer][account];
    }

    /// @inheritdoc ICredentialRegistry
    function anchorOf(
        address issuer,
        bytes32 root,
        uint64 treeSize
    ) external view returns (uint64 anchoredAt, uint64 blockNumber, uint64 revokedAt) {
        return _unpack(_anchors[_anchorKey(issuer, root, treeSize)]);
    }

    /// @inheritdoc ICredentialRegistry
    function statusOf(
        address issuer,
        bytes32 leafHash
    ) external view returns (Status status, uint64 revokedAt, uint64 suspendedAt, uint8 reason) {
        uint64 code;
        (revokedAt, suspendedAt, code) = _unpack(_statuses[issuer][leafHash]);
        reason = uint8(code);
        if (revokedAt != 0) status = Status.Revoked;
        else if (suspendedAt != 0) status = Status.Suspended;
    }

    /// @inheritdoc ICredentialRegistry
    function signingKeyOf(address issuer, bytes32 keyHash) external view returns (uint64 addedAt, uint64 retiredSince) {
        SigningKey storage key = _signingKeys[issuer][keyHash];
        return (key.addedAt, key.retiredSince);
    }

    /// @inheritdoc ICredentialRegistry
    function keyStatusAt(address issuer, bytes32 keyHash, uint64 time) external view returns (KeyStatus status) {
        SigningKey storage key = _signingKeys[issuer][keyHash];
        if (key.addedAt == 0) return KeyStatus.Unknown;
        if (time < key.addedAt) return KeyStatus.NotYetAdded;
        return time < key.retiredSince ? KeyStatus.Active : KeyStatus.Retired;
    }

    /// @inheritdoc ICredentialRegistry
    function accreditationAt(
        address accreditor,
        address issuer,
        uint64 time
    ) external view returns (AccreditationStatus status, uint64 since, uint64 until, string memory name) {
        Accreditation[] storage entries = _accreditations[accreditor][issuer];
        uint256 count = _entriesUntil(entries, time);
        if (count == 0) return (AccreditationStatus.None, 0, 0, "");

        Accreditation storage entry = entries[count - 1];
        return (_statusAt(entry, time), entry.since, entry.until, entry.name);
    }

    /// @inheritdoc IERC5267
    function eip712Domain()
        external
        view
        returns (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        )
    {
        return (DOMAIN_FIELDS, DOMAIN_NAME, DOMAIN_VERSION, block.chainid, address(this), 0, new uint256[](0));
    }

    // --- Writes: issuers -----------------------------------------------------------------------------------------

    /// @inheritdoc ICredentialRegistry
    function registerIssuer(string calldata did) external {
        Issuer storage record = _issuers[msg.sender];
        if (record.admin != address(0)) revert IssuerAlreadyRegistered(msg.sender);
        if (bytes(did).length > MAX_DID_BYTES) revert DidTooLong(bytes(did).length, MAX_DID_BYTES);
        if (bytes4(bytes(did)) != "did:") revert DidPrefixMissing(did);

        record.admin = msg.sender;
        record.registeredAt = _now();
        record.didHash = keccak256(bytes(did));
        emit IssuerRegistered(msg.sender, did);
    }

    /// @inheritdoc ICredentialRegistry
    function proposeAdmin(address issuer, address newAdmin) external onlyAdmin(issuer) {
        _issuers[issuer].pendingAdmin = newAdmin;
        emit AdminProposed(issuer, newAdmin);
    }

    /// @inheritdoc ICredentialRegistry
    function acceptAdmin(address issuer) external {
        Issuer storage record = _issuers[issuer];
        if (msg.sender == address(0) || msg.sender != record.pendingAdmin) revert NotPendingAdmin(issuer, msg.sender);

        record.admin = msg.sender;
        record.pendingAdmin = address(0);
        emit AdminAccepted(issuer, msg.sender);
    }

    /// @inheritdoc ICredentialRegistry
    function setDelegate(address issuer, address delegate, uint8 roles) external onlyAdmin(issuer) {
        if (roles > ALL_ROLES) revert UnknownRoles(roles);

        _delegateRoles[issuer][delegate] = roles;
        emit DelegateSet(issuer, delegate, roles);
    }

    // --- Writes: signing keys ------------------------------------------------------------------------------------

    /// @inheritdoc ICredentialRegistry
    function addSigningKey(address issuer, bytes calldata multikey) external onlyAdmin(issuer) {
        if (multikey.length == 0 || multikey.length > MAX_MULTIKEY_BYTES) {
            revert MultikeyLengthOutOfRange(multikey.length, MAX_MULTIKEY_BYTES);
        }
        bytes32 keyHash = sha256(multikey);
        if (_signingKeys[issuer][keyHash].addedAt != 0) revert SigningKeyAlreadyAdded(issuer, keyHash);

        _signingKeys[issuer][keyHash] = SigningKey({addedAt: _now(), retiredSince: NEVER});
        emit SigningKeyAdded(issuer, keyHash, multikey);
    }

    /// @inheritdoc ICredentialRegistry
    function retireSigningKey(address issuer, bytes32 keyHash, uint64 since) external onlyAdmin(issuer) {
        SigningKey storage key = _signingKeys[issuer][keyHash];
        if (key.addedAt == 0) revert SigningKeyUnknown(issuer, keyHash);
        if (since < key.addedAt) revert RetirementBeforeAddition(keyHash, since, key.addedAt);
        if (since >= key.retiredSince) revert RetirementNotEarlier(keyHash, since, key.retiredSince);

        key.retiredSince = since;
        emit SigningKeyRetired(issuer, keyHash, since);
    }

    // --- Writes: anchors -----------------------------------------------------------------------------------------

    /// @inheritdoc ICredentialRegistry
    function anchor(address issuer, bytes32 root, uint64 treeSize) external onlyRole(issuer, ANCHOR) {
        _anchor(issuer, root, treeSize, msg.sender);
    }

    /// @inheritdoc ICredentialRegistry
    function anchorMany(Batch[] calldata batches) external {
        for (uint256 i = 0; i < batches.length; ++i) {
            Batch calldata batch = batches[i];
            address issuer = batch.issuer;
            _requireRole(issuer, msg.sender, ANCHOR);
            _anchor(issuer, batch.root, batch.treeSize, msg.sender);
        }
    }

    /// @inheritdoc ICredentialRegistry
    function anchorFor(
        address issuer,
        bytes32 root,
        uint64 treeSize,
        address signer,
        uint64 deadline,
        bytes calldata signature
    ) external {
        if (block.timestamp > deadline) revert SignatureExpired(deadline);
        _requireRole(issuer, signer, ANCHOR);
        bytes32 structHash = keccak256(abi.encode(ANCHOR_TYPEHASH, issuer, root, treeSize, signer, deadline));
        if (!_isSignedBy(signer, structHash, signature)) revert SignatureInvalid(signer);

        _anchor(issuer, root, treeSize, signer);
    }

    // --- Writes: status ------------------------------------------------------------------------------------------

    /// @inheritdoc ICredentialRegistry
    function revoke(address issuer, bytes32[] calldata leafHashes, uint8 reason) external onlyRole(issuer, REVOKE) {
        for (uint256 i = 0; i < leafHashes.length; ++i) {
            bytes32 leafHash = leafHashes[i];
            (uint64 revokedAt, uint64 suspendedAt, ) = _unpack(_statuses[issuer][leafHash]);
            if (revokedAt != 0) continue;

            _statuses[issuer][leafHash] = _pack(_now(), suspendedAt, reason);
            emit Revoked(issuer, leafHash, reason, msg.sender);
        }
    }

    /// @inheritdoc ICredentialRegistry
    function suspend(address issuer, bytes32[] calldata leafHashes, uint8 reason) external onlyRole(issuer, SUSPEND) {
        for (uint256 i = 0; i < leafHashes.length; ++i) {
            bytes32 leafHash = leafHashes[i];
            if (_isSuspended(issuer, leafHash)) continue;

            _statuses[issuer][leafHash] = _pack(0, _now(), reason);
            emit Suspended(issuer, leafHash, reason, msg.sender);
        }
    }

    /// @inheritdoc ICredentialRegistry
    function reinstate(address issuer, bytes32[] calldata leafHashes) external onlyRole(issuer, SUSPEND) {
        for (uint256 i = 0; i < leafHashes.length; ++i) {
            bytes32 leafHash = leafHashes[i];
            if (!_isSuspended(issuer, leafHash)) continue;

            _statuses[issuer][leafHash] = 0;
            emit Reinstated(issuer, leafHash, msg.sender);
        }
    }

    /// @inheritdoc ICredentialRegistry
    function revokeBatch(address issuer, bytes32 root, uint64 treeSize) external onlyAdmin(issuer) {
        bytes32 key = _anchorKey(issuer, root, treeSize);
        (uint64 anchoredAt, uint64 blockNumber, uint64 revokedAt) = _unpack(_anchors[key]);
        if (anchoredAt == 0) revert BatchNotAnchored(issuer, root, treeSize);
        if (revokedAt != 0) return;

        _anchors[key] = _pack(anchoredAt, blockNumber, _now());
        emit BatchRevoked(issuer, root, treeSize);
    }

    // --- Writes: accreditation -----------------------------------------------------------------------------------

    /// @inheritdoc ICredentialRegistry
    function accredit(address issuer, uint64 until, string calldata name, string calldata uri) external {
        if (_issuers[issuer].admin == address(0)) revert IssuerUnknown(issuer);
        if (until <= block.timestamp) revert AccreditationEndNotInFuture(until);
        uint256 length = bytes(name).length;
        if (length == 0 || length > MAX_NAME_BYTES) revert NameLengthOutOfRange(length, MAX_NAME_BYTES);
        if (bytes(uri).length > MAX_URI_BYTES) revert UriTooLong(bytes(uri).length, MAX_URI_BYTES);

        _accreditations[msg.sender][issuer].push(Accreditation({since: _now(), until: until, name: name}));
        emit Accredited(msg.sender, issuer, until, name, uri);
    }

    /// @inheritdoc ICredentialRegistry
    function withdrawAccreditation(address issuer) external {
        Accreditation[] storage entries = _accreditations[msg.sender][issuer];
        uint256 count = entries.length;
        if (count == 0 || block.timestamp >= entries[count - 1].until) {
            revert AccreditationNotInForce(msg.sender, issuer);
        }

        entries.push(Accreditation({since: _now(), until: 0, name: ""}));
        emit AccreditationWithdrawn(msg.sender, issuer);
    }

    // --- Authority -----------------------------------------------------------------------------------------------

    function _requireAdmin(address issuer) private view {
        address admin = _issuers[issuer].admin;
        if (admin == address(0)) revert IssuerUnknown(issuer);
        if (msg.sender != admin) revert NotAdmin(issuer, msg.sender);
    }

    /// @dev The delegate's slot first: a delegate, who is the one that anchors, then pays for one cold read, not two.
    function _requireRole(address issuer, address account, uint8 role) private view {
        if (_delegateRoles[issuer][account] & role != 0) return;
        if (!_isAdmin(issuer, account)) revert MissingRole(issuer, account, role);
    }

    /// @dev An issuer that nobody registered has admin 0, and nobody is that admin.
    function _isAdmin(address issuer, address account) private view returns (bool) {
        return account != address(0) && account == _issuers[issuer].admin;
    }

    /// @dev ECDSA first: an EIP-7702 account has code and a key, and its key must count whatever its code says.
    function _isSignedBy(address signer, bytes32 structHash, bytes calldata signature) private view returns (bool) {
        bytes32 digest = MessageHashUtils.toTypedDataHash(_domainSeparator(), structHash);
        // The value left out only details `err`.
        // slither-disable-next-line unused-return
        (address recovered, ECDSA.RecoverError err, ) = ECDSA.tryRecoverCalldata(digest, signature);
        if (err == ECDSA.RecoverError.NoError && recovered == signer) return true;
        return SignatureChecker.isValidERC1271SignatureNowCalldata(signer, digest, signature);
    }

    /// @dev Built on every call: an immutable would make the runtime code differ from chain to chain.
    function _domainSeparator() private view returns (bytes32) {
        return
            MessageHashUtils.toDomainSeparator(
                DOMAIN_FIELDS,
                DOMAIN_NAME,
                DOMAIN_VERSION,
                block.chainid,
                address(this),
                0
            );
    }

    // --- State ---------------------------------------------------------------------------------------------------

    /// @dev Writes the anchor once. An identical one is left alone, without an event: it is the same fact.
    function _anchor(address issuer, bytes32 root, uint64 treeSize, address delegate) private {
        if (treeSize == 0) revert TreeSizeZero(issuer, root);
        bytes32 key = _anchorKey(issuer, root, treeSize);
        if (_anchors[key] != 0) return;

        _anchors[key] = _pack(_now(), uint64(block.number), 0);
        emit Anchored(issuer, root, treeSize, delegate);
    }

    function _isSuspended(address issuer, bytes32 leafHash) private view returns (bool) {
        (uint64 revokedAt, uint64 suspendedAt, ) = _unpack(_statuses[issuer][leafHash]);
        if (revokedAt != 0) revert LeafIsRevoked(issuer, leafHash);
        return suspendedAt != 0;
    }

    /// @dev Number of entries made at `time` or earlier. Entries of one block share their time and all count, so that
    /// the last of them is the one in force.
    function _entriesUntil(Accreditation[] storage entries, uint64 time) private view returns (uint256 low) {
        uint256 high = entries.length;
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (entries[middle].since <= time) low = middle + 1;
            else high = middle;
        }
    }

    /// @dev Status of the entry in force at `time`.
    function _statusAt(Accreditation storage entry, uint64 time) private view returns (AccreditationStatus) {
        if (entry.until == 0) return AccreditationStatus.Withdrawn;
        return time < entry.until ? AccreditationStatus.Active : AccreditationStatus.Expired;
    }

    function _anchorKey(address issuer, bytes32 root, uint64 treeSize) private pure returns (bytes32) {
        return keccak256(abi.encode(issuer, root, treeSize));
    }

    function _pack(uint64 low, uint64 middle, uint64 high) private pure returns (uint256 word) {
        return low | (uint256(middle) << 64) | (uint256(high) << 128);
    }

    function _unpack(uint256 word) private pure returns (uint64 low, uint64 middle, uint64 high) {
        return (uint64(word), uint64(word >> 64), uint64(word >> 128));
    }

    function _now() private view returns (uint64) {
        return uint64(block.timestamp);
    }
}
