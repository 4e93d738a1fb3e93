"""The program's own networks: which there are, whether their weights are what they were, and how to run them.

Importing this package does not import torch; ``load`` does. Networks take arrays and answer arrays: what an array means
on a photo is known by ``regions`` and ``outline``.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Generic, Literal, TypeVar, overload

from tracker.errors import NetworkUnavailable
from tracker.imaging.networks.registry import Entry, entries, entry, verify
from tracker.imaging.types.face import LandmarkNetwork
from tracker.imaging.types.network import OutlineNetwork

FACE_LANDMARKS: Literal["face-landmarks-v1"] = "face-landmarks-v1"
OUTLINE: Literal["outline-v1"] = "outline-v1"

_EXTRA = ("torch", "safetensors")
_loading = threading.RLock()  # both photos of a pair are prepared in two threads; weights are read once

N = TypeVar("N", LandmarkNetwork, OutlineNetwork)


@dataclass(frozen=True, slots=True)
class LoadedNetwork(Generic[N]):
    """A network whose weights were verified.

    Parameters
    ----------
    name : str
        Its name in the registry.
    sha256 : str
        Of the file of weights; part of the identity of every analysis that used it.
    members : int
        How many networks vote.
    network : LandmarkNetwork or OutlineNetwork
        All members.
    """

    name: str
    sha256: str
    members: int
    network: N = field(repr=False)
    _alone: Callable[[int], N] = field(repr=False, compare=False)

    def member(self, k: int) -> N:
        """Member k alone, counted from 0: the one that did not see the people of fold k, for held-out figures."""
        if not 0 <= k < self.members:
            raise NetworkUnavailable(
                f"{self.name}: expected a member from 0 to {self.members - 1}, found {k}; ask for one that exists."
            )
        return self._alone(k)


def installed() -> bool:
    """Whether the extra ``networks`` (torch and safetensors) is installed; nothing is imported to find out."""
    return all(find_spec(name) is not None for name in _EXTRA)


def weights_hash(name: str, root: Path | None = None) -> str:
    """The SHA-256 of a network's weights as the registry names it; ``load`` refuses a file that differs.

    Raises
    ------
    NetworkUnavailable
        The registry does not know the name, or cannot be read.
    """
    return entry(name, root).sha256


@overload
def load(name: Literal["face-landmarks-v1"], root: Path | None = None) -> LoadedNetwork[LandmarkNetwork]: ...
@overload
def load(name: Literal["outline-v1"], root: Path | None = None) -> LoadedNetwork[OutlineNetwork]: ...
def load(
    name: Literal["face-landmarks-v1", "outline-v1"], root: Path | None = None
) -> LoadedNetwork[LandmarkNetwork] | LoadedNetwork[OutlineNetwork]:
    """A network of the registry, its weights verified, on the GPU where torch finds one.

    Each is read once per process. At the first, torch is told to use one thread: workers are one process per core, and
    threads that compete are up to 100 times slower.

    Parameters
    ----------
    name : str
        FACE_LANDMARKS or OUTLINE.
    root : Path, optional
        The folder of ``registry.toml``; that of this installation by default.

    Raises
    ------
    NetworkUnavailable
        The extra ``networks`` is not installed, the registry does not know the name, or the weights are missing,
        changed or unreadable.
    """
    found = entry(name, root)
    missing = [package for package in _EXTRA if find_spec(package) is None]
    if missing:
        raise NetworkUnavailable(
            f'{name}: expected the extra "networks" (torch and safetensors), found no {" and no ".join(missing)}; '
            'install it with: pip install "skin-progress-tracker[networks]".'
        )
    with _loading:
        return _landmarks(found, root) if name == FACE_LANDMARKS else _outline(found, root)


@cache
def _landmarks(found: Entry, root: Path | None) -> LoadedNetwork[LandmarkNetwork]:
    from tracker.imaging.networks import face_landmarks, loading

    return _loaded(found, loading.builder(found, root, face_landmarks.build))


@cache
def _outline(found: Entry, root: Path | None) -> LoadedNetwork[OutlineNetwork]:
    from tracker.imaging.networks import loading, outline

    return _loaded(found, loading.builder(found, root, outline.build))


def _loaded(found: Entry, build: Callable[[tuple[int, ...] | None], N]) -> LoadedNetwork[N]:
    def alone(k: int) -> N:
        return build((k,))

    return LoadedNetwork(found.name, found.sha256, found.members, build(None), cache(alone))


__all__ = [
    "FACE_LANDMARKS",
    "OUTLINE",
    "Entry",
    "LoadedNetwork",
    "entries",
    "installed",
    "load",
    "verify",
    "weights_hash",
]
