"""The report on a protocol: what it achieved over the clinic's patients, as values, as words and as a CSV table."""

import csv
import io
import math
from dataclasses import dataclass
from datetime import date

import pandas as pd

from tracker.exports.table import HARD_SPACE, amount, metric_words, signed
from tracker.imaging.change.mixed import Pooled

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
IS_NOT = (
    "What this is not: no diagnosis, no proof that the treatment was the cause (nobody was left untreated for "
    "comparison), and no comparison between protocols whose patients differ. People come when their skin is at its "
    "worst, so some improvement would be seen without any treatment. Patients are listed by pseudonym; whoever knows "
    "the pseudonyms knows the patients."
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
        indication, measure = self.protocol[0][1], metric_words(self.metric)
        treated = f"{indication[:1].upper()}{indication[1:]}"
        return treated if treated == measure else f"{treated}: {measure.lower()}"

    @property
    def measured(self) -> pd.DataFrame:
        """The patients with a number, the largest fall first."""
        return self.patients[self.patients["change"].notna()].sort_values("change")


def headline(report: OutcomeReport) -> str:
    """The answer in one or two sentences; without a mean where there are too few patients."""
    n = len(report.measured)
    if math.isnan(report.pooled.value):
        return (
            f"Too few to say: {_patients(n)} of this protocol {'has' if n == 1 else 'have'} a number at the "
            f"{report.at}, at least 5 are needed for a mean."
        )
    low, high = report.pooled.interval
    between = f"95{HARD_SPACE}% interval {signed(low, '')} to {signed(high, report.unit)}"
    text = f"Mean change of {_patients(n)} at the {report.at}: {signed(report.pooled.value, report.unit)} ({between})."
    final = int(report.measured["at"].str.startswith("final").sum())
    if final < n:
        text += f" {final} of them had reached a final outcome; the others count as far as they came."
    return text + (" An interval that contains 0 shows no change of the group." if low <= 0 <= high else "")


def figures(report: OutcomeReport) -> list[tuple[str, str]]:
    """The key figures as (label, words), in the order in which they are read."""
    rows = [("Mean change, bootstrap over patients", _pooled(report.pooled, report.unit))]
    rows.append(("Mean change per month, mixed model", _pooled(report.monthly, report.unit)))
    if report.responders is not None:
        changed, known = report.responders
        rows.append(("Changed for the better beyond the noise of the measurement", f"{changed} of {known} patients"))
    rows.append(("Comparisons withheld", f"{report.withheld[0]} of {report.withheld[1]}"))
    rows.append(("Patients of this protocol", str(len(report.patients))))
    rows += [(label[:1].upper() + label[1:], str(count)) for label, count in report.counts]
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
                "State": row["state"],
                "Needled": row["treatments"],
                "Session": row["at"] or "–",
                "Months": "–" if math.isnan(row["months"]) else f"{row['months']:.1f}",
                "Change": signed(row["change"], unit),
                "95 % interval": "–" if math.isnan(low) else f"{signed(low, '')} to {signed(high, unit)}",
                "Seen from": amount(row["sdc"], unit),
                "Verdict": row["verdict"] or "–",
                "Drawn to the mean": signed(row["shrunken"], unit),
            }
        )
    names = "Patient State Needled Session Months Change|95 % interval|Seen from|Verdict|Drawn to the mean"
    columns = [*names.split("|")[0].split(), *names.split("|")[1:]]
    return pd.DataFrame(rows, columns=columns, dtype=str)


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
        return "too few to say"
    low, high = pooled.interval
    return f"{signed(pooled.value, unit)} ({signed(low, '')} to {signed(high, unit)}), n = {pooled.patients}"


def _patients(n: int) -> str:
    return f"{n} patient{'' if n == 1 else 's'}"
