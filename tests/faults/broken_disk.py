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
_LOAD_WORD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NUMBERS = {
    "x86_64": {"pwrite64": 18, "fsync": 74, "fdatasync": 75},
    "aarch64": {"pwrite64": 68, "fsync": 82, "fdatasync": 83},
}
_DISKS = {
    "eio": (errno.EIO, ("pwrite64",)),
    "enospc": (errno.ENOSPC, ("pwrite64",)),
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
    numbers = [_NUMBERS[platform.machine()][call] for call in calls]
    steps = [(_LOAD_WORD, 0, 0, 0)]  # the system call's number
    steps += [(_JUMP_IF_EQUAL, len(numbers) - at, 0, call) for at, call in enumerate(numbers)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _ERRNO | number)]
    code = b"".join(struct.pack("HBBI", *step) for step in steps)
    held = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(steps), ctypes.cast(held, ctypes.c_void_p))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(
        _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program)
    ):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
