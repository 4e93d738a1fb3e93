"""Verified bytes -> tensors -> a network. Safetensors only: a pickle could run code."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load as tensors_of

from tracker.errors import NetworkUnavailable
from tracker.imaging.networks import device
from tracker.imaging.networks.registry import Entry, verify

STORED = (torch.float16, torch.float32)
"""Types of stored weights. Whatever is stored runs in float32: float16 on a CPU is slow and differs from a GPU's."""

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


class Build(Protocol[T_co]):
    """How a module of this package makes its network of tensors."""

    def __call__(
        self, tensors: Mapping[str, torch.Tensor], members: Sequence[int] | None, device: torch.device
    ) -> T_co:
        """The members named (all if None) of float32 tensors whose names begin with ``m0.``, ``m1.``..."""


def read_weights(one: Entry, root: Path | None = None) -> dict[str, torch.Tensor]:
    """The tensors of a network in float32, on the CPU.

    Raises
    ------
    NetworkUnavailable
        The file is missing, changed, no safetensors, or holds anything but finite floats.
    """
    content = verify(one, root)
    try:
        stored = tensors_of(content)
    except (SafetensorError, KeyError, ValueError) as problem:
        raise _unusable(one, f"something else ({problem})") from None
    odd = sorted({str(t.dtype) for t in stored.values() if t.dtype not in STORED})
    if odd or not stored:
        raise _unusable(one, ", ".join(odd) or "no tensor")
    weights = {name: tensor.float() for name, tensor in stored.items()}
    broken = [name for name, tensor in weights.items() if not torch.isfinite(tensor).all()]
    if broken:
        raise _unusable(one, f"numbers that are not finite in {', '.join(broken[:3])}")
    members = {name.split(".")[0] for name in weights}
    if members != {f"m{k}" for k in range(one.members)}:
        raise _unusable(one, f"the members {', '.join(sorted(members))}", f"the members m0 to m{one.members - 1}")
    return weights


def builder(one: Entry, root: Path | None, build: Build[T]) -> Callable[[tuple[int, ...] | None], T]:
    """A function that answers the network of the members it is given, from weights read once."""
    device.settle()
    weights = read_weights(one, root)
    place = device.choose()

    def made(members: tuple[int, ...] | None) -> T:
        try:
            return build(weights, members=members, device=place)
        except (KeyError, RuntimeError, ValueError) as problem:
            raise _unusable(one, " ".join(str(problem).split())[:200], f"the tensors of {one.name}") from problem

    return made


def _unusable(one: Entry, found: str, expected: str = "safetensors of float16 or float32") -> NetworkUnavailable:
    return NetworkUnavailable(
        f"{one.file}: expected {expected}, found {found}; take models/ again from the same release."
    )
