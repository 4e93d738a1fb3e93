"""Synthetic skin with known truth: the oracle of the tests, and the maker of the demo patients."""

from tracker.phantom.camera import Camera, jpeg, record
from tracker.phantom.lesions import Kind, Lesion
from tracker.phantom.light import Light
from tracker.phantom.photograph import Placement, Shot, Visit, carry, photograph
from tracker.phantom.pose import Geometry, Pose
from tracker.phantom.scene import Scene, SceneSpec, SkinMaps, flat_patch, make_scene
from tracker.phantom.sites import SITES, Site
from tracker.phantom.targets import Target, checker, tracker_card

__all__ = [
    "SITES",
    "Camera",
    "Geometry",
    "Kind",
    "Lesion",
    "Light",
    "Placement",
    "Pose",
    "Scene",
    "SceneSpec",
    "Shot",
    "Site",
    "SkinMaps",
    "Target",
    "Visit",
    "carry",
    "checker",
    "flat_patch",
    "jpeg",
    "make_scene",
    "photograph",
    "record",
    "tracker_card",
]
