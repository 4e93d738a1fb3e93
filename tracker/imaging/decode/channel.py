"""What passes between the two processes: one line of JSON, and at most one file descriptor beside it."""

import contextlib
import fcntl
import json
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


def seal(descriptor: int) -> None:
    """Forbid any later change by the other process; raises OSError where it still holds the file open for writing."""
    if hasattr(os, "memfd_create"):
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE)


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
