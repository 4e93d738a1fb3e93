"""Commands on photo files, no store needed: check, align, landmarks, skin, outline, analyse, batch, card."""

import csv
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from tracker.cli.answers import Json, existing, measurement_lines, say
from tracker.errors import InvalidInput, NotComparable, UnreadablePhoto
from tracker.imaging.types import Points, Region

# The engine is imported inside the commands: `tracker --help` and `tracker check` need a tenth of it.

Photo1 = Annotated[Path, typer.Argument(help="The earlier photo.", metavar="BASELINE")]
Photo2 = Annotated[Path, typer.Argument(help="The later photo.", metavar="FOLLOWUP")]


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    for command in (check, align, landmarks, skin, outline, analyse, batch, card):
        app.command()(command)


def check(
    file: Annotated[Path, typer.Argument(help="A photo, or what claims to be one.")],
    name: Annotated[str | None, typer.Option(help="What to call it in the answer; the file name by default.")] = None,
    as_json: Json = False,
) -> None:
    """Say whether a file would be accepted as a photo, and if not, why and what to do."""
    from tracker.imaging import decode

    label = name or file.name
    answer: dict[str, Any]
    try:
        info = decode.check(existing(file), name=label)
        answer = {"status": "accept", "width": info.width, "height": info.height, "message": info.message}
    except UnreadablePhoto as refused:
        answer = {"status": "reject", "width": None, "height": None, "message": str(refused)}
    say(answer, as_json, answer["message"])


def align(
    baseline: Photo1,
    followup: Photo2,
    points: Annotated[Path | None, typer.Option(help="CSV of x,y in baseline pixels (upright).")] = None,
    region: Annotated[
        Path | None, typer.Option(help="PNG mask of the treated skin in the baseline, 255 = inside.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Find where the skin of the earlier photo lies in the later one, or refuse and say why."""
    from tracker.imaging import align as alignment
    from tracker.imaging import decode, pipeline

    before, after = decode.open_photos((existing(baseline), existing(followup)))
    drawn = _region(region, before.size) if region else None
    asked = _points(points) if points else np.empty((0, 2))
    try:
        found = pipeline.register(before, after, drawn)
    except NotComparable as refused:
        say(
            {"status": "refused", "reason": str(refused), "residual_px": None, "points": []},
            as_json,
            f"Refused: {refused}",
        )
        return
    carried = alignment.carry_points(found, asked)
    answer = {
        "status": "aligned",
        "reason": "",
        "residual_px": round(found.residual_px, 3),
        "points": np.round(carried, 3).tolist(),
    }
    say(answer, as_json, f"Aligned, residual {found.residual_px:.2f} px.")


def landmarks(
    photo: Annotated[Path, typer.Argument(help="A photo of a face.")],
    as_json: Json = False,
) -> None:
    """Find the landmarks of a face, its pose and its scale, or say why there are none."""
    from tracker.cli.faces import landmarks_of
    from tracker.imaging import decode, networks

    network = networks.load(networks.FACE_LANDMARKS).network
    answer, text = landmarks_of(decode.open_photo(existing(photo)), network)
    say(answer, as_json, text)


def skin(
    photo: Annotated[Path, typer.Argument(help="A photo.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="PNG to write, 255 = skin.")],
    as_json: Json = False,
) -> None:
    """Write the mask of the skin in a photo."""
    from tracker.imaging import decode, regions

    mask = regions.skin_mask(decode.open_photo(existing(photo)))
    _write_mask(output, mask)
    share = float(mask.mean())
    say(
        {"status": "answered", "skin_share": round(share, 4)},
        as_json,
        f"{share:.0%} of the photo is skin; mask in {output}.",
    )


def outline(
    baseline: Photo1,
    mask: Annotated[Path, typer.Argument(help="PNG outline of the scar in the earlier photo, 255 = inside.")],
    followup: Photo2,
    output: Annotated[
        Path, typer.Option("-o", "--output", help="PNG to write: the proposed outline in the later photo.")
    ],
    as_json: Json = False,
) -> None:
    """Carry the outline of a scar to the later photo, refine it there, and compare the areas."""
    from tracker.clinic.workflow.outlining import outline_network
    from tracker.imaging import decode, pipeline

    before, after = decode.open_photos((existing(baseline), existing(followup)))
    try:
        found = pipeline.follow_outline(before, _region(mask, before.size), after, outline_network())
    except NotComparable as refused:
        answer = {"status": "refused", "reason": str(refused), "area_ratio": None, "interval": [None, None]}
        say(answer, as_json, f"Refused: {refused}")
        return
    _write_mask(output, found.outline.region().full(after.size))
    ratio, (low, high) = found.area_ratio, found.interval
    say(
        {
            "status": "outlined",
            "reason": "",
            "area_ratio": round(ratio, 4),
            "interval": [round(low, 4), round(high, 4)],
            "method": found.method,
            "aligned": found.aligned,
        },
        as_json,
        f"Area {ratio:.0%} of the earlier one (95 % interval {low:.0%} to {high:.0%}), by {found.method}; "
        f"outline in {output}.",
    )


def analyse(
    baseline: Annotated[Path | None, typer.Argument(help="The earlier photo.")] = None,
    followup: Annotated[Path | None, typer.Argument(help="The later photo.")] = None,
    region: Annotated[
        Path | None, typer.Option(help="PNG mask of the treated skin in the baseline, 255 = inside.")
    ] = None,
    reference: Annotated[
        Path | None, typer.Option(help="PNG mask of untreated skin in the baseline to compare with, 255 = inside.")
    ] = None,
    site: Annotated[str, typer.Option(help="Body site, for example face.")] = "",
    part: Annotated[
        list[str] | None,
        typer.Option(help="Part of a face to measure instead of the usual ones, for example cheek_malar_left."),
    ] = None,
    pairs: Annotated[
        Path | None, typer.Option(help="CSV with columns baseline,followup[,region,site,reference].")
    ] = None,
    as_json: Json = False,
) -> None:
    """Measure two photos of the same skin and say what changed by more than the measurement's own noise."""
    from tracker.clinic.workflow import folders
    from tracker.imaging.regions import FACE_REGIONS

    if pairs is not None and baseline is None:
        for answer in folders.analyse_pairs(folders.read_pairs(existing(pairs))):
            say(answer, as_json, _pair_text(answer))
        return
    if pairs is not None or baseline is None or followup is None:
        raise InvalidInput("analyse: expected either BASELINE and FOLLOWUP or --pairs CSV; give one of the two.")
    masks = [existing(mask) if mask else None for mask in (region, reference)]
    parts = tuple(part) if part else FACE_REGIONS
    request = folders.Pair(existing(baseline), existing(followup), masks[0], site, masks[1], parts=parts)
    answer = folders.analyse_pair(request)
    say(answer, as_json, _pair_text(answer))


def batch(
    folder: Annotated[Path, typer.Argument(help="A folder tree patient/session/photos.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Table to write: .csv or .parquet.")] = Path(
        "progress.csv"
    ),
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler, for example tcp://host:8786.")
    ] = None,
    site: Annotated[str, typer.Option(help="Body site of all photos, for example face.")] = "",
    as_json: Json = False,
) -> None:
    """Analyse a folder tree patient/session/photos into one table; each photo is compared with its first session."""
    from tracker.clinic.workflow import folders

    summary = folders.analyse_folder(folder, output, site=site, scheduler=scheduler)
    text = f"{summary['pairs']} pairs, {summary['refused']} refused, {summary['rows']} rows in {output}."
    say(summary, as_json, text)


def card(
    output: Annotated[Path, typer.Option("-o", "--output", help="PDF to write.")],
    as_json: Json = False,
) -> None:
    """Write the printable calibration card."""
    from tracker.exports.card import write_card

    write_card(output)
    say({"status": "written", "file": str(output)}, as_json, f"{output}: print on matt paper at 100 %.")


def _pair_text(answer: dict[str, Any]) -> str:
    head = f"{answer['baseline']} -> {answer['followup']}: {answer['status']}"
    if answer["status"] != "analysed":
        return f"{head}: {answer['reason']}"
    return f"{head}\n{measurement_lines(answer['measurements'])}"


def _points(path: Path) -> Points:
    try:
        with existing(path).open(newline="", encoding="utf-8-sig") as lines:
            table = np.array([[float(x), float(y)] for x, y, *_ in csv.reader(lines)], float)
    except ValueError:
        raise InvalidInput(
            f"{path}: expected lines of x,y in pixels without a header, found something else; mend the file."
        ) from None
    return table.reshape(-1, 2)


def _region(path: Path, size: tuple[int, int]) -> Region:
    from tracker.imaging import pipeline

    return pipeline.open_region(existing(path), size)


def _write_mask(path: Path, mask: NDArray[np.bool_]) -> None:
    from PIL import Image

    if path.suffix.lower() != ".png":
        raise InvalidInput(
            f"{path}: expected a file name ending in .png, found {path.suffix or 'no ending'}; a mask is stored as PNG."
        )
    Image.fromarray(mask.astype(np.uint8) * 255).save(path)
