"""benchmarks/speed.py runs to its end on a small pair and keeps the contract of its answer."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]


@pytest.mark.slow
def test_the_speed_benchmark_answers() -> None:
    command = [sys.executable, "benchmarks/speed.py", "--json", "--quick", "--repeats=1", "--px-per-mm=8"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=PROJECT)
    answer = json.loads(done.stdout)
    assert {"ratio_to_decode", "peak_gb", "steps", "peers"} <= answer.keys()
    assert answer["steps"].keys() == {"decode", "calibrate", "regions", "align", "measure", "total"}
    assert answer["refusal"] is None
    assert answer["peak_gb"] < 1.2
    assert answer["peers"]["ours"]["median_px"] < 1.0  # against the true warp of the phantom
