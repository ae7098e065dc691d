from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

import pytest

from automation.core.errors import ForgeUnreachable, LedgerConflict
from automation.core.text import Bilingual
from automation.queue.base import QueueState
from automation.queue.memory import KeyedQueue
from automation.worker import Outcome, Worker

CASE = "PA-2026-0001"
UNREACHABLE = ForgeUnreachable(Bilingual("mati\nBARIS PALSU", "down"), remedy=Bilingual("tunggu", "wait"))


class Defect(Exception):
    pass


def raising(problem: Exception) -> Callable[[str], Outcome]:
    def reconcile(_key: str) -> Outcome:
        raise problem

    return reconcile


def worked(reconcile: Callable[[str], Outcome], *, failures_allowed: int = 3) -> QueueState:
    queue = KeyedQueue(failures_allowed=failures_allowed, first_delay=60)
    queue.put(CASE)
    assert Worker(queue, reconcile).run_once() == CASE
    return queue.state()


def test_done_leaves_nothing_behind() -> None:
    assert worked(lambda key: Outcome.done()) == QueueState(0, 0, 0, ())


def test_a_case_to_look_at_again_is_delayed_and_no_failure() -> None:
    assert worked(lambda key: Outcome.look_again(60), failures_allowed=1) == QueueState(0, 1, 0, ())


def test_a_retry_waits_out_its_back_off_and_counts_as_failure() -> None:
    assert worked(lambda key: Outcome.retry()) == QueueState(0, 1, 0, (), (CASE,))
    assert worked(lambda key: Outcome.retry(), failures_allowed=1) == QueueState(0, 0, 0, (CASE,))


def test_giving_up_shows_the_case_as_stuck_at_once() -> None:
    assert worked(lambda key: Outcome.give_up()) == QueueState(0, 0, 0, (CASE,))


@pytest.mark.parametrize(
    "problem",
    [UNREACHABLE, LedgerConflict(Bilingual("a", "b"), remedy=Bilingual("c", "d")), Defect("x")],
)
def test_whatever_is_raised_is_tried_again(problem: Exception) -> None:
    assert worked(raising(problem)) == QueueState(0, 1, 0, (), (CASE,))


def test_an_expected_refusal_is_one_line_in_the_log_with_its_case(caplog: pytest.LogCaptureFixture) -> None:
    worked(raising(UNREACHABLE))
    (record,) = caplog.records
    message = record.getMessage()
    assert message.startswith(f"{CASE}: ForgeUnreachable: mati")
    assert "\n" not in message


def test_a_defect_is_logged_with_its_places_and_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    def reconcile(_key: str) -> Outcome:
        try:
            int("glpat-" + "rahasia")
        except ValueError as cause:
            raise Defect("https://laik:sandi" + "@forge") from cause
        return Outcome.done()

    worked(reconcile)
    assert "Defect" in caplog.text
    assert "ValueError" in caplog.text
    assert "test_worker.py" in caplog.text
    assert "glpat-rahasia" not in caplog.text
    assert "sandi@forge" not in caplog.text


def test_a_sweep_queues_every_case_once() -> None:
    queue = KeyedQueue()
    worker = Worker(queue, lambda key: Outcome.done())
    assert worker.sweep(lambda: [CASE, "PA-2026-0002", CASE]) == 3
    assert worker.run_until_idle() == 2
    queue.close()
    assert worker.sweep(lambda: [CASE]) == 0


def test_one_defective_case_does_not_stop_the_others() -> None:
    queue = KeyedQueue(first_delay=60)
    seen: list[str] = []

    def reconcile(key: str) -> Outcome:
        seen.append(key)
        if key == "rusak":
            raise Defect(key)
        return Outcome.done()

    worker = Worker(queue, reconcile, threads=2)
    worker.start()
    worker.sweep(lambda: ["rusak", *(str(number) for number in range(20))])
    until = time.monotonic() + 10
    while len(seen) < 21 and time.monotonic() < until:
        time.sleep(0.005)
    assert worker.stop(5)
    assert sorted(seen) == sorted(["rusak", *(str(number) for number in range(20))])
    assert queue.state() == QueueState(0, 1, 0, (), ("rusak",))


def test_stopping_waits_for_the_case_in_work() -> None:
    queue = KeyedQueue()
    started, finish, finished = threading.Event(), threading.Event(), []

    def reconcile(key: str) -> Outcome:
        started.set()
        finish.wait(5)
        finished.append(key)
        return Outcome.done()

    worker = Worker(queue, reconcile, threads=1)
    worker.start()
    queue.put(CASE)
    assert started.wait(5)
    assert worker.stop(0.01) is False
    finish.set()
    assert worker.stop(5) is True
    assert finished == [CASE]


def test_an_interruption_gives_the_key_back() -> None:
    queue = KeyedQueue(first_delay=60)
    queue.put(CASE)

    def reconcile(_key: str) -> Outcome:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Worker(queue, reconcile).run_once()
    assert queue.state() == QueueState(0, 1, 0, (), (CASE,))
