"""Trains the members of face-landmarks-v1, one per fold of people, and packs them into one file of weights.

    python models/face-landmarks-v1/train.py --photos ../shared/data --runs RUNS --fold 0   # ... to 4, 12 min each
    python models/face-landmarks-v1/pack.py --runs RUNS
    python models/face-landmarks-v1/train.py --photos ../shared/data --smoke                # 60 s; must beat chance

One core (2.1 GHz with bfloat16 units) suffices. A run that was stopped goes on from its last checkpoint with the same
numbers, because every step draws from a generator seeded by (seed, fold, stage, step).
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from landmark_looks import faceless  # noqa: E402
from landmark_people import LONDON_INDEX, Labelled, held_out, labelled, training_photos  # noqa: E402
from landmark_scenes import ANCHOR_INDEX, crop_scene, frame_scene  # noqa: E402

from tracker.imaging.networks.face_landmarks import CROP_SIDE, LOCATOR_SIDE, PointNet, locator, reader  # noqa: E402
from tracker.imaging.regions.landmarks import ANCHOR_NAMES, crop_transform  # noqa: E402
from tracker.imaging.types import NAMED_POINTS, POINT_NAMES  # noqa: E402

SEED = 4
BATCH = 16
PEAK_RATE = 2e-3
WEIGHT_DECAY = 0.02
EMA = 0.998
NAMED_WEIGHT = 3.0
"""The points by which accuracy is judged count three times."""
HEAT_WEIGHT = 0.3
"""Of the cross-entropy between the heatmap and a Gaussian of one cell about the label: it finds the peak early."""
CHECKPOINT_STEPS = 200


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the two networks of a member.

    Parameters
    ----------
    name : str
        "locator" or "reader".
    side : int
        Pixels of its input.
    steps : int
        Of BATCH scenes.
    faceless : int
        Scenes of a batch that show no face.
    """

    name: str
    side: int
    steps: int
    faceless: int


LOCATOR = Stage("locator", LOCATOR_SIDE, 2600, 4)
READER = Stage("reader", CROP_SIDE, 5600, 2)


def new_network(stage: Stage) -> PointNet:
    """The untrained network of a stage."""
    return locator() if stage.name == "locator" else reader(len(POINT_NAMES))


def batch(stage: Stage, photos: list[Labelled], faces: list[NDArray[np.uint8]], seed: list[int]) -> tuple[Tensor, ...]:
    """Images (n, 3, side, side), points (n, p, 2) and whether there is a face (n,)."""
    rng = np.random.default_rng(seed)
    make = frame_scene if stage.name == "locator" else crop_scene
    # London people make nine scenes of ten: the other photos are of one person and have few labelled points.
    london, rest = [p for p in photos if p.outlined], [p for p in photos if not p.outlined]
    images, points = [], []
    for at in range(BATCH):
        if at < stage.faceless:
            images.append(faceless(faces, stage.side, rng))
            points.append(np.full((len(ANCHOR_NAMES) if stage.name == "locator" else len(POINT_NAMES), 2), np.nan))
            continue
        few = rng.random() < 0.1 and rest
        pool = rest if few else london
        image, where = make(pool[rng.integers(len(pool))], stage.side, rng)
        images.append(image)
        points.append(where)
    there = torch.tensor([at >= stage.faceless for at in range(BATCH)], dtype=torch.float32)
    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float(), torch.from_numpy(np.stack(points)), there


def loss_of(stage: Stage, answers: tuple[Tensor, ...], points: Tensor, there: Tensor) -> Tensor:
    """Laplace negative log-likelihood of the points, cross-entropy of their heatmaps, cross-entropy of the face."""
    found, log_scale, face, heat = answers
    inside = (points.nan_to_num(-1e3) > -1).all(2) & (points.nan_to_num(1e9) < stage.side).all(2)
    weight = inside.float()
    if stage.name == "reader":
        weight[:, [POINT_NAMES.index(name) for name in NAMED_POINTS]] *= NAMED_WEIGHT
    target = points.nan_to_num(0.0).float()
    likelihood = (found - target).abs().sum(2) * (-log_scale).exp() + 2 * log_scale
    cells = stage.side // 4
    axis = torch.arange(cells, dtype=torch.float32) * 4 + 1.5
    bell = (-(((axis - target[..., None]) / 4) ** 2) / 2).softmax(3)  # (n, p, 2, cells)
    blob = (bell[:, :, 1, :, None] * bell[:, :, 0, None, :]).flatten(2)
    crossed = -(blob * heat).sum(2)
    of_points = ((likelihood + HEAT_WEIGHT * crossed) * weight).sum() / weight.sum().clamp_min(1)
    return of_points + torch.nn.functional.binary_cross_entropy_with_logits(face, there)


def train(stage: Stage, fold: int, photos: list[Labelled], folder: Path | None, limit_s: float = 60.0) -> PointNet:
    """The trained network (its moving average), from the last checkpoint in the folder if there is one.

    Parameters
    ----------
    folder : Path or None
        Of checkpoints; None trains for limit_s seconds of processor time, the learning rate following that clock, and
        keeps nothing.
    """
    torch.manual_seed(SEED * 10 + fold)
    net = new_network(stage).to(memory_format=torch.channels_last)
    ema = {k: v.detach().clone() for k, v in net.state_dict().items()}
    optimiser = torch.optim.AdamW(net.parameters(), PEAK_RATE, weight_decay=WEIGHT_DECAY)
    faces = [upright(photo) for photo in photos]
    stored = folder / f"{stage.name}-{fold}.safetensors" if folder else None
    curve, begun, before = [], 0, 0.0
    if stored and stored.exists():
        begun, curve, before = _resume(stored, net, ema, optimiser)
    start, used, running = time.monotonic(), time.process_time(), 0.0
    for step in range(begun, stage.steps):
        done = step / stage.steps if stored else (time.process_time() - used) / limit_s
        if done >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = PEAK_RATE * min(1.0, (step + 1) / 100) * (0.01 + 0.99 * 0.5 * (1 + np.cos(np.pi * done)))
        images, points, there = batch(stage, photos, faces, [SEED, fold, len(stage.name), step])
        with torch.autocast("cpu", torch.bfloat16):
            answers = net(images)
        loss = loss_of(stage, answers, points, there)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        _average(ema, net, min(EMA, (step + 1) / (step + 10)))
        running += float(loss.detach())
        if (step + 1) % 100 == 0:
            curve.append([step + 1, round(running / 100, 4)])
            running = 0.0
            print(stage.name, fold, *curve[-1], f"{before + time.monotonic() - start:.0f} s", flush=True)
        if stored and ((step + 1) % CHECKPOINT_STEPS == 0 or step + 1 == stage.steps):
            _keep(stored, net, ema, optimiser, (step + 1, curve, before + time.monotonic() - start))
    net.load_state_dict(ema)
    return net.eval()


def upright(photo: Labelled) -> NDArray[np.uint8]:
    """The aligned crop of a photo, from which scenes without a face take their parts."""
    place = crop_transform(photo.points[ANCHOR_INDEX], CROP_SIDE)
    crop = cv2.warpPerspective(photo.picture[..., :3], place, (CROP_SIDE, CROP_SIDE), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(crop, np.uint8)


def _average(ema: dict[str, Tensor], net: PointNet, keep: float) -> None:
    for name, value in net.state_dict().items():
        if value.is_floating_point():
            ema[name].lerp_(value, 1 - keep)


def _keep(
    stored: Path, net: PointNet, ema: dict[str, Tensor], optimiser: torch.optim.Optimizer, at: tuple[int, list, float]
) -> None:
    tensors = {f"net.{k}": v for k, v in net.state_dict().items()} | {f"ema.{k}": v for k, v in ema.items()}
    for i, state in optimiser.state_dict()["state"].items():
        tensors |= {f"adam.{i}.{k}": v for k, v in state.items()}
    stored.parent.mkdir(parents=True, exist_ok=True)
    facts = {"step": str(at[0]), "curve": json.dumps(at[1]), "seconds": str(at[2])}
    save_file({k: v.contiguous().clone() for k, v in tensors.items()}, stored.with_suffix(".new"), facts)
    stored.with_suffix(".new").replace(stored)


def _resume(
    stored: Path, net: PointNet, ema: dict[str, Tensor], optimiser: torch.optim.Optimizer
) -> tuple[int, list, float]:
    tensors, facts = load_file(stored), facts_of(stored)
    net.load_state_dict({k[4:]: v for k, v in tensors.items() if k.startswith("net.")})
    ema.update({k[4:]: v for k, v in tensors.items() if k.startswith("ema.")})
    whole = optimiser.state_dict()
    for key, value in tensors.items():
        if key.startswith("adam."):
            _, i, name = key.split(".")
            whole["state"].setdefault(int(i), {})[name] = value
    optimiser.load_state_dict(whole)
    return int(facts["step"]), json.loads(facts["curve"]), float(facts["seconds"])


def facts_of(stored: Path) -> dict[str, str]:
    """Step, loss curve and seconds of a checkpoint."""
    size = int.from_bytes(stored.open("rb").read(8), "little")
    with stored.open("rb") as file:
        file.seek(8)
        header: dict[str, dict[str, str]] = json.loads(file.read(size))
    return header["__metadata__"]


def held_out_error(net: PointNet, data: Path, fold: int) -> dict[str, float]:
    """Median normalised mean error (% of the inter-pupil distance) of aligned crops of the people held out."""
    rows = []
    for person in held_out(data, fold):
        photo = labelled(data / "faces_london" / f"{person}_neutral", person, LONDON_INDEX)
        crop, truth = crop_scene_plain(photo, np.random.default_rng(int(person)))
        with torch.inference_mode():
            image = torch.from_numpy(crop).permute(2, 0, 1)[None].float()
            found = net(image)[0][0].numpy()
        unit = np.hypot(*(truth[0] - truth[1]))
        rows.append(np.hypot(*(found - truth).T) / unit * 100)
    errors = np.array(rows)
    named = errors[:, [POINT_NAMES.index(name) for name in NAMED_POINTS]].mean(1)
    return {
        "named_median": float(np.median(named)),
        "named_p90": float(np.percentile(named, 90)),
        "all_median": float(np.median(errors.mean(1))),
        **{f"point {n}": float(v) for n, v in zip(POINT_NAMES, np.median(errors, 0), strict=True)},
    }


def crop_scene_plain(photo: Labelled, rng: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """The photo's crop laid a little beside, as a locator lays it, but not developed anew."""
    anchors = photo.points[ANCHOR_INDEX]
    unit = np.hypot(*(anchors[0] - anchors[1]))
    place = crop_transform(anchors + rng.normal(0, 0.04, anchors.shape) * unit, CROP_SIDE)
    crop = cv2.warpPerspective(photo.picture[..., :3], place, (CROP_SIDE, CROP_SIDE), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(crop, np.uint8), photo.points @ place[:2, :2].T + place[:2, 2]


def mean_shape(photos: list[Labelled]) -> NDArray[np.float64]:
    """Mean of the labels in aligned crops: the answer of a network that does not look."""
    crops = [p.points @ (t := crop_transform(p.points[ANCHOR_INDEX], CROP_SIDE))[:2, :2].T + t[:2, 2] for p in photos]
    return np.asarray(np.nanmean(crops, 0), np.float64)


def smoke(data: Path, seconds: float) -> dict[str, float]:
    """Under a minute of training of a reader for fold 0: its median error of the named points, and that of chance.

    Both are judged in scenes of the people held out. Chance is the mean shape of the training labels: the answer of a
    network that does not look.
    """
    photos = training_photos(data, 0)[:-8]
    net = train(READER, 0, photos, None, seconds)
    scenes = [_held_out_scene(data, person) for person in held_out(data, 0)]
    images = torch.from_numpy(np.stack([image for image, _ in scenes])).permute(0, 3, 1, 2).float()
    with torch.inference_mode():
        found = net(images)[0].numpy()
    blind = mean_shape(photos)
    truths = [truth for _, truth in scenes]
    return {
        "value": float(np.median([_named_error(f, truth) for f, truth in zip(found, truths, strict=True)])),
        "chance": float(np.median([_named_error(blind, truth) for truth in truths])),
    }


def _held_out_scene(data: Path, person: str) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """A scene as the training draws them, of a person who is not in it; always the same."""
    photo = labelled(data / "faces_london" / f"{person}_neutral", person, LONDON_INDEX)
    return crop_scene(photo, CROP_SIDE, np.random.default_rng(int(person)))


def _named_error(found: NDArray[np.floating], truth: NDArray[np.float64]) -> float:
    """Mean distance of the named points in % of the inter-pupil distance."""
    at = [POINT_NAMES.index(name) for name in NAMED_POINTS]
    return float(np.nanmean(np.hypot(*(found - truth).T)[at]) / np.hypot(*(truth[0] - truth[1])) * 100)


def main(arguments: list[str], say: Callable[[str], None]) -> int:
    """Runs what the command line asks; 0 when it succeeded."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=Path, default=Path("../shared/data"))
    parser.add_argument("--runs", type=Path, help="folder of checkpoints, outside the repository")
    parser.add_argument("--fold", type=int, choices=range(5))
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args(arguments)
    torch.set_num_threads(args.threads)
    cv2.setNumThreads(1)
    if args.smoke:
        say(json.dumps({"figure": "NME %", **smoke(args.photos, 45.0), "better": "lower"}))
        return 0
    if args.runs is None:
        parser.error("--runs is needed: a folder for checkpoints outside the repository")
    photos = training_photos(args.photos, args.fold)
    for stage in (LOCATOR, READER):
        net = train(stage, args.fold, photos, args.runs)
    say(json.dumps(held_out_error(net, args.photos, args.fold)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], print))
