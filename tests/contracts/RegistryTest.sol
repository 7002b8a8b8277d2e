// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CredentialRegistry} from "../../contracts/CredentialRegistry.sol";
import {ICredentialRegistry} from "../../contracts/ICredentialRegistry.sol";
import {Vm} from "./Vm.sol";

/// @notice What every test starts from: a registry, one issuer, its delegate in all roles, and some others.
/// @dev Addresses have no zero byte, the dearest case of call data, so that gas figures hold for any.
abstract contract RegistryTest {
    Vm internal constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);

    address internal constant ISSUER = 0x1111111111111111111111111111111111111111;
    address internal constant DELEGATE = 0x2222222222222222222222222222222222222222;
    address internal constant STRANGER = 0x3333333333333333333333333333333333333333;
    address internal constant ACCREDITOR = 0x4444444444444444444444444444444444444444;
    address internal constant OTHER_ISSUER = 0x5555555555555555555555555555555555555555;
    address internal constant NOBODY = 0x6666666666666666666666666666666666666666;

    uint8 internal constant ANCHOR = 1;
    uint8 internal constant SUSPEND = 2;
    uint8 internal constant REVOKE = 4;
    uint64 internal constant NEVER = type(uint64).max;
    uint64 internal constant START = 1_800_000_000;

    bytes32 internal constant ROOT = keccak256("root");
    bytes32 internal constant LEAF = keccak256("leaf");
    bytes internal constant KEY = hex"ed01d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

    CredentialRegistry internal registry;

    function setUp() public virtual {
        vm.warp(START);
        vm.roll(1_000);
        registry = new CredentialRegistry();
        _register(ISSUER);
        _delegate(DELEGATE, ANCHOR | SUSPEND | REVOKE);
    }

    function _register(address issuer) internal {
        vm.prank(issuer);
        registry.registerIssuer("did:web:issuer.example");
    }

    function _delegate(address account, uint8 roles) internal {
        vm.prank(ISSUER);
        registry.setDelegate(ISSUER, account, roles);
    }

    function _anchor(bytes32 root, uint64 treeSize) internal {
        vm.prank(DELEGATE);
        registry.anchor(ISSUER, root, treeSize);
    }

    function _revoke(bytes32 leafHash, uint8 reason) internal {
        vm.prank(DELEGATE);
        registry.revoke(ISSUER, _list(leafHash), reason);
    }

    function _suspend(bytes32 leafHash, uint8 reason) internal {
        vm.prank(DELEGATE);
        registry.suspend(ISSUER, _list(leafHash), reason);
    }

    function _reinstate(bytes32 leafHash) internal {
        vm.prank(DELEGATE);
        registry.reinstate(ISSUER, _list(leafHash));
    }

    function _addKey() internal returns (bytes32 keyHash) {
        vm.prank(ISSUER);
        registry.addSigningKey(ISSUER, KEY);
        return sha256(KEY);
    }

    function _accredit(uint64 until, string memory name) internal {
        vm.prank(ACCREDITOR);
        registry.accredit(ISSUER, until, name, "https://accreditor.example/issuer");
    }

    /// @dev The next call must fail with exactly these bytes.
    function _refuse(bytes memory refusal) internal {
        vm.expectRevert(refusal);
    }

    function _refuseRole(address account, uint8 role) internal {
        _refuse(abi.encodeWithSelector(ICredentialRegistry.MissingRole.selector, ISSUER, account, role));
    }

    function _refuseAdmin(address account) internal {
        _refuse(abi.encodeWithSelector(ICredentialRegistry.NotAdmin.selector, ISSUER, account));
    }

    /// @dev The next call must emit the event emitted after this, from the registry.
    function _expectEvent() internal {
        vm.expectEmit(true, true, true, true, address(registry));
    }

    function _assertAnchor(
        bytes32 root,
        uint64 treeSize,
        uint64 anchoredAt,
        uint64 number,
        uint64 revokedAt
    ) internal view {
        (uint64 atTime, uint64 atBlock, uint64 revoked) = registry.anchorOf(ISSUER, root, treeSize);
        vm.assertEq(atTime, anchoredAt, "anchoredAt");
        vm.assertEq(atBlock, number, "blockNumber");
        vm.assertEq(revoked, revokedAt, "revokedAt");
    }

    function _assertStatus(
        bytes32 leafHash,
        ICredentialRegistry.Status status,
        uint64 revokedAt,
        uint64 suspendedAt,
        uint8 reason
    ) internal view {
        (ICredentialRegistry.Status found, uint64 revoked, uint64 suspended, uint8 code) = registry.statusOf(
            ISSUER,
            leafHash
        );
        vm.assertEq(uint8(found), uint8(status), "status");
        vm.assertEq(revoked, revokedAt, "revokedAt");
        vm.assertEq(suspended, suspendedAt, "suspendedAt");
        vm.assertEq(code, reason, "reason");
    }

    function _list(bytes32 item) internal pure returns (bytes32[] memory items) {
        items = new bytes32[](1);
        items[0] = item;
    }

    /// @dev `length` times the letter a.
    function _text(uint256 length) internal pure returns (string memory) {
        bytes memory text = new bytes(length);
        for (uint256 i = 0; i < length; ++i) text[i] = "a";
        return string(text);
    }

    /// @dev `value`, moved into `low`..`high`.
    function _bound(uint256 value, uint256 low, uint256 high) internal pure returns (uint256) {
        uint256 span = high - low;
        return span == type(uint256).max ? value : low + (value % (span + 1));
    }
}
