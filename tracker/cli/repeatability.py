"""The command that measures how well a set-up repeats, and chooses whose noise judges: repeatability."""

import math
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from tqdm import tqdm

from tracker.cli.answers import Json, say
from tracker.errors import InvalidInput

if TYPE_CHECKING:
    import pandas as pd

    from tracker.clinic.types import Kit, KitLabels
    from tracker.clinic.workflow.repeatability import MeasuredKit

# The store and the engine are imported inside the command: `tracker --help` needs neither.


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(repeatability)


def repeatability(
    folder: Annotated[
        Path | None,
        typer.Argument(
            help="A folder tree subject/seating/photos, or a CSV with columns subject,seating,photo[,region,site].",
            metavar="FOLDER",
        ),
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the kit, unique in the clinic.")] = "",
    room: Annotated[str, typer.Option(help="Room it was measured in.")] = "",
    camera: Annotated[str, typer.Option(help="Make and model; by default as the photos name it.")] = "",
    lamp: Annotated[str, typer.Option(help="Lamp or light.")] = "",
    card: Annotated[str, typer.Option(help="Calibration card.")] = "",
    site: Annotated[str, typer.Option(help="Body site of all photos, for example face.")] = "",
    store: Annotated[bool, typer.Option("--store", help="Keep the kit in the clinic's store (TRACKER_HOME).")] = False,
    show: Annotated[bool, typer.Option("--list", help="List the stored kits and which is in use.")] = False,
    use: Annotated[
        str | None, typer.Option(help="Judge by the stored kit of this name; or defaults, or automatic (by camera).")
    ] = None,
    as_json: Json = False,
) -> None:
    """Measure how well this room, camera, lamp and card repeat, from photos of skin that did not change.

    Photograph each subject twice; let them stand up; photograph twice again.
    At least three subjects, ten are better.

    Prints per measure and region the SEM, the smallest detectable change (SDC) and the ICC.
    Each has its 95 % limits.

    With --store, later verdicts use it instead of the defaults.
    The photos themselves are not stored.
    """
    from tracker.clinic.types import KitLabels

    if sum((folder is not None, show, use is not None)) != 1:
        raise InvalidInput("repeatability: expected one of FOLDER, --list and --use NAME; give exactly one of them.")
    if show:
        _list(as_json)
    elif use is not None:
        _use(use, as_json)
    elif folder is not None:
        if store and not name.strip():
            raise InvalidInput("--store: expected --name with the name of the kit, found none; add it.")
        _measure(folder, site, KitLabels(name, room, camera, lamp, card), as_json, store)


def _measure(folder: Path, site: str, labels: "KitLabels", as_json: bool, store: bool) -> None:
    from tracker.clinic.types import scope
    from tracker.clinic.workflow import repeatability as work
    from tracker.clinic.workflow.clinic import Clinic
    from tracker.clinic.workflow.repeat_photos import read_repeats
    from tracker.exports.kits import kit_sentences, kit_table

    with ExitStack() as shown:
        bars: list[tqdm[Any]] = []  # drawn with the first pair: until then a mistake is one sentence on stderr

        def advance(done: int, total: int) -> None:
            if not bars:
                bars.append(shown.enter_context(tqdm(total=total, unit="pair", desc="repeatability", leave=False)))
            bars[0].update(done - bars[0].n)

        measured = work.measure_kit(read_repeats(folder, site), advance)
    table = kit_table(measured.components)
    kit = None
    if store:
        with Clinic.open() as clinic:
            kit = work.store_kit(clinic, measured, labels)
    if as_json:
        for row in table.to_dict("records"):
            say({"status": "measured"} | {str(key): _plain(value) for key, value in row.items()}, as_json, "")
    summary = {
        "status": "stored" if kit else "not stored",
        "name": kit.name if kit else None,
        "scope": scope(measured.apart),
        "camera": measured.camera,
        "measured": measured.measured.isoformat(),
        "subjects": measured.subjects,
        "photos": measured.photos,
        "pairs": measured.pairs,
        "pairs_a_day_apart": measured.apart,
        "refused": list(measured.refused),
        "digest": kit.digest if kit else None,
    }
    kept = f"Stored as kit {kit.name}." if kit else "Not stored: add --store --name NAME to judge by it."
    said = [*kit_sentences(measured.components), *measured.refused, _scope_text(measured), kept]
    say(summary, as_json, "\n".join([_table_text(table), "", *said]))


def _list(as_json: bool) -> None:
    from tracker.clinic.workflow import kits
    from tracker.clinic.workflow.clinic import Clinic

    with Clinic.open() as clinic:
        stored, choice = kits.list_kits(clinic), kits.clinic_choice(clinic)
    for kit in stored:
        answer = _kit_answer(kit) | {"in_use": kit.id in kits.in_use(stored, choice)}
        mark = "*" if answer["in_use"] else " "
        text = f"{mark} {kit.name}: {kit.camera or 'camera unknown'}, measured {kit.measured}, {kit.scope}"
        say(answer, as_json, "\n".join([text, *(f"    {doubt}" for doubt in answer["doubts"])]))
    how = {kits.AUTOMATIC: "automatic: the newest kit whose camera took the photos", kits.DEFAULTS: "the defaults"}
    said = how.get(choice) or f"kit {next(kit.name for kit in stored if kit.id == choice)}"
    say({"status": "answered", "kits": len(stored), "judged_by": said}, as_json, f"Judged by {said}.")


def _use(name: str, as_json: bool) -> None:
    from tracker.clinic.workflow import kits
    from tracker.clinic.workflow.clinic import Clinic

    with Clinic.open() as clinic:
        fixed = {"automatic": kits.AUTOMATIC, "defaults": kits.DEFAULTS}
        choice = fixed[name] if name in fixed else kits.find_kit(clinic, name).id
        kits.choose_kit(clinic, choice)
    text = f"Judged by {name} from now on: comparisons are made again when they are next looked at."
    say({"status": "chosen", "judged_by": name}, as_json, text)


def _kit_answer(kit: "Kit") -> dict[str, Any]:
    from tracker.clinic.workflow.kits import kit_doubts

    return {
        "status": "kit",
        "name": kit.name,
        "room": kit.labels.room,
        "camera": kit.camera,
        "lamp": kit.labels.lamp,
        "card": kit.labels.card,
        "measured": kit.measured.isoformat(),
        "scope": kit.scope,
        "version": kit.version,
        "digest": kit.digest,
        "doubts": kit_doubts(kit, date.today()),
    }


def _table_text(table: "pd.DataFrame") -> str:
    """The table as aligned lines: each figure with its 95 % limits."""
    head = f"{'measure':<17}{'region':<10}{'SEM':>22}{'SDC':>22}  {'unit':<8}{'ICC':>18}{'df':>6}{'n':>4}"
    lines = [head]
    for row in table.to_dict("records"):
        unit = "%" if row["unit"] == "ln" else row["unit"]
        spans = [f"{row[k]:.3g} ({row[f'{k}_low']:.3g}-{row[f'{k}_high']:.3g})" for k in ("sem", "sdc")]
        share = f"{row['icc']:.2f} ({row['icc_low']:.2f}-{row['icc_high']:.2f})"
        lines.append(
            f"{row['metric']:<17}{row['region']:<10}{spans[0]:>22}{spans[1]:>22}  {unit:<8}{share:>18}"
            f"{row['df']:>6.1f}{row['subjects']:>4}  {row['colour']}{'; ' if row['remark'] else ''}{row['remark']}"
        )
    return "\n".join(lines)


def _scope_text(measured: "MeasuredKit") -> str:
    head = f"{measured.subjects} subjects, {measured.photos} photos, {measured.pairs} pairs"
    return f"{head}. {measured.remark}"


def _plain(value: Any) -> Any:
    """A value that JSON has: a number that is undefined is null, others have five significant digits."""
    if isinstance(value, float):
        return None if math.isnan(value) else float(f"{value:.5g}")
    return value
