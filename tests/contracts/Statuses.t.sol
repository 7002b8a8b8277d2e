// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICredentialRegistry} from "../../contracts/ICredentialRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

contract StatusesTest is RegistryTest {
    ICredentialRegistry.Status private constant ACTIVE = ICredentialRegistry.Status.Active;
    ICredentialRegistry.Status private constant SUSPENDED = ICredentialRegistry.Status.Suspended;
    ICredentialRegistry.Status private constant REVOKED = ICredentialRegistry.Status.Revoked;

    function test_a_leaf_nobody_touched_is_active(bytes32 leafHash) public view {
        _assertStatus(leafHash, ACTIVE, 0, 0, 0);
    }

    function test_a_leaf_is_revoked_with_time_and_reason() public {
        _expectEvent();
        emit ICredentialRegistry.Revoked(ISSUER, LEAF, 2, DELEGATE);
        _revoke(LEAF, 2);
        _assertStatus(LEAF, REVOKED, START, 0, 2);
    }

    function test_any_reason_is_kept(uint8 reason) public {
        _revoke(LEAF, reason);
        _assertStatus(LEAF, REVOKED, START, 0, reason);
        _suspend(ROOT, reason);
        _assertStatus(ROOT, SUSPENDED, 0, START, reason);
    }

    function test_the_largest_reason_is_kept() public {
        test_any_reason_is_kept(255);
    }

    function test_a_leaf_revoked_again_keeps_its_first_time_and_reason() public {
        _revoke(LEAF, 2);
        vm.warp(START + 100);
        _revoke(LEAF, 4);
        _assertStatus(LEAF, REVOKED, START, 0, 2);
    }

    function test_revoking_several_skips_those_that_are_revoked() public {
        _revoke(LEAF, 2);
        vm.warp(START + 100);
        bytes32[] memory leaves = new bytes32[](4);
        (leaves[0], leaves[1], leaves[2], leaves[3]) = (ROOT, LEAF, ROOT, keccak256("last"));
        vm.prank(DELEGATE);
        registry.revoke(ISSUER, leaves, 4);
        _assertStatus(LEAF, REVOKED, START, 0, 2);
        _assertStatus(ROOT, REVOKED, START + 100, 0, 4);
        _assertStatus(leaves[3], REVOKED, START + 100, 0, 4);
    }

    function test_a_leaf_is_suspended_with_time_and_reason() public {
        _expectEvent();
        emit ICredentialRegistry.Suspended(ISSUER, LEAF, 4, DELEGATE);
        _suspend(LEAF, 4);
        _assertStatus(LEAF, SUSPENDED, 0, START, 4);
    }

    function test_a_leaf_suspended_again_keeps_its_first_time_and_reason() public {
        _suspend(LEAF, 4);
        vm.warp(START + 100);
        _suspend(LEAF, 1);
        _assertStatus(LEAF, SUSPENDED, 0, START, 4);
    }

    function test_a_reinstated_leaf_is_as_if_nobody_touched_it() public {
        _suspend(LEAF, 4);
        _expectEvent();
        emit ICredentialRegistry.Reinstated(ISSUER, LEAF, DELEGATE);
        _reinstate(LEAF);
        _assertStatus(LEAF, ACTIVE, 0, 0, 0);
    }

    function test_a_reinstated_leaf_can_be_suspended_again() public {
        _suspend(LEAF, 4);
        _reinstate(LEAF);
        vm.warp(START + 100);
        _suspend(LEAF, 1);
        _assertStatus(LEAF, SUSPENDED, 0, START + 100, 1);
    }

    function test_reinstating_several_skips_those_that_are_not_suspended() public {
        _suspend(ROOT, 4);
        bytes32[] memory leaves = new bytes32[](2);
        (leaves[0], leaves[1]) = (LEAF, ROOT);
        vm.prank(DELEGATE);
        registry.reinstate(ISSUER, leaves);
        _assertStatus(LEAF, ACTIVE, 0, 0, 0);
        _assertStatus(ROOT, ACTIVE, 0, 0, 0);
    }

    function test_suspending_several_skips_those_that_are_suspended() public {
        _suspend(LEAF, 4);
        vm.warp(START + 100);
        bytes32[] memory leaves = new bytes32[](2);
        (leaves[0], leaves[1]) = (LEAF, ROOT);
        vm.prank(DELEGATE);
        registry.suspend(ISSUER, leaves, 1);
        _assertStatus(LEAF, SUSPENDED, 0, START, 4);
        _assertStatus(ROOT, SUSPENDED, 0, START + 100, 1);
    }

    function test_a_suspended_leaf_that_is_revoked_keeps_both_times() public {
        _suspend(LEAF, 4);
        vm.warp(START + 100);
        _revoke(LEAF, 2);
        _assertStatus(LEAF, REVOKED, START + 100, START, 2);
    }

    function test_a_revoked_leaf_can_be_neither_suspended_nor_reinstated() public {
        _suspend(LEAF, 4);
        _revoke(LEAF, 2);
        bytes memory refusal = abi.encodeWithSelector(ICredentialRegistry.LeafIsRevoked.selector, ISSUER, LEAF);
        _refuse(refusal);
        _suspend(LEAF, 4);
        _refuse(refusal);
        _reinstate(LEAF);
        _assertStatus(LEAF, REVOKED, START, START, 2);
    }

    function test_one_revoked_leaf_stops_the_whole_suspension() public {
        _revoke(ROOT, 2);
        bytes32[] memory leaves = new bytes32[](2);
        (leaves[0], leaves[1]) = (LEAF, ROOT);
        _refuse(abi.encodeWithSelector(ICredentialRegistry.LeafIsRevoked.selector, ISSUER, ROOT));
        vm.prank(DELEGATE);
        registry.suspend(ISSUER, leaves, 0);
        _assertStatus(LEAF, ACTIVE, 0, 0, 0);
    }

    function test_a_status_is_the_issuers_own() public {
        _register(OTHER_ISSUER);
        _revoke(LEAF, 2);
        (ICredentialRegistry.Status status, , , ) = registry.statusOf(OTHER_ISSUER, LEAF);
        vm.assertEq(uint8(status), uint8(ACTIVE), "status at the other issuer");
    }

    function test_an_empty_list_changes_nothing() public {
        bytes32[] memory none = new bytes32[](0);
        vm.prank(DELEGATE);
        registry.revoke(ISSUER, none, 0);
        _refuseRole(STRANGER, REVOKE);
        vm.prank(STRANGER);
        registry.revoke(ISSUER, none, 0);
    }
}
