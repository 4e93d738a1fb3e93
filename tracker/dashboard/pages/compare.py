import streamlit as st

from tracker.clinic.workflow import review
from tracker.clinic.workflow.telling import deciding, told
from tracker.dashboard import drawing, pictures, results, sights, state, widgets
from tracker.dashboard.context import pair_of_page, series_of_page
from tracker.dashboard.plan import healing_note
from tracker.exports.table import metric_words

st.title("Compare")
_, series = series_of_page()
pair = pair_of_page(series)
clinic = state.clinic()

with st.spinner("Comparing the photos"):
    whole = review.compare_visits(clinic, pair.before.id, pair.after.id)
compared = results.chosen_photos(whole)
record = compared.record
aligned = compared.analysis is not None and compared.analysis.alignment is not None
metric, changes = deciding(series), told(record.changes, series)
primary, others = results.split(changes, metric)
if not record.changes:
    st.warning(widgets.plain(f"These photos could not be compared. {record.reason} {record.retake}"))
elif not primary:
    st.caption(f"{metric_words(metric)} was not measured in this pair.")
early = [healing_note(*one, metric) for one in ((pair.earlier, pair.before.moment), (pair.later, pair.after.moment))]
if any(early):
    st.warning(" ".join(note for note in early if note) + " What follows is no outcome of the treatment.")
widgets.verdict_cards(primary, first_is_large=True)
if record.changes:
    results.basis(compared, review.noise_source(clinic, record))
    results.comparability(record.flags, changes)

labels = f"Before · {widgets.when(pair.earlier.date)}", f"After · {widgets.when(pair.later.date)}"
looked = sights.of_pair(clinic, (record.baseline_photo_id, record.followup_photo_id), series.plan, metric)
shown = results.layers(compared, changes) if aligned else results.photos_only(pair.before.id, pair.after.id)
shown += sights.layers(record.id, looked)
focus = results.focus(compared.analysis, pair.before.size)
widgets.viewer(shown, widgets.Labels(*labels), aligned=aligned, focus=focus, key="viewer")
if aligned:
    st.caption(
        "The later photo is turned and scaled to fit the first, for looking only. Numbers come from photos as taken."
    )
sights.notes(looked)

results.other_measures(others)
results.all_numbers(changes)
results.not_measured()
drawing.areas(clinic, pair, compared.analysis, metric)
if aligned:
    scope = pictures.Scope.VISITS if compared is whole else pictures.Scope.PAIR
    results.export_controls(record.id, series.plan.site, scope)
