"""The worker: takes a key from the queue, has it reconciled, and gives it back with one of four answers.

Done, look again after some time, try again with back-off, give up: four different things, never told apart
by guessing from an exception's text. What a reconcile *raises* is always tried again with back-off, because
a fault of today (forge down, policy broken) may be gone tomorrow; the queue gives up after too many in a row.
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from automation.core.errors import LaikError, LedgerConflict
from automation.queue.base import WorkQueue

log = logging.getLogger("laik.worker")

_POLL_SECONDS = 1.0


class Answer(StrEnum):
    """The four answers a reconcile can give."""

    DONE = "done"
    LOOK_AGAIN = "look_again"
    RETRY = "retry"
    GIVE_UP = "give_up"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a reconcile ended; ``after_seconds`` is for LOOK_AGAIN only."""

    answer: Answer
    after_seconds: float | None = None

    @classmethod
    def done(cls) -> Outcome:
        """Nothing more to do until something happens."""
        return cls(Answer.DONE)

    @classmethod
    def look_again(cls, seconds: float) -> Outcome:
        """All well; something (a deadline, a probe) wants another look after so many seconds."""
        return cls(Answer.LOOK_AGAIN, seconds)

    @classmethod
    def retry(cls) -> Outcome:
        """It did not work this time; try again, later each time."""
        return cls(Answer.RETRY)

    @classmethod
    def give_up(cls) -> Outcome:
        """Trying again cannot help; shown as stuck until something happens."""
        return cls(Answer.GIVE_UP)


class Worker:
    """Threads that work a queue of case keys off.

    Nothing that a reconcile raises ends a thread: the next case goes on.
    """

    def __init__(
        self, queue: WorkQueue, reconcile: Callable[[str], Outcome], *, threads: int = 2, name: str = "laik"
    ) -> None:
        self._queue = queue
        self._reconcile = reconcile
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._loop, name=f"{name}-{number}", daemon=True)
            for number in range(1, threads + 1)
        ]

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float | None = None) -> bool:
        """Take no more keys and wait for those in work; False when that takes over ``timeout`` seconds."""
        self._stopping.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(timeout)
        return not any(thread.is_alive() for thread in self._threads)

    def sweep(self, list_cases: Callable[[], Iterable[str]]) -> int:
        """Put every case in the queue (at start, and now and then for events that got lost); how many."""
        return sum(1 for key in list_cases() if self._queue.put(key))

    def run_once(self, timeout: float | None = 0) -> str | None:
        """Work one key in the caller's thread; the key, or None when none came in ``timeout`` seconds."""
        key = self._queue.get(timeout)
        if key is not None:
            self._work(key)
        return key

    def run_until_idle(self) -> int:
        """Work all that waits now in the caller's thread; how many runs. Delayed keys are left."""
        runs = 0
        while self.run_once() is not None:
            runs += 1
        return runs

    def _loop(self) -> None:
        while not self._stopping.is_set() and not self._queue.closed:
            self.run_once(_POLL_SECONDS)

    def _work(self, key: str) -> None:
        outcome = Outcome.retry()
        try:
            outcome = self._judged(key)
        finally:  # also when the interpreter is being interrupted: the key must not stay in work
            self._give_back(key, outcome)

    def _judged(self, key: str) -> Outcome:
        try:
            return self._reconcile(key)
        except LedgerConflict as conflict:
            log.info("%s: %s", key, one_line(conflict.explain()))
        except LaikError as refusal:
            log.warning("%s: %s: %s", key, type(refusal).__name__, one_line(refusal.explain()))
        except Exception as defect:  # noqa: BLE001 - a door: one defective case must not stop the others
            log.error("%s: unexpected %s\n%s", key, type(defect).__name__, frames(defect))
            log.debug("%s: %s", key, one_line(str(defect)))
        return Outcome.retry()

    def _give_back(self, key: str, outcome: Outcome) -> None:
        match outcome.answer:
            case Answer.DONE:
                self._queue.done(key)
            case Answer.LOOK_AGAIN:
                self._queue.done(key, again_after=outcome.after_seconds or 0.0)
            case Answer.RETRY:
                self._queue.done(key, failed=True)
            case Answer.GIVE_UP:
                log.error("%s: given up until something happens", key)
                self._queue.done(key, give_up=True)


def one_line(text: str) -> str:
    """Text for one line of the log: a line break from a request could write a log line of its own."""
    return "".join(ch if ch.isprintable() else " " for ch in text)[:2000]


def frames(defect: BaseException) -> str:
    """Where an exception and its causes came from: files, lines and types, without messages and source.

    Messages of libraries repeat what they were given (answers of the forge, request text, addresses with
    passwords); they go to the debug level only.
    """
    told: list[str] = []
    current: BaseException | None = defect
    while current is not None and len(told) < 5:
        stack = traceback.extract_tb(current.__traceback__)
        places = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in stack]
        told.append("\n".join([*places, type(current).__name__]))
        current = current.__cause__ or current.__context__
    return "\ncaused by:\n".join(told)
