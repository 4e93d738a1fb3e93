"""The child process: one request, one answer, over a socket on a file descriptor given on the command line.

Started as ``python -m tracker.imaging.decode.worker FD`` and not by multiprocessing, so that the caller's ``__main__``
(a notebook, a Streamlit page) is never imported again. Pixels come back in an anonymous file, never through the socket.
"""

import mmap
import os
import resource
import socket
import sys
from typing import Any

import numpy as np

from tracker.imaging.decode import reader
from tracker.imaging.decode.channel import anonymous_file, receive, send
from tracker.imaging.decode.integrity import Refused

MEMORY = 3 << 30  # address space; a 100-megapixel JPEG needs 1.1 GB, the libraries map 0.5 GB
CPU_SECONDS = 20  # per photo


def main(descriptor: int) -> None:
    """Answer requests until the other end closes."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    reader.prepare()
    with socket.socket(fileno=descriptor) as channel:
        while (request := receive(channel)) is not None:
            message, source = request
            spent = int(sum(os.times()[:2]))
            resource.setrlimit(resource.RLIMIT_CPU, (spent + CPU_SECONDS, resource.RLIM_INFINITY))
            answer, pixels = _answer(message, source)
            send(channel, answer, pixels)
            if pixels is not None:
                os.close(pixels)


def _answer(message: dict[str, Any], source: int | None) -> tuple[dict[str, Any], int | None]:
    if source is None:
        raise ValueError("a request without a file")
    try:
        with os.fdopen(source, "rb") as file:
            data = file.read()
        photo = reader.open_header(data)
        shape = (photo.size[1], photo.size[0], 3)
        dtype = np.dtype(np.uint16 if photo.deep else np.uint8)
        pixels = anonymous_file(dtype.itemsize * shape[0] * shape[1] * shape[2])
        with mmap.mmap(pixels, 0) as memory:
            reader.fill(photo, np.frombuffer(memory, dtype).reshape(shape))
    except Refused as refusal:
        return {"refused": str(refusal)}, None
    except MemoryError:
        return {"refused": f"reading it needs more than {MEMORY >> 30} GB of memory; make the photo smaller."}, None
    facts = {
        "width": shape[1],
        "height": shape[0],
        "depth": dtype.itemsize * 8,
        "format": photo.container,
        "captured_at": photo.captured_at.isoformat() if photo.captured_at else None,
        "camera": photo.camera,
    }
    return facts, pixels


if __name__ == "__main__":
    main(int(sys.argv[1]))
