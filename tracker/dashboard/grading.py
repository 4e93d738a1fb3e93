"""The blinded page: a pair without order, the grade, and afterwards what the measure says."""

import streamlit as st

from tracker.clinic.types import Gais, GoodmanBaron
from tracker.clinic.types.review import Agreement, BetterSide, Scale, Shown, TwoGrades
from tracker.clinic.workflow import blinded
from tracker.clinic.workflow.blinded import Answered, BlindedPair
from tracker.clinic.workflow.clinic import Clinic
from tracker.dashboard import blinding, state, widgets
from tracker.errors import NotFound, TrackerError
from tracker.wording import decimal, n, t, titled

NEITHER = "NEITHER"
BETTER = (Gais.IMPROVED, Gais.MUCH_IMPROVED, Gais.VERY_MUCH_IMPROVED)


def open_pair(clinic: Clinic) -> tuple[str, BlindedPair] | None:
    """The pair that is being graded with its token, or a new one; None where nothing is left to grade."""
    token = str(st.session_state.get(state.BLINDED, ""))
    if token:
        try:
            return token, blinding.pair_of(clinic, token)
        except NotFound:
            st.session_state.pop(state.BLINDED)
    pair = blinded.next_pair(clinic)
    if pair is None:
        return None
    token = blinding.hide(clinic, pair)
    st.session_state[state.BLINDED] = token
    return token, pair


def show(token: str) -> None:
    """Both photos, to magnify: A on the left, or above on a phone; nothing tells which came first."""
    left, right = (f"/img/blinded/{token}/{side}" for side in Shown)
    layers = [widgets.LayerView(t("Photo"), left, right, "")]
    widgets.viewer(layers, widgets.Labels(t("Photo A"), t("Photo B")), aligned=False, key=f"blinded_{token}")


def grade(token: str, scale: Scale) -> BetterSide | TwoGrades | None:
    """What the rater says of the pair; None until everything is answered."""
    if scale is Scale.GOODMAN_BARON:
        grades = list(GoodmanBaron)
        left, right = st.columns(2)
        with left:
            first = st.radio(t("Photo A"), grades, index=None, format_func=titled, key=f"left_{token}")
        with right:
            second = st.radio(t("Photo B"), grades, index=None, format_func=titled, key=f"right_{token}")
        return None if first is None or second is None else TwoGrades(first, second)
    words = {"LEFT": t("Photo A"), "RIGHT": t("Photo B"), NEITHER: t("No difference")}
    label = t("Which photo shows the better skin?")
    picked = st.radio(
        label, list(words), index=None, format_func=words.__getitem__, horizontal=True, key=f"better_{token}"
    )
    if picked is None or picked == NEITHER:
        return None if picked is None else BetterSide(None, Gais.NO_CHANGE)
    by = st.radio(
        t("Against the other photo it is"), BETTER, index=None, format_func=titled, horizontal=True, key=f"by_{token}"
    )
    return None if by is None else BetterSide(Shown[picked], by)


def save(clinic: Clinic, token: str, pair: BlindedPair, said: BetterSide | TwoGrades) -> None:
    """Store the grade and show the answer; what cannot be is said in a sentence."""
    try:
        answer = blinded.save_grade(
            clinic, pair.baseline_photo_id, pair.followup_photo_id, said, later_left=pair.later_left
        )
    except TrackerError as error:
        st.error(widgets.plain(str(error)))
        return
    blinding.forget(token)
    st.session_state.pop(state.BLINDED, None)
    st.session_state[state.BLINDED_ANSWER] = answer
    st.rerun()


def told(answer: Answered) -> None:
    """Which photo came first, what both said, and whether that is the same."""
    grading = answer.grading
    order = t("The later photo was A." if grading.later_shown_left else "The later photo was B.")
    if grading.gais is not None:
        mine = t("Your grade of the change: {grade}.", grade=t(str(grading.gais)))
    else:
        mine = t(
            "Your grades: before {before}; after {after}.", before=_grade(grading.before), after=_grade(grading.after)
        )
    widgets.cards([f"{order} {mine}", _verdict(answer)])
    widgets.verdict_cards(answer.changes)


def _grade(grade: GoodmanBaron | None) -> str:
    return "" if grade is None else t(str(grade))


def _verdict(answer: Answered) -> str:
    rated, computed = answer.grading.rated, answer.grading.computed
    if computed is None:
        return t("The deciding measure could not be judged in this pair, so there is nothing to agree with.")
    if answer.agrees:
        return t("You and the deciding measure agree: {word}.", word=t(str(rated)))
    return t("You say: {rated}. The deciding measure says: {computed}.", rated=t(str(rated)), computed=t(str(computed)))


def so_far(found: Agreement) -> None:
    """How far this rater agrees with the measure over all pairs; nothing before the first."""
    if not found.pairs and not found.unjudged:
        return
    words = []
    if found.pairs:
        words.append(
            n(
                "So far {count} pair: you and the deciding measure said the same in {same} ({share} %).",
                "So far {count} pairs: you and the deciding measure said the same in {same} ({share} %).",
                found.pairs,
                same=found.same,
                share=f"{100 * found.share:.0f}",
            )
        )
    if found.unjudged:
        words.append(
            n(
                "{count} pair could not be judged by the measure and is not counted.",
                "{count} pairs could not be judged by the measure and are not counted.",
                found.unjudged,
            )
        )
    if found.kappa is not None:
        words.append(t("Weighted kappa {value}.", value=_two(found.kappa)))
        if not found.why:
            low, high = (_two(one) for one in found.interval)
            words.append(t("Its 95 % interval: {low} to {high}.", low=low, high=high))
    if found.why and found.pairs:
        words.append(t(found.why))
    st.caption(widgets.plain(" ".join(words)))


def _two(value: float) -> str:
    return decimal(f"{value:.2f}").replace("-", "−")
