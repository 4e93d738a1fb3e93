"""Values of the measuring engine as JSON and compact bytes, and back; nothing here can run code."""

import hashlib
import io
import json
import math
import zlib
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import numpy as np

from tracker.imaging.types import Alignment, Analysis, Box, Change, Flag, FlagCode, Metric, Region, Verdict, frozen

Json = dict[str, Any]


def flag_to_json(flag: Flag) -> Json:
    """A flag as a JSON object."""
    return {
        "code": flag.code.name,
        "reason": flag.reason,
        "retake": flag.retake,
        "withholds": [metric.name for metric in flag.withholds],
        "widens": flag.widens,
    }


def flag_from_json(row: Json) -> Flag:
    """The flag back."""
    return _flag(row["code"], row["reason"], row["retake"], tuple(row["withholds"]), row.get("widens", 1.0))


@lru_cache(4096)  # a report reads 100,000 flags, of which a few hundred differ
def _flag(code: str, reason: str, retake: str, withholds: tuple[str, ...], widens: float) -> Flag:
    return Flag(FlagCode[code], reason, retake, tuple(Metric[metric] for metric in withholds), widens)


def change_to_json(change: Change) -> Json:
    """A change as a JSON object; NaN becomes null because PostgreSQL's JSON has no NaN."""
    return {
        "metric": change.metric.name,
        "region": change.region,
        "unit": change.unit,
        "baseline": _number(change.baseline),
        "followup": _number(change.followup),
        "change": _number(change.change),
        "sdc": _number(change.sdc),
        "interval": [_number(v) for v in change.interval],
        "verdict": change.verdict.name,
        "flags": [flag_to_json(flag) for flag in change.flags],
        "df": None if math.isinf(change.df) else change.df,
        "gain": change.gain,
        "scale_error": change.scale_error,
    }


def change_from_json(row: Json) -> Change:
    """The change back."""
    low, high = row["interval"]
    return Change(
        metric=Metric[row["metric"]],
        region=row["region"],
        unit=row["unit"],
        baseline=_value(row["baseline"]),
        followup=_value(row["followup"]),
        change=_value(row["change"]),
        sdc=_value(row["sdc"]),
        interval=(_value(low), _value(high)),
        verdict=Verdict[row["verdict"]],
        flags=tuple(flag_from_json(flag) for flag in row["flags"]),
        # absent in records of pipeline 1
        df=row.get("df") or math.inf,
        gain=row.get("gain", 1.0),
        scale_error=row.get("scale_error", 0.0),
    )


def region_to_bytes(region: Region) -> bytes:
    """A region in a few kB: name and box as a line of JSON, then the mask's bits, compressed."""
    head = json.dumps({"name": region.name, "box": list(asdict(region.box).values())}).encode()
    return head + b"\n" + zlib.compress(np.packbits(region.mask).tobytes())


def region_from_bytes(data: bytes) -> Region:
    """The region back, bit for bit."""
    head, packed = data.split(b"\n", 1)
    row = json.loads(head)
    box = Box(*row["box"])
    bits = np.unpackbits(np.frombuffer(zlib.decompress(packed), np.uint8), count=box.width * box.height)
    return Region(row["name"], box, bits.astype(bool).reshape(box.height, box.width))


def region_digest(region: Region | None) -> str:
    """SHA-256 of a region; empty for none."""
    if region is None:
        return ""
    box = region.box
    head = f"{region.name} {box.left} {box.top} {box.right} {box.bottom} ".encode()
    return hashlib.sha256(head + np.packbits(region.mask).tobytes()).hexdigest()


def drawn_digest(treated: str, reference: str, followup: str) -> str:
    """SHA-256 over the digests of everything drawn for one comparison; that of the treated area where nothing else is.

    Parameters
    ----------
    treated, reference, followup : str
        Digests of the treated area and of the reference skin in the baseline, and of the correction in the follow-up;
        empty where none was drawn.
    """
    if not (reference or followup):
        return treated
    return hashlib.sha256(f"treated {treated} reference {reference} followup {followup}".encode()).hexdigest()


def artefact_to_bytes(analysis: Analysis) -> bytes:
    """Alignment and regions of an analysis, lossless; its changes and flags are stored as JSON beside it."""
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    head: Json = {"site": analysis.site, "refusal": None, "alignment": None, "skin_tone": _number(analysis.skin_tone)}
    if analysis.refusal is not None:
        head["refusal"] = flag_to_json(analysis.refusal)
    if (alignment := analysis.alignment) is not None:
        arrays |= {
            "homography": alignment.homography,
            "displacement": alignment.displacement,
            "support": alignment.support,
        }
        head["alignment"] = {
            "spacing": alignment.spacing,
            "residual_px": _number(alignment.residual_px),
            "baseline_size": alignment.baseline_size,
            "followup_size": alignment.followup_size,
            "diagnostics": {name: _number(float(value)) for name, value in alignment.diagnostics.items()},
        }
    for kind, regions in (("baseline", analysis.regions), ("followup", analysis.followup_regions)):
        head[kind] = len(regions)
        for number, region in enumerate(regions):
            arrays[f"{kind}{number}"] = np.frombuffer(region_to_bytes(region), np.uint8)
    for kind, drawn in (("reference", analysis.reference), ("correction", analysis.correction)):
        if drawn is not None:
            arrays[kind] = np.frombuffer(region_to_bytes(drawn), np.uint8)
    arrays["head"] = np.frombuffer(json.dumps(head).encode(), np.uint8)
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)  # type: ignore[arg-type]
    return out.getvalue()


def analysis_from(record_fields: Json, data: bytes) -> Analysis:
    """The analysis back, from the fields its record holds and its artefact."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        head = json.loads(arrays["head"].tobytes())
        alignment = None
        if (found := head["alignment"]) is not None:
            alignment = Alignment(
                homography=arrays["homography"],
                displacement=arrays["displacement"],
                spacing=found["spacing"],
                support=arrays["support"],
                residual_px=_value(found["residual_px"]),
                baseline_size=_pair(found["baseline_size"]),
                followup_size=_pair(found["followup_size"]),
                diagnostics={name: _value(value) for name, value in found["diagnostics"].items()},
            )
        regions = {
            kind: tuple(region_from_bytes(frozen(arrays[f"{kind}{n}"]).tobytes()) for n in range(head[kind]))
            for kind in ("baseline", "followup")
        }
        drawn = {
            kind: region_from_bytes(frozen(arrays[kind]).tobytes()) if kind in arrays else None
            for kind in ("reference", "correction")
        }
    return Analysis(
        **record_fields,
        site=head["site"],
        refusal=None if head["refusal"] is None else flag_from_json(head["refusal"]),
        alignment=alignment,
        regions=regions["baseline"],
        followup_regions=regions["followup"],
        reference=drawn["reference"],
        correction=drawn["correction"],
        skin_tone=_value(head.get("skin_tone")),
    )


def _pair(value: list[int]) -> tuple[int, int]:
    return int(value[0]), int(value[1])


def _number(value: float) -> float | str | None:
    value = float(value)
    if math.isnan(value):
        return None
    return value if math.isfinite(value) else str(value)


def _value(stored: float | str | None) -> float:
    return math.nan if stored is None else float(stored)
