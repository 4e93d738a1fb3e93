"""The recipe of outline-v1: scenes, one shared training without London people, five members, temperatures.

    python models/outline-v1/train.py --run FOLDER [--photos ../shared/data | --no-photos] [--seed 1]
    python models/outline-v1/train.py --smoke [--no-photos]

Interrupted, it goes on where it was. Banks and checkpoints stay in the run's folder, which must lie outside the
repository: they hold pixels of real people. The smoke test trains for less than a minute on the phantom and synthetic
skin; chance is the prompting box itself as the answer.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from outline_bank import Bank, bank
from outline_fit import Course, Curve, answers, trained
from outline_skin import FOLDS
from outline_smoke import smoke
from safetensors.torch import save_file

from tracker.imaging.networks.outline import OutlineNet

HERE = Path(__file__).resolve().parent
SHARED_STEPS, MEMBER_STEPS = 2000, 420
SHARED_RATE, MEMBER_RATE = 2e-3, 1.5e-3
MEMBER_CROPS = (112, 128, 144, 160)
SHARED_APART, MEMBER_APART = 0.8, 1.5
"""Standard deviations between a painted lesion and its rim, below which it is not trained on."""
LONDON_SHARE = 0.35
TEMPERATURES = np.geomspace(0.5, 3.0, 37)


def main() -> None:
    """Train, or smoke."""
    asked = _arguments()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    if asked.smoke:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(smoke(Path(folder), asked.seed)))
        return
    asked.run.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    tensors, curve = members(asked.run, None if asked.no_photos else asked.photos, asked.seed)
    asked.out.mkdir(parents=True, exist_ok=True)
    save_file(tensors, asked.out / "outline-v1.safetensors")
    curve.write(asked.out / "loss.csv")
    print(f"{(time.monotonic() - began) / 3600:.2f} hours in this call")


def members(run: Path, photos: Path | None, seed: int) -> tuple[dict[str, torch.Tensor], Curve]:
    """The weights of all members in float16, and the loss curve.

    Parameters
    ----------
    run : Path
        Of banks and checkpoints.
    photos : Path or None
        Real faces to paint on; None trains on phantom and synthetic skin alone.
    seed : int
        Of everything.
    """
    names = ["phantom", "synthetic", "held_phantom", "held_synthetic", *(["free"] if photos else [])]
    names += [f"london{fold}" for fold in range(FOLDS)] if photos else []
    banks = {name: bank(name, run, photos, seed, 1.0) for name in names}
    banks = _clear(banks, SHARED_APART)
    banks["held"] = Bank.joined([banks["held_phantom"], banks["held_synthetic"]])
    shares = {"phantom": 0.35, "synthetic": 0.35, **({"free": 0.30} if photos else {})}
    curve = _curve_of(run)
    course = Course("shared", SHARED_STEPS, SHARED_RATE, seed, shares)
    shared = trained(course, banks, run, None, curve)
    curve.write(run / "loss.csv")
    banks = {name: part.tightened() for name, part in _clear(banks, MEMBER_APART).items()}
    tensors = {}
    for fold in range(FOLDS):
        seen = [f"london{other}" for other in range(FOLDS) if other != fold] if photos else []
        mixed = {name: share * (1 - LONDON_SHARE) for name, share in shares.items()}
        mixed |= {name: LONDON_SHARE / len(seen) for name in seen}
        course = Course(f"member{fold}", MEMBER_STEPS, MEMBER_RATE, seed + 1000 * (fold + 1), mixed, MEMBER_CROPS)
        drawn = banks | {name: _bootstrap(banks[name], course.seed) for name in mixed}
        net = trained(course, drawn, run, shared, curve)
        net.temperature.fill_(temperature(net, banks["held"]))
        print(course.name, "temperature", float(net.temperature), flush=True)
        curve.write(run / "loss.csv")
        tensors |= {f"m{fold}.{key}": value.half().contiguous() for key, value in net.state_dict().items()}
    return tensors, curve


def temperature(net: OutlineNet, held: Bank) -> float:
    """The divisor of logits with the least cross-entropy on held-out scenes (every second one)."""
    losses = np.zeros(len(TEMPERATURES))
    for at, logits in answers(net, held, every=2):
        truth = torch.from_numpy(held.truth[at].astype(np.float32) / 255)
        for index, divisor in enumerate(TEMPERATURES):
            losses[index] += float(torch.nn.functional.binary_cross_entropy_with_logits(logits / divisor, truth))
    return float(TEMPERATURES[int(np.argmin(losses))])


def _clear(banks: dict[str, Bank], least: float) -> dict[str, Bank]:
    """Without painted lesions that cannot be seen; the phantom's and the held-out ones stay."""
    out = dict(banks)
    for name, whole in banks.items():
        if name.startswith(("synthetic", "free", "london")):
            out[name] = whole.only(whole.visible(least))
            print(name, len(whole), "of which clear", len(out[name]), flush=True)
    return out


def _bootstrap(whole: Bank, seed: int) -> Bank:
    """As many samples drawn with repetition, so that members differ."""
    rng = np.random.default_rng([seed, 7])
    return whole.only(rng.integers(len(whole), size=len(whole)))


def _curve_of(run: Path) -> Curve:
    path, curve = run / "loss.csv", Curve()
    if path.exists():
        for line in path.read_text().splitlines()[1:]:
            name, step, loss, dice = line.split(",")
            curve.rows.append((name, int(step), float(loss), float(dice)))
    return curve


def _arguments() -> argparse.Namespace:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--run", type=Path, help="folder of banks and checkpoints, outside the repository")
    asked.add_argument("--photos", type=Path, default=HERE.parents[1] / ".." / "shared" / "data")
    asked.add_argument("--no-photos", action="store_true", help="phantom and synthetic skin alone")
    asked.add_argument("--out", type=Path, default=HERE, help="where weights and loss curve go")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--smoke", action="store_true", help="train for less than a minute and print Dice and chance")
    found = asked.parse_args()
    if found.run is None and not found.smoke:
        sys.exit("--run FOLDER is missing: name a folder outside the repository for banks and checkpoints.")
    return found


if __name__ == "__main__":
    main()
