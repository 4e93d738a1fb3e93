"""Words and small pictures as HTML. Everything that a person or a file named is escaped here, in one place."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path

import streamlit as st

from tracker.clinic.types import PhotoRecord
from tracker.exports.table import sentence, withheld_sentences
from tracker.imaging.types import Change, Verdict
from tracker.wording import n, t

_CLASSES = {Verdict.CHANGED: "changed", Verdict.NO_DETECTABLE_CHANGE: "same", Verdict.NOT_ASSESSABLE: "withheld"}
_LATER = re.compile(r"(?:https?|ftp):|www(?=\.)|:(?=[a-z][\w+/-]*:)", re.IGNORECASE)
_JOINER = "\u2060"
"""Word joiner: takes no room and breaks no line. Addresses become links, and ``:names:`` icons, after the backslashes
are gone; this keeps them text."""
_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:])")


def style() -> None:
    """The page's own style sheets: one for all pages, and one for each room."""
    here = Path(__file__).parents[1]
    sheets = [here / "style.css", *sorted((here / "styles").glob("*.css"))]
    st.html("<style>" + "\n".join(sheet.read_text("utf-8") for sheet in sheets) + "</style>")


def plain(text: str) -> str:
    """Text with Markdown's signs taken literally: a file name or a note must not draw links or pictures.

    An address stays text too: whoever wrote it is not known to whoever reads it.
    """
    return _MARKS.sub(r"\\\1", _LATER.sub(rf"\g<0>{_JOINER}", text))


def empty(title: str, next_step: str) -> None:
    """What to show where there is nothing yet: what is missing, and what to do about it."""
    st.html(f'<div class="spt-empty"><b>{escape(title)}</b>{escape(next_step)}</div>')


def verdict_cards(changes: Sequence[Change], *, first_is_large: bool = False) -> None:
    """One card per change in the given order, then one per reason to withhold; nothing for no changes."""
    told = [change for change in changes if change.verdict is not Verdict.NOT_ASSESSABLE]
    html = [_card(sentence(change), change.verdict) for change in told]
    # Half the parts of a face may be withheld for one reason: said once, or the verdicts drown.
    html += [_card(words, Verdict.NOT_ASSESSABLE) for words in withheld_sentences(changes)]
    if html and first_is_large:
        html[0] = html[0].replace('">', ' first">', 1)
    if html:
        st.html("".join(html))


def verdict_sentences(sentences: Sequence[str], verdict: Verdict) -> None:
    """One card per sentence, in the colour of a verdict; nothing for no sentences."""
    if sentences:
        st.html("".join(_card(words, verdict) for words in sentences))


def _card(words: str, verdict: Verdict) -> str:
    return f'<div class="spt-verdict {_CLASSES[verdict]}">{escape(words)}</div>'


@dataclass(frozen=True, slots=True)
class Note:
    """One doubt: why, what it spoils, and how to take the photo again; empty where there is nothing to say."""

    reason: str
    spoils: str
    retake: str


def notes(title: str, found: Sequence[Note], good: str) -> None:
    """A titled list of doubts; ``good`` where there are none."""
    lines = []
    for one in found:
        parts = [escape(one.reason)]
        if one.spoils:
            parts.append(f'<span class="spt-note">{escape(one.spoils)}</span>')
        if one.retake:
            parts.append(f"<span>{escape(t('How to retake: {how}', how=one.retake))}</span>")
        lines.append(f"<li>{' '.join(parts)}</li>")
    body = f"<ul>{''.join(lines)}</ul>" if lines else f"<p>{escape(good)}</p>"
    st.html(f'<div class="spt-notes"><b>{escape(title)}</b>{body}</div>')


def history(title: str, lines: Sequence[str]) -> None:
    """A folded list of what happened, oldest first; nothing for no lines."""
    if lines:
        items = "".join(f"<li>{escape(line)}</li>" for line in lines)
        st.html(f'<details class="spt-dim"><summary>{escape(title)}</summary><ol>{items}</ol></details>')


def cards(lines: Sequence[str]) -> None:
    """One plain card per line; nothing for no lines."""
    if lines:
        st.html("".join(f'<div class="spt-verdict">{escape(line)}</div>' for line in lines))


def photo_strip(photos: Iterable[PhotoRecord], labels: Sequence[str]) -> None:
    """Small previews in a row, each with its label and, where the photo has doubts, how many; they unfold."""
    figures = []
    for photo, label in zip(photos, labels, strict=True):
        doubts = [f"{flag.reason} {flag.retake}".strip() for flag in photo.flags]
        note = ""
        if doubts:
            count = escape(n("{count} remark", "{count} remarks", len(doubts)))
            lines = "<br>".join(escape(doubt) for doubt in doubts)
            note = f'<details class="spt-note"><summary>{count}</summary>{lines}</details>'
        alt = escape(t("Photo, {what}", what=label))
        figures.append(
            f'<figure><a href="/img/{photo.id}?w=1600" target="_blank"><img src="/img/{photo.id}?w=400" loading="lazy" '
            f'alt="{alt}"></a><figcaption>{escape(label)}{note}</figcaption></figure>'
        )
    st.html(f'<div class="spt-strip">{"".join(figures)}</div>')


def download_link(url: str, label: str) -> None:
    """A link that saves a file; the bytes go through our own route, never through Streamlit's media store."""
    st.html(f'<a class="spt-download" href="{escape(url)}" download>{escape(label)}</a>', width="content")


@contextmanager
def progress_bar(words: str) -> Iterator[Callable[[int, int], None]]:
    """A bar that is there while work goes on; gives a function of the number done and the number of all."""
    bar = st.progress(0.0, words)

    def advance(done: int, total: int) -> None:
        bar.progress(done / max(1, total), t("{what}: {done} of {all}", what=words, done=done, all=total))

    try:
        yield advance
    finally:
        bar.empty()
