"""Queries about candidacy answers and bookings."""

from tracker.clinic.records.people import Queries


class CareQueries(Queries):
    """Candidacy answers and bookings."""
