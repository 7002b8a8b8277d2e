// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CredentialRegistry} from "../../contracts/CredentialRegistry.sol";
import {ICredentialRegistry} from "../../contracts/ICredentialRegistry.sol";
import {Vm} from "./Vm.sol";

/// @notice Random accounts doing random things, right and wrong, with a record of all that came of it.
/// @dev Few accounts, leaves and keys, and mostly the right caller, so that much is done, and much of it twice. Each
/// action works out for itself whether the caller may, and asserts that the registry agrees. Records are only ever
/// appended to: a record that is updated would hide just the change it should bring to light.
contract History {
    struct AnchorRecord {
        address issuer;
        bytes32 root;
        uint64 treeSize;
        uint64 anchoredAt;
        uint64 blockNumber;
    }

    struct BatchRevocationRecord {
        address issuer;
        bytes32 root;
        uint64 treeSize;
        uint64 revokedAt;
    }

    struct RevocationRecord {
        address issuer;
        bytes32 leafHash;
        uint64 revokedAt;
        uint8 reason;
    }

    struct RetirementRecord {
        address issuer;
        bytes32 keyHash;
        uint64 addedAt;
        uint64 since;
    }

    struct AccreditationRecord {
        address accreditor;
        address issuer;
        uint64 time;
        bytes32 answer;
    }

    Vm private constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
    uint256 private constant ACCOUNTS = 4;
    uint256 private constant ISSUERS = 3;
    uint256 private constant LEAVES = 2;
    uint256 private constant KEYS = 1;
    uint8 private constant ANCHOR = 1;
    uint8 private constant SUSPEND = 2;
    uint8 private constant REVOKE = 4;

    CredentialRegistry public registry;

    AnchorRecord[] public anchors;
    BatchRevocationRecord[] public batchRevocations;
    RevocationRecord[] public revocations;
    RetirementRecord[] public retirements;
    AccreditationRecord[] public accreditations;

    mapping(address issuer => address admin) public adminOf;
    mapping(address issuer => address admin) public pendingOf;
    mapping(address issuer => mapping(address account => uint8 roles)) public rolesOf;
    mapping(address issuer => bytes32 didHash) public didHashOf;

    constructor() {
        registry = new CredentialRegistry();
    }

    // --- Time ----------------------------------------------------------------------------------------------------

    function passTime(uint256 sinceLast) external {
        vm.warp(block.timestamp + (sinceLast % 1_000));
        vm.roll(block.number + 1);
    }

    // --- Issuers -------------------------------------------------------------------------------------------------

    function registerIssuer(uint256 who, uint256 name) external {
        address caller = account(who);
        string memory did = name % 2 == 0 ? "did:web:a.example" : "did:web:b.example";
        bool allowed = didHashOf[caller] == 0;
        _attempt(caller, abi.encodeCall(registry.registerIssuer, (did)), allowed);
        if (!allowed) return;
        didHashOf[caller] = keccak256(bytes(did));
        adminOf[caller] = caller;
    }

    function proposeAdmin(uint256 who, uint256 whose, uint256 whom) external {
        (address caller, address issuer) = _callerOf(who, whose);
        address newAdmin = whom % 4 == 0 ? address(0) : account(whom);
        bool allowed = _isAdmin(issuer, caller);
        _attempt(caller, abi.encodeCall(registry.proposeAdmin, (issuer, newAdmin)), allowed);
        if (allowed) pendingOf[issuer] = newAdmin;
    }

    function acceptAdmin(uint256 who, uint256 whose) external {
        (address caller, address issuer) = _callerOf(who, whose);
        if (who % 4 == 1) caller = pendingOf[issuer];
        bool allowed = caller != address(0) && pendingOf[issuer] == caller;
        _attempt(caller, abi.encodeCall(registry.acceptAdmin, (issuer)), allowed);
        if (!allowed) return;
        adminOf[issuer] = caller;
        pendingOf[issuer] = address(0);
    }

    function setDelegate(uint256 who, uint256 whose, uint256 whom, uint8 roles) external {
        (address caller, address issuer) = _callerOf(who, whose);
        roles %= 9;
        bool allowed = _isAdmin(issuer, caller) && roles <= 7;
        _attempt(caller, abi.encodeCall(registry.setDelegate, (issuer, account(whom), roles)), allowed);
        if (allowed) rolesOf[issuer][account(whom)] = roles;
    }

    // --- Signing keys --------------------------------------------------------------------------------------------

    function addSigningKey(uint256 who, uint256 whose, uint256 which) external {
        (address caller, address issuer) = _callerOf(who, whose);
        (uint64 addedAt, ) = registry.signingKeyOf(issuer, keyHash(which));
        bool allowed = _isAdmin(issuer, caller) && addedAt == 0;
        _attempt(caller, abi.encodeCall(registry.addSigningKey, (issuer, multikey(which))), allowed);
    }

    function retireSigningKey(uint256 who, uint256 whose, uint256 which, uint256 when) external {
        (address caller, address issuer) = _callerOf(who, whose);
        (uint64 addedAt, uint64 retiredSince) = registry.signingKeyOf(issuer, keyHash(which));
        uint64 since = uint64(addedAt + (when % 4_000)) - uint64(addedAt == 0 ? 0 : 10);
        bool allowed = _isAdmin(issuer, caller) && addedAt != 0 && since >= addedAt && since < retiredSince;
        _attempt(caller, abi.encodeCall(registry.retireSigningKey, (issuer, keyHash(which), since)), allowed);
        if (allowed) retirements.push(RetirementRecord(issuer, keyHash(which), addedAt, since));
    }

    // --- Anchors -------------------------------------------------------------------------------------------------

    function anchor(uint256 who, uint256 whose, uint256 which) external {
        (address caller, address issuer) = _callerOf(who, whose);
        (bytes32 root, uint64 treeSize) = batch(which);
        bool allowed = _mayAs(issuer, caller, ANCHOR);
        bool isNew = _isNew(issuer, root, treeSize);
        _attempt(caller, abi.encodeCall(registry.anchor, (issuer, root, treeSize)), allowed);
        if (allowed && isNew) _recordAnchor(issuer, root, treeSize);
    }

    function anchorMany(uint256 who, uint256 whose, uint256 which) external {
        (address caller, address one) = _callerOf(who, whose);
        address other = account(which % ISSUERS);
        (bytes32 root, uint64 treeSize) = batch(which);
        ICredentialRegistry.Batch[] memory batches = new ICredentialRegistry.Batch[](2);
        batches[0] = ICredentialRegistry.Batch(one, root, treeSize);
        batches[1] = ICredentialRegistry.Batch(other, root, treeSize);
        bool allowed = _mayAs(one, caller, ANCHOR) && _mayAs(other, caller, ANCHOR);
        bool oneIsNew = _isNew(one, root, treeSize);
        bool otherIsNew = other != one && _isNew(other, root, treeSize);
        _attempt(caller, abi.encodeCall(registry.anchorMany, (batches)), allowed);
        if (allowed && oneIsNew) _recordAnchor(one, root, treeSize);
        if (allowed && otherIsNew) _recordAnchor(other, root, treeSize);
    }

    function anchorFor(uint256 who, uint256 whose, uint256 which, uint256 forger) external {
        (address signer, address issuer) = _callerOf(who, whose);
        (bytes32 root, uint64 treeSize) = batch(which);
        uint64 deadline = uint64(block.timestamp);
        uint256 signingKey = forger % 4 == 0 ? privateKey(forger / 4) : _privateKeyOf(signer);
        bool allowed = _mayAs(issuer, signer, ANCHOR) && vm.addr(signingKey) == signer;
        bool isNew = _isNew(issuer, root, treeSize);
        bytes memory signature = _signature(signingKey, issuer, root, treeSize, signer, deadline);
        bytes memory call = abi.encodeCall(registry.anchorFor, (issuer, root, treeSize, signer, deadline, signature));
        _attempt(account(forger), call, allowed);
        if (allowed && isNew) _recordAnchor(issuer, root, treeSize);
    }

    function revokeBatch(uint256 who, uint256 whose, uint256 which) external {
        (address caller, address issuer) = _callerOf(who, whose);
        (bytes32 root, uint64 treeSize) = batch(which);
        (uint64 anchoredAt, , uint64 revokedAt) = registry.anchorOf(issuer, root, treeSize);
        bool allowed = _isAdmin(issuer, caller) && anchoredAt != 0;
        _attempt(caller, abi.encodeCall(registry.revokeBatch, (issuer, root, treeSize)), allowed);
        if (!allowed || revokedAt != 0) return;
        batchRevocations.push(BatchRevocationRecord(issuer, root, treeSize, uint64(block.timestamp)));
    }

    // --- Status --------------------------------------------------------------------------------------------------

    function revoke(uint256 who, uint256 whose, uint256 which, uint8 reason) external {
        (address caller, address issuer) = _callerOf(who, whose);
        (, uint64 revokedAt, , ) = registry.statusOf(issuer, leaf(which));
        bool allowed = _mayAs(issuer, caller, REVOKE);
        _attempt(caller, abi.encodeCall(registry.revoke, (issuer, _list(leaf(which)), reason)), allowed);
        if (!allowed || revokedAt != 0) return;
        revocations.push(RevocationRecord(issuer, leaf(which), uint64(block.timestamp), reason));
    }

    function suspend(uint256 who, uint256 whose, uint256 which, uint8 reason) external {
        (address caller, address issuer) = _callerOf(who, whose);
        bool allowed = _mayAs(issuer, caller, SUSPEND) && !_isRevoked(issuer, leaf(which));
        _attempt(caller, abi.encodeCall(registry.suspend, (issuer, _list(leaf(which)), reason)), allowed);
    }

    function reinstate(uint256 who, uint256 whose, uint256 which) external {
        (address caller, address issuer) = _callerOf(who, whose);
        bool allowed = _mayAs(issuer, caller, SUSPEND) && !_isRevoked(issuer, leaf(which));
        _attempt(caller, abi.encodeCall(registry.reinstate, (issuer, _list(leaf(which)))), allowed);
    }

    // --- Accreditation -------------------------------------------------------------------------------------------

    function accredit(uint256 who, uint256 whose, uint256 span, uint256 name) external {
        (address caller, address issuer) = (account(who % 2), account(whose % ISSUERS));
        uint64 until = uint64(block.timestamp + (span % 2_000));
        bool allowed = didHashOf[issuer] != 0 && until > block.timestamp;
        string memory called = name % 2 == 0 ? "University" : "A university with a name of more than one word";
        _attempt(caller, abi.encodeCall(registry.accredit, (issuer, until, called, "")), allowed);
    }

    function withdrawAccreditation(uint256 who, uint256 whose) external {
        (address caller, address issuer) = (account(who % 2), account(whose % ISSUERS));
        uint64 time = uint64(block.timestamp);
        (ICredentialRegistry.AccreditationStatus status, , , ) = registry.accreditationAt(caller, issuer, time);
        bool allowed = status == ICredentialRegistry.AccreditationStatus.Active;
        _attempt(caller, abi.encodeCall(registry.withdrawAccreditation, (issuer)), allowed);
    }

    /// @notice Writes down what an accreditor's word is for some time before now; it must be the same for ever.
    function lookBack(uint256 who, uint256 whose, uint256 ago) external {
        uint64 time = uint64(block.timestamp - 1 - (ago % 3_000));
        (address accreditor, address issuer) = (account(who % 2), account(whose % ISSUERS));
        bytes32 answer = accreditationAnswer(accreditor, issuer, time);
        accreditations.push(AccreditationRecord(accreditor, issuer, time, answer));
    }

    // --- What there is -------------------------------------------------------------------------------------------

    function privateKey(uint256 i) public pure returns (uint256) {
        return 0xACC0 + (i % ACCOUNTS);
    }

    function account(uint256 i) public pure returns (address) {
        return vm.addr(privateKey(i));
    }

    function accountCount() external pure returns (uint256) {
        return ACCOUNTS;
    }

    function leaf(uint256 i) public pure returns (bytes32) {
        return sha256(abi.encode("leaf", i % LEAVES));
    }

    function leafCount() external pure returns (uint256) {
        return LEAVES;
    }

    function multikey(uint256 i) public pure returns (bytes memory) {
        return abi.encodePacked(hex"ed01", sha256(abi.encode("key", i % KEYS)));
    }

    function keyHash(uint256 i) public pure returns (bytes32) {
        return sha256(multikey(i));
    }

    /// @notice A batch of one leaf, or of that leaf and the next.
    function batch(uint256 i) public pure returns (bytes32 root, uint64 treeSize) {
        i %= 2 * LEAVES;
        if (i < LEAVES) return (leaf(i), 1);
        return (sha256(abi.encodePacked(bytes1(0x01), leaf(i), leaf(i + 1))), 2);
    }

    function accreditationAnswer(address accreditor, address issuer, uint64 time) public view returns (bytes32) {
        (ICredentialRegistry.AccreditationStatus status, uint64 since, uint64 until, string memory name) = registry
            .accreditationAt(accreditor, issuer, time);
        return keccak256(abi.encode(status, since, until, name));
    }

    function counts() external view returns (uint256, uint256, uint256, uint256, uint256) {
        return (anchors.length, batchRevocations.length, revocations.length, retirements.length, accreditations.length);
    }

    // --- Helpers -------------------------------------------------------------------------------------------------

    /// @dev The registry must do what is allowed and refuse what is not.
    function _attempt(address caller, bytes memory call, bool allowed) private {
        vm.prank(caller);
        (bool worked, ) = address(registry).call(call);
        vm.assertEq(worked, allowed, "the registry and the model disagree on who may do what");
    }

    /// @dev One of the issuers, or a stranger to the registry, and mostly its admin.
    function _callerOf(uint256 who, uint256 whose) private view returns (address caller, address issuer) {
        issuer = account(whose % ISSUERS);
        caller = who % 4 == 0 || adminOf[issuer] == address(0) ? account(who / 4) : adminOf[issuer];
    }

    function _privateKeyOf(address known) private pure returns (uint256 key) {
        for (uint256 i = 0; i < ACCOUNTS; ++i) {
            if (account(i) == known) return privateKey(i);
        }
    }

    function _recordAnchor(address issuer, bytes32 root, uint64 treeSize) private {
        anchors.push(AnchorRecord(issuer, root, treeSize, uint64(block.timestamp), uint64(block.number)));
    }

    function _isNew(address issuer, bytes32 root, uint64 treeSize) private view returns (bool) {
        (uint64 anchoredAt, , ) = registry.anchorOf(issuer, root, treeSize);
        return anchoredAt == 0;
    }

    function _isRevoked(address issuer, bytes32 leafHash) private view returns (bool) {
        (, uint64 revokedAt, , ) = registry.statusOf(issuer, leafHash);
        return revokedAt != 0;
    }

    function _isAdmin(address issuer, address caller) private view returns (bool) {
        return didHashOf[issuer] != 0 && adminOf[issuer] == caller;
    }

    function _mayAs(address issuer, address caller, uint8 role) private view returns (bool) {
        return _isAdmin(issuer, caller) || rolesOf[issuer][caller] & role != 0;
    }

    function _list(bytes32 item) private pure returns (bytes32[] memory items) {
        items = new bytes32[](1);
        items[0] = item;
    }

    function _signature(
        uint256 key,
        address issuer,
        bytes32 root,
        uint64 treeSize,
        address signer,
        uint64 deadline
    ) private view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Credanchor CredentialRegistry"),
                keccak256("1"),
                block.chainid,
                address(registry)
            )
        );
        bytes32 typeHash = keccak256(
            "Anchor(address issuer,bytes32 root,uint64 treeSize,address signer,uint64 deadline)"
        );
        bytes32 anchored = keccak256(abi.encode(typeHash, issuer, root, treeSize, signer, deadline));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", domain, anchored)));
        return abi.encodePacked(r, s, v);
    }
}
