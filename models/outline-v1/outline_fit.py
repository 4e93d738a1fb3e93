"""Training of one member: batches from a bank, loss, exponential moving average, exact resumption."""

import copy
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.random import Generator
from outline_bank import Bank
from outline_prompts import KINDS
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional

from tracker.imaging.colour import encoded_to_linear
from tracker.imaging.networks.outline import OutlineNet
from tracker.imaging.outline.channels import channels

BATCH = 16
EVIDENCE_DROPPED = 0.25
EMA = 0.998
SMOOTH = 20.0
"""Pixels added in the soft Dice, so that an empty truth has a gradient."""
KEEP_EVERY = 200
_LINEAR = encoded_to_linear(np.arange(256) / 255).astype(np.float32)


@dataclass(frozen=True)
class Course:
    """One training run.

    Parameters
    ----------
    name : str
        Of its checkpoint.
    steps : int
        Batches.
    rate : float
        Highest learning rate; falls to 0 as a cosine.
    seed : int
        Of batches and weights.
    shares : dict
        How often each bank is drawn.
    crops : tuple of int
        Sides of the crops in pixels, batch by batch in turn: the statistics of a group norm depend on how much skin
        surrounds a lesion, and a network trained on 128 alone reads a view of 160 as 7 % too large.
    seconds : float
        Of processor time; ends the run early. Infinite but for the smoke test.
    """

    name: str
    steps: int
    rate: float
    seed: int
    shares: dict[str, float]
    crops: tuple[int, ...] = (128,)
    seconds: float = float("inf")


@dataclass
class Curve:
    """Rows of the loss curve: course, step, mean loss since the last row, held-out Dice of prompted views."""

    rows: list[tuple[str, int, float, float]] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """As CSV."""
        lines = [f"{name},{step},{loss:.4f},{dice:.4f}" for name, step, loss, dice in self.rows]
        path.write_text("\n".join(["course,step,loss,held_out_dice", *lines]) + "\n")


def planes_of(bank: Bank, at: int, window: tuple[slice, slice], *, told: bool = True) -> np.ndarray:
    """Channels of one sample inside a window; ``told=False`` hides the classical evidence."""
    pixels = bank.pixels[at][window]
    place = bank.place[at][window].astype(np.float32) / 127
    evidence = bank.evidence[at][window].astype(np.float32) / 255
    if not told or KINDS[bank.kind[at]] == "none":
        evidence = np.full_like(evidence, 0.5)
    return channels(_LINEAR[pixels], pixels.max(axis=2) > 0, place, evidence)


def batch(banks: dict[str, Bank], shares: dict[str, float], crop: int, rng: Generator) -> tuple[Tensor, Tensor]:
    """Random crops, turned and mirrored: planes (n, 12, crop, crop) and truth (n, crop, crop)."""
    names = list(shares)
    weights = np.array([shares[name] for name in names])
    planes, truths = [], []
    for name in rng.choice(names, BATCH, p=weights / weights.sum()):
        bank = banks[str(name)]
        at = int(rng.integers(len(bank)))
        top, left = (int(v) for v in rng.integers(0, bank.pixels.shape[1] - crop + 1, 2))
        window = slice(top, top + crop), slice(left, left + crop)
        seen = planes_of(bank, at, window, told=rng.uniform() > EVIDENCE_DROPPED)
        truth = bank.truth[at][window].astype(np.float32) / 255
        turns, mirror = int(rng.integers(4)), bool(rng.integers(2))
        both = np.rot90(np.concatenate([seen, truth[None]]), turns, (1, 2))
        both = both[:, :, ::-1] if mirror else both
        planes.append(both[:-1])
        truths.append(both[-1])
    return torch.from_numpy(np.stack(planes)), torch.from_numpy(np.stack(truths))


def loss_of(logits: Tensor, truth: Tensor) -> Tensor:
    """Binary cross-entropy plus soft Dice, 1:1."""
    soft = torch.sigmoid(logits)
    overlap = (soft * truth).sum((1, 2))
    dice = (2 * overlap + SMOOTH) / (soft.sum((1, 2)) + truth.sum((1, 2)) + SMOOTH)
    return functional.binary_cross_entropy_with_logits(logits, truth) + (1 - dice).mean()


def trained(course: Course, banks: dict[str, Bank], folder: Path, start: OutlineNet | None, curve: Curve) -> OutlineNet:
    """The averaged weights after a course, going on from its checkpoint where there is one.

    Parameters
    ----------
    course : Course
        What to do.
    banks : dict of Bank
        Those named in its shares, and ``"held"``.
    folder : Path
        Of checkpoints.
    start : OutlineNet or None
        Weights to begin with; None begins anew.
    curve : Curve
        Gets a row at every checkpoint.
    """
    torch.manual_seed(course.seed)
    net = (copy.deepcopy(start) if start is not None else OutlineNet()).to(memory_format=torch.channels_last)
    mean, first = copy.deepcopy(net), 0
    optimiser = torch.optim.AdamW(net.parameters(), lr=course.rate, weight_decay=0.01)
    kept = folder / f"{course.name}.safetensors"
    if kept.exists():
        first = _resume(kept, net, mean, optimiser)
        curve.rows = [row for row in curve.rows if row[0] != course.name or row[1] <= first]
    began, losses = time.process_time(), []
    for step in range(first, course.steps):
        losses.append(_step(net, mean, optimiser, course, banks, step))
        late = time.process_time() - began > course.seconds
        if (step + 1) % KEEP_EVERY == 0 or step + 1 == course.steps or late:
            dice = float(np.mean(list(dices(mean, banks["held"], every=3).values())))
            curve.rows.append((course.name, step + 1, float(np.mean(losses)), dice))
            print(course.name, step + 1, f"loss {np.mean(losses):.4f} held-out Dice {dice:.4f}", flush=True)
            losses = []
            _keep(kept, net, mean, optimiser, step + 1)
        if late:
            break
    return mean.eval()


def _step(
    net: OutlineNet,
    mean: OutlineNet,
    optimiser: torch.optim.Optimizer,
    course: Course,
    banks: dict[str, Bank],
    step: int,
) -> float:
    warm = min(1.0, (step + 1) / 150)
    for group in optimiser.param_groups:
        group["lr"] = course.rate * warm * 0.5 * (1 + np.cos(np.pi * step / course.steps))
    # Batches depend on the step alone, so that a resumed run sees what an unbroken one would have seen.
    crop = course.crops[step % len(course.crops)]
    planes, truth = batch(banks, course.shares, crop, np.random.default_rng([course.seed, step]))
    net.train()
    with torch.autocast("cpu", torch.bfloat16):
        logits = net(planes)
    loss = loss_of(logits, truth)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimiser.step()
    share = min(EMA, (step + 1) / (step + 10))
    with torch.no_grad():
        for slow, fast in zip(mean.parameters(), net.parameters(), strict=True):
            slow.lerp_(fast, 1 - share)
    return float(loss.detach())


def _keep(path: Path, net: OutlineNet, mean: OutlineNet, optimiser: torch.optim.Optimizer, step: int) -> None:
    tensors = {f"net.{k}": v.contiguous() for k, v in net.state_dict().items()}
    tensors |= {f"mean.{k}": v.contiguous() for k, v in mean.state_dict().items()}
    for at, state in optimiser.state_dict()["state"].items():
        tensors |= {f"adam.{at}.{k}": v.contiguous() for k, v in state.items()}
    part = path.with_suffix(".part")
    save_file({**tensors, "step": torch.tensor([step])}, part)
    part.rename(path)


def _resume(path: Path, net: OutlineNet, mean: OutlineNet, optimiser: torch.optim.Optimizer) -> int:
    tensors = load_file(path)
    for start, module in (("net.", net), ("mean.", mean)):
        module.load_state_dict({k[len(start) :]: v for k, v in tensors.items() if k.startswith(start)})
    saved = optimiser.state_dict()
    for key, value in tensors.items():
        if key.startswith("adam."):
            _, at, name = key.split(".")
            saved["state"].setdefault(int(at), {})[name] = value
    optimiser.load_state_dict(saved)
    return int(tensors["step"][0])


def answers(net: OutlineNet, bank: Bank, every: int = 1) -> Iterator[tuple[int, Tensor]]:
    """Logits (160, 160) of every so many samples with their index."""
    whole = slice(None), slice(None)
    net.eval()
    for at in range(0, len(bank), every):
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            yield at, net(torch.from_numpy(planes_of(bank, at, whole)[None]))[0]


def dices(net: OutlineNet, bank: Bank, every: int = 1) -> dict[int, float]:
    """Dice at one half of prompted samples that show a lesion, by index."""
    out = {}
    for at, logits in answers(net, bank, every):
        truth = bank.truth[at] > 127
        if KINDS[bank.kind[at]] != "none" and truth.any():
            out[at] = overlap(logits.numpy() > 0, truth)
    return out


def overlap(found: np.ndarray, truth: np.ndarray) -> float:
    """Dice of two masks."""
    return float(2 * (found & truth).sum() / max(1, found.sum() + truth.sum()))
