import streamlit as st

from tracker.clinic.workflow import review
from tracker.clinic.workflow.telling import deciding, told
from tracker.dashboard import comments, drawing, giving, pictures, releases, results, sights, state, widgets
from tracker.dashboard.context import pair_of_page, series_of_page
from tracker.dashboard.plan import healing_note
from tracker.exports.table import metric_words
from tracker.wording import t

st.title(t("Compare"))
_, series = series_of_page()
pair = pair_of_page(series)
clinic = state.clinic()

with st.spinner(t("Comparing the photos")):
    whole = review.compare_visits(clinic, pair.before.id, pair.after.id)
compared = results.chosen_photos(whole)
record = compared.record
aligned = compared.analysis is not None and compared.analysis.alignment is not None
metric, changes = deciding(series), told(record.changes, series)
primary, others = results.split(changes, metric)
with st.container():  # one element of the page however much it says, so that what a person unfolded stays unfolded
    if not record.changes:
        why = f"{record.reason} {record.retake}"
        st.warning(widgets.plain(t("These photos could not be compared. {why}", why=why)))
    elif not primary:
        st.caption(t("{measure} was not measured in this pair.", measure=metric_words(metric)))
    early = [
        healing_note(*one, metric) for one in ((pair.earlier, pair.before.moment), (pair.later, pair.after.moment))
    ]
    if any(early):
        st.warning(" ".join([*filter(None, early), t("What follows is no outcome of the treatment.")]))
    widgets.verdict_cards(primary, first_is_large=True)
    if record.changes:
        results.basis(compared, review.noise_source(clinic, record))
        results.comparability(record.flags, changes)

before = t("Before · {day}", day=widgets.when(pair.earlier.date))
after = t("After · {day}", day=widgets.when(pair.later.date))
looked = sights.of_pair(clinic, (record.baseline_photo_id, record.followup_photo_id), series.plan, metric)
shown = results.layers(compared, changes) if aligned else results.photos_only(pair.before.id, pair.after.id)
shown += sights.layers(record.id, looked)
focus = results.focus(compared.analysis, pair.before.size)
widgets.viewer(shown, widgets.Labels(before, after), aligned=aligned, focus=focus, key="viewer")
with st.container():
    if aligned:
        st.caption(
            t(
                "The later photo is turned and scaled to fit the first, for looking only. "
                "Numbers come from photos as taken."
            )
        )
    sights.notes(looked)

with st.container():
    results.other_measures(others)
    results.all_numbers(changes)
    results.not_measured()
comments.comments(clinic, series.id, pair)
drawing.areas(clinic, pair, compared.analysis, metric)
releases.release(clinic, series, pair, whole, told(whole.record.changes, series))
if aligned:
    scope = pictures.Scope.VISITS if compared is whole else pictures.Scope.PAIR
    giving.export_controls(clinic, series.patient_id, record.id, series.plan.site, scope)
