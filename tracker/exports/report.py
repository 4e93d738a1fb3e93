"""The report on a protocol: what it achieved over the clinic's patients, as values, as words and as a CSV table."""

import csv
import io
import math
from dataclasses import dataclass
from datetime import date

import pandas as pd

from tracker.exports.table import HARD_SPACE, amount, between, metric_words, signed
from tracker.imaging.change.mixed import Pooled
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
)
"""Of ``OutcomeReport.patients``: one row per patient; numbers are NaN where there is none, ``sdc`` is positive."""
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
        What was selected, in words: indication, device, needle depth, interval.
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
        changed, known = report.responders
        share = t("{count} of {all} patients", count=changed, all=known)
        rows.append((t("Changed for the better beyond the noise of the measurement"), share))
    rows.append((t("Comparisons withheld"), _of(*report.withheld)))
    rows.append((t("Patients of this protocol"), str(len(report.patients))))
    rows += [(titled(label), str(count)) for label, count in report.counts]
    return rows


def patients_table(report: OutcomeReport) -> pd.DataFrame:
    """One row of text per patient for reading: dashes where there is no number."""
    unit = report.unit
    rows = []
    for row in report.patients.to_dict("records"):
        low, high = row["interval_low"], row["interval_high"]
        rows.append(
            {
                "Patient": row["patient"],
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
    """The patients' rows as CSV (UTF-8 with a byte order mark, so that spreadsheets read the signs right)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["measure", "unit", *PATIENT_COLUMNS])
    for row in report.patients.to_dict("records"):
        cells = [row[name] for name in PATIENT_COLUMNS]
        writer.writerow([_cell(cell) for cell in (report.metric, report.unit, *cells)])
    return out.getvalue().encode("utf-8-sig")


def _cell(value: object) -> object:
    """A spreadsheet takes text that begins with these signs for a formula."""
    if isinstance(value, float):
        return "" if math.isnan(value) else round(value, 4)
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


def _pooled(pooled: Pooled, unit: str) -> str:
    if math.isnan(pooled.value):
        return t("too few to say")
    low, high = pooled.interval
    return f"{signed(pooled.value, unit)} ({between(signed(low, ''), signed(high, unit))}), n = {pooled.patients}"
