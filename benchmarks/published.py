"""Published figures beside ours: other data, other tasks; they say what is usual, not who is better."""

from collections.abc import Sequence

import numpy as np
from london_statistics import REGIONS, still, useful, values
from tables import table

from tracker.imaging import change

PUPILS_MM, PUPILS_PX = 63.0, 200.0  # mean of adults; median of faces_london at 1350 px
Row = tuple[str, str, str, str, str]  # topic, figure, on what, source, key of ours
FIGURES: Sequence[Row] = (
    ("redness", "ICC 0.84 (algorithm), 0.67 (four dermatologists)", "164 patch tests, raters",
     "EQscore, PMC8049083", "redness"),
    ("redness", "ICC 0.29 to 0.42 (vascularity), test-retest", "burn scars, DermaLab Combo",
     "Gankande 2014, Burns 40:1521", "redness"),
    ("redness", "ICC 0.95 to 0.99, test-retest", "scars, spectrocolorimeter held on the skin",
     "Burns 2003;29:779", "redness"),
    ("redness, texture, spots", "precision 2 to 4 % (red areas), < 2 % (texture), about 6 % (spots)",
     "faces in the VISIA booth, two sessions", "Henseler, VISIA precision", "precision"),
    ("melanin", "ICC 0.80 between devices; 0.95 with a colour matrix per region", "965 faces, DSLR, tablet, phone",
     "arXiv 2512.21988", "pigment"),
    ("colour", "dE*ab 2.58 between photos (uncalibrated 23.26)", "real card on wounds",
     "Van Poucke 2010, doi 10.1186/1471-2342-10-7", "colour"),
    ("alignment", "mean landmark error 3.12 px (RetinaRegNet), 3.81 (EyeLiner)", "retina, FIRE",
     "doi 10.37349/edht.2026.101194", "alignment"),
    ("alignment", "98.2 % of > 200 lesions matched, within 10 mm", "total-body photography",
     "Revisiting lesion tracking in 3D TBP", "lesions"),
    ("wrinkles", "Jaccard 0.757 (hybrid Hessian); two people 0.93", "forehead photos",
     "Ng 2015, ACCV, e-space.mmu.ac.uk/597156", "relief"),
    ("pores", "Dice 0.666 (U-Net), 0.442 (difference of Gaussians)", "real photos", "arXiv 2302.11950", "relief"),
    ("wound outline", "Dice 0.888 and 0.892", "foot ulcers, FUSeg, fully automatic",
     "Mahbod 2021; FUSegNet, BSPC 2024", "scars"),
    ("wound area", "ICC 0.997 / 0.998 (eKare), 0.97 to 1.00 (Swift)", "wounds with a marker",
     "doi 10.1089/wound.2022.0095; doi 10.1371/journal.pone.0183139", "scars"),
    ("scar scales", "ICC 0.95 (SCAR), 0.54 to 0.64 (Vancouver)", "raters", "Arch Physiother 2016, P12", "scars"),
)  # fmt: skip
ELSEWHERE = {
    "relief": "rendered skin only: section on roughness, wrinkles and pores",
    "scars": "section on scars, stretch marks and outlines",
}


def lines(rows: dict[str, list[dict]]) -> list[str]:
    """Markdown of the section; ``rows`` of every section that was measured, by name."""
    body = [[topic, figure, on, source, ours(key, rows)] for topic, figure, on, source, key in FIGURES]
    return [
        "## Published figures beside ours", "",
        "**Other data, not the same task**: read it as what is usual. Most were taken from abstracts.", "",
        *table(("topic", "published", "on", "source", "ours, this document"), body),
    ]  # fmt: skip


def ours(key: str, rows: dict[str, list[dict]]) -> str:
    """Our nearest figure, or where it stands."""
    if key in ELSEWHERE:
        return ELSEWHERE[key]
    section = {"colour": "calibration", "alignment": "alignment", "lesions": "alignment"}.get(key, "london")
    found = rows.get(section)
    if not found:
        return "not measured in this run"
    if section == "calibration":
        apart = [v for row in found if row["figure"] == "two photos of a visit dE00" for v in row["values"]]
        return f"dE00 {np.median(apart):.2f} between photos (n {len(apart)}, simulated cameras)"
    if section == "alignment":
        return _alignment(key, found)
    return _precision(found) if key == "precision" else _icc(found, key)


def _alignment(key: str, rows: list[dict]) -> str:
    errors = np.array([e for r in rows if (r["part"], r["method"]) == ("moles", "ours") for e in r["errors"]])
    mm = errors * PUPILS_MM / PUPILS_PX
    if key == "alignment":
        return f"mean {errors.mean():.2f} px, median {np.median(errors):.2f} (moles under a smile, n {len(errors)})"
    return f"{(mm <= 10).mean():.1%} of {len(mm)} moles within 10 mm, {(mm <= 0.5).mean():.0%} within 0.5 mm"


def _icc(rows: list[dict], metric: str) -> str:
    found = [
        (change.repeatability(pairs).icc, len(pairs))
        for region in REGIONS
        if useful(rows, region) and len(pairs := still(values(rows, "null", metric, region))) > 2
    ]
    if not found:
        return "not measured in this run"
    low, high = min(icc for icc, _ in found), max(icc for icc, _ in found)
    return f"ICC {low:.3f} to {high:.3f} over {len(found)} regions (n {found[0][1]} people, minutes apart, no card)"


def _precision(rows: list[dict]) -> str:
    cells = []
    for metric in ("redness", "evenness", "spots"):
        each = []
        for region in REGIONS:
            pairs = still(values(rows, "null", metric, region, plain=True))
            if useful(rows, region) and len(pairs) > 2:
                each.append(100 * change.repeatability(pairs).sem / float(pairs.mean()))
        if each:
            cells.append(f"{metric} {min(each):.1f} to {max(each):.1f} %")
    return "SD within: " + ", ".join(cells) + " of the mean (smiling, no booth)"
