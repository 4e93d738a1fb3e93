"""Spawned workers do not import the page that started them."""

import multiprocessing.spawn as spawning
import sys
import types
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tracker.dashboard.workers import workers_need_no_main


def test_a_worker_does_not_run_the_page(tmp_path, monkeypatch):
    page = tmp_path / "page.py"
    page.write_text(f"open({str(tmp_path / 'drawn')!r}, 'w').close()\n")
    main = types.ModuleType("__main__")
    main.__file__ = str(page)
    monkeypatch.setitem(sys.modules, "__main__", main)
    monkeypatch.setattr(spawning, "get_preparation_data", spawning.get_preparation_data)
    workers_need_no_main()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(abs, -3).result() == 3
    assert not (tmp_path / "drawn").exists()
