// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The tree as RFC 9162 defines it, by recursion and without a thought of cost: a second opinion on
/// InclusionProof, which shares no line with it.
library SlowTree {
    /// @notice MTH, RFC 9162 section 2.1.1, over leaf hashes.
    function root(bytes32[] memory leaves) internal pure returns (bytes32) {
        if (leaves.length == 1) return leaves[0];
        uint256 k = _split(leaves.length);
        return node(root(_slice(leaves, 0, k)), root(_slice(leaves, k, leaves.length)));
    }

    /// @notice PATH, RFC 9162 section 2.1.3.1: siblings of leaf `index`, nearest the leaf first.
    function path(uint256 index, bytes32[] memory leaves) internal pure returns (bytes32[] memory) {
        if (leaves.length == 1) return new bytes32[](0);
        uint256 k = _split(leaves.length);
        bytes32[] memory left = _slice(leaves, 0, k);
        bytes32[] memory right = _slice(leaves, k, leaves.length);
        return index < k ? _append(path(index, left), root(right)) : _append(path(index - k, right), root(left));
    }

    /// @notice The root that a path implies, by descending from the root: its last sibling is the other half's root.
    function rootFrom(
        bytes32 leaf,
        uint256 index,
        uint256 size,
        bytes32[] memory siblings
    ) internal pure returns (bool wellFormed, bytes32) {
        if (index >= size) return (false, 0);
        if (size == 1) return (siblings.length == 0, siblings.length == 0 ? leaf : bytes32(0));
        if (siblings.length == 0) return (false, 0);

        uint256 k = _split(size);
        bytes32 last = siblings[siblings.length - 1];
        bytes32[] memory rest = _slice(siblings, 0, siblings.length - 1);
        bytes32 half;
        (wellFormed, half) = index < k ? rootFrom(leaf, index, k, rest) : rootFrom(leaf, index - k, size - k, rest);
        if (!wellFormed) return (false, 0);
        return (true, index < k ? node(half, last) : node(last, half));
    }

    /// @notice How many siblings the path of leaf `index` has.
    function depth(uint256 index, uint256 size) internal pure returns (uint256) {
        if (size == 1) return 0;
        uint256 k = _split(size);
        return 1 + (index < k ? depth(index, k) : depth(index - k, size - k));
    }

    function node(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(bytes1(0x01), left, right));
    }

    /// @dev The largest power of two below `size`.
    function _split(uint256 size) private pure returns (uint256 k) {
        for (k = 1; k * 2 < size;) k *= 2;
    }

    function _slice(bytes32[] memory items, uint256 from, uint256 to) private pure returns (bytes32[] memory part) {
        part = new bytes32[](to - from);
        for (uint256 i = from; i < to; ++i) part[i - from] = items[i];
    }

    function _append(bytes32[] memory items, bytes32 item) private pure returns (bytes32[] memory longer) {
        longer = new bytes32[](items.length + 1);
        for (uint256 i = 0; i < items.length; ++i) longer[i] = items[i];
        longer[items.length] = item;
    }
}
