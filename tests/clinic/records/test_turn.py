"""The queue of writers is a queue."""

import threading
import time

from tracker.clinic.records.turn import Turn


def _start(target, count):
    """Threads that queue up in a known order."""
    threads = []
    for number in range(count):
        threads.append(threading.Thread(target=target, args=(number,)))
        threads[-1].start()
        time.sleep(0.03)
    return threads


def test_whoever_waited_longest_is_next():
    turn, order = Turn(), []

    def work(number):
        with turn.taken(10) as mine:
            assert mine
            order.append(number)

    with turn.taken(1):
        threads = _start(work, 6)
    for thread in threads:
        thread.join()
    assert order == list(range(6))


def test_one_at_a_time():
    turn, inside, most = Turn(), [], []

    def work(number):
        for _ in range(50):
            with turn.taken(10) as mine:
                assert mine
                inside.append(number)
                most.append(len(inside))
                inside.remove(number)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1
    assert len(most) == 400


def test_whoever_gives_up_does_not_block_the_others():
    turn, came = Turn(), []

    def impatient(_):
        with turn.taken(0.01) as mine:
            came.append(mine)

    with turn.taken(1):
        for thread in _start(impatient, 3):
            thread.join()
    assert came == [False] * 3
    with turn.taken(0.01) as mine:
        assert mine


def test_an_error_ends_the_turn():
    turn = Turn()
    try:
        with turn.taken(1):
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    with turn.taken(0.01) as mine:
        assert mine
