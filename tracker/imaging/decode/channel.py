"""What passes between the two processes: one line of JSON, and at most one file descriptor beside it."""

import contextlib
import errno
import fcntl
import json
import mmap
import os
import socket
import tempfile
from typing import Any

_LONGEST = 1 << 16  # bytes of one message


def anonymous_file(size: int) -> int:
    """A descriptor of a file without a name, in memory where the system has that; it is gone when nobody holds it."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("photo", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.ftruncate(descriptor, size)
    return descriptor


def unchangeable(descriptor: int) -> mmap.mmap | bytes:
    """What the file holds, out of reach of the other process: sealed and mapped, or a copy of one's own.

    The kernel refuses to seal while anything still refers to a page of the file. That may be the other process, which
    wants to write later, or the system's own housekeeping for a moment (seen once in some 3,000 photos): a copy is as
    safe in both cases, and costs 36 MB and 10 ms at 12 megapixels.
    """
    if hasattr(os, "memfd_create"):
        try:
            fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE)
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise
            with open(descriptor, "rb", closefd=False) as file:
                file.seek(0)
                return file.read()
    return mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)


def send(channel: socket.socket, message: dict[str, Any], descriptor: int | None) -> None:
    """One message."""
    line = json.dumps(message).encode() + b"\n"
    if descriptor is None:
        channel.sendall(line)
    else:
        sent = socket.send_fds(channel, [line], [descriptor])
        channel.sendall(line[sent:])


def receive(channel: socket.socket) -> tuple[dict[str, Any], int | None] | None:
    """The next message with the descriptor that came along; None at the end. Raises ValueError on anything else."""
    line, descriptors = b"", list[int]()
    try:
        while not line.endswith(b"\n"):
            part, fds, _, _ = socket.recv_fds(channel, _LONGEST, 1)
            descriptors += fds
            if not part:
                return None
            line += part
            if len(line) > _LONGEST:
                raise ValueError("message too long")
        message = json.loads(line)
        if not isinstance(message, dict) or len(descriptors) > 1:
            raise ValueError("not a message")
    except BaseException:
        _close(descriptors)
        raise
    return message, descriptors[0] if descriptors else None


def _close(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        with contextlib.suppress(OSError):
            os.close(descriptor)
