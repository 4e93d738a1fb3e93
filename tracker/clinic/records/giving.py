"""Queries about pictures that were given away."""

from tracker.clinic.records.people import Queries


class ExportQueries(Queries):
    """Pictures that were given away."""
