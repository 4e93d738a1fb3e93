"""Spawned workers that do not run a page.

A spawned process imports the ``__main__`` of its parent again. Streamlit puts the running page there, so every worker
would draw a page, and start workers of its own.
"""

import multiprocessing.spawn as spawning
from typing import Any

_prepared = spawning.get_preparation_data


def workers_need_no_main() -> None:
    """Spawn workers without the parent's ``__main__``; what they run is importable by name. Safe to call again."""
    spawning.get_preparation_data = _without_main


def _without_main(name: str) -> dict[str, Any]:
    data: dict[str, Any] = _prepared(name)
    return {key: value for key, value in data.items() if not key.startswith("init_main_from")}
