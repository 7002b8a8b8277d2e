// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICredentialRegistry} from "../../contracts/ICredentialRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

contract SigningKeysTest is RegistryTest {
    function test_a_key_is_known_by_the_sha256_of_its_bytes() public {
        _expectEvent();
        emit ICredentialRegistry.SigningKeyAdded(ISSUER, sha256(KEY), KEY);
        bytes32 keyHash = _addKey();
        _assertDates(keyHash, START, NEVER);
    }

    function test_a_key_never_added_is_unknown_at_any_time(uint64 time) public view {
        _assertDates(LEAF, 0, 0);
        _assertStatusAt(LEAF, time, ICredentialRegistry.KeyStatus.Unknown);
    }

    function test_a_key_counts_from_its_addition_on() public {
        bytes32 keyHash = _addKey();
        _assertStatusAt(keyHash, 0, ICredentialRegistry.KeyStatus.NotYetAdded);
        _assertStatusAt(keyHash, START - 1, ICredentialRegistry.KeyStatus.NotYetAdded);
        _assertStatusAt(keyHash, START, ICredentialRegistry.KeyStatus.Active);
        _assertStatusAt(keyHash, NEVER - 1, ICredentialRegistry.KeyStatus.Active);
    }

    function test_a_retired_key_counts_until_its_retirement() public {
        bytes32 keyHash = _addKey();
        vm.warp(START + 1_000);
        _expectEvent();
        emit ICredentialRegistry.SigningKeyRetired(ISSUER, keyHash, START + 500);
        _retire(keyHash, START + 500);

        _assertDates(keyHash, START, START + 500);
        _assertStatusAt(keyHash, START + 499, ICredentialRegistry.KeyStatus.Active);
        _assertStatusAt(keyHash, START + 500, ICredentialRegistry.KeyStatus.Retired);
        _assertStatusAt(keyHash, NEVER, ICredentialRegistry.KeyStatus.Retired);
    }

    function test_a_retirement_may_lie_in_the_future() public {
        bytes32 keyHash = _addKey();
        _retire(keyHash, START + 500);
        _assertStatusAt(keyHash, START, ICredentialRegistry.KeyStatus.Active);
        _assertStatusAt(keyHash, START + 500, ICredentialRegistry.KeyStatus.Retired);
    }

    function test_a_key_retired_from_its_addition_never_counted() public {
        bytes32 keyHash = _addKey();
        _retire(keyHash, START);
        _assertStatusAt(keyHash, START - 1, ICredentialRegistry.KeyStatus.NotYetAdded);
        _assertStatusAt(keyHash, START, ICredentialRegistry.KeyStatus.Retired);
    }

    function test_a_retirement_before_the_addition_is_refused() public {
        bytes32 keyHash = _addKey();
        _refuse(
            abi.encodeWithSelector(ICredentialRegistry.RetirementBeforeAddition.selector, keyHash, START - 1, START)
        );
        _retire(keyHash, START - 1);
    }

    function test_a_retirement_moves_earlier() public {
        bytes32 keyHash = _addKey();
        _retire(keyHash, START + 500);
        _retire(keyHash, START + 499);
        _assertDates(keyHash, START, START + 499);
    }

    function test_a_retirement_never_moves_later_nor_is_repeated(uint64 since) public {
        bytes32 keyHash = _addKey();
        _retire(keyHash, START + 500);
        since = uint64(_bound(since, START + 500, NEVER));
        _refuseLater(keyHash, since, START + 500);
        _retire(keyHash, since);
    }

    function test_a_retirement_is_not_repeated() public {
        test_a_retirement_never_moves_later_nor_is_repeated(START + 500);
    }

    function test_retiring_never_is_refused() public {
        bytes32 keyHash = _addKey();
        _refuseLater(keyHash, NEVER, NEVER);
        _retire(keyHash, NEVER);
    }

    function test_a_key_never_added_cannot_be_retired() public {
        _refuse(abi.encodeWithSelector(ICredentialRegistry.SigningKeyUnknown.selector, ISSUER, LEAF));
        _retire(LEAF, START);
    }

    function test_a_key_is_never_added_twice() public {
        bytes32 keyHash = _addKey();
        vm.warp(START + 1);
        _refuse(abi.encodeWithSelector(ICredentialRegistry.SigningKeyAlreadyAdded.selector, ISSUER, keyHash));
        _addKey();
    }

    function test_a_retired_key_does_not_come_back() public {
        bytes32 keyHash = _addKey();
        _retire(keyHash, START);
        _refuse(abi.encodeWithSelector(ICredentialRegistry.SigningKeyAlreadyAdded.selector, ISSUER, keyHash));
        _addKey();
        _assertDates(keyHash, START, START);
    }

    function test_two_issuers_may_hold_one_key_with_their_own_dates() public {
        _register(OTHER_ISSUER);
        bytes32 keyHash = _addKey();
        _retire(keyHash, START);
        vm.prank(OTHER_ISSUER);
        registry.addSigningKey(OTHER_ISSUER, KEY);
        (, uint64 retiredSince) = registry.signingKeyOf(OTHER_ISSUER, keyHash);
        vm.assertEq(retiredSince, NEVER, "retiredSince of the other issuer");
        _assertDates(keyHash, START, START);
    }

    function test_a_multikey_has_1_to_4096_bytes() public {
        vm.prank(ISSUER);
        registry.addSigningKey(ISSUER, bytes(_text(1)));
        vm.prank(ISSUER);
        registry.addSigningKey(ISSUER, bytes(_text(4096)));

        uint256[2] memory wrong = [uint256(0), 4097];
        for (uint256 i = 0; i < wrong.length; ++i) {
            _refuse(abi.encodeWithSelector(ICredentialRegistry.MultikeyLengthOutOfRange.selector, wrong[i], 4096));
            vm.prank(ISSUER);
            registry.addSigningKey(ISSUER, bytes(_text(wrong[i])));
        }
    }

    function test_only_the_admin_adds_and_retires_keys() public {
        bytes32 keyHash = _addKey();
        address[2] memory others = [DELEGATE, STRANGER];
        for (uint256 i = 0; i < others.length; ++i) {
            _refuseAdmin(others[i]);
            vm.prank(others[i]);
            registry.addSigningKey(ISSUER, "another key");
            _refuseAdmin(others[i]);
            vm.prank(others[i]);
            registry.retireSigningKey(ISSUER, keyHash, START);
        }
    }

    function _retire(bytes32 keyHash, uint64 since) private {
        vm.prank(ISSUER);
        registry.retireSigningKey(ISSUER, keyHash, since);
    }

    function _refuseLater(bytes32 keyHash, uint64 since, uint64 retiredSince) private {
        _refuse(
            abi.encodeWithSelector(ICredentialRegistry.RetirementNotEarlier.selector, keyHash, since, retiredSince)
        );
    }

    function _assertDates(bytes32 keyHash, uint64 addedAt, uint64 retiredSince) private view {
        (uint64 added, uint64 retired) = registry.signingKeyOf(ISSUER, keyHash);
        vm.assertEq(added, addedAt, "addedAt");
        vm.assertEq(retired, retiredSince, "retiredSince");
    }

    function _assertStatusAt(bytes32 keyHash, uint64 time, ICredentialRegistry.KeyStatus status) private view {
        vm.assertEq(uint8(registry.keyStatusAt(ISSUER, keyHash, time)), uint8(status), "keyStatusAt");
    }
}
