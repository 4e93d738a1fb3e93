"""Jobs: in order, each with its own outcome, whatever happens to the others."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import cv2
import psutil
import pytest

from tracker.clinic import jobs
from tracker.clinic.jobs import KILLED, Executor
from tracker.errors import InvalidInput, StoreUnavailable, UnreadablePhoto


def square(number):
    return number * number


def slow_first(number):
    time.sleep(0.3 if number == 0 else 0.0)
    return number


def moody(number):
    if number == 2:
        raise UnreadablePhoto("two.jpg: cut off.")
    if number == 3:
        raise KeyError("a mistake of ours")
    if number == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def hang(number):
    if number == 1:
        while True:
            pass
    return number


def threads(_):
    return cv2.getNumThreads(), os.environ["OMP_NUM_THREADS"]


@pytest.fixture(scope="module")
def executor():
    with Executor(workers=2) as running:
        yield running


def test_outcomes_come_in_the_order_of_the_items(executor):
    seen = []
    outcomes = list(executor.map(slow_first, range(9), progress=lambda done, total: seen.append((done, total))))
    assert [outcome.value for outcome in outcomes] == list(range(9))
    assert seen == [(n, 9) for n in range(1, 10)]


def test_nothing_to_do_is_done_at_once():
    assert list(Executor(workers=1).map(square, [])) == []


def test_workers_use_one_thread(executor):
    assert {outcome.value for outcome in executor.map(threads, range(4))} == {(1, "1")}


def test_a_killed_worker_fails_its_own_item_and_no_other():
    with Executor(workers=2) as executor:
        outcomes = list(executor.map(moody, [0, 1, 2, 3, 4, 5, 6, 7]))
        assert [outcome.value for outcome in outcomes] == [0, 1, None, None, None, 5, 6, 7]
        assert outcomes[2].error == "two.jpg: cut off."
        assert "KeyError" in outcomes[3].error
        assert outcomes[4].error == KILLED
        assert [outcome.value for outcome in executor.map(square, [3])] == [9]  # and it goes on


def test_an_item_that_hangs_is_stopped():
    with Executor(workers=1, limit_s=1.0) as executor:
        outcomes = list(executor.map(hang, range(4)))
    assert [outcome.value for outcome in outcomes] == [0, None, 2, 3]
    assert "stopped after 1 s" in outcomes[1].error


def test_threads_may_share_it_while_one_kills_its_workers(executor):
    with ThreadPoolExecutor(4) as threads:
        runs = list(threads.map(lambda n: list(executor.map(moody if n == 0 else square, range(6))), range(4)))
    assert [outcome.error for outcome in runs[0]].count(KILLED) == 1
    for run in runs[1:]:
        assert [outcome.value for outcome in run] == [0, 1, 4, 9, 16, 25]


def test_a_slow_item_does_not_let_results_pile_up(executor, monkeypatch):
    held = []
    run = jobs._Run(executor, slow_first, list(range(40)), lambda *_: held.append(len(run.done)))
    assert [outcome.value for outcome in run.outcomes()] == list(range(40))
    assert max(held) <= 2 * executor.workers


def test_workers_must_be_at_least_one():
    with pytest.raises(InvalidInput, match="at least 1"):
        Executor(workers=0)


def test_an_absent_cluster_is_an_error_and_not_a_quiet_fallback(monkeypatch):
    monkeypatch.setattr(jobs, "CONNECT_TIMEOUT", "0.5s")
    with Executor(scheduler="tcp://127.0.0.1:9") as executor, pytest.raises(StoreUnavailable, match="Dask scheduler"):
        list(executor.map(square, [1]))


@pytest.mark.slow
def test_a_dask_cluster_gives_the_same_answers(monkeypatch):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None, silence_logs=50
    ) as cluster:
        monkeypatch.setenv("TRACKER_SCHEDULER", cluster.scheduler_address)
        with Executor() as executor:
            outcomes = list(executor.map(_no_kill, range(6)))
    assert [outcome.value for outcome in outcomes] == [0, 1, None, None, 4, 5]
    assert outcomes[2].error == "two.jpg: cut off."
    assert threading.main_thread().is_alive()


def _no_kill(number):
    return number if number == 4 else moody(number)


def test_workers_do_not_outlive_the_process_that_asked(tmp_path):
    script = tmp_path / "server.py"
    script.write_text(
        "import os, time\n"
        "from tracker.clinic.jobs import Executor\n"
        "if __name__ == '__main__':\n"
        "    executor = Executor(workers=2)\n"
        "    outcomes = list(executor.map(os.getpgid, [0, 0]))\n"
        "    print(*executor._pool._processes, flush=True)\n"
        "    time.sleep(60)\n"
    )
    server = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    workers = [psutil.Process(int(pid)) for pid in server.stdout.readline().split()]
    assert workers
    server.kill()
    server.wait()
    server.stdout.close()
    _, alive = psutil.wait_procs(workers, timeout=20)
    assert not alive
