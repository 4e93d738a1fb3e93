"""Queries about comments, blinded grades and releases."""

from tracker.clinic.records.people import Queries


class ReviewQueries(Queries):
    """Comments, blinded grades and releases."""
