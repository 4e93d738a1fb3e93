"""One photo that was just stored, beside what is said of it: the answer first, then why and how to take it again."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from tracker.clinic.types import PhotoRecord
from tracker.exports.table import metric_words
from tracker.wording import lowered, t


def verdict_report(photo: PhotoRecord, accept: bool, lines: Sequence[str]) -> None:
    """A stored photo with its verdict.

    Parameters
    ----------
    photo : PhotoRecord
        As stored.
    accept : bool
        False where it should be taken again.
    lines : sequence of str
        The answer, then its reasons.
    """
    sign, kind = ("✓", "good") if accept else ("↺", "again")
    name = f"{photo.name} · {t(str(photo.view))}"
    parts = [f"<b>{sign} {escape(lines[0])}</b>", f'<span class="spt-dim">{escape(name)}</span>']
    if photo.notice:
        parts.append(f'<span class="spt-note">{escape(photo.notice)}</span>')
    if lines[1:]:
        parts.append(f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines[1:])}</ul>")
    spoilt = dict.fromkeys(metric for flag in photo.flags for metric in flag.withholds)
    if spoilt:
        lost = t(
            "Cannot be measured from it: {measures}.", measures=", ".join(lowered(metric_words(one)) for one in spoilt)
        )
        parts.append(f'<span class="spt-dim">{escape(lost)}</span>')
    image = f'<img src="/img/{photo.id}?w=300" alt="{escape(t("Stored photo, {view}", view=t(str(photo.view))))}">'
    st.html(f'<div class="spt-photo spt-{kind}">{image}<div>{"".join(parts)}</div></div>')
