"""Queries about what networks saw in a photo."""

import io
import json
import math
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import numpy as np
import sqlalchemy as sa

from tracker.clinic.records import schema, serial
from tracker.clinic.records.people import Queries
from tracker.clinic.types import AnalysisStatus, Seen, SightingRecord
from tracker.imaging.types import Box, Outline, frozen

STEPS = 254
"""A probability is kept to 1/254: fine enough to draw, and one half stays one half."""
_IDENTITY = ("photo_id", "kind", "prompt_digest", "version", "weights_hash")


class SightingQueries(Queries):
    """What was seen."""

    def save_sighting(self, draft: SightingRecord) -> SightingRecord:
        """The sighting as stored; one of the same identity that failed is replaced, any other is kept as it is."""
        found = self.find_sighting(draft)
        if found is not None:
            if found.status is not AnalysisStatus.FAILED:
                return found
            self.connection.execute(sa.delete(schema.sightings).where(schema.sightings.c.id == found.id))
        values = {name: getattr(draft, name) for name in (*_IDENTITY, "status")}
        values |= {"prompt_id": draft.prompt_id or None, "reason": draft.seen.reason, "retake": draft.seen.retake}
        values["data"] = seen_to_bytes(draft.seen)
        return self.sighting(self.add(schema.sightings, values, parent="photo_id"))

    def find_sighting(self, wanted: SightingRecord) -> SightingRecord | None:
        """The stored sighting with the same identity."""
        table = schema.sightings
        same = [table.c[name] == getattr(wanted, name) for name in _IDENTITY]
        row = self.connection.execute(sa.select(table).where(*same)).first()
        return None if row is None else _sighting(row)

    def sighting(self, sighting_id: str) -> SightingRecord:
        """One sighting; raises NotFound."""
        return _sighting(self.one(schema.sightings, sighting_id, "Proposal"))


def seen_to_bytes(seen: Seen) -> bytes:
    """What was seen, without its reason, which is stored as text beside it; probabilities to 1/254."""
    head: dict[str, Any] = {
        "points": {name: [float(x), float(y)] for name, (x, y) in seen.points.items()},
        "confidence": None if math.isnan(seen.confidence) else seen.confidence,
        "proposer": seen.proposer,
        "outline": None,
    }
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    if seen.outline is not None:
        outline = seen.outline
        head["outline"] = {
            "box": list(asdict(outline.box).values()),
            "area_px": outline.area_px,
            "interval_px": outline.interval_px,
        }
        arrays["probability"] = np.rint(outline.probability * STEPS).astype(np.uint8)
    if seen.prompt is not None:
        arrays["prompt"] = np.frombuffer(serial.region_to_bytes(seen.prompt), np.uint8)
    arrays["head"] = np.frombuffer(json.dumps(head, allow_nan=False).encode(), np.uint8)
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)  # type: ignore[arg-type]
    return out.getvalue()


def seen_from_bytes(data: bytes) -> Seen:
    """What was seen, back."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        head = json.loads(arrays["head"].tobytes())
        outline = None
        if (found := head["outline"]) is not None:
            soft = frozen((arrays["probability"].astype(np.float32)) / STEPS)
            low, high = found["interval_px"]
            outline = Outline(Box(*found["box"]), soft, found["area_px"], (low, high))
        prompt = serial.region_from_bytes(arrays["prompt"].tobytes()) if "prompt" in arrays else None
    return Seen(
        points={name: (x, y) for name, (x, y) in head["points"].items()},
        confidence=math.nan if head["confidence"] is None else head["confidence"],
        outline=outline,
        prompt=prompt,
        proposer=head["proposer"],
    )


def _sighting(row: sa.Row[Any]) -> SightingRecord:
    created: datetime = row.created
    seen = replace(seen_from_bytes(row.data), reason=row.reason, retake=row.retake)
    identity = {name: getattr(row, name) for name in _IDENTITY}
    return SightingRecord(
        id=row.id, **identity, prompt_id=row.prompt_id or "", status=row.status, seen=seen, created=created
    )
