"""The smoke test of the recipe: half a minute of training on the phantom and synthetic skin, beside chance."""

from pathlib import Path

import numpy as np
import torch
from outline_bank import Bank, bank
from outline_fit import KINDS, Course, Curve, overlap, planes_of, trained

from tracker.imaging.networks.outline import OutlineNet

WHOLE = slice(None), slice(None)


def smoke(folder: Path, seed: int) -> dict[str, object]:
    """Dice of box-prompted held-out scenes after 30 s of training, beside that of the box itself.

    The classical evidence, from which the network starts and which alone reaches 0.82, is hidden from it: what it
    answers is what it learned. ``untrained`` is the answer before.
    """
    banks = {name: bank(name, folder, None, seed, 0.06) for name in ("phantom", "synthetic")}
    held = Bank.joined([bank(name, folder, None, seed, 0.2) for name in ("held_phantom", "held_synthetic")])
    course = Course("smoke", 400, 2e-3, seed, {"phantom": 0.3, "synthetic": 0.7}, seconds=30.0)
    start = OutlineNet()
    torch.nn.init.zeros_(start.told.weight)
    net = trained(course, banks | {"held": held}, folder, start, Curve())
    boxes = [at for at in range(len(held)) if KINDS[held.kind[at]] == "box" and (held.truth[at] > 127).any()]
    chance = [overlap(held.place[at] > -127, held.truth[at] > 127) for at in boxes]
    return {
        "figure": "Dice",
        "value": _without_evidence(net, held, boxes),
        "chance": float(np.mean(chance)),
        "better": "higher",
        "untrained": _without_evidence(OutlineNet().eval(), held, boxes),
        "n": len(boxes),
    }


def _without_evidence(net: OutlineNet, held: Bank, boxes: list[int]) -> float:
    """Mean Dice of what a network answers from colours and the box."""
    found = []
    for at in boxes:
        planes = torch.from_numpy(planes_of(held, at, WHOLE, told=False)[None])
        with torch.inference_mode():
            logits = net(planes)[0].numpy()
        found.append(overlap(logits > 0, held.truth[at] > 127))
    return float(np.mean(found))
