"""Is this installation sound? What ``tracker doctor`` answers."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import distributions, version
from pathlib import Path

from tracker.clinic.workflow.clinic import Clinic, default_home
from tracker.errors import TrackerError
from tracker.imaging import networks

FREE_SPACE_GB = 5.0  # about 800 photos of 12 megapixels
MINIMUM = {"pillow": (13, 0), "streamlit": (1, 67), "starlette": (1, 1)}
"""Oldest versions without the holes named in docs/security.md."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One question of the self-check and its answer."""

    check: str
    ok: bool
    message: str


def examine(home: Path | None = None) -> list[Finding]:
    """Every check of the installation and of the clinic's folder; never raises for what it is looking for."""
    folder = home if home is not None else default_home()
    checks: tuple[tuple[str, Callable[[Path], str]], ...] = (
        ("python", _python),
        ("one OpenCV", _one_opencv),
        ("versions", _versions),
        ("face finder", _face_finder),
        ("networks", _networks),
        ("free space", _free_space),
        ("records and photos", _store),
    )
    found = []
    for name, question in checks:
        try:
            found.append(Finding(name, True, question(folder)))
        except (TrackerError, OSError) as problem:
            found.append(Finding(name, False, str(problem)))
    return found


def _python(_: Path) -> str:
    if not (3, 11) <= sys.version_info[:2] < (3, 14):
        raise TrackerError(f"expected Python 3.11 to 3.13, found {sys.version.split()[0]}; install another one.")
    return sys.version.split()[0]


def _one_opencv(_: Path) -> str:
    names = sorted({d.name for d in distributions() if d.name.lower().startswith("opencv")})
    if names != ["opencv-python"]:
        raise TrackerError(
            f"expected the distribution opencv-python alone, found {', '.join(names) or 'none'}; they overwrite each "
            "other: uninstall all of them, then install opencv-python."
        )
    return f"opencv-python {version('opencv-python')}"


def _versions(_: Path) -> str:
    for name, least in MINIMUM.items():
        found = tuple(int(part) for part in version(name).split(".")[:2])
        if found < least:
            wanted = ".".join(map(str, least))
            raise TrackerError(
                f"expected {name} {wanted} or newer (security fixes), found {version(name)}; upgrade it."
            )
    return ", ".join(f"{name} {version(name)}" for name in MINIMUM)


def _face_finder(_: Path) -> str:
    import cv2

    path = Path(cv2.__file__).with_name("data") / "haarcascade_frontalface_default.xml"
    if not path.is_file():
        raise TrackerError(
            f"{path.name}: expected it inside the OpenCV package, found nothing; reinstall opencv-python."
        )
    return path.name


def _networks(_: Path) -> str:
    """The weights that ship, each read and its hash verified; torch is not loaded for that."""
    weights = []
    for one in networks.entries():
        networks.verify(one)
        weights.append(f"{one.name} {one.sha256[:12]}")
    if not networks.installed():
        return f"{', '.join(weights)}; not in use: the extra networks (torch, safetensors) is not installed"
    return f"{', '.join(weights)}; torch {version('torch')}"


def _free_space(home: Path) -> str:
    folder = next(path for path in (home.absolute(), *home.absolute().parents) if path.exists())
    free = shutil.disk_usage(folder).free / 1e9
    if free < FREE_SPACE_GB:
        raise TrackerError(
            f"{folder}: expected {FREE_SPACE_GB:.0f} GB free, found {free:.1f} GB; make room or move the store."
        )
    return f"{free:.0f} GB free at {folder}"


def _store(home: Path) -> str:
    if not home.exists():
        return f"{home}: not there yet, made at the first start"
    with Clinic.open(home) as clinic, clinic.store.read() as records:
        return f"{home}: {records.count_photos()} photos"
