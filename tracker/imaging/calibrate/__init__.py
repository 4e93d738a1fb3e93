"""Colour and scale of one photo from a target in it: our printed card, or a 24-patch ColorChecker."""

from tracker.imaging.calibrate.card import TRACKER_CARD, Card, Patch, PatchKind, card_reflectance, measured

__all__ = ["TRACKER_CARD", "Card", "Patch", "PatchKind", "card_reflectance", "measured"]
