"""A keyed queue in memory: whatever happens to a key, it is worked once more afterwards, by one at a time.

Theory of operation. The queue holds keys and never events, so a thousand events about one case cost one
run. A key is in at most one of these states:

    absent    nothing to do
    waiting   to be handed out as soon as a worker asks and its lane is free, first come first served
    delayed   to be handed out at a time: looked at again, or tried again after a failure
    working   one worker has it
    dirty     one worker has it, and something has happened since: it must run once more
    stuck     given up after too many failures in a row, and shown by ``stuck``

======== ============ ===================== ============= ============== ====================
state    put          get                   done          done           done
                                                          again_after    failed
======== ============ ===================== ============= ============== ====================
absent   waiting
waiting  (same)       working
delayed  waiting      working when it is due
working  dirty                              absent        delayed        delayed or stuck
dirty    (same)                             waiting       waiting        delayed
stuck    waiting
======== ============ ===================== ============= ============== ====================

No event is lost: a ``put`` either finds the key about to be handed out, or makes it so, or leaves the mark
that makes it so when the worker comes back. A dirty key that failed waits out its back-off, because the run
that follows reads everything anew and so serves the new event too: a stream of events cannot turn a
failing case into a busy loop. Failures in a row are counted over stuck, so that a new event (or the next
sweep) gives a stuck key one more try and not a whole new series; one success forgets them.

A lane is a name several keys share: of them one is worked at a time. Merging and applying go in one lane a
hosting project, each validated against all that is admitted.

The queue is rebuilt by the start-up sweep; what it forgets in a crash costs time, never correctness.
"""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable

from automation.queue.base import QueueState

FIRST_DELAY = 1.0  # seconds after the first failure, doubled by each further one
LONGEST_DELAY = 300.0
FAILURES_ALLOWED = 8


def no_lane(_key: str) -> str | None:
    """Every key goes its own way."""
    return None


class KeyedQueue:
    """See the module's theory of operation. Safe between threads."""

    def __init__(
        self,
        *,
        lane_of: Callable[[str], str | None] = no_lane,
        lasting: frozenset[str] = frozenset(),
        clock: Callable[[], float] = time.monotonic,
        first_delay: float = FIRST_DELAY,
        longest_delay: float = LONGEST_DELAY,
        failures_allowed: int = FAILURES_ALLOWED,
    ) -> None:
        """An empty queue.

        Args:
            lane_of: the lane of a key, always the same for one key; None for no lane.
            lasting: keys that are never given up: nothing else would ask for them again.
            clock: seconds that only grow.
            first_delay: seconds of back-off after the first failure; doubles each time.
            longest_delay: where the back-off stops growing.
            failures_allowed: with so many failures in a row a key is given up.
        """
        self._lane_of = lane_of
        self._lasting = lasting
        self._clock = clock
        self._first_delay = first_delay
        self._longest_delay = longest_delay
        self._failures_allowed = failures_allowed
        self._changed = threading.Condition()
        self._waiting: dict[str, None] = {}  # ordered
        self._due: dict[str, float] = {}
        self._alarms: list[tuple[float, int, str]] = []  # heap; an alarm that differs from _due is void
        self._order = itertools.count()
        self._working: dict[str, bool] = {}  # the value: dirty
        self._lanes: set[str] = set()
        self._failures: dict[str, int] = {}
        self._stuck: dict[str, None] = {}
        self._closed = False

    def put(self, key: str) -> bool:
        """Ask for work on ``key``; False when the queue is closed and nothing was taken."""
        with self._changed:
            if self._closed:
                return False
            if key in self._working:
                self._working[key] = True
            else:
                self._make_waiting(key)
            return True

    def get(self, timeout: float | None = None) -> str | None:
        """A key to work on now; None when the time is up or the queue is closed.

        Args:
            timeout: seconds to wait for one; None waits until there is one or the queue is closed.
        """
        until = None if timeout is None else time.monotonic() + timeout
        with self._changed:
            while not self._closed:
                if (key := self._take()) is not None:
                    return key
                if until is not None and time.monotonic() >= until:
                    return None
                self._changed.wait(self._pause(until))
        return None

    def done(
        self, key: str, *, again_after: float | None = None, failed: bool = False, give_up: bool = False
    ) -> None:
        """Give a key back.

        Args:
            key: what :meth:`get` handed out.
            again_after: look at it again after so many seconds.
            failed: try again after the back-off, which grows; stuck after too many in a row.
            give_up: no further try until something happens.

        Raises:
            ValueError: nobody is working on this key.
        """
        with self._changed:
            if key not in self._working:
                raise ValueError(f"nobody is working on {key}")
            dirty = self._working.pop(key)
            if (lane := self._lane_of(key)) is not None:
                self._lanes.discard(lane)
            if failed or give_up:
                self._after_failure(key, dirty, give_up=give_up)
            else:
                self._after_success(key, dirty, again_after)
            self._changed.notify_all()

    def stuck(self) -> tuple[str, ...]:
        """Keys given up on, the longest stuck first."""
        with self._changed:
            return tuple(self._stuck)

    def state(self) -> QueueState:
        """The queue at this moment."""
        with self._changed:
            return QueueState(
                waiting=len(self._waiting),
                delayed=len(self._due),
                working=len(self._working),
                stuck=tuple(self._stuck),
                failing=tuple(key for key in self._failures if key not in self._stuck),
            )

    @property
    def closed(self) -> bool:
        """Whether :meth:`close` was called."""
        return self._closed

    def close(self, timeout: float | None = None) -> bool:
        """Hand out no more and wait for what is being worked; False when that takes over ``timeout``.

        What still waits is left: the sweep of the next start finds it.
        """
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            return self._changed.wait_for(lambda: not self._working, timeout)

    def _make_waiting(self, key: str) -> None:
        self._due.pop(key, None)
        self._stuck.pop(key, None)
        self._waiting.setdefault(key)
        self._changed.notify_all()

    def _delay(self, key: str, seconds: float) -> None:
        due = self._clock() + seconds
        self._due[key] = due
        heapq.heappush(self._alarms, (due, next(self._order), key))
        if len(self._alarms) > 2 * len(self._due) + 64:  # mostly void: events came before their time
            self._alarms = [(at, next(self._order), one) for one, at in self._due.items()]
            heapq.heapify(self._alarms)

    def _after_success(self, key: str, dirty: bool, again_after: float | None) -> None:
        self._failures.pop(key, None)
        if dirty:
            self._make_waiting(key)
        elif again_after is not None:
            self._delay(key, again_after)

    def _after_failure(self, key: str, dirty: bool, *, give_up: bool) -> None:
        failures = self._failures.get(key, 0) + 1
        if give_up:
            failures = max(failures, self._failures_allowed)
        self._failures[key] = failures
        if failures >= self._failures_allowed and not dirty and key not in self._lasting:
            self._stuck[key] = None
        else:
            doubled = self._first_delay * 2.0 ** min(failures - 1, 30)
            self._delay(key, min(doubled, self._longest_delay))

    def _take(self) -> str | None:
        """The first waiting key whose lane is free, now being worked."""
        self._wake_due()
        for key in self._waiting:
            lane = self._lane_of(key)
            if lane is None or lane not in self._lanes:
                del self._waiting[key]
                self._working[key] = False
                if lane is not None:
                    self._lanes.add(lane)
                return key
        return None

    def _wake_due(self) -> None:
        now = self._clock()
        while self._alarms and self._alarms[0][0] <= now:
            due, _, key = heapq.heappop(self._alarms)
            if self._due.get(key) == due:
                del self._due[key]
                self._waiting.setdefault(key)

    def _pause(self, until: float | None) -> float | None:
        """Seconds to sleep until the next alarm or the caller's time, None for until woken."""
        pauses = [self._alarms[0][0] - self._clock()] if self._alarms else []
        if until is not None:
            pauses.append(until - time.monotonic())
        return max(0.0, min(pauses)) if pauses else None
