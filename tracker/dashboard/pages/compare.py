import streamlit as st

from tracker.clinic.workflow import photos, review
from tracker.dashboard import results, state, widgets
from tracker.dashboard.context import photo_of, photos_of_series, remembered_choice, series_of_page, session_words
from tracker.exports.table import as_table, remarks, withheld_sentences
from tracker.imaging.types import Verdict

st.title("Compare")
patient, series = series_of_page()
clinic = state.clinic()
sessions, known = photos_of_series(series)
if len(sessions) < 2:
    widgets.empty("Two sessions with photos are needed", f"So far there {'is one' if sessions else 'are none'}.")
    st.page_link("pages/upload.py", label="Add photos", icon=":material/add_a_photo:")
    st.stop()

words = {session.id: session_words(session) for session in sessions}
by_id = {session.id: session for session in sessions}
with st.container(key="pair_of_sessions"):
    first, second = st.columns(2)
with first:
    earlier = by_id[remembered_choice("Earlier", list(words)[:-1], state.EARLIER, words)]
with second:
    later_ids = [session.id for session in reversed(sessions) if session.number > earlier.number]
    later = by_id[remembered_choice("Later", later_ids, state.LATER, words)]
views = [
    view
    for view in {photo.view: 0 for photo in known}
    if photo_of(earlier, known, view) and photo_of(later, known, view)
]
if not views:
    widgets.empty("No view in common", "These sessions have no photos of the same view. Add one, or choose others.")
    st.stop()
view = remembered_choice("View", views, state.VIEW) if len(views) > 1 else views[0]
before, after = photo_of(earlier, known, view), photo_of(later, known, view)
assert before is not None
assert after is not None

with st.spinner("Comparing the two photos"):
    compared = review.compare(clinic, before.id, after.id)
record = compared.record
primary, others = results.split(record.changes, series.plan.primary_metric)
if not record.changes:
    st.warning(widgets.plain(f"These two photos could not be compared. {record.reason} {record.retake}"))
widgets.verdict_cards(primary, first_is_large=True)
aligned = compared.analysis is not None and compared.analysis.alignment is not None
labels = f"Before · {widgets.when(earlier.date)}", f"After · {widgets.when(later.date)}"
widgets.viewer(results.layers(record.id, aligned), *labels, aligned=aligned, key="viewer")
if aligned:
    st.caption(
        "The later photo is turned and scaled to fit the first, for looking only. Numbers come from photos as taken."
    )

told = [change for change in others if change.verdict is not Verdict.NOT_ASSESSABLE]
withheld = [change for change in others if change.verdict is Verdict.NOT_ASSESSABLE]
if told:
    st.subheader("Other measures", anchor=False)
    widgets.verdict_cards(told)
if withheld:
    with st.expander(f"Not assessable ({len(withheld)}), and how to retake"):
        for line in withheld_sentences(withheld):
            st.markdown(widgets.plain(line))
if record.changes:
    with st.expander("All numbers"):
        st.dataframe(as_table(record.changes).drop(columns="Remarks"), hide_index=True)
        for remark in remarks(record.changes):
            st.caption(widgets.plain(remark))
with st.expander("Treated area: draw or correct it"):
    drawn = photos.current_region(clinic, before.id)
    polygon = drawn.polygon if drawn else None
    saved = widgets.outline_editor(f"/img/{before.id}?w=1600", before.size, polygon, key=f"outline_{before.id}")
    if saved is not None:
        photos.save_region(clinic, before.id, saved)
        st.rerun()
if aligned:
    results.export_controls(record.id, series.plan.site)
