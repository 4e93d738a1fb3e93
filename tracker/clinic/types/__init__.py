"""What a clinic keeps: patients, treatment series, sessions, photos, regions and analyses."""

from tracker.clinic.types.kit import OLD_DAYS, Kit, KitLabels, scope, scope_sentence
from tracker.clinic.types.pictures import AnalysisRecord, PhotoRecord, RegionRecord
from tracker.clinic.types.record import (
    INTERVAL_DAYS,
    SHORTEST_INTERVAL_DAYS,
    Patient,
    Series,
    SeriesPlan,
    Session,
    Visit,
)
from tracker.clinic.types.vocabulary import (
    COLOUR_METRICS,
    OUTCOME_WINDOW_DAYS,
    UNDIRECTED_METRICS,
    AnalysisStatus,
    BodySite,
    FinalOutcome,
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
    "OUTCOME_WINDOW_DAYS",
    "SHORTEST_INTERVAL_DAYS",
    "UNDIRECTED_METRICS",
    "AnalysisRecord",
    "AnalysisStatus",
    "BodySite",
    "FinalOutcome",
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
