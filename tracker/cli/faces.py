"""What the command line answers about a face."""

from typing import Any

import numpy as np

from tracker.imaging import calibrate, pipeline, regions
from tracker.imaging.types import FaceLandmarks, LandmarkNetwork, NoFace, Photo


def landmarks_of(photo: Photo, network: LandmarkNetwork) -> tuple[dict[str, Any], str]:
    """The answer of ``tracker landmarks`` for a photo, and its text."""
    photo = pipeline.prepare(photo)
    found = regions.find_landmarks(photo, network)
    if isinstance(found, NoFace):
        refusal: dict[str, Any] = {"status": "refused", "reason": found.reason, "points": {}, "inter_pupil_px": None}
        return refusal, f"Refused: {found.reason}"
    pose = regions.head_pose(found)
    view = regions.standard_view(pose)
    scale, by, flags = _scale(photo, found)
    answer = {
        "status": "answered",
        "reason": "",
        "points": {name: [round(x, 2), round(y, 2)] for name, (x, y) in found.points.items()},
        "confidence": {name: round(value, 3) for name, value in found.confidence.items()},
        "inter_pupil_px": round(found.inter_pupil_px, 2),
        "pose": {"yaw": round(pose.yaw, 1), "pitch": round(pose.pitch, 1), "roll": round(pose.roll, 1)},
        "view": None if view is None else str(view),
        "px_per_mm": None if scale is None else round(scale, 3),
        "scale_from": by,
        "flags": [*(flag.reason for flag in regions.view_flags(pose)), *flags],
    }
    seen = "no standard view" if view is None else f"{view} view"
    millimetres = "" if scale is None else f", {scale:.2f} px per mm by the {by}"
    text = (
        f"{len(found.points)} landmarks, {found.inter_pupil_px:.0f} px between the pupils, {seen} "
        f"(yaw {pose.yaw:.0f}°, pitch {pose.pitch:.0f}°, roll {pose.roll:.0f}°){millimetres}."
    )
    return answer, text


def _scale(photo: Photo, found: FaceLandmarks) -> tuple[float | None, str | None, list[str]]:
    """Pixels per mm between the eyes, what gave them, and what is doubtful about them."""
    card = photo.calibration
    if card is not None and card.mm_to_px is not None:
        eyes = np.array([found.points["pupil_right"], found.points["pupil_left"]])
        return calibrate.px_per_mm(card, eyes), "card", []
    iris = calibrate.iris_scale(found)
    if iris is None:
        return None, None, []
    return iris.px_per_mm, "iris", [flag.reason for flag in iris.flags]
