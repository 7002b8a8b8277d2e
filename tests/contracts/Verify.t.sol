// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICredentialRegistry} from "../../contracts/ICredentialRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";
import {SlowTree} from "./SlowTree.sol";

contract VerifyTest is RegistryTest {
    ICredentialRegistry.Verdict private constant MALFORMED = ICredentialRegistry.Verdict.Malformed;
    ICredentialRegistry.Verdict private constant NOT_ANCHORED = ICredentialRegistry.Verdict.NotAnchored;
    ICredentialRegistry.Verdict private constant BATCH_REVOKED = ICredentialRegistry.Verdict.BatchRevoked;
    ICredentialRegistry.Verdict private constant REVOKED = ICredentialRegistry.Verdict.Revoked;
    ICredentialRegistry.Verdict private constant SUSPENDED = ICredentialRegistry.Verdict.Suspended;
    ICredentialRegistry.Verdict private constant VALID = ICredentialRegistry.Verdict.Valid;

    uint64 private constant SIZE = 13;
    uint64 private constant INDEX = 9;

    bytes32[] private leaves;
    bytes32[] private path;
    bytes32 private root;

    function setUp() public override {
        super.setUp();
        leaves = _leaves(SIZE);
        root = SlowTree.root(leaves);
        path = SlowTree.path(INDEX, leaves);
    }

    function test_a_leaf_of_an_anchored_batch_is_valid() public {
        _anchor(root, SIZE);
        vm.warp(START + 100);
        for (uint64 index = 0; index < SIZE; ++index) {
            _assertVerdict(ISSUER, leaves[index], index, SIZE, SlowTree.path(index, leaves), VALID, START);
        }
    }

    function test_a_batch_of_one_has_its_leaf_as_root() public {
        _anchor(LEAF, 1);
        _assertVerdict(ISSUER, LEAF, 0, 1, new bytes32[](0), VALID, START);
    }

    function test_without_an_anchor_the_leaf_is_not_anchored() public view {
        _assertVerdict(ISSUER, leaves[INDEX], INDEX, SIZE, path, NOT_ANCHORED, 0);
    }

    function test_the_anchor_of_another_issuer_does_not_count() public {
        _register(OTHER_ISSUER);
        _anchor(root, SIZE);
        _assertVerdict(OTHER_ISSUER, leaves[INDEX], INDEX, SIZE, path, NOT_ANCHORED, 0);
        _assertVerdict(NOBODY, leaves[INDEX], INDEX, SIZE, path, NOT_ANCHORED, 0);
    }

    function test_a_wrong_length_or_position_is_malformed() public {
        _anchor(root, SIZE);
        _assertVerdict(ISSUER, leaves[INDEX], SIZE, SIZE, path, MALFORMED, 0);
        _assertVerdict(ISSUER, leaves[INDEX], 0, 0, path, MALFORMED, 0);
        _assertVerdict(ISSUER, leaves[INDEX], INDEX, SIZE, _withLast(path, 0), MALFORMED, 0);
        _assertVerdict(ISSUER, leaves[INDEX], INDEX, SIZE, _withoutLast(path), MALFORMED, 0);
    }

    function test_a_status_shows_in_the_verdict_with_the_anchor_time() public {
        _anchor(root, SIZE);
        vm.warp(START + 100);
        _suspend(leaves[INDEX], 0);
        _assertMine(SUSPENDED);
        _reinstate(leaves[INDEX]);
        _assertMine(VALID);
        _suspend(leaves[INDEX], 0);
        _revoke(leaves[INDEX], 0);
        _assertMine(REVOKED);
        vm.prank(ISSUER);
        registry.revokeBatch(ISSUER, root, SIZE);
        _assertMine(BATCH_REVOKED);
    }

    function test_a_status_of_one_leaf_leaves_the_others_alone() public {
        _anchor(root, SIZE);
        _revoke(leaves[INDEX], 0);
        _assertVerdict(ISSUER, leaves[0], 0, SIZE, SlowTree.path(0, leaves), VALID, START);
    }

    function test_a_revocation_at_another_issuer_does_not_count() public {
        _register(OTHER_ISSUER);
        _anchor(root, SIZE);
        vm.prank(OTHER_ISSUER);
        registry.revoke(OTHER_ISSUER, _list(leaves[INDEX]), 0);
        _assertMine(VALID);
    }

    function test_a_leaf_revoked_before_it_is_anchored_is_revoked() public {
        _revoke(leaves[INDEX], 0);
        _anchor(root, SIZE);
        _assertMine(REVOKED);
    }

    function test_a_revocation_holds_in_whatever_batch_the_leaf_is_anchored_again() public {
        _anchor(root, SIZE);
        _revoke(leaves[INDEX], 0);
        bytes32[] memory again = new bytes32[](2);
        (again[0], again[1]) = (LEAF, leaves[INDEX]);
        _anchor(SlowTree.root(again), 2);
        _assertVerdict(ISSUER, leaves[INDEX], 1, 2, _list(LEAF), REVOKED, START);
        _anchor(leaves[INDEX], 1);
        _assertVerdict(ISSUER, leaves[INDEX], 0, 1, new bytes32[](0), REVOKED, START);
    }

    function test_a_leaf_of_a_revoked_batch_is_valid_by_another_batch() public {
        _anchor(root, SIZE);
        _anchor(leaves[INDEX], 1);
        vm.prank(ISSUER);
        registry.revokeBatch(ISSUER, root, SIZE);
        _assertMine(BATCH_REVOKED);
        _assertVerdict(ISSUER, leaves[INDEX], 0, 1, new bytes32[](0), VALID, START);
    }

    function test_the_root_itself_is_no_leaf() public {
        _anchor(root, SIZE);
        _assertVerdict(ISSUER, root, 0, 1, new bytes32[](0), NOT_ANCHORED, 0);
        for (uint64 index = 0; index < SIZE; ++index) _assertNeverValid(root, index, SIZE, new bytes32[](0));
    }

    function test_an_inner_node_is_no_leaf() public {
        _anchor(root, SIZE);
        bytes32 node = leaves[INDEX];
        bytes32[] memory rest = path;
        uint64 index = INDEX;
        while (rest.length > 0) {
            node = index & 1 == 1 ? SlowTree.node(rest[0], node) : SlowTree.node(node, rest[0]);
            rest = _withoutFirst(rest);
            index >>= 1;
            for (uint64 size = 1; size <= 2 * SIZE; ++size) {
                for (uint64 position = 0; position < size; ++position) _assertNeverValid(node, position, size, rest);
            }
        }
    }

    function test_no_proof_of_a_small_tree_holds_at_any_other_position_or_size() public {
        for (uint64 size = 1; size <= 9; ++size) {
            bytes32[] memory some = _leaves(size);
            _anchor(SlowTree.root(some), size);
        }
        for (uint64 size = 1; size <= 9; ++size) {
            bytes32[] memory some = _leaves(size);
            for (uint64 index = 0; index < size; ++index) {
                _assertOnlyAt(some[index], index, size, SlowTree.path(index, some));
            }
        }
    }

    function test_no_flipped_bit_and_no_other_order_is_valid() public {
        _anchor(root, SIZE);
        for (uint256 level = 0; level < path.length; ++level) {
            for (uint256 bit = 0; bit < 256; bit += 5) {
                bytes32[] memory flipped = path;
                flipped[level] ^= bytes32(uint256(1) << bit);
                _assertNeverValid(leaves[INDEX], INDEX, SIZE, flipped);
            }
            bytes32[] memory swapped = path;
            (swapped[0], swapped[level]) = (swapped[level], swapped[0]);
            if (level > 0) _assertNeverValid(leaves[INDEX], INDEX, SIZE, swapped);
        }
        for (uint256 bit = 0; bit < 256; ++bit) {
            _assertNeverValid(leaves[INDEX] ^ bytes32(uint256(1) << bit), INDEX, SIZE, path);
        }
    }

    function test_the_neighbours_and_the_double_of_a_position_fail() public {
        for (uint64 size = 2; size <= 20; ++size) {
            bytes32[] memory some = _leaves(size);
            _anchor(SlowTree.root(some), size);
            for (uint64 index = 0; index < size; ++index) {
                bytes32[] memory siblings = SlowTree.path(index, some);
                _assertNeverValid(some[index], index + 1, size, siblings);
                if (index > 0) _assertNeverValid(some[index], index - 1, size, siblings);
                _assertNeverValid(some[index], index * 2 + 1, size * 2, siblings);
            }
        }
    }

    function test_verify_answers_any_call(
        address issuer,
        bytes32 leafHash,
        uint64 leafIndex,
        uint64 treeSize,
        bytes32[] calldata siblings
    ) public view {
        (ICredentialRegistry.Verdict verdict, uint64 anchoredAt) = registry.verify(
            issuer,
            leafHash,
            leafIndex,
            treeSize,
            siblings
        );
        vm.assertTrue(verdict <= NOT_ANCHORED, "no verdict on what nobody anchored");
        vm.assertEq(anchoredAt, 0, "anchoredAt");
    }

    function _assertOnlyAt(bytes32 leaf, uint64 index, uint64 size, bytes32[] memory siblings) private view {
        for (uint64 otherSize = 0; otherSize <= 19; ++otherSize) {
            for (uint64 otherIndex = 0; otherIndex <= otherSize; ++otherIndex) {
                bool mine = otherIndex == index && otherSize == size;
                (ICredentialRegistry.Verdict verdict, ) = registry.verify(
                    ISSUER,
                    leaf,
                    otherIndex,
                    otherSize,
                    siblings
                );
                vm.assertEq(verdict == VALID, mine, "valid at its own position only");
            }
        }
    }

    function _assertMine(ICredentialRegistry.Verdict verdict) private view {
        _assertVerdict(ISSUER, leaves[INDEX], INDEX, SIZE, path, verdict, START);
    }

    function _assertNeverValid(bytes32 leaf, uint64 index, uint64 size, bytes32[] memory siblings) private view {
        (ICredentialRegistry.Verdict verdict, ) = registry.verify(ISSUER, leaf, index, size, siblings);
        vm.assertTrue(verdict <= NOT_ANCHORED, "never valid");
    }

    function _assertVerdict(
        address issuer,
        bytes32 leaf,
        uint64 index,
        uint64 size,
        bytes32[] memory siblings,
        ICredentialRegistry.Verdict verdict,
        uint64 anchoredAt
    ) private view {
        (ICredentialRegistry.Verdict found, uint64 foundAt) = registry.verify(issuer, leaf, index, size, siblings);
        vm.assertEq(uint8(found), uint8(verdict), "verdict");
        vm.assertEq(foundAt, anchoredAt, "anchoredAt");
    }

    function _leaves(uint256 count) private pure returns (bytes32[] memory some) {
        some = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) some[i] = sha256(abi.encode(count, i));
    }

    function _withLast(bytes32[] memory items, bytes32 last) private pure returns (bytes32[] memory longer) {
        longer = new bytes32[](items.length + 1);
        for (uint256 i = 0; i < items.length; ++i) longer[i] = items[i];
        longer[items.length] = last;
    }

    function _withoutLast(bytes32[] memory items) private pure returns (bytes32[] memory shorter) {
        shorter = new bytes32[](items.length - 1);
        for (uint256 i = 0; i < shorter.length; ++i) shorter[i] = items[i];
    }

    function _withoutFirst(bytes32[] memory items) private pure returns (bytes32[] memory shorter) {
        shorter = new bytes32[](items.length - 1);
        for (uint256 i = 0; i < shorter.length; ++i) shorter[i] = items[i + 1];
    }
}
