"""How well colour and scale come back from the card: simulated cameras with known truth, n and percentiles printed.

    python benchmarks/calibration.py --cameras 20

The simulator is that of tests/imaging/test_calibrate.py: a 3x3 sensor mix, white balance, exposure x0.5 to x2, gamma,
flare, noise, 8 bit, JPEG 85 to 95; it has no metamerism, so real errors under poor lamps are larger.
"""

import argparse
import importlib.util
import json
import time
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np

from tracker.imaging import calibrate
from tracker.imaging.colour import delta_e_2000, linear_to_lab
from tracker.imaging.types import FlagCode

TONES = ("s-curve 0.3", "s-curve 0.5", "local 0.4")
FIGURES = ("held-out skin dE00", "the same, uncalibrated", "two photos of a visit dE00", "skin residual printed dE00",
           "scale error %", "area error %, tilt 0-28", "fit, CPU ms", "honest photos refused")  # fmt: skip
SIMULATOR = Path(__file__).resolve().parents[1] / "tests" / "imaging" / "test_calibrate.py"


def simulator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("calibration_simulator", SIMULATOR)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def percentiles(values: list[float]) -> dict[str, float]:
    q = np.percentile(values, [50, 95, 100])
    return {"n": len(values), "median": round(q[0], 3), "p95": round(q[1], 3), "max": round(q[2], 3)}


def one_camera(sim: ModuleType, seed: int) -> dict[str, list[float]]:
    """The errors of two photos by one camera; a photo that is refused counts under ``honest photos refused``."""
    rng = np.random.default_rng(seed)
    scene, camera, labs = sim.flat_scene(rng), sim.random_camera(rng), []
    out: dict[str, list[float]] = {name: [] for name in FIGURES}
    truth = linear_to_lab(sim.SKIN)
    for _ in range(2):
        pose = sim.random_pose(rng, rng.uniform(0, 28))
        again = replace(camera, exposure=0.55 * 2 ** rng.uniform(-1, 1), quality=int(rng.integers(85, 96)))
        photo = sim.shoot(scene, pose, again, rng)
        start = time.process_time()
        found = calibrate.fit(photo)
        out["fit, CPU ms"].append(1000 * (time.process_time() - start))
        if found is None or not calibrate.has_colour(found) or sim.withheld(found):
            out["honest photos refused"].append(1.0)
            continue
        labs.append(sim.skin_lab(calibrate.apply(photo, found), pose))
        out["held-out skin dE00"] += delta_e_2000(labs[-1], truth).tolist()
        out["the same, uncalibrated"] += delta_e_2000(sim.skin_lab(photo, pose), truth).tolist()
        out["skin residual printed dE00"].append(found.skin_residual_de00)
        for centre in sim.SKIN_AT:
            quad = sim.project(pose, centre + np.array([[-1.0, -1], [1, -1], [1, 1], [-1, 1]]))
            px = abs(cv2.contourArea((quad - quad[0]).astype(np.float32)))
            area = 100 * abs(px * calibrate.mm2_per_px(found, quad.mean(0)[None])[0] / 4 - 1)
            out["area error %, tilt 0-28"].append(float(area))
            out["scale error %"].append(float(100 * abs(calibrate.px_per_mm(found, quad) / np.sqrt(px / 4) - 1)))
    if len(labs) == 2:
        out["two photos of a visit dE00"] += delta_e_2000(*labs).tolist()
    return out


def refused_as_mapped(sim: ModuleType, tone: str, seed: int) -> bool:
    """Whether one photo with a tone curve is refused for that reason."""
    rng = np.random.default_rng(seed)
    name, strength = tone.rsplit(" ", 1)
    curve = {"s-curve": sim._s_curve, "local": sim._local}[name](float(strength))
    shot = sim.shoot(sim.flat_scene(rng), sim.random_pose(rng), sim.random_camera(rng), rng, curve)
    return FlagCode.TONE_MAPPED in sim.codes(calibrate.fit(shot))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cameras", type=int, default=20)
    cameras = parser.parse_args().cameras
    sim = simulator()
    found = [one_camera(sim, seed) for seed in range(1000, 1000 + cameras)]
    joined = {name: [value for one in found for value in one[name]] for name in FIGURES}
    answer: dict[str, object] = {name: percentiles(values) for name, values in joined.items() if values}
    answer |= {"photos": 2 * cameras, "honest photos refused": len(joined["honest photos refused"])}
    for tone in TONES:
        right = sum(refused_as_mapped(sim, tone, seed) for seed in range(2000, 2000 + cameras // 2))
        answer[tone] = f"{right} of {cameras // 2} refused as tone-mapped"
    print(json.dumps(answer, indent=1))


if __name__ == "__main__":
    main()
