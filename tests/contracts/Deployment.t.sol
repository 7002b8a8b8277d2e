// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CredentialRegistry} from "../../contracts/CredentialRegistry.sol";
import {ICredentialRegistry} from "../../contracts/ICredentialRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

/// @notice The contract as it lies on a chain: its code, its place and its storage slots.
contract DeploymentTest is RegistryTest {
    function test_the_code_is_the_same_on_every_chain_and_at_every_address() public {
        bytes memory code = address(registry).code;
        vm.chainId(11_155_111);
        CredentialRegistry elsewhere = new CredentialRegistry();
        vm.assertEq(address(elsewhere).code, code, "code");
        vm.assertEq(code, type(CredentialRegistry).runtimeCode, "runtime code");
    }

    function test_create2_puts_it_where_the_creation_code_says_on_any_chain() public {
        bytes32 codeHash = keccak256(type(CredentialRegistry).creationCode);
        bytes32 derived = keccak256(abi.encodePacked(bytes1(0xff), address(this), bytes32(0), codeHash));
        vm.chainId(11_155_111);
        CredentialRegistry deployed = new CredentialRegistry{salt: 0}();
        vm.assertEq(address(deployed), address(uint160(uint256(derived))), "address");
    }

    function test_it_takes_no_ether_and_no_unknown_call() public {
        (bool paid, ) = address(registry).call{value: 1}("");
        vm.assertTrue(!paid, "plain ether");
        (bool called, ) = address(registry).call(hex"8da5cb5b"); // owner()
        vm.assertTrue(!called, "owner()");
        vm.prank(ISSUER);
        (bool written, ) = address(registry).call{value: 1}(
            abi.encodeCall(ICredentialRegistry.anchor, (ISSUER, ROOT, 1))
        );
        vm.assertTrue(!written, "ether with a call");
    }

    // The slot formulas of docs/contract.md, one test each: state proofs are computed from them.

    function test_an_issuer_lies_in_three_slots_from_mapping_0() public {
        vm.prank(ISSUER);
        registry.proposeAdmin(ISSUER, STRANGER);
        bytes32 slot = _slot(ISSUER, bytes32(uint256(0)));
        _assertSlot(slot, bytes32(uint256(uint160(ISSUER)) | (uint256(START) << 160)), "admin and registeredAt");
        _assertSlot(_next(slot, 1), keccak256("did:web:issuer.example"), "didHash");
        _assertSlot(_next(slot, 2), _word(STRANGER), "pendingAdmin");
    }

    function test_a_delegate_lies_in_one_slot_of_mapping_1() public view {
        _assertSlot(_slot(DELEGATE, _slot(ISSUER, bytes32(uint256(1)))), bytes32(uint256(7)), "roles");
    }

    function test_a_signing_key_lies_in_one_slot_of_mapping_2() public {
        bytes32 keyHash = _addKey();
        bytes32 slot = keccak256(abi.encode(keyHash, _slot(ISSUER, bytes32(uint256(2)))));
        _assertSlot(slot, bytes32(uint256(START) | (uint256(NEVER) << 64)), "addedAt and retiredSince");
    }

    function test_an_anchor_lies_in_one_slot_of_mapping_3() public {
        _anchor(ROOT, 7);
        vm.warp(START + 100);
        vm.prank(ISSUER);
        registry.revokeBatch(ISSUER, ROOT, 7);
        bytes32 key = keccak256(abi.encode(ISSUER, ROOT, uint64(7)));
        bytes32 slot = keccak256(abi.encode(key, uint256(3)));
        uint256 word = uint256(START) | (uint256(1_000) << 64) | (uint256(START + 100) << 128);
        _assertSlot(slot, bytes32(word), "anchor");
    }

    function test_a_status_lies_in_one_slot_of_mapping_4() public {
        _suspend(LEAF, 4);
        vm.warp(START + 100);
        _revoke(LEAF, 2);
        bytes32 slot = keccak256(abi.encode(LEAF, _slot(ISSUER, bytes32(uint256(4)))));
        uint256 word = uint256(START + 100) | (uint256(START) << 64) | (uint256(2) << 128);
        _assertSlot(slot, bytes32(word), "status");
    }

    function test_accreditations_lie_in_a_list_in_mapping_5() public {
        _accredit(NEVER, "University");
        _accredit(START + 100, _text(40));
        bytes32 slot = _slot(ISSUER, _slot(ACCREDITOR, bytes32(uint256(5))));
        _assertSlot(slot, bytes32(uint256(2)), "number of entries");

        bytes32 first = keccak256(abi.encode(slot));
        _assertSlot(first, bytes32(uint256(START) | (uint256(NEVER) << 64)), "since and until");
        bytes32 short = bytes32("University") | bytes32(uint256(2 * 10));
        _assertSlot(_next(first, 1), short, "a name of up to 31 bytes, with its doubled length");

        bytes32 second = _next(first, 2);
        _assertSlot(second, bytes32(uint256(START) | (uint256(START + 100) << 64)), "since and until");
        _assertSlot(_next(second, 1), bytes32(uint256(2 * 40 + 1)), "a longer name: its doubled length and 1");
        bytes32 text = keccak256(abi.encode(_next(second, 1)));
        _assertSlot(text, bytes32(bytes(_text(32))), "its first 32 bytes");
        _assertSlot(_next(text, 1), bytes32(bytes(_text(8))), "the rest");
    }

    function _assertSlot(bytes32 slot, bytes32 word, string memory what) private view {
        vm.assertEq(vm.load(address(registry), slot), word, what);
    }

    /// @dev Slot of `key` in the mapping at `mappingSlot`.
    function _slot(address key, bytes32 mappingSlot) private pure returns (bytes32) {
        return keccak256(abi.encode(key, mappingSlot));
    }

    function _next(bytes32 slot, uint256 offset) private pure returns (bytes32) {
        return bytes32(uint256(slot) + offset);
    }

    function _word(address account) private pure returns (bytes32) {
        return bytes32(uint256(uint160(account)));
    }
}
