"""What the use cases may load."""

import subprocess
import sys

MODULES = "clinic, demo, intake, kits, photos, progress, repeat_photos, repeatability, review, upkeep"
LOADED = f"""
import sys
from tracker.clinic.workflow import {MODULES}
print([name for name in ("streamlit", "torch", "distributed", "alembic", "tracker.dashboard") if name in sys.modules])
"""


def test_the_use_cases_load_neither_streamlit_nor_torch():
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
