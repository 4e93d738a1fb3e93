"""Reusable inputs and displays: each takes values and a key and returns a plain value; none reads the store."""

from tracker.dashboard.widgets.forms import (
    PHOTO_ENDINGS,
    Details,
    candidacy_inputs,
    patient_inputs,
    plan_inputs,
    short_interval,
)
from tracker.dashboard.widgets.kits import gathered_table, kit_cards, kit_findings, kit_inputs, protocol, subject_words
from tracker.dashboard.widgets.outline import ANEW, Canvas, Outlined, outline_editor
from tracker.dashboard.widgets.session_form import visit_inputs
from tracker.dashboard.widgets.text import (
    Note,
    cards,
    download_link,
    empty,
    history,
    notes,
    photo_strip,
    plain,
    progress_bar,
    style,
    verdict_cards,
    verdict_sentences,
)
from tracker.dashboard.widgets.verdict import verdict_report
from tracker.dashboard.widgets.viewer import Labels, LayerView, Scale, viewer
from tracker.wording import when

__all__ = [
    "ANEW",
    "PHOTO_ENDINGS",
    "Canvas",
    "Details",
    "Labels",
    "LayerView",
    "Note",
    "Outlined",
    "Scale",
    "candidacy_inputs",
    "cards",
    "download_link",
    "empty",
    "gathered_table",
    "history",
    "kit_cards",
    "kit_findings",
    "kit_inputs",
    "notes",
    "outline_editor",
    "patient_inputs",
    "photo_strip",
    "plain",
    "plan_inputs",
    "progress_bar",
    "protocol",
    "short_interval",
    "style",
    "subject_words",
    "verdict_cards",
    "verdict_report",
    "verdict_sentences",
    "viewer",
    "visit_inputs",
    "when",
]
