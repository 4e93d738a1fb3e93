"""How long a 12-megapixel pair takes, step by step, beside just decoding it and beside other registrations.

    python benchmarks/speed.py [--json] [--repeats N] [--quick]

The pair is drawn by the phantom (a forearm with a card and a surgical scar; the second photo turned, shifted, zoomed
and stretched by a known amount), so that every registration can be held against the truth at a grid of points of skin.
Each measured program runs alone in a fresh process with one thread per library. Times are the best of N runs, ours and
Pillow's alike: on a shared machine the best is what repeats, and processor time repeats better than wall time. Peak
memory is the proportional set size (PSS) of the process and its decoding children together, sampled every 20 ms.
``total`` is everything from two files and a drawn region to verdicts. ``--quick`` leaves the other registrations out.

``networks`` are timed with one thread too, which is how the program runs them (under contention two threads took 7.6
times as long as one): the three readings of a crop that the landmarks of a face that was found cost, and every lesion
sought in a square of one megapixel of the baseline. Where the extra ``networks`` is not installed they are null.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

for _library in ("OMP", "OPENBLAS", "MKL", "ITK_GLOBAL_DEFAULT"):
    os.environ[f"{_library}_NUM_THREADS" if "ITK" not in _library else f"{_library}_NUMBER_OF_THREADS"] = "1"

import cv2  # noqa: E402  # after the thread counts
import numpy as np  # noqa: E402
import psutil  # noqa: E402
from PIL import Image  # noqa: E402

FRAME_MM, PX_PER_MM = (133.4, 100.0), 30.0  # 4002 x 3000 pixels = 12 megapixels
POINTS_PER_SIDE = 20
RATIO_GOAL, PEAK_GOAL_GB = 10.0, 1.2
LANDMARKS_GOAL_MS, OUTLINE_GOAL_S = 25.0, 0.6
SITK_SIDE = 1024  # pixels; at 12 megapixels B-splines by mutual information take minutes
Points = np.ndarray
Pair = tuple[Path, Path]


def make_pair(folder: Path, px_per_mm: float) -> None:
    """The two photos, the drawn region and the true correspondences."""
    from tracker import phantom

    scar = phantom.Lesion(phantom.Kind.SURGICAL, (0.0, -30.0), 6.0, 40.0, 0.2, angle_deg=20.0, blood=1.6)
    spec = phantom.SceneSpec(
        phantom.SITES["forearm"], ita=30.0, frame_mm=FRAME_MM, px_per_mm=px_per_mm, lesions=(scar,)
    )
    scene = phantom.make_scene(spec, seed=5)
    card = (phantom.Placement(phantom.tracker_card(), (0.0, 17.0)),)
    pose = phantom.Pose(rotation_deg=5.0, shift_mm=(3.0, -2.0), tilt_deg=(4.0, 2.0), zoom=0.95, stretch_mm=0.4, seed=3)
    first = phantom.photograph(scene, phantom.Visit(targets=card), seed=1)
    (folder / "baseline.jpg").write_bytes(phantom.jpeg(first.encoded))
    mask = (first.mask("surgical scar") * np.uint8(255)).astype(np.uint8)
    Image.fromarray(cv2.dilate(mask, np.ones((round(2 * px_per_mm) + 1,) * 2, np.uint8))).save(folder / "region.png")
    later = scene.with_lesions([scar.changed(area=0.8, blood=0.8)])
    second = phantom.photograph(later, phantom.Visit(pose=pose, targets=card), seed=2)
    (folder / "followup.jpg").write_bytes(phantom.jpeg(second.encoded))
    width, height = first.encoded.shape[1], first.encoded.shape[0]
    x, y = np.meshgrid(np.linspace(0.1, 0.9, POINTS_PER_SIDE) * width, np.linspace(0.1, 0.9, POINTS_PER_SIDE) * height)
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    truth = phantom.carry(first, second, points)
    inside = ((truth > 0.03 * np.array([width, height])) & (truth < 0.97 * np.array([width, height]))).all(1)
    skin = first.skin()[points[:, 1].astype(int), points[:, 0].astype(int)] > 0.5
    np.savez(folder / "truth.npz", points=points[inside & skin], truth=truth[inside & skin])


@dataclass(frozen=True)
class Spent:
    """The least wall time and the least processor time of several runs, in ms."""

    wall: float
    cpu: float


def best(action: Callable[[], Any], repeats: int) -> Spent:
    """What an action costs, its decoding children included."""
    wall, cpu = [], []
    for _ in range(repeats):
        started, used = time.perf_counter(), processor_seconds()
        action()
        wall.append(time.perf_counter() - started)
        cpu.append(processor_seconds() - used)
    return Spent(round(1000 * min(wall), 1), round(1000 * min(cpu), 1))


def processor_seconds() -> float:
    """Of this process, its living children and those that have ended; 10 ms resolution for the children."""
    me = psutil.Process()
    ended = me.cpu_times()
    total = time.process_time() + ended.children_user + ended.children_system
    for child in me.children(recursive=True):
        try:
            total += sum(child.cpu_times()[:2])
        except psutil.Error:
            continue
    return total


def pillow(pair: Pair) -> None:
    """Just decoding, as any program would."""
    for path in pair:
        with Image.open(path) as image:
            np.asarray(image.convert("RGB"))


def error_px(found: Points, truth: Points) -> dict[str, float]:
    """Median and 95th percentile of the distance, in pixels of the follow-up."""
    distance = np.linalg.norm(found - truth, axis=1)
    return {"median_px": round(float(np.median(distance)), 3), "p95_px": round(float(np.percentile(distance, 95)), 3)}


class PeakMemory:
    """The largest memory of this process and its children while the block runs."""

    def __enter__(self) -> "PeakMemory":
        self.peak = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        me = psutil.Process()
        while not self._done.wait(0.02):
            total = 0
            for process in [me, *me.children(recursive=True)]:
                try:
                    total += process.memory_full_info().pss
                except psutil.Error:
                    continue  # it has just ended
            self.peak = max(self.peak, total)


def ours(folder: Path, repeats: int) -> dict[str, Any]:
    """Steps, total, memory and error of this program."""
    from tracker.imaging import align, decode, pipeline, regions

    pair = folder / "baseline.jpg", folder / "followup.jpg"
    with Image.open(pair[0]) as image:
        region = pipeline.open_region(folder / "region.png", image.size)

    def whole() -> Any:
        return pipeline.analyse(*decode.open_photos(pair), region=region, site="forearm")

    with PeakMemory() as memory:
        analysis = whole()  # also warms the decoder and the imports
    total = best(whole, repeats)
    plain = best(lambda: pillow(pair), repeats)
    photos = tuple(decode.open_photo(path) for path in pair)
    ready = tuple(pipeline.prepare(photo) for photo in photos)
    skin = regions.skin_mask(ready[0]), regions.skin_mask(ready[1])
    alignment = align.fit(*ready, skin=skin, region=region)
    steps = {
        "decode": best(lambda: decode.open_photos(pair), repeats),
        "calibrate": best(lambda: [pipeline.prepare(photo) for photo in photos], repeats),
        "regions": best(lambda: [regions.skin_mask(photo) for photo in ready], repeats),
        "align": best(lambda: align.fit(*ready, skin=skin, region=region), repeats),
    }
    prepared = best(lambda: pipeline.analyse(*ready, region=region, site="forearm"), repeats)
    steps["measure"] = Spent(*(_rest(prepared, steps, unit) for unit in ("wall", "cpu")))
    steps["total"] = total
    truth = np.load(folder / "truth.npz")
    found = align.carry_points(alignment, truth["points"])
    return {
        "megapixels": round(photos[0].encoded.size / 3e6, 1),
        "steps": {name: spent.wall for name, spent in steps.items()},
        "steps_cpu": {name: spent.cpu for name, spent in steps.items()},
        "decode_only_ms": plain.wall,
        "decode_only_cpu_ms": plain.cpu,
        "ratio_to_decode": round(total.wall / plain.wall, 2),
        "ratio_to_decode_cpu": round(total.cpu / plain.cpu, 2),
        "peak_gb": round(memory.peak / 1e9, 3),
        "refusal": analysis.refusal.reason if analysis.refusal else None,
        "align": {
            "ms": steps["align"].wall,
            "cpu_ms": steps["align"].cpu,
            "points": len(found),
            **error_px(found, truth["truth"]),
        },
    }


def _rest(prepared: Spent, steps: dict[str, Spent], unit: str) -> float:
    """What of an analysis is neither regions nor alignment: patches, measures, checks, verdicts."""
    return round(max(0.0, getattr(prepared, unit) - sum(getattr(steps[n], unit) for n in ("regions", "align"))), 1)


def plain_sift(folder: Path) -> dict[str, Any]:
    """SIFT, ratio test, RANSAC homography at full size: what a first version would do."""
    first, second = (np.asarray(Image.open(folder / name).convert("L")) for name in ("baseline.jpg", "followup.jpg"))
    truth = np.load(folder / "truth.npz")
    started, used = time.perf_counter(), time.process_time()
    sift = cv2.SIFT_create(4000)
    (k1, d1), (k2, d2) = (sift.detectAndCompute(picture, None) for picture in (first, second))
    good = [a for a, b in cv2.BFMatcher().knnMatch(d1, d2, k=2) if a.distance < 0.75 * b.distance]
    source = np.array([k1[m.queryIdx].pt for m in good])
    target = np.array([k2[m.trainIdx].pt for m in good])
    matrix, _ = cv2.findHomography(source, target, cv2.RANSAC, 3.0) if len(good) >= 4 else (None, None)
    spent = {
        "ms": round(1000 * (time.perf_counter() - started), 1),
        "cpu_ms": round(1000 * (time.process_time() - used), 1),
    }
    if matrix is None:
        return {**spent, "refusal": f"{len(good)} matches"}
    found = cv2.perspectiveTransform(truth["points"][None], matrix)[0]
    return {**spent, "points": len(found), **error_px(found, truth["truth"])}


def simple_itk(folder: Path) -> dict[str, Any]:
    """SimpleITK as its examples show it: affine, then B-splines, Mattes mutual information, three levels."""
    import SimpleITK as sitk  # noqa: N813  # its own name for itself

    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    grey = [np.asarray(Image.open(folder / name).convert("L")) for name in ("baseline.jpg", "followup.jpg")]
    truth = np.load(folder / "truth.npz")
    started, used = time.perf_counter(), time.process_time()
    scale = SITK_SIDE / max(grey[0].shape)
    small = [cv2.resize(g, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.float32) for g in grey]
    fixed, moving = (sitk.GetImageFromArray(s) for s in small)
    start = sitk.CenteredTransformInitializer(
        fixed, moving, sitk.AffineTransform(2), sitk.CenteredTransformInitializerFilter.GEOMETRY
    )
    affine = _method(sitk, 0.2)
    affine.SetOptimizerAsRegularStepGradientDescent(1.0, 1e-4, 300)
    affine.SetOptimizerScalesFromPhysicalShift()
    affine.SetInitialTransform(start, inPlace=False)
    plane = affine.Execute(fixed, moving)
    spline = _method(sitk, 0.2)
    spline.SetMovingInitialTransform(plane)
    spline.SetInitialTransform(sitk.BSplineTransformInitializer(fixed, [8, 6]), inPlace=False)
    spline.SetOptimizerAsLBFGSB(gradientConvergenceTolerance=1e-5, numberOfIterations=100)
    bent = spline.Execute(fixed, moving)
    spent = {
        "ms": round(1000 * (time.perf_counter() - started), 1),
        "cpu_ms": round(1000 * (time.process_time() - used), 1),
    }
    at = (truth["points"] + 0.5) * scale - 0.5
    moved = np.array([plane.TransformPoint(bent.TransformPoint(p.tolist())) for p in at])
    found = (moved + 0.5) / scale - 0.5
    return {**spent, "points": len(found), **error_px(found, truth["truth"])}


def _method(sitk: Any, share: float) -> Any:
    method = sitk.ImageRegistrationMethod()
    method.SetMetricAsMattesMutualInformation(50)
    method.SetMetricSamplingStrategy(method.RANDOM)
    method.SetMetricSamplingPercentage(share, 42)
    method.SetInterpolator(sitk.sitkLinear)
    method.SetShrinkFactorsPerLevel([4, 2, 1])
    method.SetSmoothingSigmasPerLevel([2, 1, 0])
    return method


def our_networks(folder: Path, repeats: int) -> dict[str, float] | None:
    """Landmarks of a face that was found, ms; the lesions in a megapixel of skin, s. None without the extra."""
    from tracker.imaging import decode, networks, outline
    from tracker.imaging.regions import landmarks
    from tracker.imaging.types import Box, Region

    if not networks.installed():
        return None
    reader = networks.load(networks.FACE_LANDMARKS).network
    side = landmarks.CROP_SIDE
    crop = np.random.default_rng(1).integers(0, 256, (1, side, side, 3), np.uint8)  # time does not depend on content
    both = np.concatenate([crop, crop[:, :, ::-1]])
    photo = decode.open_photo(folder / "baseline.jpg")
    width, height = (min(1000, length) for length in photo.size)
    left, top = (photo.size[0] - width) // 2, (photo.size[1] - height) // 2
    box = Box(left, top, left + width, top + height)
    square = Region("drawn", box, np.ones((height, width), bool))
    seeker = networks.load(networks.OUTLINE).network
    reads = [lambda: (reader.read(crop), reader.read(both)), lambda: outline.find(photo, square, seeker)]
    for read in reads:
        read()  # the first call makes torch choose its kernels
    face, lesions = (best(read, max(repeats, 5)) for read in reads)
    megapixels = width * height / 1e6
    return {
        "landmarks_ms_per_face": face.wall,
        "landmarks_cpu_ms_per_face": face.cpu,
        "outline_s_per_megapixel": round(lesions.wall / 1000 / megapixels, 3),
        "outline_cpu_s_per_megapixel": round(lesions.cpu / 1000 / megapixels, 3),
    }


PARTS: dict[str, Callable[[argparse.Namespace], Any]] = {
    "make": lambda asked: make_pair(asked.folder, asked.px_per_mm),
    "ours": lambda asked: ours(asked.folder, asked.repeats),
    "networks": lambda asked: our_networks(asked.folder, asked.repeats),
    "plain SIFT + RANSAC": lambda asked: plain_sift(asked.folder),
    "SimpleITK": lambda asked: simple_itk(asked.folder),
}


def in_fresh_process(part: str, folder: Path, asked: argparse.Namespace) -> Any:
    """The answer of one part, run alone."""
    options = {"part": part, "folder": folder, "repeats": asked.repeats, "px-per-mm": asked.px_per_mm}
    command = [sys.executable, __file__, *(f"--{name}={value}" for name, value in options.items())]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def report(answer: dict[str, Any]) -> None:
    print(f"{answer['megapixels']:4.1f}-megapixel pair        wall ms   cpu ms")
    for name, ms in answer["steps"].items():
        print(f"  {name:22s} {ms:9.0f} {answer['steps_cpu'][name]:8.0f}")
    print(f"  {'just decoding (Pillow)':22s} {answer['decode_only_ms']:9.0f} {answer['decode_only_cpu_ms']:8.0f}")
    wall, cpu = answer["ratio_to_decode"], answer["ratio_to_decode_cpu"]
    print(f"ratio of the whole to decoding: {wall:.1f} wall, {cpu:.1f} cpu (goal <= {RATIO_GOAL:g})")
    print(f"peak memory with children: {answer['peak_gb']:.2f} GB (goal <= {PEAK_GOAL_GB:g})")
    if nets := answer["networks"]:
        face, face_cpu = nets["landmarks_ms_per_face"], nets["landmarks_cpu_ms_per_face"]
        area, area_cpu = nets["outline_s_per_megapixel"], nets["outline_cpu_s_per_megapixel"]
        print(f"landmarks of a face: {face:.1f} ms wall, {face_cpu:.1f} cpu (goal <= {LANDMARKS_GOAL_MS:g})")
        print(f"outlines in a megapixel: {area:.2f} s wall, {area_cpu:.2f} cpu (goal <= {OUTLINE_GOAL_S:g})")
    if answer["refusal"]:
        print(f"refused: {answer['refusal']}")
    print("registration alone         wall ms   cpu ms  median px   95 % px")
    for name, peer in answer["peers"].items():
        error = f"{peer['median_px']:10.2f} {peer['p95_px']:9.2f}" if "median_px" in peer else f"  {peer['refusal']}"
        print(f"  {name:22s} {peer['ms']:9.0f} {peer['cpu_ms']:8.0f} {error}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--px-per-mm", type=float, default=PX_PER_MM, help="30 makes 12 megapixels")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    if asked.part:
        print(json.dumps(PARTS[asked.part](asked)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = asked.folder or Path(name)
        if not (folder / "truth.npz").exists():
            in_fresh_process("make", folder, asked)
        answer = in_fresh_process("ours", folder, asked)
        answer["networks"] = in_fresh_process("networks", folder, asked)
        answer["peers"] = {"ours": answer.pop("align")}
        if not asked.quick:
            for peer in ("plain SIFT + RANSAC", "SimpleITK"):
                answer["peers"][peer] = in_fresh_process(peer, folder, asked)
    print(json.dumps(answer)) if asked.json else report(answer)


if __name__ == "__main__":
    main()
