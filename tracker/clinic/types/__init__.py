"""What a clinic keeps: patients, treatment series, sessions, photos, regions and analyses."""

from tracker.clinic.types.kit import OLD_DAYS, Kit, KitLabels, scope, scope_sentence
from tracker.clinic.types.record import (
    INTERVAL_DAYS,
    SHORTEST_INTERVAL_DAYS,
    AnalysisRecord,
    Patient,
    PhotoRecord,
    RegionRecord,
    Series,
    SeriesPlan,
    Session,
    Visit,
)
from tracker.clinic.types.vocabulary import (
    COLOUR_METRICS,
    AnalysisStatus,
    BodySite,
    HealingPhase,
    Indication,
    Moment,
    RegionRole,
    SessionKind,
    View,
)

__all__ = [
    "COLOUR_METRICS",
    "INTERVAL_DAYS",
    "OLD_DAYS",
    "SHORTEST_INTERVAL_DAYS",
    "AnalysisRecord",
    "AnalysisStatus",
    "BodySite",
    "HealingPhase",
    "Indication",
    "Kit",
    "KitLabels",
    "Moment",
    "Patient",
    "PhotoRecord",
    "RegionRecord",
    "RegionRole",
    "Series",
    "SeriesPlan",
    "Session",
    "SessionKind",
    "View",
    "Visit",
    "scope",
    "scope_sentence",
]
