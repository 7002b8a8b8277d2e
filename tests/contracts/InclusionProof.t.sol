// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {InclusionProof} from "../../contracts/lib/InclusionProof.sol";
import {SlowTree} from "./SlowTree.sol";
import {Vm} from "./Vm.sol";

/// @notice The library behind a call, so that paths are call data.
contract Climber {
    function rootOf(
        bytes32 leafHash,
        uint64 index,
        uint64 size,
        bytes32[] calldata path
    ) external view returns (bool, bytes32) {
        return InclusionProof.rootOf(leafHash, index, size, path);
    }
}

contract InclusionProofTest {
    /// @dev Members in alphabetical order: that is how the JSON reader hands them over.
    struct Vector {
        uint256 index;
        bytes32 leaf;
        bytes32[] path;
        bytes32 root;
        uint256 size;
        bool wellFormed;
    }

    Vm private constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
    string private constant VECTORS = "tests/contracts/inclusion_vectors.json";

    Climber private climber;

    function setUp() public {
        climber = new Climber();
    }

    function test_each_leaf_of_each_small_tree_leads_to_its_root() public view {
        for (uint64 size = 1; size <= 33; ++size) {
            bytes32[] memory leaves = _leaves(size);
            bytes32 root = SlowTree.root(leaves);
            for (uint64 index = 0; index < size; ++index) {
                (bool wellFormed, bytes32 found) = climber.rootOf(
                    leaves[index],
                    index,
                    size,
                    SlowTree.path(index, leaves)
                );
                vm.assertTrue(wellFormed, "well formed");
                vm.assertEq(found, root, "root");
            }
        }
    }

    function test_the_root_is_that_of_the_recursion(bytes32 leaf, uint64 index, uint64 size, uint8 bits) public view {
        (index, size) = _position(index, size, bits);
        _assertSame(leaf, index, size, _path(leaf, SlowTree.depth(index, size)));
    }

    function test_a_path_of_any_length_is_judged_as_by_the_recursion(
        bytes32 leaf,
        uint64 index,
        uint64 size,
        uint8 bits,
        uint8 length
    ) public view {
        (index, size) = _position(index, size, bits);
        uint256 depth = SlowTree.depth(index, size);
        _assertSame(leaf, index, size, _path(leaf, length % 70));
        _assertSame(leaf, index, size, _path(leaf, depth + 1));
        if (depth > 0) _assertSame(leaf, index, size, _path(leaf, depth - 1));
    }

    function test_any_index_and_size_are_judged_as_by_the_recursion(
        bytes32 leaf,
        uint64 index,
        uint64 size,
        bytes32[] calldata path
    ) public view {
        _assertSame(leaf, index, size, path);
    }

    function test_an_index_outside_the_tree_is_malformed(uint64 index, uint64 size) public view {
        (index, size) = index < size ? (size, index) : (index, size);
        for (uint256 length = 0; length <= 64; length += 8) _assertMalformed(index, size, _path(0, length));
    }

    function test_the_tree_without_leaves_has_no_position() public view {
        _assertMalformed(0, 0, new bytes32[](0));
        _assertMalformed(type(uint64).max, 0, _path(0, 64));
    }

    function test_the_index_after_the_last_is_malformed() public view {
        for (uint64 size = 1; size <= 9; ++size) {
            for (uint256 length = 0; length <= 5; ++length) _assertMalformed(size, size, _path(0, length));
        }
    }

    function test_the_edges_of_the_largest_trees_are_those_of_the_recursion() public view {
        uint64 max = type(uint64).max;
        uint64[5] memory sizes = [max, max - 1, uint64(1) << 63, (uint64(1) << 63) + 1, (uint64(1) << 63) - 1];
        for (uint256 i = 0; i < sizes.length; ++i) {
            uint64[5] memory indexes = [0, 1, sizes[i] / 2, sizes[i] - 2, sizes[i] - 1];
            for (uint256 j = 0; j < indexes.length; ++j) {
                uint256 depth = SlowTree.depth(indexes[j], sizes[i]);
                _assertSame(keccak256("leaf"), indexes[j], sizes[i], _path(keccak256("path"), depth));
            }
        }
    }

    function test_a_huge_path_is_malformed() public view {
        _assertMalformed(0, type(uint64).max, _path(0, 10_000));
        _assertMalformed(0, type(uint64).max, _path(0, 65));
    }

    function test_what_changes_in_a_path_changes_the_root(
        bytes32 leaf,
        uint64 index,
        uint64 size,
        uint8 bits
    ) public view {
        (index, size) = _position(index, size, bits);
        bytes32[] memory path = _path(leaf, SlowTree.depth(index, size));
        (, bytes32 root) = climber.rootOf(leaf, index, size, path);
        for (uint256 i = 0; i < path.length; ++i) {
            bytes32 sibling = path[i];
            path[i] = sibling ^ bytes32(uint256(1) << (uint8(leaf[i % 32])));
            (, bytes32 other) = climber.rootOf(leaf, index, size, path);
            vm.assertNotEq(other, root, "root after a flipped bit");
            path[i] = sibling;
        }
        for (uint256 i = 1; i < path.length; ++i) {
            (path[i - 1], path[i]) = (path[i], path[i - 1]);
            (, bytes32 other) = climber.rootOf(leaf, index, size, path);
            vm.assertNotEq(other, root, "root after two siblings changed places");
            (path[i - 1], path[i]) = (path[i], path[i - 1]);
        }
    }

    function test_a_failing_precompile_is_no_root_whatever_it_says() public {
        bytes[2] memory answers = [bytes(""), abi.encode(keccak256("a digest"))];
        for (uint256 i = 0; i < answers.length; ++i) {
            vm.mockCallRevert(address(2), "", answers[i]);
            vm.expectRevert(abi.encodeWithSelector(InclusionProof.Sha256CallFailed.selector));
            climber.rootOf(0, 0, 2, new bytes32[](1));
        }
    }

    function test_a_precompile_that_answers_nothing_is_no_root() public {
        vm.mockCall(address(2), "", "");
        vm.expectRevert(abi.encodeWithSelector(InclusionProof.Sha256CallFailed.selector));
        climber.rootOf(0, 0, 2, new bytes32[](1));
    }

    function test_too_little_gas_is_never_a_wrong_root() public view {
        bytes32[] memory path = _path(0, 20);
        (, bytes32 root) = climber.rootOf(0, 0, 1 << 20, path);
        for (uint256 gas = 3_000; gas < 30_000; gas += 97) {
            try climber.rootOf{gas: gas}(0, 0, 1 << 20, path) returns (bool wellFormed, bytes32 found) {
                vm.assertTrue(wellFormed, "well formed");
                vm.assertEq(found, root, "root");
            } catch {}
        }
    }

    /// @dev Made by tests/contracts/inclusion_vectors.py, whose tests run the same file through registry.core.
    function test_python_and_the_contract_agree_on_every_vector() public view {
        string memory json = vm.readFile(VECTORS);
        Vector[] memory vectors = abi.decode(vm.parseJson(json, ".vectors"), (Vector[]));
        vm.assertTrue(vectors.length >= 500, "a fair number of vectors");
        for (uint256 i = 0; i < vectors.length; ++i) {
            Vector memory vector = vectors[i];
            (bool wellFormed, bytes32 root) = climber.rootOf(
                vector.leaf,
                uint64(vector.index),
                uint64(vector.size),
                vector.path
            );
            vm.assertEq(wellFormed, vector.wellFormed, "well formed");
            vm.assertEq(root, vector.root, "root");
        }
    }

    function _assertSame(bytes32 leaf, uint64 index, uint64 size, bytes32[] memory path) private view {
        (bool expectedForm, bytes32 expectedRoot) = SlowTree.rootFrom(leaf, index, size, path);
        (bool wellFormed, bytes32 root) = climber.rootOf(leaf, index, size, path);
        vm.assertEq(wellFormed, expectedForm, "well formed");
        vm.assertEq(root, expectedRoot, "root");
    }

    function _assertMalformed(uint64 index, uint64 size, bytes32[] memory path) private view {
        (bool wellFormed, bytes32 root) = climber.rootOf(0, index, size, path);
        vm.assertTrue(!wellFormed, "malformed");
        vm.assertEq(root, bytes32(0), "no root");
    }

    /// @dev A position in a tree of at most 2^(bits % 64 + 1) - 1 leaves, so that every depth turns up.
    function _position(uint64 index, uint64 size, uint8 bits) private pure returns (uint64, uint64) {
        size >>= bits % 64;
        if (size == 0) size = 1;
        return (index % size, size);
    }

    function _path(bytes32 seed, uint256 length) private pure returns (bytes32[] memory path) {
        path = new bytes32[](length);
        for (uint256 i = 0; i < length; ++i) path[i] = keccak256(abi.encode(seed, i));
    }

    function _leaves(uint256 count) private pure returns (bytes32[] memory leaves) {
        return _path("leaves", count);
    }
}
