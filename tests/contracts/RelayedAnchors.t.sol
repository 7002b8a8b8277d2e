// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {CredentialRegistry} from "../../contracts/CredentialRegistry.sol";
import {ICredentialRegistry} from "../../contracts/ICredentialRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

/// @notice A wallet that takes its owner's ECDSA signature, as a Safe with one owner does.
contract OwnedWallet is IERC1271 {
    address private immutable _owner;

    constructor(address owner) {
        _owner = owner;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        return ECDSA.recoverCalldata(hash, signature) == _owner ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}

/// @notice A contract that refuses every signature by reverting.
contract RevertingWallet {
    error Refused();

    fallback() external {
        revert Refused();
    }
}

/// @notice A contract that says yes in one byte too few, or says something else.
contract SloppyWallet {
    bytes private _answer;

    constructor(bytes memory answer) {
        _answer = answer;
    }

    fallback(bytes calldata) external returns (bytes memory) {
        return _answer;
    }
}

contract RelayedAnchorsTest is RegistryTest {
    uint256 private constant SIGNER_KEY = 0xA11CE;
    uint256 private constant OTHER_KEY = 0xB0B;
    uint64 private constant SIZE = 7;
    uint64 private constant DEADLINE = START + 100;

    address private signer;

    function setUp() public override {
        super.setUp();
        signer = vm.addr(SIGNER_KEY);
        _delegate(signer, ANCHOR);
    }

    function test_anyone_may_bring_the_signature_of_a_delegate() public {
        _expectEvent();
        emit ICredentialRegistry.Anchored(ISSUER, ROOT, SIZE, signer);
        _relay(signer, _sign(SIGNER_KEY, signer));
        _assertAnchor(ROOT, SIZE, START, 1_000, 0);
    }

    function test_the_admin_signs_too() public {
        address admin = vm.addr(OTHER_KEY);
        vm.prank(ISSUER);
        registry.proposeAdmin(ISSUER, admin);
        vm.prank(admin);
        registry.acceptAdmin(ISSUER);
        _relay(admin, _sign(OTHER_KEY, admin));
        _assertAnchor(ROOT, SIZE, START, 1_000, 0);
    }

    function test_a_signature_used_again_changes_nothing() public {
        bytes memory signature = _sign(SIGNER_KEY, signer);
        _relay(signer, signature);
        vm.warp(DEADLINE);
        _relay(signer, signature);
        _assertAnchor(ROOT, SIZE, START, 1_000, 0);
    }

    function test_a_front_run_submission_still_succeeds() public {
        bytes memory signature = _sign(SIGNER_KEY, signer);
        _relay(signer, signature);
        vm.prank(signer);
        registry.anchor(ISSUER, ROOT, SIZE);
        _assertAnchor(ROOT, SIZE, START, 1_000, 0);
    }

    function test_a_signature_is_good_through_its_deadline() public {
        bytes memory signature = _sign(SIGNER_KEY, signer);
        vm.warp(DEADLINE + 1);
        _refuse(abi.encodeWithSelector(ICredentialRegistry.SignatureExpired.selector, DEADLINE));
        _relay(signer, signature);
        vm.warp(DEADLINE);
        _relay(signer, signature);
        _assertAnchor(ROOT, SIZE, DEADLINE, 1_000, 0);
    }

    function test_the_signer_must_hold_the_anchor_role_now() public {
        bytes memory signature = _sign(SIGNER_KEY, signer);
        _delegate(signer, SUSPEND | REVOKE);
        _refuseRole(signer, ANCHOR);
        _relay(signer, signature);
    }

    function test_a_stranger_signs_for_nobody() public {
        address other = vm.addr(OTHER_KEY);
        bytes memory signature = _sign(OTHER_KEY, other);
        _refuseRole(other, ANCHOR);
        _relay(other, signature);
    }

    function test_the_signature_of_another_is_refused() public {
        bytes memory signature = _sign(OTHER_KEY, signer);
        _refuseSignature(signer);
        _relay(signer, signature);
    }

    function test_every_member_is_signed() public {
        bytes memory signature = _sign(SIGNER_KEY, signer);
        _registerOther();

        _refuseSignature(signer);
        registry.anchorFor(OTHER_ISSUER, ROOT, SIZE, signer, DEADLINE, signature);
        _refuseSignature(signer);
        registry.anchorFor(ISSUER, LEAF, SIZE, signer, DEADLINE, signature);
        _refuseSignature(signer);
        registry.anchorFor(ISSUER, ROOT, SIZE + 1, signer, DEADLINE, signature);
        _refuseSignature(signer);
        registry.anchorFor(ISSUER, ROOT, SIZE, signer, DEADLINE + 1, signature);
    }

    function test_a_signature_for_another_chain_is_refused() public {
        bytes memory signature = _sign(SIGNER_KEY, signer);
        vm.chainId(11_155_111);
        _refuseSignature(signer);
        _relay(signer, signature);
        _relay(signer, _sign(SIGNER_KEY, signer));
        _assertAnchor(ROOT, SIZE, START, 1_000, 0);
    }

    function test_a_signature_for_another_contract_is_refused() public {
        CredentialRegistry other = new CredentialRegistry();
        bytes memory signature = _signFor(address(other), SIGNER_KEY, signer);
        _refuseSignature(signer);
        _relay(signer, signature);
    }

    function test_a_signature_of_a_wrong_length_is_refused() public {
        bytes memory signature = _sign(SIGNER_KEY, signer);
        bytes[4] memory wrong = [bytes(""), hex"00", abi.encodePacked(signature, hex"00"), bytes(_text(64))];
        for (uint256 i = 0; i < wrong.length; ++i) {
            _refuseSignature(signer);
            _relay(signer, wrong[i]);
        }
    }

    function test_the_other_of_two_equivalent_signatures_is_refused() public {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(SIGNER_KEY, _digest(address(registry), signer));
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        bytes memory malleated = abi.encodePacked(r, order - uint256(s), v == 27 ? uint8(28) : uint8(27));
        _refuseSignature(signer);
        _relay(signer, malleated);
    }

    function test_the_zero_address_signs_nothing_even_as_a_delegate() public {
        _delegate(address(0), ANCHOR);
        bytes memory invalid = abi.encodePacked(bytes32(uint256(1)), bytes32(uint256(1)), uint8(0));
        _refuseSignature(address(0));
        _relay(address(0), invalid);
    }

    function test_an_empty_batch_is_refused_with_a_signature_too() public {
        bytes32 digest = _digestOf(address(registry), ISSUER, ROOT, 0, signer, DEADLINE);
        bytes memory signature = _packed(SIGNER_KEY, digest);
        _refuse(abi.encodeWithSelector(ICredentialRegistry.TreeSizeZero.selector, ISSUER, ROOT));
        registry.anchorFor(ISSUER, ROOT, 0, signer, DEADLINE, signature);
    }

    function test_a_wallet_contract_is_asked() public {
        address wallet = address(new OwnedWallet(vm.addr(OTHER_KEY)));
        _delegate(wallet, ANCHOR);
        _relay(wallet, _sign(OTHER_KEY, wallet));
        _assertAnchor(ROOT, SIZE, START, 1_000, 0);
    }

    function test_a_wallet_contract_that_says_no_is_heeded() public {
        address wallet = address(new OwnedWallet(vm.addr(OTHER_KEY)));
        _delegate(wallet, ANCHOR);
        bytes memory signature = _sign(SIGNER_KEY, wallet);
        _refuseSignature(wallet);
        _relay(wallet, signature);
    }

    function test_a_signature_for_one_wallet_is_none_for_another_of_the_same_owner() public {
        address one = address(new OwnedWallet(vm.addr(OTHER_KEY)));
        address other = address(new OwnedWallet(vm.addr(OTHER_KEY)));
        _delegate(one, ANCHOR);
        _delegate(other, ANCHOR);
        bytes memory signature = _sign(OTHER_KEY, one);
        _refuseSignature(other);
        _relay(other, signature);
    }

    function test_a_contract_that_reverts_or_babbles_has_not_signed() public {
        address[4] memory wallets = [
            address(new RevertingWallet()),
            address(new SloppyWallet("")),
            address(new SloppyWallet(abi.encodePacked(IERC1271.isValidSignature.selector))),
            address(new SloppyWallet(abi.encode(true)))
        ];
        for (uint256 i = 0; i < wallets.length; ++i) {
            _delegate(wallets[i], ANCHOR);
            _refuseSignature(wallets[i]);
            _relay(wallets[i], hex"01");
        }
    }

    function test_an_eip_7702_account_signs_with_its_key_whatever_its_code_says() public {
        vm.etch(signer, address(new RevertingWallet()).code);
        _relay(signer, _sign(SIGNER_KEY, signer));
        _assertAnchor(ROOT, SIZE, START, 1_000, 0);
    }

    function test_an_eip_7702_account_may_sign_by_its_code_too() public {
        vm.etch(signer, address(new OwnedWallet(vm.addr(OTHER_KEY))).code);
        _relay(signer, _sign(OTHER_KEY, signer));
        _assertAnchor(ROOT, SIZE, START, 1_000, 0);
    }

    function test_the_domain_is_published() public {
        vm.chainId(11_155_111);
        (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        ) = registry.eip712Domain();
        vm.assertEq(bytes32(fields), bytes32(bytes1(0x0f)), "fields");
        vm.assertEq(name, "Credanchor CredentialRegistry", "name");
        vm.assertEq(version, "1", "version");
        vm.assertEq(chainId, 11_155_111, "chainId");
        vm.assertEq(verifyingContract, address(registry), "verifyingContract");
        vm.assertEq(salt, bytes32(0), "salt");
        vm.assertEq(extensions.length, 0, "extensions");
    }

    function _relay(address account, bytes memory signature) private {
        vm.prank(STRANGER);
        registry.anchorFor(ISSUER, ROOT, SIZE, account, DEADLINE, signature);
    }

    function _refuseSignature(address account) private {
        _refuse(abi.encodeWithSelector(ICredentialRegistry.SignatureInvalid.selector, account));
    }

    function _registerOther() private {
        _register(OTHER_ISSUER);
        vm.prank(OTHER_ISSUER);
        registry.setDelegate(OTHER_ISSUER, signer, ANCHOR);
    }

    function _sign(uint256 key, address account) private view returns (bytes memory) {
        return _signFor(address(registry), key, account);
    }

    function _signFor(address target, uint256 key, address account) private view returns (bytes memory) {
        return _packed(key, _digest(target, account));
    }

    function _packed(uint256 key, bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function _digest(address target, address account) private view returns (bytes32) {
        return _digestOf(target, ISSUER, ROOT, SIZE, account, DEADLINE);
    }

    /// @dev EIP-712 spelled out, sharing nothing with the contract.
    function _digestOf(
        address target,
        address issuer,
        bytes32 root,
        uint64 treeSize,
        address account,
        uint64 deadline
    ) private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Credanchor CredentialRegistry"),
                keccak256("1"),
                block.chainid,
                target
            )
        );
        bytes32 anchor = keccak256(
            abi.encode(
                keccak256("Anchor(address issuer,bytes32 root,uint64 treeSize,address signer,uint64 deadline)"),
                issuer,
                root,
                treeSize,
                account,
                deadline
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, anchor));
    }
}
