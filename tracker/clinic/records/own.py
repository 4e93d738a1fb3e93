"""Queries about consents, the diary and the patient's own rating."""

from tracker.clinic.records.people import Queries


class OwnQueries(Queries):
    """Consents, the diary and the patient's own rating."""
