// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICredentialRegistry} from "../../contracts/ICredentialRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

contract AnchorsTest is RegistryTest {
    function test_an_anchor_keeps_its_time_and_block() public {
        _expectEvent();
        emit ICredentialRegistry.Anchored(ISSUER, ROOT, 7, DELEGATE);
        _anchor(ROOT, 7);
        _assertAnchor(ROOT, 7, START, 1_000, 0);
    }

    function test_a_batch_never_anchored_reads_as_zero(bytes32 root, uint64 treeSize) public view {
        _assertAnchor(root, treeSize, 0, 0, 0);
    }

    function test_the_admin_anchors_without_being_a_delegate() public {
        vm.prank(ISSUER);
        registry.anchor(ISSUER, ROOT, 7);
        _assertAnchor(ROOT, 7, START, 1_000, 0);
    }

    function test_anchoring_again_changes_nothing() public {
        _anchor(ROOT, 7);
        vm.warp(START + 100);
        vm.roll(1_001);
        _anchor(ROOT, 7);
        _assertAnchor(ROOT, 7, START, 1_000, 0);
    }

    function test_what_changes_nothing_emits_nothing() public {
        _anchor(ROOT, 7);
        vm.prank(ISSUER);
        registry.revokeBatch(ISSUER, ROOT, 7);
        _revoke(LEAF, 0);
        vm.recordLogs();

        _anchor(ROOT, 7);
        vm.prank(ISSUER);
        registry.revokeBatch(ISSUER, ROOT, 7);
        _revoke(LEAF, 1);
        _reinstate(ROOT);
        vm.assertEq(vm.getRecordedLogs().length, 0, "events");
    }

    function test_a_revoked_batch_stays_revoked_when_anchored_again() public {
        _anchor(ROOT, 7);
        vm.warp(START + 100);
        _revokeBatch(ROOT, 7);
        vm.warp(START + 200);
        _anchor(ROOT, 7);
        _assertAnchor(ROOT, 7, START, 1_000, START + 100);
    }

    function test_a_wrong_size_burns_nothing() public {
        _anchor(ROOT, 8);
        _anchor(ROOT, 7);
        _assertAnchor(ROOT, 7, START, 1_000, 0);
        _assertAnchor(ROOT, 6, 0, 0, 0);
    }

    function test_nobody_takes_the_root_of_another() public {
        _register(OTHER_ISSUER);
        vm.prank(OTHER_ISSUER);
        registry.anchor(OTHER_ISSUER, ROOT, 7);
        _assertAnchor(ROOT, 7, 0, 0, 0);
        vm.warp(START + 1);
        _anchor(ROOT, 7);
        _assertAnchor(ROOT, 7, START + 1, 1_000, 0);
    }

    function test_an_empty_batch_is_refused() public {
        _refuse(abi.encodeWithSelector(ICredentialRegistry.TreeSizeZero.selector, ISSUER, ROOT));
        _anchor(ROOT, 0);
    }

    function test_a_tree_has_up_to_2_to_the_64_leaves_less_one() public {
        _anchor(ROOT, NEVER);
        _assertAnchor(ROOT, NEVER, START, 1_000, 0);
    }

    function test_a_stranger_cannot_anchor() public {
        _refuseRole(STRANGER, ANCHOR);
        vm.prank(STRANGER);
        registry.anchor(ISSUER, ROOT, 7);
    }

    function test_many_batches_of_several_issuers_are_anchored_at_once() public {
        _registerOther();
        ICredentialRegistry.Batch[] memory batches = _twoBatches();
        _expectEvent();
        emit ICredentialRegistry.Anchored(ISSUER, ROOT, 7, DELEGATE);
        _expectEvent();
        emit ICredentialRegistry.Anchored(OTHER_ISSUER, LEAF, 9, DELEGATE);
        vm.prank(DELEGATE);
        registry.anchorMany(batches);

        _assertAnchor(ROOT, 7, START, 1_000, 0);
        (uint64 anchoredAt, , ) = registry.anchorOf(OTHER_ISSUER, LEAF, 9);
        vm.assertEq(anchoredAt, START, "anchoredAt of the other issuer");
    }

    function test_many_batches_skip_those_that_stand() public {
        _registerOther();
        _anchor(ROOT, 7);
        vm.warp(START + 1);
        vm.prank(DELEGATE);
        registry.anchorMany(_twoBatches());
        _assertAnchor(ROOT, 7, START, 1_000, 0);
        (uint64 anchoredAt, , ) = registry.anchorOf(OTHER_ISSUER, LEAF, 9);
        vm.assertEq(anchoredAt, START + 1, "anchoredAt of the new one");
    }

    function test_many_batches_are_all_or_none() public {
        _register(OTHER_ISSUER);
        _refuse(abi.encodeWithSelector(ICredentialRegistry.MissingRole.selector, OTHER_ISSUER, DELEGATE, ANCHOR));
        vm.prank(DELEGATE);
        registry.anchorMany(_twoBatches());
        _assertAnchor(ROOT, 7, 0, 0, 0);
    }

    function test_many_batches_take_the_role_of_each_issuer_wherever_it_stands() public {
        _register(OTHER_ISSUER);
        ICredentialRegistry.Batch[] memory batches = _twoBatches();
        (batches[0], batches[1]) = (batches[1], batches[0]);
        _refuse(abi.encodeWithSelector(ICredentialRegistry.MissingRole.selector, OTHER_ISSUER, DELEGATE, ANCHOR));
        vm.prank(DELEGATE);
        registry.anchorMany(batches);
    }

    function test_a_batch_named_twice_in_one_call_is_anchored_once() public {
        ICredentialRegistry.Batch[] memory batches = new ICredentialRegistry.Batch[](2);
        batches[0] = ICredentialRegistry.Batch(ISSUER, ROOT, 7);
        batches[1] = ICredentialRegistry.Batch(ISSUER, ROOT, 7);
        vm.prank(DELEGATE);
        registry.anchorMany(batches);
        _assertAnchor(ROOT, 7, START, 1_000, 0);
    }

    function test_the_zero_issuer_is_nobodys() public {
        ICredentialRegistry.Batch[] memory batches = new ICredentialRegistry.Batch[](1);
        batches[0] = ICredentialRegistry.Batch(address(0), ROOT, 7);
        _refuse(abi.encodeWithSelector(ICredentialRegistry.MissingRole.selector, address(0), DELEGATE, ANCHOR));
        vm.prank(DELEGATE);
        registry.anchorMany(batches);
    }

    function test_revoking_a_batch_keeps_its_anchor() public {
        _anchor(ROOT, 7);
        vm.warp(START + 100);
        vm.roll(1_001);
        _expectEvent();
        emit ICredentialRegistry.BatchRevoked(ISSUER, ROOT, 7);
        _revokeBatch(ROOT, 7);
        _assertAnchor(ROOT, 7, START, 1_000, START + 100);
    }

    function test_a_batch_revoked_again_keeps_its_first_time() public {
        _anchor(ROOT, 7);
        _revokeBatch(ROOT, 7);
        vm.warp(START + 100);
        _revokeBatch(ROOT, 7);
        _assertAnchor(ROOT, 7, START, 1_000, START);
    }

    function test_a_batch_never_anchored_cannot_be_revoked() public {
        _anchor(ROOT, 7);
        _refuse(abi.encodeWithSelector(ICredentialRegistry.BatchNotAnchored.selector, ISSUER, ROOT, 8));
        _revokeBatch(ROOT, 8);
    }

    function test_only_the_admin_revokes_a_batch() public {
        _anchor(ROOT, 7);
        address[2] memory others = [DELEGATE, STRANGER];
        for (uint256 i = 0; i < others.length; ++i) {
            _refuseAdmin(others[i]);
            vm.prank(others[i]);
            registry.revokeBatch(ISSUER, ROOT, 7);
        }
    }

    function _revokeBatch(bytes32 root, uint64 treeSize) private {
        vm.prank(ISSUER);
        registry.revokeBatch(ISSUER, root, treeSize);
    }

    function _registerOther() private {
        _register(OTHER_ISSUER);
        vm.prank(OTHER_ISSUER);
        registry.setDelegate(OTHER_ISSUER, DELEGATE, ANCHOR);
    }

    function _twoBatches() private pure returns (ICredentialRegistry.Batch[] memory batches) {
        batches = new ICredentialRegistry.Batch[](2);
        batches[0] = ICredentialRegistry.Batch(ISSUER, ROOT, 7);
        batches[1] = ICredentialRegistry.Batch(OTHER_ISSUER, LEAF, 9);
    }
}
