// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICredentialRegistry} from "../../contracts/ICredentialRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

contract AccreditationsTest is RegistryTest {
    ICredentialRegistry.AccreditationStatus private constant NONE = ICredentialRegistry.AccreditationStatus.None;
    ICredentialRegistry.AccreditationStatus private constant ACTIVE = ICredentialRegistry.AccreditationStatus.Active;
    ICredentialRegistry.AccreditationStatus private constant EXPIRED = ICredentialRegistry.AccreditationStatus.Expired;
    ICredentialRegistry.AccreditationStatus private constant WITHDRAWN = ICredentialRegistry
        .AccreditationStatus
        .Withdrawn;

    function test_without_an_entry_the_answer_is_none(address accreditor, address issuer, uint64 time) public view {
        (ICredentialRegistry.AccreditationStatus status, uint64 since, uint64 until, string memory name) = registry
            .accreditationAt(accreditor, issuer, time);
        vm.assertEq(uint8(status), uint8(NONE), "status");
        vm.assertEq(since, 0, "since");
        vm.assertEq(until, 0, "until");
        vm.assertEq(name, "", "name");
    }

    function test_an_accreditation_is_in_force_from_its_entry_to_its_end() public {
        _expectEvent();
        emit ICredentialRegistry.Accredited(
            ACCREDITOR,
            ISSUER,
            START + 100,
            "University",
            "https://accreditor.example/issuer"
        );
        _accredit(START + 100, "University");
        _assertAt(START - 1, NONE, 0, 0, "");
        _assertAt(START, ACTIVE, START, START + 100, "University");
        _assertAt(START + 99, ACTIVE, START, START + 100, "University");
        _assertAt(START + 100, EXPIRED, START, START + 100, "University");
        _assertAt(NEVER, EXPIRED, START, START + 100, "University");
    }

    function test_a_withdrawal_ends_it_and_leaves_the_past() public {
        _accredit(NEVER, "University");
        vm.warp(START + 50);
        _expectEvent();
        emit ICredentialRegistry.AccreditationWithdrawn(ACCREDITOR, ISSUER);
        _withdraw();
        _assertAt(START + 49, ACTIVE, START, NEVER, "University");
        _assertAt(START + 50, WITHDRAWN, START + 50, 0, "");
        _assertAt(NEVER, WITHDRAWN, START + 50, 0, "");
    }

    function test_a_new_entry_prolongs_shortens_or_renames() public {
        _accredit(START + 100, "First");
        vm.warp(START + 50);
        _accredit(START + 1_000, "Second");
        vm.warp(START + 60);
        _accredit(START + 70, "Third");
        _assertAt(START + 49, ACTIVE, START, START + 100, "First");
        _assertAt(START + 50, ACTIVE, START + 50, START + 1_000, "Second");
        _assertAt(START + 60, ACTIVE, START + 60, START + 70, "Third");
        _assertAt(START + 70, EXPIRED, START + 60, START + 70, "Third");
    }

    function test_of_two_entries_in_one_block_the_second_holds() public {
        _accredit(START + 100, "First");
        _accredit(START + 200, "Second");
        _assertAt(START, ACTIVE, START, START + 200, "Second");
        _assertAt(START - 1, NONE, 0, 0, "");
    }

    function test_accredited_and_withdrawn_in_one_block_was_never_in_force() public {
        _accredit(NEVER, "University");
        _withdraw();
        _assertAt(START, WITHDRAWN, START, 0, "");
        _assertAt(START - 1, NONE, 0, 0, "");
    }

    function test_after_a_withdrawal_the_accreditor_may_vouch_again() public {
        _accredit(NEVER, "University");
        vm.warp(START + 50);
        _withdraw();
        vm.warp(START + 60);
        _accredit(NEVER, "University");
        _assertAt(START + 59, WITHDRAWN, START + 50, 0, "");
        _assertAt(START + 60, ACTIVE, START + 60, NEVER, "University");
    }

    function test_what_is_not_in_force_cannot_be_withdrawn() public {
        _refuseWithdrawal();
        _withdraw();
    }

    function test_what_was_withdrawn_cannot_be_withdrawn_again() public {
        _accredit(NEVER, "University");
        _withdraw();
        _refuseWithdrawal();
        _withdraw();
    }

    function test_what_expired_cannot_be_withdrawn() public {
        _accredit(START + 100, "University");
        vm.warp(START + 100);
        _refuseWithdrawal();
        _withdraw();
    }

    function test_what_is_about_to_expire_can_be_withdrawn() public {
        _accredit(START + 100, "University");
        vm.warp(START + 99);
        _withdraw();
        _assertAt(START + 99, WITHDRAWN, START + 99, 0, "");
    }

    function test_an_end_that_is_not_in_the_future_is_refused(uint64 until) public {
        until = uint64(_bound(until, 0, START));
        _refuse(abi.encodeWithSelector(ICredentialRegistry.AccreditationEndNotInFuture.selector, until));
        _accredit(until, "University");
    }

    function test_an_end_at_this_very_moment_is_refused() public {
        test_an_end_that_is_not_in_the_future_is_refused(START);
    }

    function test_an_issuer_nobody_registered_cannot_be_accredited() public {
        _refuse(abi.encodeWithSelector(ICredentialRegistry.IssuerUnknown.selector, NOBODY));
        vm.prank(ACCREDITOR);
        registry.accredit(NOBODY, NEVER, "University", "");
    }

    function test_a_name_has_1_to_256_bytes() public {
        _accredit(NEVER, _text(1));
        _accredit(NEVER, _text(256));
        _assertAt(START, ACTIVE, START, NEVER, _text(256));

        uint256[2] memory wrong = [uint256(0), 257];
        for (uint256 i = 0; i < wrong.length; ++i) {
            _refuse(abi.encodeWithSelector(ICredentialRegistry.NameLengthOutOfRange.selector, wrong[i], 256));
            _accredit(NEVER, _text(wrong[i]));
        }
    }

    function test_a_uri_has_at_most_2048_bytes() public {
        vm.prank(ACCREDITOR);
        registry.accredit(ISSUER, NEVER, "University", _text(2048));
        _refuse(abi.encodeWithSelector(ICredentialRegistry.UriTooLong.selector, 2049, 2048));
        vm.prank(ACCREDITOR);
        registry.accredit(ISSUER, NEVER, "University", _text(2049));
    }

    function test_each_accreditor_speaks_for_itself_and_of_one_issuer() public {
        _register(OTHER_ISSUER);
        _accredit(NEVER, "University");
        _assertStatusOf(STRANGER, ISSUER, NONE);
        _assertStatusOf(ACCREDITOR, OTHER_ISSUER, NONE);
        _assertStatusOf(ISSUER, ACCREDITOR, NONE);

        _refuse(abi.encodeWithSelector(ICredentialRegistry.AccreditationNotInForce.selector, STRANGER, ISSUER));
        vm.prank(STRANGER);
        registry.withdrawAccreditation(ISSUER);
    }

    function test_the_search_finds_what_a_walk_finds(uint256 seed, uint64 time) public {
        uint256 count = _bound(seed, 1, 24);
        uint64[] memory times = new uint64[](count);
        uint64 moment = START;
        for (uint256 i = 0; i < count; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            moment += uint64(seed % 4); // 0: the same block as the entry before
            vm.warp(moment);
            times[i] = moment;
            _accredit(NEVER - uint64(i), "University");
        }
        time = uint64(_bound(time, START - 2, moment + 2));

        uint64 since;
        uint64 until;
        for (uint256 i = 0; i < count; ++i) {
            if (times[i] <= time) (since, until) = (times[i], NEVER - uint64(i));
        }
        _assertAt(time, since == 0 ? NONE : ACTIVE, since, until, since == 0 ? "" : "University");
    }

    function _withdraw() private {
        vm.prank(ACCREDITOR);
        registry.withdrawAccreditation(ISSUER);
    }

    function _refuseWithdrawal() private {
        _refuse(abi.encodeWithSelector(ICredentialRegistry.AccreditationNotInForce.selector, ACCREDITOR, ISSUER));
    }

    function _assertStatusOf(
        address accreditor,
        address issuer,
        ICredentialRegistry.AccreditationStatus status
    ) private view {
        (ICredentialRegistry.AccreditationStatus found, , , ) = registry.accreditationAt(accreditor, issuer, NEVER - 1);
        vm.assertEq(uint8(found), uint8(status), "status");
    }

    function _assertAt(
        uint64 time,
        ICredentialRegistry.AccreditationStatus status,
        uint64 since,
        uint64 until,
        string memory name
    ) private view {
        (ICredentialRegistry.AccreditationStatus found, uint64 from, uint64 to, string memory called) = registry
            .accreditationAt(ACCREDITOR, ISSUER, time);
        vm.assertEq(uint8(found), uint8(status), "status");
        vm.assertEq(from, since, "since");
        vm.assertEq(to, until, "until");
        vm.assertEq(called, name, "name");
    }
}
