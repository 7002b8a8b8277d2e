// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The cheat codes that the tests use, of those that Hardhat's test runner knows.
interface Vm {
    /// @notice What a call cost, as a transaction of its own: `gasTotalUsed` counts call data and refunds in.
    struct Gas {
        uint64 gasLimit;
        uint64 gasTotalUsed;
        uint64 gasMemoryUsed;
        int64 gasRefunded;
        uint64 gasRemaining;
    }

    /// @notice One event.
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function addr(uint256 privateKey) external pure returns (address account);

    function assertEq(address left, address right, string calldata what) external pure;

    function assertEq(bool left, bool right, string calldata what) external pure;

    function assertEq(bytes32 left, bytes32 right, string calldata what) external pure;

    function assertEq(bytes calldata left, bytes calldata right, string calldata what) external pure;

    function assertEq(string calldata left, string calldata right, string calldata what) external pure;

    function assertEq(uint256 left, uint256 right, string calldata what) external pure;

    function assertNotEq(bytes32 left, bytes32 right, string calldata what) external pure;

    function assertLe(uint256 left, uint256 right, string calldata what) external pure;

    function assertTrue(bool condition, string calldata what) external pure;

    function assume(bool condition) external pure;

    function chainId(uint256 id) external;

    function etch(address account, bytes calldata code) external;

    function expectEmit(bool topic1, bool topic2, bool topic3, bool data, address emitter) external;

    function expectRevert(bytes calldata revertData) external;

    function lastCallGas() external view returns (Gas memory gas);

    function load(address account, bytes32 slot) external view returns (bytes32 word);

    function mockCall(address callee, bytes calldata data, bytes calldata returnData) external;

    function mockCallRevert(address callee, bytes calldata data, bytes calldata revertData) external;

    function parseJson(string calldata json, string calldata key) external pure returns (bytes memory encoded);

    function prank(address sender) external;

    function readFile(string calldata path) external view returns (string memory text);

    function getRecordedLogs() external returns (Log[] memory logs);

    function recordLogs() external;

    function roll(uint256 number) external;

    function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);

    function warp(uint256 time) external;
}
