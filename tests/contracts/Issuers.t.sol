// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICredentialRegistry} from "../../contracts/ICredentialRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

contract IssuersTest is RegistryTest {
    function test_registering_makes_the_caller_issuer_and_admin() public {
        _expectEvent();
        emit ICredentialRegistry.IssuerRegistered(OTHER_ISSUER, "did:web:issuer.example");
        _register(OTHER_ISSUER);

        (bytes32 didHash, address admin, address pendingAdmin, uint64 registeredAt) = registry.issuerOf(OTHER_ISSUER);
        vm.assertEq(didHash, keccak256("did:web:issuer.example"), "didHash");
        vm.assertEq(admin, OTHER_ISSUER, "admin");
        vm.assertEq(pendingAdmin, address(0), "pendingAdmin");
        vm.assertEq(registeredAt, START, "registeredAt");
    }

    function test_an_issuer_nobody_registered_reads_as_zero() public view {
        (bytes32 didHash, address admin, address pendingAdmin, uint64 registeredAt) = registry.issuerOf(NOBODY);
        vm.assertEq(didHash, bytes32(0), "didHash");
        vm.assertEq(admin, address(0), "admin");
        vm.assertEq(pendingAdmin, address(0), "pendingAdmin");
        vm.assertEq(registeredAt, 0, "registeredAt");
    }

    function test_nobody_registers_twice() public {
        _refuse(abi.encodeWithSelector(ICredentialRegistry.IssuerAlreadyRegistered.selector, ISSUER));
        vm.prank(ISSUER);
        registry.registerIssuer("did:web:another.example");
    }

    function test_a_former_admin_still_cannot_register_its_id_again() public {
        _handOver(STRANGER);
        _refuse(abi.encodeWithSelector(ICredentialRegistry.IssuerAlreadyRegistered.selector, ISSUER));
        vm.prank(ISSUER);
        registry.registerIssuer("did:web:another.example");
    }

    function test_a_did_starts_with_its_scheme() public {
        string[6] memory wrong = ["", "d", "did", "DID:web:a", "id:web:a", "https://issuer.example"];
        for (uint256 i = 0; i < wrong.length; ++i) {
            _refuse(abi.encodeWithSelector(ICredentialRegistry.DidPrefixMissing.selector, wrong[i]));
            vm.prank(OTHER_ISSUER);
            registry.registerIssuer(wrong[i]);
        }
    }

    function test_a_did_has_at_most_2048_bytes() public {
        string memory longest = string.concat("did:", _text(2044));
        _refuse(abi.encodeWithSelector(ICredentialRegistry.DidTooLong.selector, 2049, 2048));
        vm.prank(OTHER_ISSUER);
        registry.registerIssuer(string.concat(longest, "a"));

        vm.prank(OTHER_ISSUER);
        registry.registerIssuer(longest);
        (bytes32 didHash, , , ) = registry.issuerOf(OTHER_ISSUER);
        vm.assertEq(didHash, keccak256(bytes(longest)), "didHash");
    }

    function test_the_admin_moves_in_two_steps() public {
        _expectEvent();
        emit ICredentialRegistry.AdminProposed(ISSUER, STRANGER);
        vm.prank(ISSUER);
        registry.proposeAdmin(ISSUER, STRANGER);
        _assertAdmins(ISSUER, STRANGER);

        _expectEvent();
        emit ICredentialRegistry.AdminAccepted(ISSUER, STRANGER);
        vm.prank(STRANGER);
        registry.acceptAdmin(ISSUER);
        _assertAdmins(STRANGER, address(0));
    }

    function test_a_former_admin_has_no_power_left() public {
        _handOver(STRANGER);
        vm.assertEq(registry.rolesOf(ISSUER, ISSUER), 0, "roles of the former admin");
        vm.assertEq(registry.rolesOf(ISSUER, STRANGER), 7, "roles of the admin");

        _refuseAdmin(ISSUER);
        vm.prank(ISSUER);
        registry.proposeAdmin(ISSUER, ISSUER);
        _refuseRole(ISSUER, ANCHOR);
        vm.prank(ISSUER);
        registry.anchor(ISSUER, ROOT, 1);
    }

    function test_an_admin_accepted_once_cannot_accept_again() public {
        _handOver(STRANGER);
        vm.prank(STRANGER);
        registry.proposeAdmin(ISSUER, NOBODY);
        vm.prank(NOBODY);
        registry.acceptAdmin(ISSUER);

        _refuse(abi.encodeWithSelector(ICredentialRegistry.NotPendingAdmin.selector, ISSUER, STRANGER));
        vm.prank(STRANGER);
        registry.acceptAdmin(ISSUER);
    }

    function test_only_the_admin_proposes() public {
        address[2] memory others = [DELEGATE, STRANGER];
        for (uint256 i = 0; i < others.length; ++i) {
            _refuseAdmin(others[i]);
            vm.prank(others[i]);
            registry.proposeAdmin(ISSUER, others[i]);
        }
    }

    function test_only_the_account_proposed_accepts() public {
        vm.prank(ISSUER);
        registry.proposeAdmin(ISSUER, STRANGER);

        address[3] memory others = [ISSUER, DELEGATE, NOBODY];
        for (uint256 i = 0; i < others.length; ++i) {
            _refuse(abi.encodeWithSelector(ICredentialRegistry.NotPendingAdmin.selector, ISSUER, others[i]));
            vm.prank(others[i]);
            registry.acceptAdmin(ISSUER);
        }
        _assertAdmins(ISSUER, STRANGER);
    }

    function test_a_later_proposal_replaces_an_earlier_one() public {
        vm.prank(ISSUER);
        registry.proposeAdmin(ISSUER, STRANGER);
        vm.prank(ISSUER);
        registry.proposeAdmin(ISSUER, NOBODY);

        _refuse(abi.encodeWithSelector(ICredentialRegistry.NotPendingAdmin.selector, ISSUER, STRANGER));
        vm.prank(STRANGER);
        registry.acceptAdmin(ISSUER);
    }

    function test_a_proposal_can_be_taken_back() public {
        vm.prank(ISSUER);
        registry.proposeAdmin(ISSUER, STRANGER);
        vm.prank(ISSUER);
        registry.proposeAdmin(ISSUER, address(0));

        _refuse(abi.encodeWithSelector(ICredentialRegistry.NotPendingAdmin.selector, ISSUER, STRANGER));
        vm.prank(STRANGER);
        registry.acceptAdmin(ISSUER);
    }

    function test_the_zero_address_never_becomes_admin() public {
        address[2] memory issuers = [ISSUER, NOBODY];
        for (uint256 i = 0; i < issuers.length; ++i) {
            _refuse(abi.encodeWithSelector(ICredentialRegistry.NotPendingAdmin.selector, issuers[i], address(0)));
            vm.prank(address(0));
            registry.acceptAdmin(issuers[i]);
        }
    }

    function test_nobody_is_admin_of_an_issuer_nobody_registered() public {
        address[2] memory accounts = [NOBODY, address(0)];
        for (uint256 i = 0; i < accounts.length; ++i) {
            vm.assertEq(registry.rolesOf(NOBODY, accounts[i]), 0, "roles");
            _refuse(abi.encodeWithSelector(ICredentialRegistry.IssuerUnknown.selector, NOBODY));
            vm.prank(accounts[i]);
            registry.setDelegate(NOBODY, STRANGER, ANCHOR);
        }
    }

    function test_the_admin_holds_all_three_roles() public view {
        vm.assertEq(registry.rolesOf(ISSUER, ISSUER), 7, "roles");
    }

    function test_a_delegate_holds_exactly_the_roles_last_given() public {
        for (uint8 roles = 0; roles <= 7; ++roles) {
            _expectEvent();
            emit ICredentialRegistry.DelegateSet(ISSUER, STRANGER, roles);
            _delegate(STRANGER, roles);
            vm.assertEq(registry.rolesOf(ISSUER, STRANGER), roles, "roles");
        }
    }

    function test_a_role_that_means_nothing_is_refused(uint8 roles) public {
        roles = uint8(_bound(roles, 8, 255));
        _refuse(abi.encodeWithSelector(ICredentialRegistry.UnknownRoles.selector, roles));
        _delegate(STRANGER, roles);
    }

    function test_the_lowest_unknown_role_is_refused() public {
        _refuse(abi.encodeWithSelector(ICredentialRegistry.UnknownRoles.selector, 8));
        _delegate(STRANGER, 8);
    }

    function test_only_the_admin_sets_delegates() public {
        address[2] memory others = [DELEGATE, STRANGER];
        for (uint256 i = 0; i < others.length; ++i) {
            _refuseAdmin(others[i]);
            vm.prank(others[i]);
            registry.setDelegate(ISSUER, others[i], 7);
        }
    }

    function test_a_role_at_one_issuer_is_none_at_another() public {
        _register(OTHER_ISSUER);
        vm.assertEq(registry.rolesOf(OTHER_ISSUER, DELEGATE), 0, "roles of the delegate");
        vm.assertEq(registry.rolesOf(OTHER_ISSUER, ISSUER), 0, "roles of the other admin");
        _refuse(abi.encodeWithSelector(ICredentialRegistry.MissingRole.selector, OTHER_ISSUER, DELEGATE, ANCHOR));
        vm.prank(DELEGATE);
        registry.anchor(OTHER_ISSUER, ROOT, 1);
    }

    function test_each_write_takes_its_own_role(uint8 roles) public {
        roles = uint8(_bound(roles, 0, 7));
        _delegate(STRANGER, roles);

        if (roles & ANCHOR == 0) _refuseRole(STRANGER, ANCHOR);
        vm.prank(STRANGER);
        registry.anchor(ISSUER, ROOT, 1);
        if (roles & SUSPEND == 0) _refuseRole(STRANGER, SUSPEND);
        vm.prank(STRANGER);
        registry.suspend(ISSUER, _list(LEAF), 0);
        if (roles & SUSPEND == 0) _refuseRole(STRANGER, SUSPEND);
        vm.prank(STRANGER);
        registry.reinstate(ISSUER, _list(LEAF));
        if (roles & REVOKE == 0) _refuseRole(STRANGER, REVOKE);
        vm.prank(STRANGER);
        registry.revoke(ISSUER, _list(LEAF), 0);
    }

    function test_each_single_role_opens_its_own_write_only() public {
        uint8[4] memory cases = [0, ANCHOR, SUSPEND, REVOKE];
        for (uint256 i = 0; i < cases.length; ++i) test_each_write_takes_its_own_role(cases[i]);
    }

    function _handOver(address newAdmin) private {
        vm.prank(ISSUER);
        registry.proposeAdmin(ISSUER, newAdmin);
        vm.prank(newAdmin);
        registry.acceptAdmin(ISSUER);
    }

    function _assertAdmins(address admin, address pendingAdmin) private view {
        (, address foundAdmin, address foundPending, ) = registry.issuerOf(ISSUER);
        vm.assertEq(foundAdmin, admin, "admin");
        vm.assertEq(foundPending, pendingAdmin, "pendingAdmin");
    }
}
