// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {HolderGate} from "../../contracts/examples/HolderGate.sol";
import {ICredentialRegistry} from "../../contracts/ICredentialRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";
import {SlowTree} from "./SlowTree.sol";

contract ExampleHolderGateTest is RegistryTest {
    uint256 private constant ATTESTER_KEY = 0xa77e57;
    uint64 private constant SIZE = 5;
    uint64 private constant INDEX = 3;
    uint64 private constant DEADLINE = START + 3_600;
    address private constant HOLDER = address(0x401de5);
    address private constant EMPLOYER = address(0xe3b105e5);

    HolderGate private gate;
    bytes32[] private leaves;
    bytes32[] private path;
    bytes32 private root;

    function setUp() public override {
        super.setUp();
        gate = new HolderGate(registry, ISSUER, vm.addr(ATTESTER_KEY));
        for (uint256 i = 0; i < SIZE; ++i) leaves.push(sha256(abi.encode(i)));
        // Kept, because hashing is a call, and a prank or an expected refusal would be spent on it.
        (root, path) = (SlowTree.root(leaves), SlowTree.path(INDEX, leaves));
    }

    function test_the_attested_holder_of_a_standing_credential_comes_in() public {
        _anchorAll();
        bytes memory claim = _claim(HOLDER, DEADLINE);
        vm.expectEmit(true, true, true, true, address(gate));
        emit HolderGate.Admitted(leaves[INDEX], HOLDER);
        vm.prank(HOLDER);
        gate.admit(_place(), DEADLINE, claim);
        vm.assertTrue(gate.isAdmitted(HOLDER, _place()), "admitted");
        vm.expectEmit(true, true, true, true, address(gate));
        emit HolderGate.Entered(leaves[INDEX], HOLDER);
        vm.prank(HOLDER);
        gate.enter(_place());
    }

    function test_whoever_was_shown_bundle_and_claim_stays_out(address stranger) public {
        vm.assume(stranger != HOLDER);
        _anchorAll();
        bytes memory claim = _claim(HOLDER, DEADLINE);
        _refuseClaim(stranger);
        vm.prank(stranger);
        gate.admit(_place(), DEADLINE, claim);
        _admit(HOLDER);
        _refuse(abi.encodeWithSelector(HolderGate.NotHolder.selector, leaves[INDEX], stranger));
        vm.prank(stranger);
        gate.enter(_place());
        vm.assertTrue(!gate.isAdmitted(stranger, _place()), "a stranger");
    }

    function test_a_gate_without_issuer_or_attester_is_not_made() public {
        _refuse(abi.encodeWithSelector(HolderGate.PartyMissing.selector));
        new HolderGate(registry, address(0), vm.addr(ATTESTER_KEY));
        _refuse(abi.encodeWithSelector(HolderGate.PartyMissing.selector));
        new HolderGate(registry, ISSUER, address(0));
    }

    function test_nobody_holds_a_leaf_that_is_not_bound() public {
        _anchorAll();
        vm.assertTrue(!gate.isAdmitted(address(0), _place()), "the zero address");
        vm.assertTrue(!gate.isAdmitted(HOLDER, _place()), "before admission");
    }

    function test_a_claim_of_anybody_else_does_not_count(uint256 key) public {
        key = _bound(key, 1, type(uint128).max);
        vm.assume(key != ATTESTER_KEY);
        _anchorAll();
        bytes memory claim = _signed(key, gate.claimDigest(leaves[INDEX], HOLDER, DEADLINE));
        _refuseClaim(HOLDER);
        vm.prank(HOLDER);
        gate.admit(_place(), DEADLINE, claim);
    }

    function test_a_claim_is_for_its_leaf_alone() public {
        _anchorAll();
        bytes memory claim = _claim(HOLDER, DEADLINE);
        HolderGate.Place memory other = HolderGate.Place(leaves[0], 0, SIZE, SlowTree.path(0, leaves));
        _refuse(abi.encodeWithSelector(HolderGate.ClaimNotAttested.selector, leaves[0], HOLDER));
        vm.prank(HOLDER);
        gate.admit(other, DEADLINE, claim);
    }

    function test_a_claim_is_good_to_its_last_second_and_its_deadline_cannot_be_moved() public {
        _anchorAll();
        bytes memory claim = _claim(HOLDER, DEADLINE);
        _refuseClaim(HOLDER);
        vm.prank(HOLDER);
        gate.admit(_place(), DEADLINE + 1, claim);
        vm.warp(DEADLINE + 1);
        _refuse(abi.encodeWithSelector(HolderGate.ClaimExpired.selector, DEADLINE));
        vm.prank(HOLDER);
        gate.admit(_place(), DEADLINE, claim);
        vm.warp(DEADLINE);
        _admit(HOLDER);
    }

    function test_a_claim_for_another_gate_or_chain_does_not_count() public {
        _anchorAll();
        bytes memory claim = _claim(HOLDER, DEADLINE);
        HolderGate other = new HolderGate(registry, ISSUER, vm.addr(ATTESTER_KEY));
        _refuseClaim(HOLDER);
        vm.prank(HOLDER);
        other.admit(_place(), DEADLINE, claim);
        vm.chainId(5);
        _refuseClaim(HOLDER);
        vm.prank(HOLDER);
        gate.admit(_place(), DEADLINE, claim);
    }

    function test_a_credential_comes_in_once_even_if_the_attester_claims_it_for_two() public {
        _anchorAll();
        _admit(HOLDER);
        bytes memory claim = _claim(EMPLOYER, DEADLINE);
        _refuse(abi.encodeWithSelector(HolderGate.LeafTaken.selector, leaves[INDEX], HOLDER));
        vm.prank(EMPLOYER);
        gate.admit(_place(), DEADLINE, claim);
        _admit(HOLDER);
        vm.assertEq(gate.holderOf(leaves[INDEX]), HOLDER, "the first holder");
    }

    function test_the_attester_cannot_admit_what_does_not_stand() public {
        _refuseAdmission(ICredentialRegistry.Verdict.NotAnchored);
        _anchorAll();
        _suspend(leaves[INDEX], 0);
        _refuseAdmission(ICredentialRegistry.Verdict.Suspended);
        _revoke(leaves[INDEX], 0);
        _refuseAdmission(ICredentialRegistry.Verdict.Revoked);
        vm.prank(ISSUER);
        registry.revokeBatch(ISSUER, root, SIZE);
        _refuseAdmission(ICredentialRegistry.Verdict.BatchRevoked);
    }

    function test_what_another_issuer_anchored_does_not_count() public {
        _register(OTHER_ISSUER);
        vm.prank(OTHER_ISSUER);
        registry.anchor(OTHER_ISSUER, root, SIZE);
        _refuseAdmission(ICredentialRegistry.Verdict.NotAnchored);
    }

    function test_a_wrong_place_is_refused() public {
        _anchorAll();
        HolderGate.Place memory place = _place();
        place.treeSize = INDEX;
        bytes memory claim = _claim(HOLDER, DEADLINE);
        _refuseStanding(ICredentialRegistry.Verdict.Malformed);
        vm.prank(HOLDER);
        gate.admit(place, DEADLINE, claim);
    }

    function test_who_was_admitted_is_out_while_suspended_and_for_good_when_revoked() public {
        _anchorAll();
        _admit(HOLDER);
        _suspend(leaves[INDEX], 0);
        _assertOut(ICredentialRegistry.Verdict.Suspended);
        _reinstate(leaves[INDEX]);
        vm.assertTrue(gate.isAdmitted(HOLDER, _place()), "reinstated");
        _revoke(leaves[INDEX], 0);
        _assertOut(ICredentialRegistry.Verdict.Revoked);
    }

    function _assertOut(ICredentialRegistry.Verdict verdict) private {
        vm.assertTrue(!gate.isAdmitted(HOLDER, _place()), "out");
        HolderGate.Place memory place = _place();
        _refuseStanding(verdict);
        vm.prank(HOLDER);
        gate.enter(place);
    }

    function _anchorAll() private {
        _anchor(root, SIZE);
    }

    function _admit(address account) private {
        bytes memory claim = _claim(account, DEADLINE);
        HolderGate.Place memory place = _place();
        vm.prank(account);
        gate.admit(place, DEADLINE, claim);
    }

    function _refuseAdmission(ICredentialRegistry.Verdict verdict) private {
        bytes memory claim = _claim(HOLDER, DEADLINE);
        HolderGate.Place memory place = _place();
        _refuseStanding(verdict);
        vm.prank(HOLDER);
        gate.admit(place, DEADLINE, claim);
    }

    function _refuseStanding(ICredentialRegistry.Verdict verdict) private {
        _refuse(abi.encodeWithSelector(HolderGate.NotStanding.selector, leaves[INDEX], verdict));
    }

    function _refuseClaim(address account) private {
        _refuse(abi.encodeWithSelector(HolderGate.ClaimNotAttested.selector, leaves[INDEX], account));
    }

    function _claim(address account, uint64 deadline) private view returns (bytes memory) {
        return _signed(ATTESTER_KEY, gate.claimDigest(leaves[INDEX], account, deadline));
    }

    function _signed(uint256 key, bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function _place() private view returns (HolderGate.Place memory) {
        return HolderGate.Place(leaves[INDEX], INDEX, SIZE, path);
    }
}
