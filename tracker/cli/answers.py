"""What a command prints: JSON lines for programs, short text for people."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from tracker.errors import InvalidInput

Json = Annotated[bool, typer.Option("--json", help="One JSON object per line on stdout, nothing else there.")]


def say(answer: Mapping[str, Any], as_json: bool, text: str) -> None:
    """Print an answer in the form that was asked for."""
    typer.echo(json.dumps(answer, ensure_ascii=False, allow_nan=False) if as_json else text)


def existing(path: Path) -> Path:
    """The path of a file that is there, or a sentence."""
    if not path.is_file():
        raise InvalidInput(
            f"{path}: expected a file, found {'a folder' if path.is_dir() else 'nothing'}; check the path."
        )
    return path


def measurement_lines(rows: list[dict[str, Any]]) -> str:
    """The measurements of one answer as aligned lines."""
    lines = []
    for row in rows:
        figure = (
            ""
            if row["change"] is None
            else f"{row['change']:+.2f} {row['change_unit']} (smallest seen {row['sdc']:.2f})"
        )
        reason = "" if row["change"] is not None else "; ".join(row["flags"][:1])
        lines.append(f"{row['region']:<14} {row['metric']:<16} {row['verdict']:<22} {figure or reason}")
    return "\n".join(lines)
