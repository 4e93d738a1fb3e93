"""What the page on recovery says and shows: the words first, then the chart, then the photos of these days."""

import math
from collections.abc import Sequence
from datetime import timedelta
from html import escape

import streamlit as st

from tracker.clinic.types import HealingStage
from tracker.clinic.workflow.recovery import DayPhoto, HealingCourse, HealingPoint, Recovery
from tracker.dashboard import widgets
from tracker.exports.healing_chart import KEY, UNIT, Drawn, healing
from tracker.exports.table import amount, region_words, signed
from tracker.imaging.change.healing import LATE_FROM_DAY, Sign
from tracker.wording import capital, mark, t, when

WANTED_DAYS = (1, 3, LATE_FROM_DAY)
"""Days on which one more photo tells most: while it fades fastest, when most is gone, when nothing should be left."""
WANTED = mark(
    "Photograph the treated site right after needling (choose 'after needling' when you add the photo), and again on "
    "days 1, 3 and 7: the same view, the same light, the card in the frame. Add each later day as a follow-up session."
)
_STAGES = {
    HealingStage.ACUTE: mark("acute: redness and swelling are usual"),
    HealingStage.EARLY: mark("early healing: redness usually fades now"),
    HealingStage.FLAKING: mark("flaking: the skin may peel and look dull"),
    HealingStage.SETTLED: mark("settled: no redness of the needling should be left"),
}
_SIGNS = {
    Sign.AS_EXPECTED: mark(
        "Day {day}, {where}: {rise} above the skin before needling (seen from {least}), as expected."
    ),
    Sign.SLOWER: mark(
        "Day {day}, {where}: {rise} above the skin before needling. It fades more slowly than expected so far; before "
        "day 7 this is a remark only."
    ),
    Sign.FASTER: mark("Day {day}, {where}: {rise} above the skin before needling. It fades faster than expected."),
    Sign.LATE: mark(
        "Later than expected, have a look. Day {day}, {where}: redness is still {rise} above the skin before needling; "
        "{least} could have been seen."
    ),
}
STILL_FOLLOWED_DAYS = 14
"""After it nobody photographs a healing any more."""


def needling_words(one: Recovery) -> str:
    """``"Needling 2 of 4 Apr 2026"``."""
    return t("Needling {number} of {day}", number=one.number, day=when(one.session.date))


def first_shown(found: Sequence[Recovery]) -> Recovery:
    """The needling to show first: the last one, unless it is long past and only earlier ones have photos."""
    last = found[-1]
    photographed = [one for one in found if any(photo.day is not None for photo in one.photos)]
    return last if last.day_today <= STILL_FOLLOWED_DAYS or not photographed else photographed[-1]


def today_words(one: Recovery) -> str:
    """Where healing stands today, or stood when the next treatment followed."""
    if not one.is_latest:
        return t(
            "{needling}: the next one followed after {days} days.", needling=needling_words(one), days=one.day_today
        )
    stage = one.stage
    assert stage is not None
    return t("Today is day {day}. {stage}.", day=one.day_today, stage=capital(t(_STAGES[stage])))


def findings(one: Recovery) -> list[tuple[str, bool]]:
    """One sentence for each region at its last day with a number, and whether somebody should have a look.

    Regions without anything to say are said together.
    """
    told = [(course, course.latest) for course in one.courses if course.latest is not None]
    marked = [(course, point) for course, point in told if point.sign is not Sign.AS_EXPECTED]
    usual = [(course, point) for course, point in told if point.sign is Sign.AS_EXPECTED]
    lines = [(_sentence(course, point), point.sign is Sign.LATE) for course, point in marked]
    if len(usual) == 1:
        lines.append((_sentence(*usual[0]), False))
    elif usual:
        places = ", ".join(dict.fromkeys(_where(course) for course, _ in usual))
        lines.append((t("As expected on the last day: {places}.", places=places), False))
    return lines


def show_findings(one: Recovery) -> None:
    """The sentences as cards; those that ask for a look stand first, in amber with a sign."""
    lines = sorted(findings(one), key=lambda line: not line[1])
    html = [
        f'<div class="spt-verdict{" spt-look" if look else ""}" role="note">{escape(words)}</div>'
        for words, look in lines
    ]
    if html:
        st.html("".join(html))


def next_photo(one: Recovery) -> str:
    """Which photo would tell most next; empty once day 7 has been photographed, or is long past."""
    taken = {photo.day for photo in one.photos if photo.day is not None}
    if not one.is_latest or one.day_today > 2 * LATE_FROM_DAY or any(day >= LATE_FROM_DAY for day in taken):
        return ""
    wanted = next((day for day in WANTED_DAYS if day >= one.day_today and day not in taken), one.day_today)
    return t("Next photo of this course: day {day}, {on}.", day=wanted, on=when(one.session.date + timedelta(wanted)))


def course_words(course: HealingCourse) -> str:
    """Region and view, for a choice."""
    return f"{capital(_where(course))}, {t(course.view)}"


def show_course(course: HealingCourse) -> None:
    """The chart of one region with its key, and why days without a number have none."""
    if course.latest is not None:
        rises = [point.rise for point in course.points]
        late = [point.sign is Sign.LATE for point in course.points]
        st.altair_chart(healing(Drawn(rises, late, course.expected)), width="stretch", theme=None)
        st.caption(t(KEY))
        if not course.own_before:
            st.caption(
                t("Compared with the first session: there is no settled photo of this day from before the needling.")
            )
        if course.expected is None:
            st.caption(t("No expected course is drawn: no photo before day 7 shows a rise that could fade."))
    for point in course.points:
        if math.isnan(point.rise.rise):
            st.warning(
                widgets.plain(t("Day {day}: no number. {why}", day=f"{point.rise.day:.0f}", why=point.reason).strip())
            )


def show_photos(photos: Sequence[DayPhoto]) -> None:
    """The photos before and after the needling in a strip, each with its day."""
    widgets.photo_strip([one.photo for one in photos], [_day_words(one) for one in photos])


def _day_words(one: DayPhoto) -> str:
    day = t("before needling") if one.day is None else t("day {day}", day=one.day)
    return f"{capital(day)}, {t(one.photo.view)}"


def _where(course: HealingCourse) -> str:
    return region_words(course.region) if course.region else t("whole photo")


def _sentence(course: HealingCourse, point: HealingPoint) -> str:
    rise, least = signed(point.rise.rise, UNIT), amount(point.rise.sdc, UNIT)
    return t(_SIGNS[point.sign], day=f"{point.rise.day:.0f}", where=_where(course), rise=rise, least=least)
