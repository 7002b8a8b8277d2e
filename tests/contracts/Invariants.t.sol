// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CredentialRegistry} from "../../contracts/CredentialRegistry.sol";
import {ICredentialRegistry} from "../../contracts/ICredentialRegistry.sol";
import {History} from "./History.sol";
import {Vm} from "./Vm.sol";

/// @notice What must hold whatever anybody did, in whatever order.
/// @dev To run this file alone, name History.sol beside it, or the runner finds "No contracts to fuzz".
contract InvariantsTest {
    Vm private constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);

    CredentialRegistry private registry;
    History private history;

    function setUp() public {
        vm.warp(1_800_000_000);
        vm.roll(1_000);
        history = new History();
        registry = history.registry();
        for (uint256 i = 0; i < 2; ++i) {
            history.registerIssuer(i, i);
            history.setDelegate(i, i, i + 2, 7);
        }
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(history);
    }

    function invariant_an_anchor_never_changes() public view {
        (uint256 count, , , , ) = history.counts();
        for (uint256 i = 0; i < count; ++i) {
            (address issuer, bytes32 root, uint64 treeSize, uint64 anchoredAt, uint64 number) = history.anchors(i);
            (uint64 atTime, uint64 atBlock, ) = registry.anchorOf(issuer, root, treeSize);
            vm.assertEq(atTime, anchoredAt, "anchoredAt");
            vm.assertEq(atBlock, number, "blockNumber");
        }
    }

    function invariant_a_revoked_batch_stays_revoked_since_the_same_time() public view {
        (, uint256 count, , , ) = history.counts();
        for (uint256 i = 0; i < count; ++i) {
            (address issuer, bytes32 root, uint64 treeSize, uint64 revokedAt) = history.batchRevocations(i);
            (, , uint64 revoked) = registry.anchorOf(issuer, root, treeSize);
            vm.assertEq(revoked, revokedAt, "revokedAt");
        }
    }

    function invariant_a_revocation_never_clears_in_whatever_batch_the_leaf_is_anchored() public view {
        (, , uint256 count, , ) = history.counts();
        for (uint256 i = 0; i < count; ++i) {
            (address issuer, bytes32 leafHash, uint64 revokedAt, uint8 reason) = history.revocations(i);
            (ICredentialRegistry.Status status, uint64 revoked, , uint8 code) = registry.statusOf(issuer, leafHash);
            vm.assertEq(uint8(status), uint8(ICredentialRegistry.Status.Revoked), "status");
            vm.assertEq(revoked, revokedAt, "revokedAt");
            vm.assertEq(code, reason, "reason");
            _assertNowhereValid(issuer, leafHash);
        }
    }

    function invariant_the_date_of_a_retired_key_never_moves_later() public view {
        (, , , uint256 count, ) = history.counts();
        for (uint256 i = 0; i < count; ++i) {
            (address issuer, bytes32 keyHash, uint64 addedAt, uint64 since) = history.retirements(i);
            (uint64 added, uint64 retiredSince) = registry.signingKeyOf(issuer, keyHash);
            vm.assertEq(added, addedAt, "addedAt");
            vm.assertLe(retiredSince, since, "retiredSince");
            ICredentialRegistry.KeyStatus status = registry.keyStatusAt(issuer, keyHash, since);
            vm.assertEq(uint8(status), uint8(ICredentialRegistry.KeyStatus.Retired), "status");
        }
    }

    function invariant_an_accreditors_word_for_the_past_never_changes() public view {
        (, , , , uint256 count) = history.counts();
        for (uint256 i = 0; i < count; ++i) {
            (address accreditor, address issuer, uint64 time, bytes32 answer) = history.accreditations(i);
            vm.assertEq(history.accreditationAnswer(accreditor, issuer, time), answer, "answer");
        }
    }

    function invariant_powers_are_those_that_were_given() public view {
        for (uint256 i = 0; i < history.accountCount(); ++i) {
            address issuer = history.account(i);
            (bytes32 didHash, address admin, address pendingAdmin, uint64 registeredAt) = registry.issuerOf(issuer);
            vm.assertEq(didHash, history.didHashOf(issuer), "didHash");
            vm.assertEq(admin, history.adminOf(issuer), "admin");
            vm.assertEq(pendingAdmin, history.pendingOf(issuer), "pendingAdmin");
            vm.assertEq(registeredAt == 0, admin == address(0), "a registered issuer has an admin");
            for (uint256 j = 0; j < history.accountCount(); ++j) _assertRoles(issuer, history.account(j));
            vm.assertEq(registry.rolesOf(issuer, address(0)), 0, "roles of the zero address");
        }
    }

    function invariant_every_read_answers() public view {
        for (uint256 i = 0; i < history.accountCount(); ++i) {
            address issuer = history.account(i);
            _readAll(issuer, uint64(block.timestamp));
            _readAll(issuer, 0);
            _readAll(issuer, type(uint64).max);
        }
        _readAll(address(0), type(uint64).max);
    }

    function _readAll(address issuer, uint64 number) private view {
        bytes32 digest = history.leaf(number);
        registry.issuerOf(issuer);
        registry.rolesOf(issuer, issuer);
        registry.anchorOf(issuer, digest, number);
        registry.statusOf(issuer, digest);
        registry.signingKeyOf(issuer, history.keyHash(0));
        registry.keyStatusAt(issuer, history.keyHash(0), number);
        for (uint256 i = 0; i < history.accountCount(); ++i) {
            registry.accreditationAt(history.account(i), issuer, number);
        }
        for (uint256 length = 0; length <= 65; length += 13) {
            registry.verify(issuer, digest, 0, number, new bytes32[](length));
            registry.verify(issuer, digest, number, number, new bytes32[](length));
            registry.verify(issuer, digest, number, type(uint64).max, new bytes32[](length));
        }
        registry.eip712Domain();
    }

    function _assertRoles(address issuer, address account) private view {
        uint8 expected = history.adminOf(issuer) == account ? 7 : history.rolesOf(issuer, account);
        vm.assertEq(registry.rolesOf(issuer, account), expected, "roles");
    }

    /// @dev In its batch of one, as the left and as the right leaf of a batch of two.
    function _assertNowhereValid(address issuer, bytes32 leafHash) private view {
        _assertNotValid(issuer, leafHash, 0, 1, new bytes32[](0));
        bytes32[] memory sibling = new bytes32[](1);
        for (uint256 i = 0; i < history.leafCount(); ++i) {
            sibling[0] = history.leaf(i);
            _assertNotValid(issuer, leafHash, 0, 2, sibling);
            _assertNotValid(issuer, leafHash, 1, 2, sibling);
        }
    }

    function _assertNotValid(
        address issuer,
        bytes32 leafHash,
        uint64 index,
        uint64 size,
        bytes32[] memory path
    ) private view {
        (ICredentialRegistry.Verdict verdict, ) = registry.verify(issuer, leafHash, index, size, path);
        vm.assertTrue(verdict < ICredentialRegistry.Verdict.Suspended, "neither valid nor merely suspended");
    }
}
