"""The shipped members on held-out scenes, by prompt and by tone.

    python models/outline-v1/held_out.py --run FOLDER [--photos ../shared/data]

FOLDER is that of the training, whose banks are read (or made again from the seed). Views painted into London people are
read by the one member that has not seen them, the others by all five. Dice at one half and the
ratio of areas, of the mean of the members' log-odds, beside the classical evidence and the prompt itself.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch
from outline_bank import Bank, bank
from outline_fit import overlap, planes_of
from outline_prompts import KINDS
from outline_skin import FOLDS
from safetensors.torch import load_file

from tracker.imaging.networks.outline import OutlineEnsemble, build

HERE = Path(__file__).resolve().parent
BANDS = {"> 41": (41.0, 90.0), "10..41": (10.0, 41.0), "-30..10": (-30.0, 10.0), "< -30": (-90.0, -30.0)}
EVERY = 4
"""Of the London views, which are many."""
LEAST_PX = 20
"""Smaller lesions are not judged."""
WHOLE = slice(None), slice(None)


def main() -> None:
    """Print the tables."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--run", type=Path, required=True)
    asked.add_argument("--photos", type=Path, default=HERE.parents[1] / ".." / "shared" / "data")
    asked.add_argument("--seed", type=int, default=1)
    found = asked.parse_args()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    weights = {name: value.float() for name, value in load_file(HERE / "outline-v1.safetensors").items()}
    network = build(weights)
    print("| scenes | prompt | n | Dice median, p10 | evidence | prompt | ln area median |")
    for source in ("held_phantom", "held_synthetic"):
        _report(network, source, bank(source, found.run, None, found.seed, 1.0))
    for fold in range(FOLDS):
        part = bank(f"london{fold}", found.run, found.photos, found.seed, 1.0)
        few = part.only(np.arange(0, len(part), EVERY))
        _report(build(weights, [fold]), f"London fold {fold}, its own member", few)


def _report(network: OutlineEnsemble, source: str, part: Bank) -> None:
    rows = [_row(network, part.tightened(), at) for at in range(len(part))]
    for kind, name in enumerate(KINDS):
        _table(source, name, [row for at, row in enumerate(rows) if part.kind[at] == kind])
    for band, (low, high) in BANDS.items():
        inside = (part.kind > 0) & (part.tone >= low) & (part.tone < high)
        _table(source, f"any prompt, ITA {band}", [row for at, row in enumerate(rows) if inside[at]])


def _row(network: OutlineEnsemble, part: Bank, at: int) -> tuple[float, float, float, float, float]:
    """Pixels of the truth, Dice of ours, of the evidence and of the prompt, ln of the ratio of areas.

    For bare skin the Dice are the shares of the view that are called lesion.
    """
    soft = 1 / (1 + np.exp(-network(planes_of(part, at, WHOLE)[None])[:, 0].mean(axis=0)))
    masks = soft > 0.5, part.evidence[at] > 127, part.place[at] > 0
    truth = part.truth[at] > 127
    if not truth.any():
        return 0.0, *(float(mask.mean()) for mask in masks), float("nan")
    ratio = float(np.log(max(1, int(masks[0].sum())) / truth.sum()))
    return float(truth.sum()), *(overlap(mask, truth) for mask in masks), ratio


def _table(source: str, name: str, rows: list[tuple[float, ...]]) -> None:
    seen = np.array([row for row in rows if row[0] >= LEAST_PX])
    if len(seen):
        middle = np.median(seen, axis=0)
        print(f"| {source} | {name} | {len(seen)} | {middle[1]:.3f}, {np.percentile(seen[:, 1], 10):.3f} |"
              f" {middle[2]:.3f} | {middle[3]:.3f} | {middle[4]:+.3f} |")  # fmt: skip
    bare = np.array([row for row in rows if row[0] == 0])
    if len(bare):
        print(
            f"| {source} | {name}, bare skin: share called lesion | {len(bare)} | mean {bare[:, 1].mean():.4f} | | | |"
        )


if __name__ == "__main__":
    main()
