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


def colour_and_scale(sim: ModuleType, cameras: int) -> dict[str, object]:
    skin, raw, apart, said, scale, area, cpu, refused = [], [], [], [], [], [], [], []
    truth = linear_to_lab(sim.SKIN)
    for seed in range(1000, 1000 + cameras):
        rng = np.random.default_rng(seed)
        scene, camera, labs = sim.flat_scene(rng), sim.random_camera(rng), []
        for _ in range(2):
            pose = sim.random_pose(rng, rng.uniform(0, 28))
            again = replace(camera, exposure=0.55 * 2 ** rng.uniform(-1, 1), quality=int(rng.integers(85, 96)))
            photo = sim.shoot(scene, pose, again, rng)
            start = time.process_time()
            found = calibrate.fit(photo)
            cpu.append(1000 * (time.process_time() - start))
            if found is None or not calibrate.has_colour(found) or sim.withheld(found):
                refused.append(found.flags[0].reason if found else "not found")
                continue
            labs.append(sim.skin_lab(calibrate.apply(photo, found), pose))
            skin += delta_e_2000(labs[-1], truth).tolist()
            raw += delta_e_2000(sim.skin_lab(photo, pose), truth).tolist()
            said.append(found.skin_residual_de00)
            for centre in sim.SKIN_AT:
                quad = sim.project(pose, centre + np.array([[-1.0, -1], [1, -1], [1, 1], [-1, 1]]))
                px = abs(cv2.contourArea((quad - quad[0]).astype(np.float32)))
                area.append(100 * abs(px * calibrate.mm2_per_px(found, quad.mean(0)[None])[0] / 4 - 1))
                scale.append(100 * abs(calibrate.px_per_mm(found, quad) / np.sqrt(px / 4) - 1))
        if len(labs) == 2:
            apart += delta_e_2000(*labs).tolist()
    return {
        "photos": 2 * cameras,
        "honest photos refused": refused,
        "held-out skin dE00": percentiles(skin),
        "the same, uncalibrated": percentiles(raw),
        "two photos of a visit dE00": percentiles(apart),
        "skin residual printed dE00": percentiles(said),
        "scale error %": percentiles(scale),
        "area error %, tilt 0-28": percentiles(area),
        "fit, CPU ms": percentiles(cpu),
    }


def tone_mapped(sim: ModuleType, photos: int) -> dict[str, str]:
    tones = {"s-curve 0.3": sim._s_curve(0.3), "s-curve 0.5": sim._s_curve(0.5), "local 0.4": sim._local(0.4)}
    answer = {}
    for name, tone in tones.items():
        right = 0
        for seed in range(2000, 2000 + photos):
            rng = np.random.default_rng(seed)
            found = calibrate.fit(
                sim.shoot(sim.flat_scene(rng), sim.random_pose(rng), sim.random_camera(rng), rng, tone)
            )
            right += FlagCode.TONE_MAPPED in sim.codes(found)
        answer[name] = f"{right} of {photos} refused as tone-mapped"
    return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cameras", type=int, default=20)
    cameras = parser.parse_args().cameras
    sim = simulator()
    print(json.dumps({**colour_and_scale(sim, cameras), **tone_mapped(sim, cameras // 2)}, indent=1))


if __name__ == "__main__":
    main()
