"""What the integrity check of the photos found, in words."""

import streamlit as st

from tracker.clinic.records.files import Report
from tracker.wording import n, t

SHOWN = 20


def told(report: Report) -> None:
    """One sentence that all is well, or one box for each kind of fault, with the files."""
    if not (report.missing or report.damaged or report.strangers):
        st.success(t("Every photo is there and unchanged."), icon=":material/verified:")
    if report.missing:
        words = n(
            "{count} photo is missing: restore it.", "{count} photos are missing: restore them.", len(report.missing)
        )
        _box(words, report.missing)
    if report.damaged:
        words = n(
            "{count} photo is damaged: restore it.", "{count} photos are damaged: restore them.", len(report.damaged)
        )
        _box(words, report.damaged)
    if report.strangers:
        words = n(
            "{count} file belongs to no record: an upload that was broken off, which goes by itself after a day.",
            "{count} files belong to no record: uploads that were broken off, which go by themselves after a day.",
            len(report.strangers),
        )
        st.info(words)


def _box(words: str, names: tuple[str, ...]) -> None:
    st.error(f"{words} {t('Copy them from the last backup, and check the disk.')}")
    st.code("\n".join(names[:SHOWN]) + ("\n…" if len(names) > SHOWN else ""), language=None)
