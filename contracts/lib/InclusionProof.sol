// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Root from an RFC 9162 inclusion proof
/// @notice The only assembly of the registry: a SHA-256 tree climbed through the precompile at address 2.
/// @dev Left or right is never read from the proof: it follows from index and size, so that each position has exactly
/// one legal path length. A node is SHA-256(0x01 || left || right); a lone node is promoted. Source: RFC 9162, 2.1.3.2.
library InclusionProof {
    /// @notice The SHA-256 precompile gave no digest: the call ran out of gas, or the chain does not have it.
    error Sha256CallFailed();

    /// @notice Returns the root that the proof implies for `leafHash`.
    /// @param leafHash SHA-256(0x00 || entry).
    /// @param leafIndex Position of the leaf, from 0.
    /// @param treeSize Number of leaves of the tree.
    /// @param path Sibling digests, nearest the leaf first.
    /// @return wellFormed Whether the position exists and the path is as long as the position needs.
    /// @return root The implied root; zero when not well formed.
    function rootOf(
        bytes32 leafHash,
        uint64 leafIndex,
        uint64 treeSize,
        bytes32[] calldata path
    ) internal view returns (bool wellFormed, bytes32 root) {
        if (leafIndex >= treeSize) return (false, 0);

        uint256 inner = _bitLength(leafIndex ^ (treeSize - 1));
        if (path.length != inner + _bitCount(leafIndex >> inner)) return (false, 0);

        // Bit `level` says that the sibling there is the left one. Up to level `inner` that is the index's own bit;
        // beyond it the path runs along the tree's right edge, where every sibling is a left one.
        uint256 leftSiblings = leafIndex | (type(uint256).max << inner);
        return (true, _climb(leafHash, leftSiblings, path));
    }

    /// @dev Hashes `node` with each sibling in turn. Memory past the free pointer holds 0x01 || left || right.
    function _climb(bytes32 node, uint256 leftSiblings, bytes32[] calldata path) private view returns (bytes32 root) {
        bool answered = true;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            let left := add(buffer, 1)
            let right := add(buffer, 33)
            mstore8(buffer, 0x01)
            mstore(0x00, node)

            let end := add(path.offset, shl(5, path.length))
            for {
                let sibling := path.offset
            } lt(sibling, end) {
                sibling := add(sibling, 32)
            } {
                switch and(leftSiblings, 1)
                case 0 {
                    mstore(left, mload(0x00))
                    mstore(right, calldataload(sibling))
                }
                default {
                    mstore(left, calldataload(sibling))
                    mstore(right, mload(0x00))
                }
                leftSiblings := shr(1, leftSiblings)

                let called := staticcall(gas(), 0x02, buffer, 65, 0x00, 32)
                if iszero(and(called, eq(returndatasize(), 32))) {
                    answered := 0
                    break
                }
            }
            root := mload(0x00)
        }
        if (!answered) revert Sha256CallFailed();
    }

    /// @dev Number of bits needed to write `value`: 0 for 0, 64 for 2^64 - 1.
    function _bitLength(uint256 value) private pure returns (uint256) {
        return value == 0 ? 0 : Math.log2(value) + 1;
    }

    /// @dev Number of bits set in `value`; each round clears the lowest.
    function _bitCount(uint256 value) private pure returns (uint256 bits) {
        unchecked {
            for (; value != 0; value &= value - 1) ++bits;
        }
    }
}
