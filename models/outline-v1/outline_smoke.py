"""The smoke test of the recipe: half a minute of training on the phantom and synthetic skin, beside chance."""

from pathlib import Path

import numpy as np
from outline_bank import Bank, bank
from outline_fit import KINDS, Course, Curve, dices, overlap, trained


def smoke(folder: Path, seed: int) -> dict[str, object]:
    """Dice of box-prompted held-out scenes after 30 s of training, beside that of the box itself.

    ``untrained`` is the classical evidence from which the network starts: 30 s may not yet beat it.
    """
    banks = {name: bank(name, folder, None, seed, 0.06) for name in ("phantom", "synthetic")}
    held = Bank.joined([bank(name, folder, None, seed, 0.2) for name in ("held_phantom", "held_synthetic")])
    course = Course("smoke", 400, 2e-3, seed, {"phantom": 0.3, "synthetic": 0.7}, seconds=30.0)
    net = trained(course, banks | {"held": held}, folder, None, Curve())
    boxes = [at for at in range(len(held)) if KINDS[held.kind[at]] == "box" and (held.truth[at] > 127).any()]
    ours = dices(net, held)
    chance = [overlap(held.place[at] > -127, held.truth[at] > 127) for at in boxes]
    evidence = [overlap(held.evidence[at] > 127, held.truth[at] > 127) for at in boxes]
    value = float(np.mean([ours[at] for at in boxes]))
    return {
        "figure": "Dice",
        "value": value,
        "chance": float(np.mean(chance)),
        "better": "higher",
        "untrained": float(np.mean(evidence)),
        "n": len(boxes),
    }
