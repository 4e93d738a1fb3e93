"""The report on a protocol: what it achieved over the clinic's patients, as values, as words and as a CSV table."""

import math
from dataclasses import dataclass
from datetime import date

import pandas as pd

from tracker.exports.cells import csv_bytes, safe
from tracker.exports.table import HARD_SPACE, amount, between, metric_words, signed
from tracker.imaging.change.mixed import Pooled
from tracker.imaging.change.shares import share_interval
from tracker.wording import decimal, lowered, mark, n, t, titled

PATIENT_COLUMNS = (
    "patient",
    "state",
    "treatments",
    "at",
    "months",
    "change",
    "interval_low",
    "interval_high",
    "sdc",
    "verdict",
    "shrunken",
    "responder",
    "satisfaction",
)
"""Of ``OutcomeReport.patients``: one row per patient; numbers are NaN where there is none, ``sdc`` is positive,
``satisfaction`` is the patient's own newest grade (GAIS), empty where there is none."""
COURSE_COLUMNS = ("patient", "months", "change")
"""Of ``OutcomeReport.course``: every session that counts, the baseline with change 0."""
IS_NOT = mark(
    "What this is not: no diagnosis, no proof that the treatment was the cause (nobody was left untreated for "
    "comparison), and no comparison between protocols whose patients differ. People come when their skin is at its "
    "worst, so some improvement would be seen without any treatment. Patients are listed by pseudonym; whoever knows "
    "the pseudonyms knows the patients."
)

SELECTION = (
    mark("Indication"),
    mark("Device"),
    mark("Needle depth"),
    mark("Planned interval"),
    mark("any"),
    mark("not written down"),
    mark("last session that counts"),
    mark("Clinic"),
    mark("all of this installation"),
)
"""Words of ``OutcomeReport.protocol`` and ``.at``, which come with the values and are translated here."""
_COLUMNS = (
    mark("Patient"),
    mark("State"),
    mark("Needled"),
    mark("Session"),
    mark("Months"),
    mark("Change"),
    mark("95 % interval"),
    mark("Seen from"),
    mark("Verdict"),
    mark("Drawn to the mean"),
)


@dataclass(frozen=True, slots=True, eq=False)
class OutcomeReport:
    """Everything that the report says; figures of changes are as shown (in % for ratio measures).

    Parameters
    ----------
    metric : str
        The measure that was declared for the indication.
    unit : str
        Of its change.
    protocol : tuple of (str, str)
        What was selected, in words: indication, device, needle depth, interval, whose patients.
    at : str
        Which session of each patient counts.
    made : date
        Day of the report.
    version : str
        Of the measuring pipeline.
    patients, course : DataFrame
        See :data:`PATIENT_COLUMNS` and :data:`COURSE_COLUMNS`.
    counts : tuple of (str, int)
        How many patients are in which state; all of them.
    withheld : tuple of int
        Comparisons without a number, of how many that could have had one.
    pooled : Pooled
        Mean change of the patients with a number, bootstrap over patients.
    monthly : Pooled
        Mean change per month from all sessions, mixed model.
    responders : tuple of int or None
        Changed in the wished direction, of how many; None for a measure without one.
    remarks : tuple of str
        What was left out and why.
    satisfaction : tuple of (str, int)
        How many patients gave each grade (GAIS) as their newest word; empty where nobody gave one.
    """

    metric: str
    unit: str
    protocol: tuple[tuple[str, str], ...]
    at: str
    made: date
    version: str
    patients: pd.DataFrame
    course: pd.DataFrame
    counts: tuple[tuple[str, int], ...]
    withheld: tuple[int, int]
    pooled: Pooled
    monthly: Pooled
    responders: tuple[int, int] | None
    remarks: tuple[str, ...] = ()
    satisfaction: tuple[tuple[str, int], ...] = ()

    @property
    def dropped_out(self) -> int:
        """Patients who stopped, or of whom the final outcome was never photographed."""
        return sum(count for state, count in self.counts if state.startswith("dropped out"))

    @property
    def responder_rate(self) -> tuple[float, float, float] | None:
        """Share of responders with its 95 % interval (Wilson), 0 to 1; None without any patient to count."""
        if self.responders is None or self.responders[1] == 0:
            return None
        changed, known = self.responders
        return changed / known, *share_interval(changed, known)

    @property
    def title(self) -> str:
        """``"Acne scars: roughness"``."""
        treated, measure = titled(self.protocol[0][1]), metric_words(self.metric)
        return treated if treated == measure else f"{treated}: {lowered(measure)}"

    @property
    def measured(self) -> pd.DataFrame:
        """The patients with a number, the largest fall first."""
        return self.patients[self.patients["change"].notna()].sort_values("change")


def headline(report: OutcomeReport) -> str:
    """The answer in one or two sentences; without a mean where there are too few patients."""
    count, at = len(report.measured), t(report.at)
    if math.isnan(report.pooled.value):
        return n(
            "Too few to say: {count} patient of this protocol has a number at the {at}, at least 5 are needed for a "
            "mean.",
            "Too few to say: {count} patients of this protocol have a number at the {at}, at least 5 are needed for a "
            "mean.",
            count,
            at=at,
        )
    low, high = report.pooled.interval
    parts = [
        n(
            "Mean change of {count} patient at the {at}: {mean} ({cover} interval {low} to {high}).",
            "Mean change of {count} patients at the {at}: {mean} ({cover} interval {low} to {high}).",
            count,
            at=at,
            mean=signed(report.pooled.value, report.unit),
            cover=f"95{HARD_SPACE}%",
            low=signed(low, ""),
            high=signed(high, report.unit),
        )
    ]
    final = int(report.measured["at"].str.startswith("final").sum())
    if final < count:
        parts.append(
            t("{final} of them had reached a final outcome; the others count as far as they came.", final=final)
        )
    if low <= 0 <= high:
        parts.append(t("An interval that contains 0 shows no change of the group."))
    return " ".join(parts)


def figures(report: OutcomeReport) -> list[tuple[str, str]]:
    """The key figures as (label, words), in the order in which they are read."""
    rows = [(t("Mean change, bootstrap over patients"), _pooled(report.pooled, report.unit))]
    rows.append((t("Mean change per month, mixed model"), _pooled(report.monthly, report.unit)))
    if report.responders is not None:
        rows.append((t("Changed for the better beyond the noise of the measurement"), _responders(report)))
    rows.append((t("Comparisons withheld"), _of(*report.withheld)))
    rows.append((t("Patients of this protocol"), str(len(report.patients))))
    rows.append((t("Dropped out, for either reason"), _of(report.dropped_out, len(report.patients))))
    rows += [(titled(label), str(count)) for label, count in report.counts]
    return [*rows, *_satisfaction(report)]


def _responders(report: OutcomeReport) -> str:
    """``"18 of 25 patients, 72 % (95 % interval 52 % to 86 %)"``."""
    assert report.responders is not None
    changed, known = report.responders
    share = t("{count} of {all} patients", count=changed, all=known)
    if report.responder_rate is None:
        return share
    rate, low, high = (f"{100 * one:.0f}{HARD_SPACE}%" for one in report.responder_rate)
    return t(
        "{share}, {rate} ({cover} interval {low} to {high})",
        share=share,
        rate=rate,
        cover=f"95{HARD_SPACE}%",
        low=low,
        high=high,
    )


def _satisfaction(report: OutcomeReport) -> list[tuple[str, str]]:
    """What the patients say themselves, grade by grade, of those who said anything."""
    told = sum(count for _, count in report.satisfaction)
    if not told:
        return [(t("Patients' own rating (GAIS)"), t("nobody has given one yet"))]
    rows = [(t("Patients' own rating (GAIS), newest of each"), _of(told, len(report.patients)))]
    return rows + [
        (t("Patients who say: {grade}", grade=t(grade)), _of(count, told)) for grade, count in report.satisfaction
    ]


def patients_table(report: OutcomeReport) -> pd.DataFrame:
    """One row of text per patient for reading: dashes where there is no number."""
    unit = report.unit
    rows = []
    for row in report.patients.to_dict("records"):
        low, high = row["interval_low"], row["interval_high"]
        rows.append(
            {
                "Patient": safe(row["patient"]),  # the page's own table can be saved as CSV by the browser
                "State": t(row["state"]),
                "Needled": _of(*str(row["treatments"]).split(" of ")),
                "Session": _at(str(row["at"])),
                "Months": "–" if math.isnan(row["months"]) else decimal(f"{row['months']:.1f}"),
                "Change": signed(row["change"], unit),
                "95 % interval": "–" if math.isnan(low) else between(signed(low, ""), signed(high, unit)),
                "Seen from": amount(row["sdc"], unit),
                "Verdict": t(row["verdict"]) if row["verdict"] else "–",
                "Drawn to the mean": signed(row["shrunken"], unit),
            }
        )
    return pd.DataFrame(rows, columns=list(_COLUMNS), dtype=str).rename(columns=t)


def _of(count: object, every: object) -> str:
    return t("{count} of {all}", count=count, all=every)


def _at(session: str) -> str:
    """``"session 3"`` or a final outcome in the language of this moment; a dash where there is none."""
    if session.startswith("session "):
        return t("session {number}", number=session.removeprefix("session "))
    return t(session) if session else "–"


def report_csv(report: OutcomeReport) -> bytes:
    """The patients' rows as CSV, with the figures of the whole group in each of them.

    UTF-8 with a byte order mark, so that spreadsheets read the signs right; no cell is taken for a formula.
    """
    changed, known = report.responders or ("", "")
    rate, low, high = report.responder_rate or (math.nan,) * 3
    group = {
        "measure": report.metric,
        "unit": report.unit,
        **{f"selected_{label.lower().replace(' ', '_')}": t(words) for label, words in report.protocol},
        "group_patients": len(report.patients),
        "group_dropped_out": report.dropped_out,
        "group_withheld": report.withheld[0],
        "group_comparisons": report.withheld[1],
        "group_responders": changed,
        "group_responders_of": known,
        "group_responder_rate": rate,
        "group_responder_rate_low": low,
        "group_responder_rate_high": high,
    }
    rows = [{**group, **row} for row in report.patients[list(PATIENT_COLUMNS)].to_dict("records")]
    first = ["measure", "unit", *PATIENT_COLUMNS]
    return csv_bytes([*first, *(name for name in group if name not in first)], rows)


def _pooled(pooled: Pooled, unit: str) -> str:
    if math.isnan(pooled.value):
        return t("too few to say")
    low, high = pooled.interval
    return f"{signed(pooled.value, unit)} ({between(signed(low, ''), signed(high, unit))}), n = {pooled.patients}"
