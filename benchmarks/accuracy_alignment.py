"""Alignment on real faces: known warps, impostors, and moles under a smile, beside plain SIFT and RANSAC.

    python benchmarks/accuracy_alignment.py [--quick]

A part of ``alignment.py``, small enough to run with the others; that one runs on all 72 people.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from alignment import METHODS, naive, ours, pairs, photo, read, skin_of
from moles import Mole, accepted
from tables import bar_cell, quantile_cell, share_cell, table

WARPS, IMPOSTORS = 12, 8  # people; four impostors each
BARS = {"easy": (0.1, 0.99), "hard": (0.3, 0.95)}  # median px, share aligned
MOLE_BARS = (0.6, 1.5)  # median, p90 px
IMPOSTOR_BAR = 0.995
WORDS = {"ours": "**ours**", "SIFT + RANSAC": "SIFT + RANSAC homography"}
Job = tuple[str, list[Path], list[Mole]]


def measured(data: Path, workers: int = 2, *, people: int | None = None) -> list[dict]:
    """One row per pair and method: the errors at the points, or that it was refused."""
    folder = data / "faces_london"
    files = sorted(folder.glob("*_neutral.jpg"))
    if not files:
        return []
    jobs: list[Job] = []
    for part, count in (("easy", WARPS), ("hard", WARPS), ("impostor", IMPOSTORS)):
        some = files[:: max(1, len(files) // count)][: min(count, people or count)]
        jobs += [(part, [path, *(other for other in files if other != path)], []) for path in some]
    moles = accepted()
    for person in sorted({mole.person for mole in moles})[:people]:
        jobs.append(("moles", [folder / f"{person}_neutral.jpg"], [mole for mole in moles if mole.person == person]))
    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=cv2.setNumThreads, initargs=(1,)
    ) as pool:
        return [row for rows in pool.map(one_job, jobs) for row in rows]


def one_job(job: Job) -> list[dict]:
    part, files, moles = job
    return at_moles(files[0], moles) if part == "moles" else at_landmarks(part, files)


def at_moles(path: Path, moles: list[Mole]) -> list[dict]:
    """The errors of one person's moles, neutral to smile."""
    first, second = (photo(read(p), p.name) for p in (path, path.with_name(path.name.replace("neutral", "smile"))))
    points, truth = (np.array([getattr(mole, shot) for mole in moles]) for shot in ("neutral", "smile"))
    rows = []
    for name, method in METHODS.items():
        found = method(first, second, points)
        errors = [] if found is None else np.linalg.norm(found - truth, axis=1).tolist()
        rows.append({"part": "moles", "who": path.name[:3], "method": name, "refused": found is None,
                     "errors": errors, "zones": [mole.zone for mole in moles]})  # fmt: skip
    return rows


def at_landmarks(part: str, files: list[Path]) -> list[dict]:
    """Pairs of the first file: a known warp of it, or four faces that are not its own."""
    rows = []
    chosen = files[:1] if part != "impostor" else files
    for label, before, after, points, truth in pairs(part, chosen):
        if not label.startswith(files[0].name):
            break  # the pairs of the other files
        shots = photo(before, "baseline"), photo(after, "follow-up")
        for name in METHODS:
            found = (ours if name == "ours" else naive)(*shots, points)
            errors = [] if found is None or truth is None else np.linalg.norm(found - truth, axis=1).tolist()
            rows.append({"part": part, "who": files[0].name[:3], "method": name, "refused": found is None,
                         "errors": errors, "zones": []})  # fmt: skip
    skin_of.cache_clear()
    return rows


def report(rows: list[dict]) -> list[str]:
    """Markdown of the section."""
    mine = [row for row in rows if row["part"] == "moles" and row["method"] == "ours"]
    points = sum(len(row["zones"]) for row in mine)
    head = ("pairs", "method", "n", "answered", "bar", "median px", "bar", "p90 px", "bar")
    return [
        "## Alignment on real faces (faces_london)", "",
        "Known warps: a turn, a change of size and a smooth field laid over the neutral shot; hard ones add blotches, "
        "blur, side light, noise and JPEG 70. The error is taken at 18 hand-placed landmarks, in follow-up pixels of "
        f"1350. Moles: neutral against smile, {points} moles and blemishes of {len(mine)} people, found by patch "
        "correlation without the program's registration, each accepted by eye (benchmarks/moles.csv). Limits are "
        "bootstrapped over people. All 72 people and all impostors: `python benchmarks/alignment.py`.", "",
        *table(head, [line(rows, part, method) for part in ("easy", "hard", "moles") for method in METHODS]),
        "Moles by place, ours:", "",
        *table(("place", "n", "people", "median px", "p90 px"), zones(mine)),
        *table(("impostors: other people, mirrored", "refused", "bar"), impostors(rows)),
    ]  # fmt: skip


def line(rows: list[dict], part: str, method: str) -> list[str]:
    mine = [row for row in rows if (row["part"], row["method"]) == (part, method)]
    answered = sum(not row["refused"] for row in mine)
    errors = [error for row in mine for error in row["errors"]]
    owner = [row["who"] for row in mine for _ in row["errors"]]
    middle, high = (float(np.quantile(errors, q)) if errors else float("nan") for q in (0.5, 0.9))
    median_bar, share_bar = (MOLE_BARS[0], 1.0) if part == "moles" else BARS[part]
    ours_only = method == "ours"
    return [
        {"easy": "easy warps", "hard": "hard warps", "moles": "neutral, smile: moles"}[part], WORDS[method],
        f"{len(errors)} points, {len(mine)} pairs", share_cell(answered, len(mine)),
        bar_cell(answered / max(1, len(mine)), share_bar, least=True, percent=True) if ours_only else "",
        quantile_cell(errors, 0.5, owner, digits=3), bar_cell(middle, median_bar) if ours_only else "",
        quantile_cell(errors, 0.9, owner, digits=3),
        bar_cell(high, MOLE_BARS[1]) if ours_only and part == "moles" else "",
    ]  # fmt: skip


def zones(rows: list[dict]) -> list[list[str]]:
    body = []
    for zone in ("forehead", "cheek", "chin", "nose"):
        found = [
            (e, row["who"]) for row in rows for e, z in zip(row["errors"], row["zones"], strict=False) if z == zone
        ]
        errors, owner = [e for e, _ in found], [w for _, w in found]
        cells = [quantile_cell(errors, q, owner) for q in (0.5, 0.9)]
        body.append([zone, str(len(errors)), str(len(set(owner))), *cells])
    return body


def impostors(rows: list[dict]) -> list[list[str]]:
    body = []
    for method in METHODS:
        mine = [row for row in rows if (row["part"], row["method"]) == ("impostor", method)]
        refused = sum(row["refused"] for row in mine)
        bar = bar_cell(refused / max(1, len(mine)), IMPOSTOR_BAR, least=True, digits=3, percent=True)
        body.append([WORDS[method], share_cell(refused, len(mine)), bar if method == "ours" else ""])
    return body


def noise(rows: list[dict]) -> list[tuple[str, str, str, float, int, str]]:
    """Nothing: alignment is no measure of skin."""
    return []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="three people of each part")
    data = Path(__file__).resolve().parents[2] / "shared" / "data"
    print("\n".join(report(measured(data, people=3 if parser.parse_args().quick else None))))


if __name__ == "__main__":
    main()
