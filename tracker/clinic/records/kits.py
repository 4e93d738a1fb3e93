"""Queries about kits and about which of them is in use."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import sqlalchemy as sa

from tracker.clinic.records import schema
from tracker.clinic.records.people import Queries, short
from tracker.clinic.types import Kit, KitLabels
from tracker.errors import InvalidInput
from tracker.imaging.change import Component, TwoLevel
from tracker.imaging.types import Metric

Json = dict[str, Any]

KIT_SETTING = "kit"
"""Its value is the id of the clinic's kit, ``"defaults"``, or empty for the newest kit of the photos' camera."""
DEFAULTS = "defaults"


class KitQueries(Queries):
    """Kits, and the settings that choose among them."""

    def add_kit(
        self, labels: KitLabels, components: Sequence[Component], *, measured: date, version: str, apart: int
    ) -> Kit:
        """A new kit; raises InvalidInput where the name is empty or taken, or nothing was measured."""
        texts = {
            "name": short(labels.name, "Kit name", 80),
            "room": short(labels.room, "Room", 200),
            "camera": short(labels.camera, "Camera", 200),
            "lamp": short(labels.lamp, "Lamp", 200),
            "card": short(labels.card, "Card", 200),
        }
        if not texts["name"]:
            raise InvalidInput("Kit: expected a name, found none; give it one, for example room and camera.")
        if self.kit_named(texts["name"]) is not None:
            raise InvalidInput(f"Kit {texts['name']}: expected a new name, found that it is taken; choose another.")
        if not components:
            raise InvalidInput("Kit: expected at least one measure that repeats, found none; photograph more subjects.")
        data = {"apart": apart, "components": [component_to_json(one) for one in components]}
        values = texts | {"measured": measured, "version": version, "digest": _digest(data, version), "data": data}
        return self.kit(self.add(schema.kits, values))

    def kits(self) -> list[Kit]:
        """All kits, the newest measurement first."""
        table = schema.kits
        return [
            _kit(row)
            for row in self.connection.execute(
                sa.select(table).order_by(table.c.measured.desc(), table.c.created.desc(), table.c.id)
            )
        ]

    def kit(self, kit_id: str) -> Kit:
        """One kit."""
        return _kit(self.one(schema.kits, kit_id, "Kit"))

    def kit_named(self, name: str) -> Kit | None:
        """The kit with that name, whatever its capitals."""
        return next((kit for kit in self.kits() if kit.name.casefold() == name.strip().casefold()), None)

    def cameras(self) -> list[str]:
        """Every camera that stored photos name."""
        table = schema.photos
        found = sa.select(table.c.camera).where(table.c.camera != "").distinct().order_by(table.c.camera)
        return list(self.connection.execute(found).scalars())

    def setting(self, name: str) -> str:
        """A setting of the clinic; empty where it was never set."""
        table = schema.settings
        return self.connection.execute(sa.select(table.c.value).where(table.c.name == name)).scalar() or ""

    def set_setting(self, name: str, value: str) -> None:
        """Change a setting of the clinic."""
        table = schema.settings
        self.connection.execute(sa.delete(table).where(table.c.name == name))
        self.connection.execute(sa.insert(table).values(name=name, value=value))

    def kit_of_series(self, series_id: str) -> Kit | None:
        """The kit that was chosen for one series; None where the clinic's choice holds."""
        chosen = self.one(schema.series, series_id, "Series").kit_id
        return None if chosen is None else self.kit(chosen)

    def choose_kit_of_series(self, series_id: str, kit_id: str | None) -> None:
        """Choose a kit for one series, or None for the clinic's choice."""
        self.one(schema.series, series_id, "Series")
        if kit_id is not None:
            self.kit(kit_id)
        table = schema.series
        self.connection.execute(sa.update(table).where(table.c.id == series_id).values(kit_id=kit_id))


def component_to_json(one: Component) -> Json:
    """A component as a JSON object."""
    return asdict(one) | {"metric": one.metric.name}


def component_from_json(row: Json) -> Component:
    """The component back."""
    levels: Json = {name: tuple(value) if isinstance(value, list) else value for name, value in row["levels"].items()}
    values: Json = row | {"metric": Metric[row["metric"]], "levels": TwoLevel(**levels)}
    return Component(**values)


def _digest(data: Json, version: str) -> str:
    return hashlib.sha256(json.dumps([version, data], sort_keys=True).encode()).hexdigest()


def _kit(row: sa.Row[Any]) -> Kit:
    components = tuple(component_from_json(one) for one in row.data["components"])
    labels = KitLabels(row.name, row.room, row.camera, row.lamp, row.card)
    return Kit(row.id, labels, row.measured, row.version, components, row.data["apart"], row.digest, row.created)
