"""Commands on the clinic's store and its dashboard: demo, serve, export, doctor."""

import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import platformdirs
import typer
from tqdm import tqdm

from tracker.cli.answers import Json, existing, say
from tracker.errors import InvalidInput, TrackerError

# The store and the engine are imported inside the commands: `tracker --help` needs neither.

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
LOOPBACK = "127.0.0.1"

export = typer.Typer(no_args_is_help=True, help="Write files to give away.")

Port = Annotated[int, typer.Option(min=1, max=65535, help="Port on this computer.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(demo)
    app.command()(serve)
    app.command()(doctor)
    app.add_typer(export, name="export")


def demo(
    port: Port = 8501,
    browser: Annotated[bool, typer.Option(help="Open the dashboard in a browser.")] = True,
    prepare_only: Annotated[bool, typer.Option("--prepare-only", help="Load the demo patients and stop.")] = False,
) -> None:
    """Load the three demo patients into a store of their own, analyse them and open the dashboard."""
    from tracker.clinic.workflow.clinic import Clinic
    from tracker.clinic.workflow.demo import load_samples
    from tracker.clinic.workflow.demo_accounts import make_demo_accounts
    from tracker.clinic.workflow.demo_care import furnish, must_be_a_demonstration

    if not (SAMPLES / "registry.toml").is_file():
        raise InvalidInput(
            f"{SAMPLES}: expected the demo patients, found none; run the demo from a checkout of the project."
        )
    home = Path(
        os.environ.get("TRACKER_HOME") or Path(platformdirs.user_data_dir("skin-progress-tracker", False)) / "demo"
    )
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with Clinic.open(home) as clinic:
        must_be_a_demonstration(clinic)  # before anything is stored
    with Clinic.open(home) as clinic, tqdm(unit="step", desc="demo patients", leave=False) as bar:

        def advance(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        patients = load_samples(clinic, SAMPLES, advance)
        furnish(clinic, patients)
        make_demo_accounts(clinic)
    typer.echo(f"{len(patients)} demo patients, drawn by the skin phantom, in {home}")
    if not prepare_only:
        _start(home, port, browser)


def serve(
    port: Port = 8501,
    address: Annotated[str, typer.Option(help="Address to answer on; beyond this computer only with TLS.")] = LOOPBACK,
    certificate: Annotated[Path | None, typer.Option(help="PEM file of the TLS certificate.")] = None,
    key: Annotated[Path | None, typer.Option(help="PEM file of its key.")] = None,
    name: Annotated[str, typer.Option(help="Name by which the server is asked for.")] = "",
    browser: Annotated[bool, typer.Option(help="Open the dashboard in a browser.")] = False,
) -> None:
    """Serve the dashboard over the clinic's store (TRACKER_HOME); a new store prints the link to its first account."""
    from tracker.clinic.workflow import upkeep
    from tracker.clinic.workflow.clinic import Clinic, default_home

    if address != LOOPBACK and not (certificate and key and name):
        raise InvalidInput(
            f"--address {address}: expected {LOOPBACK}, or a --certificate, its --key and the server's --name, because "
            "passwords and photos would cross the network in the open; give all three."
        )
    home = default_home()
    with Clinic.open(home) as clinic:  # a store that cannot be opened is a sentence here, not a page of errors there
        upkeep.sweep(clinic)  # what a killed upload left behind
    tls = ["--certificate", str(certificate), "--key", str(key)] if certificate and key else []
    _start(home, port, browser, ["--address", address, "--name", name, *tls])


def doctor(as_json: Json = False) -> None:
    """Check this installation and the clinic's store; exit status 1 where something is wrong."""
    from tracker.clinic.workflow.selfcheck import examine

    findings = examine()
    sound = all(finding.ok for finding in findings)
    checks = [{"check": finding.check, "ok": finding.ok, "message": finding.message} for finding in findings]
    lines = [f"{'ok  ' if finding.ok else 'BAD '} {finding.check}: {finding.message}" for finding in findings]
    say({"status": "sound" if sound else "faulty", "checks": checks}, as_json, "\n".join(lines))
    if not sound:
        raise SystemExit(1)


@export.command("comparison")
def export_comparison(
    baseline: Annotated[Path, typer.Argument(help="The earlier photo.")],
    followup: Annotated[Path, typer.Argument(help="The later photo.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Picture to write: .jpg or .png.")],
    region: Annotated[Path | None, typer.Option(help="PNG mask of the treated skin in the baseline.")] = None,
    site: Annotated[str, typer.Option(help="Body site, for example face.")] = "",
    days: Annotated[
        str, typer.Option(help="Days of both photos, 2026-01-31,2026-03-02; else what the camera wrote.")
    ] = "",
    dates: Annotated[bool, typer.Option(help="Print calendar dates instead of the time between the photos.")] = False,
    as_json: Json = False,
) -> None:
    """Write both photos at the same crop and scale, with each measure and its noise, without any metadata."""
    from tracker.clinic.workflow.folders import Pair
    from tracker.clinic.workflow.sharing import comparison_of_files
    from tracker.exports.comparison import Dating, FileKind

    kinds = {".jpg": FileKind.JPEG, ".jpeg": FileKind.JPEG, ".png": FileKind.PNG}
    if output.suffix.lower() not in kinds:
        raise InvalidInput(f"{output}: expected a file name ending in .jpg or .png, found {output.suffix or 'none'}.")
    pair = Pair(existing(baseline), existing(followup), existing(region) if region else None, site)
    dating = Dating.DATES if dates else Dating.RELATIVE
    picture = comparison_of_files(pair, kinds[output.suffix.lower()], dating, _days(days))
    try:
        output.write_bytes(picture)
    except OSError as error:
        raise TrackerError(
            f"{output}: the picture could not be written ({error.strerror}); choose another place."
        ) from None
    notice = "Metadata removed; the person may still be recognised."
    say({"status": "written", "file": str(output), "notice": notice}, as_json, f"{output}: {notice}")


def _days(text: str) -> tuple[date | None, date | None]:
    if not text:
        return None, None
    try:
        first, second = (date.fromisoformat(part.strip()) for part in text.split(","))
    except ValueError:
        raise InvalidInput(
            f"--days {text}: expected two days as 2026-01-31,2026-03-02; write them like this."
        ) from None
    return first, second


def _start(home: Path, port: int, browser: bool, network: Sequence[str] = ()) -> None:
    """Become the server: it is another layer, so it is started, not imported."""
    arguments = [sys.executable, "-m", "tracker.dashboard", "--port", str(port), *network]
    arguments += ["--browser"] if browser else []
    os.environ["TRACKER_HOME"] = str(home)
    sys.stdout.flush()
    os.execv(sys.executable, arguments)  # noqa: S606  no shell, our own interpreter
