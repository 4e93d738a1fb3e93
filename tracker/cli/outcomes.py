"""Command on the outcomes of a protocol: report."""

from pathlib import Path
from typing import Annotated, Any

import typer

from tracker.cli.answers import Json, say
from tracker.errors import InvalidInput, TrackerError

# The store and the engine are imported inside the command: `tracker --help` needs neither.


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(report)


def report(
    indication: Annotated[str, typer.Option(help="What is treated, for example 'acne scars'.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write: .pdf or .csv.")],
    device: Annotated[str | None, typer.Option(help="Only this device.")] = None,
    depth: Annotated[float | None, typer.Option(help="Only this median needle depth in mm.")] = None,
    interval: Annotated[int | None, typer.Option(help="Only this planned interval in days.")] = None,
    at: Annotated[str, typer.Option(help="last, 90 or 180: which session of each patient counts.")] = "last",
    as_json: Json = False,
) -> None:
    """Report what a protocol achieved over the clinic's patients, with drop-outs and withheld comparisons."""
    from tracker.clinic.types import FinalOutcome
    from tracker.clinic.workflow.clinic import Clinic
    from tracker.clinic.workflow.outcomes import outcomes
    from tracker.clinic.workflow.protocols import Protocol
    from tracker.exports.report import headline, report_csv
    from tracker.exports.report_pdf import report_pdf

    writers = {".pdf": report_pdf, ".csv": report_csv}
    if output.suffix.lower() not in writers:
        raise InvalidInput(f"{output}: expected a file name ending in .pdf or .csv, found {output.suffix or 'none'}.")
    chosen = {"last": None, "90": FinalOutcome.AT_90_DAYS, "180": FinalOutcome.AT_180_DAYS}
    if at not in chosen:
        raise InvalidInput(f"--at {at}: expected last, 90 or 180; choose one of them.")
    wanted = Protocol(_indication(indication), device if device is None else device.casefold(), depth, interval)
    with Clinic.open() as clinic:
        found = outcomes(clinic, wanted, chosen[at])
    try:
        output.write_bytes(writers[output.suffix.lower()](found))
    except OSError as error:
        raise TrackerError(
            f"{output}: the report could not be written ({error.strerror}); choose another place."
        ) from None
    say(_answer(found, output), as_json, f"{output}: {headline(found)}")


def _indication(text: str) -> Any:
    from tracker.clinic.types import Indication

    try:
        return Indication(text.strip().lower())
    except ValueError:
        names = ", ".join(Indication)
        raise InvalidInput(f"--indication {text}: expected one of {names}; choose one of them.") from None


def _answer(found: Any, output: Path) -> dict[str, Any]:
    """The JSON line; figures that could not be estimated are null."""

    def pooled(one: Any) -> dict[str, Any]:
        figures = [None if value != value else round(value, 4) for value in (one.value, *one.interval)]
        return {"value": figures[0], "interval": figures[1:], "patients": one.patients, "method": one.method}

    return {
        "status": "written",
        "file": str(output),
        "metric": found.metric,
        "unit": found.unit,
        "at": found.at,
        "patients": len(found.patients),
        "measured": len(found.measured),
        "states": dict(found.counts),
        "withheld": found.withheld[0],
        "comparisons": found.withheld[1],
        "dropped_out": found.dropped_out,
        "responders": None if found.responders is None else found.responders[0],
        "responder_rate": None if found.responder_rate is None else [round(one, 4) for one in found.responder_rate],
        "satisfaction": dict(found.satisfaction),
        "mean_change": pooled(found.pooled),
        "change_per_month": pooled(found.monthly),
        "remarks": list(found.remarks),
        "version": found.version,
    }
