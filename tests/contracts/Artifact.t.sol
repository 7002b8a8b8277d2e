// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CredentialRegistry} from "../../contracts/CredentialRegistry.sol";
import {Vm} from "./Vm.sol";

/// @notice The generated file that the Python package ships, against the contract that these tests ran.
contract ArtifactTest {
    Vm private constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);

    string private artifact;

    function setUp() public {
        artifact = vm.readFile("registry/chain/CredentialRegistry.json");
    }

    function test_what_is_shipped_is_what_is_tested() public view {
        vm.assertEq(_member(".bytecode"), type(CredentialRegistry).creationCode, "bytecode");
        vm.assertEq(_member(".deployedBytecode"), type(CredentialRegistry).runtimeCode, "deployedBytecode");
    }

    function test_its_address_is_where_create2_puts_it() public view {
        address deployer = abi.decode(vm.parseJson(artifact, ".deployer"), (address));
        bytes32 salt = abi.decode(vm.parseJson(artifact, ".salt"), (bytes32));
        bytes32 codeHash = keccak256(type(CredentialRegistry).creationCode);
        bytes32 derived = keccak256(abi.encodePacked(bytes1(0xff), deployer, salt, codeHash));
        address stated = abi.decode(vm.parseJson(artifact, ".address"), (address));
        vm.assertEq(stated, address(uint160(uint256(derived))), "address");
    }

    function _member(string memory key) private view returns (bytes memory) {
        return abi.decode(vm.parseJson(artifact, key), (bytes));
    }
}
