"""Reusable inputs and displays: each takes values and a key and returns a plain value; none reads the store."""

from tracker.dashboard.widgets.forms import patient_inputs, plan_inputs, visit_inputs
from tracker.dashboard.widgets.outline import outline_editor
from tracker.dashboard.widgets.text import (
    download_link,
    empty,
    photo_report,
    photo_strip,
    plain,
    progress_bar,
    style,
    verdict_cards,
    when,
)
from tracker.dashboard.widgets.viewer import Labels, LayerView, Scale, viewer

__all__ = [
    "Labels",
    "LayerView",
    "Scale",
    "download_link",
    "empty",
    "outline_editor",
    "patient_inputs",
    "photo_report",
    "photo_strip",
    "plain",
    "plan_inputs",
    "progress_bar",
    "style",
    "verdict_cards",
    "viewer",
    "visit_inputs",
    "when",
]
