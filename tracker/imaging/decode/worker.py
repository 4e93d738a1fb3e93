"""The child process: one request, one answer, over a socket on a file descriptor given on the command line.

Started as ``python -m tracker.imaging.decode.worker FD`` and not by multiprocessing, so that the caller's ``__main__``
(a notebook, a Streamlit page) is never imported again. Pixels come back in an anonymous file, never through the socket.
"""

import mmap
import os
import resource
import signal
import socket
import sys
from typing import Any

import numpy as np

from tracker.imaging.decode.channel import anonymous_file, receive, send
from tracker.imaging.decode.header import Opened, open_header, prepare
from tracker.imaging.decode.integrity import Refused
from tracker.imaging.decode.pixels import fill

MEMORY = 3 << 30  # bytes of address space
CPU_SECONDS = 10  # per photo; 100 megapixels take 1 (JPEG) to 5 (WebP)


def main(descriptor: int) -> None:
    """Answer requests until the other end closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent; this process ends with its socket
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    prepare()
    with socket.socket(fileno=descriptor) as channel:
        while (source := receive(channel)) is not None:
            spent = int(sum(os.times()[:2]))
            resource.setrlimit(resource.RLIMIT_CPU, (spent + CPU_SECONDS, resource.RLIM_INFINITY))
            answer, pixels = _answer(source[1])
            send(channel, answer, pixels)
            if pixels is not None:
                os.close(pixels)


def _answer(source: int | None) -> tuple[dict[str, Any], int | None]:
    if source is None:
        raise ValueError("a request without a file")
    pixels = None
    try:
        with os.fdopen(source, "rb") as file:
            photo = open_header(file.read())
        dtype = np.dtype(np.uint16 if photo.deep else np.uint8)
        pixels = anonymous_file(dtype.itemsize * 3 * photo.size[0] * photo.size[1])
        _fill(photo, pixels, dtype)
    except (Refused, MemoryError) as error:
        if pixels is not None:
            os.close(pixels)
        if isinstance(error, Refused):
            return {"refused": str(error)}, None
        return {"refused": f"reading it took more than {MEMORY >> 30} GB of memory; export a smaller JPEG."}, None
    return _facts(photo), pixels


def _fill(photo: Opened, descriptor: int, dtype: np.dtype[Any]) -> None:
    memory = mmap.mmap(descriptor, 0)  # unmapped when the array goes: only then can the parent seal the file
    fill(photo, np.frombuffer(memory, dtype).reshape(photo.size[1], photo.size[0], 3))


def _facts(photo: Opened) -> dict[str, Any]:
    return {
        "width": photo.size[0],
        "height": photo.size[1],
        "depth": 16 if photo.deep else 8,
        "format": photo.container,
        "captured_at": photo.captured_at.isoformat() if photo.captured_at else None,
        "camera": photo.camera,
        "jpeg_quality": photo.jpeg_quality,
        "flash": photo.flash,
    }


if __name__ == "__main__":
    main(int(sys.argv[1]))
