import streamlit as st

from tracker.clinic.workflow.own import journey
from tracker.dashboard import consenting, own, satisfaction, widgets
from tracker.dashboard.own_routes import OWN_ARCHIVE
from tracker.wording import t

st.title(t("Consents and data"))
clinic, patient_id = own.of_page()

st.subheader(t("What I agree to"), anchor=False)
consenting.own_consents(clinic, patient_id)

st.subheader(t("How content am I?"), anchor=False)
treated = [one for one in journey(clinic, patient_id).series if one.treatments]
for one in treated:
    satisfaction.question(clinic, one, named=len(treated) > 1)
if not treated:
    widgets.empty(t("Nothing to ask yet"), t("After your first treatment you can say here how content you are."))

st.subheader(t("Everything about me"), anchor=False)
st.write(
    t(
        "One ZIP file with everything this program holds about you: your photos, your diary, your consents, all "
        "measurements and notes. Keep it in a safe place."
    )
)
widgets.download_link(OWN_ARCHIVE, t("Download everything about me"))
