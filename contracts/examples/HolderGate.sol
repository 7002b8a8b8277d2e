// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {ICredentialRegistry} from "../ICredentialRegistry.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title Example: let the holder of a credential in, and nobody who was merely shown it
/// @notice The registry can tell that an issuer anchored a leaf and that it stands. It cannot tell what the leaf is of,
/// nor whose it is, and position and path are bearer data: whoever saw a bundle, or a transaction on its way into a
/// block, has them. So two parties must agree before this contract lets an account in. The registry says that the
/// leaf stands. An attester, whom the operator of this gate chooses, says that the leaf is of the wanted achievement
/// and that the account is the recipient's: it read the credential off chain, checked its signature, compared the
/// recipient, and had the recipient show that the account is theirs.
///
/// What this can do: let each credential in once, for one account; shut out copies, replays and whoever is quicker,
/// because a claim names the account that must use it, this contract and this chain; and stop at once when the issuer
/// revokes or suspends, because the registry is asked again each time.
///
/// What it cannot do: notice that the attester lies or was careless (it can bind any standing leaf of this issuer to
/// any account, but no other leaf); hinder a holder from lending the account; move a credential to another account when
/// a key is lost; or know that a credential expired, which is written in its text alone: give claims deadlines, and do
/// not attest what ends soon.
/// @dev The obvious way without attester, which is to take the credential's text, hash it here and read the recipient's
/// account in it, is wrong: it publishes personal data for ever. An example, to be read and changed; not audited.
contract HolderGate is EIP712 {
    // --- Types ---------------------------------------------------------------------------------------------------

    /// @notice Where a leaf is in its batch, as the receipt says. A wrong place is refused by the registry.
    struct Place {
        /// SHA-256(0x00 || entry) of the credential.
        bytes32 leafHash;
        /// Position in the batch, from 0.
        uint64 leafIndex;
        /// Number of leaves of the batch.
        uint64 treeSize;
        /// Sibling digests, nearest the leaf first.
        bytes32[] path;
    }

    // --- State ---------------------------------------------------------------------------------------------------

    /// @notice What an attester signs (EIP-712): this leaf is of the wanted achievement, and it is this account's.
    bytes32 public constant CLAIM_TYPEHASH = keccak256("Claim(bytes32 leafHash,address account,uint64 deadline)");

    // slither-disable-start naming-convention -- solhint wants immutables in capitals

    /// @notice The registry that is asked.
    ICredentialRegistry public immutable REGISTRY;

    /// @notice The one issuer whose credentials count.
    address public immutable ISSUER;

    /// @notice Whose claims count: an account, or a contract that answers EIP-1271.
    address public immutable ATTESTER;

    // slither-disable-end naming-convention

    /// @notice The account that a leaf was bound to; zero while it is free. Written once.
    mapping(bytes32 leafHash => address account) public holderOf;

    // --- Errors --------------------------------------------------------------------------------------------------

    /// @notice A gate needs an issuer and an attester.
    error PartyMissing();

    /// @notice The claim was good until `deadline`.
    error ClaimExpired(uint64 deadline);

    /// @notice The attester did not sign that `leafHash` is the credential of `account`.
    error ClaimNotAttested(bytes32 leafHash, address account);

    /// @notice `leafHash` is bound to `holder` already.
    error LeafTaken(bytes32 leafHash, address holder);

    /// @notice `leafHash` is not bound to `account`.
    error NotHolder(bytes32 leafHash, address account);

    /// @notice The registry does not say that `leafHash` stands.
    error NotStanding(bytes32 leafHash, ICredentialRegistry.Verdict verdict);

    // --- Events --------------------------------------------------------------------------------------------------

    /// @notice `leafHash` was bound to `account`.
    /// @param leafHash The credential's leaf hash.
    /// @param account Its holder's account, for good.
    event Admitted(bytes32 indexed leafHash, address indexed account);

    /// @notice `account` came in on `leafHash`.
    /// @param leafHash The credential's leaf hash.
    /// @param account Its holder's account.
    event Entered(bytes32 indexed leafHash, address indexed account);

    // --- Construction --------------------------------------------------------------------------------------------

    /// @notice Makes a gate for the credentials of one issuer.
    /// @param registry The registry: take its address from somebody you trust, as it decides everything here.
    /// @param issuer The issuer's id; look at its DID and at who accredits it first.
    /// @param attester Who reads credentials for this gate.
    // solhint-disable-next-line func-visibility
    constructor(
        ICredentialRegistry registry,
        address issuer,
        address attester
    ) EIP712("Credanchor example HolderGate", "1") {
        if (issuer == address(0) || attester == address(0)) revert PartyMissing();
        REGISTRY = registry;
        ISSUER = issuer;
        ATTESTER = attester;
    }

    // --- Writes --------------------------------------------------------------------------------------------------

    /// @notice Binds a credential to the caller for good, on the attester's claim.
    /// @dev Binding what is bound to the caller already changes nothing.
    /// @param place The credential's place, from its receipt.
    /// @param deadline Last second that the claim is good.
    /// @param signature The attester's, over the leaf hash, the caller and the deadline.
    function admit(Place calldata place, uint64 deadline, bytes calldata signature) external {
        if (block.timestamp > deadline) revert ClaimExpired(deadline);
        bytes32 digest = claimDigest(place.leafHash, msg.sender, deadline);
        if (!SignatureChecker.isValidSignatureNow(ATTESTER, digest, signature)) {
            revert ClaimNotAttested(place.leafHash, msg.sender);
        }
        _requireStanding(place);

        address holder = holderOf[place.leafHash];
        if (holder == msg.sender) return;
        if (holder != address(0)) revert LeafTaken(place.leafHash, holder);
        holderOf[place.leafHash] = msg.sender;
        emit Admitted(place.leafHash, msg.sender);
    }

    /// @notice Does what is gated; put yours in place of the event.
    /// @dev Asks the registry again: admission is not remembered longer than the credential stands.
    /// @param place The place of a credential that is bound to the caller.
    function enter(Place calldata place) external {
        if (holderOf[place.leafHash] != msg.sender) revert NotHolder(place.leafHash, msg.sender);
        _requireStanding(place);
        emit Entered(place.leafHash, msg.sender);
    }

    // --- Reads ---------------------------------------------------------------------------------------------------

    /// @notice Tells whether `account` could enter now.
    /// @param account Any account.
    /// @param place The place of the credential in question.
    /// @return admitted False when the leaf is another's, or does not stand now.
    function isAdmitted(address account, Place calldata place) external view returns (bool admitted) {
        return
            account != address(0) &&
            holderOf[place.leafHash] == account &&
            _verdict(place) == ICredentialRegistry.Verdict.Valid;
    }

    /// @notice Returns what the attester signs.
    /// @param leafHash The credential's leaf hash.
    /// @param account The recipient's account.
    /// @param deadline Last second that the claim is good.
    /// @return digest EIP-712 digest for this contract on this chain.
    function claimDigest(bytes32 leafHash, address account, uint64 deadline) public view returns (bytes32 digest) {
        return _hashTypedDataV4(keccak256(abi.encode(CLAIM_TYPEHASH, leafHash, account, deadline)));
    }

    // --- Inside --------------------------------------------------------------------------------------------------

    function _requireStanding(Place calldata place) private view {
        ICredentialRegistry.Verdict verdict = _verdict(place);
        if (verdict != ICredentialRegistry.Verdict.Valid) revert NotStanding(place.leafHash, verdict);
    }

    function _verdict(Place calldata place) private view returns (ICredentialRegistry.Verdict verdict) {
        // slither-disable-next-line unused-return -- since when it is anchored makes no difference here
        (verdict, ) = REGISTRY.verify(ISSUER, place.leafHash, place.leafIndex, place.treeSize, place.path);
    }
}
