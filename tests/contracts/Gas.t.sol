// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICredentialRegistry} from "../../contracts/ICredentialRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

/// @notice What each call costs as a transaction: cold storage, call data and refunds included, by a delegate.
/// @dev `recorded` is the figure of docs/contract.md and is exact: change both together. `bar` is design 5's and hard.
/// The roots, leaves and addresses here have no zero byte, which makes them the dearest.
contract GasTest is RegistryTest {
    uint64 private constant SIZE = 1_000;

    bytes32[] private path;

    function setUp() public override {
        super.setUp();
        for (uint160 i = 0; i < 9; ++i) {
            _register(_issuer(i));
            vm.prank(_issuer(i));
            registry.setDelegate(_issuer(i), DELEGATE, ANCHOR);
        }
    }

    function test_anchoring_one_root() public {
        _anchor(_digest(0), SIZE);
        _assertGas({recorded: 49_673, bar: 49_900});
    }

    function test_anchoring_ten_roots_of_one_issuer() public {
        _anchorMany(_batches(10, 0));
        _assertGas({recorded: 289_477, bar: 290_000});
    }

    function test_anchoring_ten_roots_of_ten_issuers() public {
        _anchorMany(_batches(10, 9));
        _assertGas({recorded: 307_477, bar: 315_000});
    }

    function test_anchoring_nine_roots_of_nine_issuers() public {
        _anchorMany(_batches(9, 9));
        _assertGas({recorded: 278_913, bar: 283_500});
    }

    function test_anchoring_again_what_stands() public {
        _anchor(_digest(0), SIZE);
        _anchor(_digest(0), SIZE);
        _assertGas(27_432);
    }

    function test_relaying_one_root() public {
        address signer = vm.addr(0xA11CE);
        _delegate(signer, ANCHOR);
        bytes memory signature = _signature(signer);
        registry.anchorFor(ISSUER, _digest(0), SIZE, signer, NEVER, signature);
        _assertGas(57_543);
    }

    function test_revoking_one_leaf() public {
        _revokeMany(1);
        _assertGas({recorded: 50_182, bar: 50_400});
    }

    function test_revoking_ten_leaves() public {
        _revokeMany(10);
        _assertGas(277_369);
    }

    function test_revoking_a_hundred_leaves() public {
        _revokeMany(100);
        _assertGas({recorded: 2_549_239, bar: 2_600_000});
    }

    function test_suspending_one_leaf() public {
        _suspend(_digest(0), 1);
        _assertGas(50_245);
    }

    function test_reinstating_one_leaf() public {
        _suspend(_digest(0), 1);
        _reinstate(_digest(0));
        _assertGas(27_789);
    }

    function test_revoking_a_batch() public {
        _anchor(_digest(0), SIZE);
        vm.prank(ISSUER);
        registry.revokeBatch(ISSUER, _digest(0), SIZE);
        _assertGas(32_245);
    }

    function test_adding_a_signing_key() public {
        vm.prank(ISSUER);
        registry.addSigningKey(ISSUER, KEY);
        _assertGas(51_271);
    }

    function test_retiring_a_signing_key() public {
        bytes32 keyHash = _addKey();
        vm.prank(ISSUER);
        registry.retireSigningKey(ISSUER, keyHash, START);
        _assertGas(32_366);
    }

    function test_registering_an_issuer() public {
        _register(STRANGER);
        _assertGas(69_382);
    }

    function test_accrediting_an_issuer() public {
        _accredit(NEVER, "University of Somewhere");
        _assertGas(97_852);
    }

    function test_verifying_at_depth_twenty_on_the_left_edge() public {
        _assertVerifyGas(0, 13_897);
    }

    function test_verifying_at_depth_twenty_in_the_middle() public {
        _assertVerifyGas(0x55555, 13_997);
    }

    function test_verifying_at_depth_twenty_on_the_right_edge() public {
        _assertVerifyGas((1 << 20) - 1, 15_008);
    }

    /// @dev Execution gas of the call, cold: what a transaction adds for call data is not in it.
    function _assertVerifyGas(uint64 index, uint256 recorded) private {
        bytes32 node = _digest(0);
        for (uint256 level = 0; level < 20; ++level) {
            bytes32 sibling = _digest(level + 1);
            path.push(sibling);
            bool siblingIsLeft = (index >> level) & 1 == 1;
            node =
                siblingIsLeft
                    ? sha256(abi.encodePacked(bytes1(0x01), sibling, node))
                    : sha256(abi.encodePacked(bytes1(0x01), node, sibling));
        }
        _anchor(node, 1 << 20);
        (ICredentialRegistry.Verdict verdict, ) = registry.verify(ISSUER, _digest(0), index, 1 << 20, path);
        vm.assertEq(uint8(verdict), uint8(ICredentialRegistry.Verdict.Valid), "verdict");
        _assertGas({recorded: recorded, bar: 18_000});
    }

    function _assertGas(uint256 recorded, uint256 bar) private view {
        vm.assertLe(vm.lastCallGas().gasTotalUsed, bar, "gas above the bar");
        _assertGas(recorded);
    }

    function _assertGas(uint256 recorded) private view {
        vm.assertEq(vm.lastCallGas().gasTotalUsed, recorded, "gas differs from the figure in docs/contract.md");
    }

    function _anchorMany(ICredentialRegistry.Batch[] memory batches) private {
        vm.prank(DELEGATE);
        registry.anchorMany(batches);
    }

    function _revokeMany(uint256 count) private {
        bytes32[] memory leaves = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) leaves[i] = _digest(i);
        vm.prank(DELEGATE);
        registry.revoke(ISSUER, leaves, 1);
    }

    /// @dev `count` batches: `others` of them of an issuer of their own each, the rest of ISSUER.
    function _batches(uint256 count, uint256 others) private pure returns (ICredentialRegistry.Batch[] memory batches) {
        batches = new ICredentialRegistry.Batch[](count);
        for (uint256 i = 0; i < count; ++i) {
            address issuer = i < others ? _issuer(uint160(i)) : ISSUER;
            batches[i] = ICredentialRegistry.Batch(issuer, _digest(i), SIZE);
        }
    }

    function _signature(address signer) private view returns (bytes memory) {
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
        bytes32 anchor = keccak256(abi.encode(typeHash, ISSUER, _digest(0), SIZE, signer, NEVER));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(0xA11CE, keccak256(abi.encodePacked(hex"1901", domain, anchor)));
        return abi.encodePacked(r, s, v);
    }

    function _issuer(uint160 i) private pure returns (address) {
        return address(uint160(0x7777777777777777777777777777777777777701) + i);
    }

    function _digest(uint256 i) private pure returns (bytes32) {
        return bytes32(type(uint256).max / 0xff + i);
    }
}
