"""A disk that stops taking writes: the kernel itself answers this process with an error from now on (seccomp).

Real system calls fail, whatever library makes them, and nothing but the end of the process repairs it. Linux only.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
_LOAD_WORD, _JUMP_IF_EQUAL, _JUMP_IF_GREATER, _RETURN = 0x20, 0x15, 0x25, 0x06
_CALL, _FIRST_ARGUMENT = 0, 16
"""Where the kernel puts the call's number, and its first argument, for the filter to look at."""
_STANDARD_ERROR = 2
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NUMBERS = {
    "x86_64": {"write": 1, "pwrite64": 18, "fsync": 74, "fdatasync": 75},
    "aarch64": {"write": 64, "pwrite64": 68, "fsync": 82, "fdatasync": 83},
}
_DISKS = {
    "eio": (errno.EIO, ("write", "pwrite64")),
    "enospc": (errno.ENOSPC, ("write", "pwrite64")),
    "fsync": (errno.EIO, ("fsync", "fdatasync")),
}
KINDS = tuple(_DISKS)
"""eio: a write fails. enospc: the disk is full. fsync: the write is taken, flushing it fails."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def available() -> bool:
    """Return whether this machine can do it."""
    return platform.system() == "Linux" and platform.machine() in _NUMBERS


def break_disk(kind: str) -> None:
    """Let the disk fail in one of KINDS until this process ends."""
    number, calls = _DISKS[kind]
    steps = [(_LOAD_WORD, 0, 0, _CALL)]
    for call in calls:
        steps += _failing(_NUMBERS[platform.machine()][call], number, what_is_said=call == "write")
    steps.append((_RETURN, 0, 0, _ALLOW))
    code = b"".join(struct.pack("HBBI", *step) for step in steps)
    held = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(steps), ctypes.cast(held, ctypes.c_void_p))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(
        _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program)
    ):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _failing(call: int, error: int, *, what_is_said: bool) -> list[tuple[int, int, int, int]]:
    """Return the filter's steps that fail one call; what a program says on its standard streams is let through."""
    fail = (_RETURN, 0, 0, _ERRNO | error)
    if not what_is_said:
        return [(_JUMP_IF_EQUAL, 0, 1, call), fail]
    allowed = (_RETURN, 0, 0, _ALLOW)
    file = [(_LOAD_WORD, 0, 0, _FIRST_ARGUMENT), (_JUMP_IF_GREATER, 0, 1, _STANDARD_ERROR), fail, allowed]
    return [(_JUMP_IF_EQUAL, 0, len(file), call), *file]
