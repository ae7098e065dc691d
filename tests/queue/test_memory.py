from __future__ import annotations

import random
import threading
import time
from collections import defaultdict

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from automation.queue.base import QueueState, WorkQueue
from automation.queue.memory import KeyedQueue


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(clock: Clock) -> KeyedQueue:
    return KeyedQueue(clock=clock, first_delay=1.0, longest_delay=4.0, failures_allowed=3)


def fail_until_stuck(queue: KeyedQueue, clock: Clock, key: str) -> None:
    queue.put(key)
    while key not in queue.stuck():
        clock.now += 10
        assert queue.get(0) == key
        queue.done(key, failed=True)


def test_keys_are_handed_out_first_come_first_served_and_once(queue: KeyedQueue) -> None:
    for key in ("a", "b", "a"):
        assert queue.put(key)
    assert [queue.get(0), queue.get(0), queue.get(0)] == ["a", "b", None]


def test_a_key_that_gets_dirty_while_worked_runs_once_more_and_only_once(queue: KeyedQueue) -> None:
    queue.put("a")
    assert queue.get(0) == "a"
    queue.put("a")
    queue.put("a")
    assert queue.get(0) is None, "one worker has it"
    queue.done("a")
    assert queue.get(0) == "a"
    queue.done("a")
    assert queue.get(0) is None


def test_a_key_to_look_at_again_comes_back_in_its_time(queue: KeyedQueue, clock: Clock) -> None:
    queue.put("a")
    queue.get(0)
    queue.done("a", again_after=60)
    clock.now += 59
    assert queue.get(0) is None
    clock.now += 1
    assert queue.get(0) == "a"


def test_an_event_does_not_wait_for_the_next_look_and_serves_it_too(queue: KeyedQueue, clock: Clock) -> None:
    queue.put("a")
    queue.get(0)
    queue.done("a", again_after=60)
    queue.put("a")
    assert queue.get(0) == "a"
    queue.done("a")
    clock.now += 61
    assert queue.get(0) is None


def test_an_alarm_that_an_event_overtook_does_not_ring_for_the_next_one(
    queue: KeyedQueue, clock: Clock
) -> None:
    queue.put("a")
    queue.get(0)
    queue.done("a", again_after=10)
    queue.put("a")
    queue.get(0)
    queue.done("a", again_after=60)
    clock.now += 11
    assert queue.get(0) is None
    clock.now += 50
    assert queue.get(0) == "a"


def test_failures_wait_longer_and_longer_then_the_key_is_stuck(queue: KeyedQueue, clock: Clock) -> None:
    queue.put("a")
    for pause in (1.0, 2.0):
        assert queue.get(0) == "a"
        queue.done("a", failed=True)
        clock.now += pause - 0.1
        assert queue.get(0) is None
        clock.now += 0.1
    assert queue.get(0) == "a"
    queue.done("a", failed=True)
    assert queue.stuck() == ("a",)
    clock.now += 10_000
    assert queue.get(0) is None


def test_an_event_gives_a_stuck_key_one_try_and_a_success_forgets(queue: KeyedQueue, clock: Clock) -> None:
    fail_until_stuck(queue, clock, "a")
    queue.put("a")
    assert queue.stuck() == ()
    assert queue.get(0) == "a"
    queue.done("a", failed=True)
    assert queue.stuck() == ("a",)
    queue.put("a")
    queue.get(0)
    queue.done("a")
    queue.put("a")
    queue.get(0)
    queue.done("a", failed=True)
    assert queue.stuck() == (), "the count began anew"


def test_events_do_not_turn_a_failing_key_into_a_busy_loop(queue: KeyedQueue, clock: Clock) -> None:
    queue.put("a")
    for _ in range(10):
        assert queue.get(0) == "a"
        queue.put("a")
        queue.done("a", failed=True)
        assert queue.stuck() == ()
        assert queue.get(0) is None
        clock.now += 4


def test_a_lasting_key_is_tried_for_as_long_as_it_takes(clock: Clock) -> None:
    queue = KeyedQueue(
        clock=clock, first_delay=1.0, longest_delay=4.0, failures_allowed=3, lasting=frozenset({"sapu"})
    )
    queue.put("sapu")
    for _ in range(20):
        assert queue.get(0) == "sapu"
        queue.done("sapu", failed=True)
        assert queue.get(0) is None
        clock.now += 4
    assert queue.stuck() == ()
    assert queue.state().failing == ("sapu",)
    assert queue.get(0) == "sapu"
    queue.done("sapu")
    assert queue.state().failing == ()


def test_a_key_given_up_is_stuck_at_once(queue: KeyedQueue) -> None:
    queue.put("a")
    queue.get(0)
    queue.done("a", give_up=True)
    assert queue.state() == QueueState(0, 0, 0, ("a",))


def test_keys_of_one_lane_are_worked_one_at_a_time_and_hold_nobody_else_up(clock: Clock) -> None:
    queue = KeyedQueue(clock=clock, lane_of=lambda key: "hosting" if key.startswith("h") else None)
    for key in ("h1", "h2", "x"):
        queue.put(key)
    assert [queue.get(0), queue.get(0), queue.get(0)] == ["h1", "x", None]
    queue.done("x")
    assert queue.get(0) is None
    queue.done("h1")
    assert queue.get(0) == "h2"


def test_giving_back_what_nobody_has_is_a_defect(queue: KeyedQueue) -> None:
    with pytest.raises(ValueError, match="nobody"):
        queue.done("a")


def test_closing_waits_for_the_worker_and_takes_nothing_more(queue: KeyedQueue) -> None:
    queue.put("a")
    queue.put("b")
    assert queue.get(0) == "a"
    assert queue.close(timeout=0.01) is False
    threading.Timer(0.05, queue.done, ["a"]).start()
    assert queue.close(timeout=5) is True
    assert queue.put("c") is False
    assert queue.get() is None
    assert queue.closed


def test_a_waiting_worker_wakes_for_an_event_an_alarm_and_the_end() -> None:
    queue: WorkQueue = KeyedQueue()
    threading.Timer(0.03, queue.put, ["a"]).start()
    assert queue.get(5) == "a"
    queue.done("a", again_after=0.03)
    assert queue.get(5) == "a"
    began = time.monotonic()
    assert queue.get(0.05) is None
    assert time.monotonic() - began >= 0.05


def test_alarms_that_events_overtook_do_not_pile_up(queue: KeyedQueue) -> None:
    for _ in range(5000):
        queue.put("a")
        queue.get(0)
        queue.done("a", again_after=86_400)
    assert len(queue._alarms) < 200


def test_many_threads_lose_no_event_and_never_share_a_key() -> None:
    queue = KeyedQueue(lane_of=lambda key: "lane" if key in {"k0", "k1"} else None)
    version: dict[str, int] = defaultdict(int)
    served: dict[str, int] = defaultdict(int)
    busy: dict[str, int] = defaultdict(int)
    guard = threading.Lock()
    clashes: list[str] = []

    def produce(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(400):
            key = f"k{chance.randrange(6)}"
            with guard:
                version[key] += 1
            queue.put(key)

    def work() -> None:
        while (key := queue.get()) is not None:
            lane = "lane" if key in {"k0", "k1"} else key
            with guard:
                busy[lane] += 1
                if busy[lane] > 1:
                    clashes.append(lane)
                seen = version[key]
            time.sleep(0.0002)
            with guard:
                busy[lane] -= 1
                served[key] = seen
            queue.done(key)

    workers = [threading.Thread(target=work) for _ in range(4)]
    producers = [threading.Thread(target=produce, args=[seed]) for seed in range(4)]
    for thread in workers + producers:
        thread.start()
    for thread in producers:
        thread.join()
    until = time.monotonic() + 20
    while queue.state() != QueueState(0, 0, 0, ()) and time.monotonic() < until:
        time.sleep(0.01)
    queue.close(5)
    for thread in workers:
        thread.join()
    assert clashes == []
    assert served == version


KEYS = st.sampled_from(["h1", "h2", "x", "y"])


class QueueMachine(RuleBasedStateMachine):
    """Whatever happens in whatever order: no event is lost, no key (and no lane) is worked twice at once."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.queue = KeyedQueue(
            clock=self.clock, lane_of=self.lane, first_delay=1, longest_delay=8, failures_allowed=2
        )
        self.working: list[str] = []
        self.unserved: set[str] = set()  # an event came and no run has begun since

    @staticmethod
    def lane(key: str) -> str | None:
        return "h" if key.startswith("h") else None

    @rule(key=KEYS)
    def event(self, key: str) -> None:
        self.queue.put(key)
        self.unserved.add(key)

    @rule()
    def take(self) -> None:
        key = self.queue.get(0)
        if key is not None:
            assert key not in self.working
            assert self.lane(key) is None or all(self.lane(other) is None for other in self.working)
            self.working.append(key)
            self.unserved.discard(key)

    @precondition(lambda self: self.working)
    @rule(data=st.data(), how=st.sampled_from(["done", "again", "failed", "give_up"]))
    def finish(self, data: st.DataObject, how: str) -> None:
        key = data.draw(st.sampled_from(self.working))
        self.working.remove(key)
        match how:
            case "done":
                self.queue.done(key)
            case "again":
                self.queue.done(key, again_after=5)
            case "failed":
                self.queue.done(key, failed=True)
            case "give_up":
                self.queue.done(key, give_up=True)

    @rule(seconds=st.sampled_from([0.5, 1, 4, 9]))
    def wait(self, seconds: float) -> None:
        self.clock.now += seconds

    @invariant()
    def the_counts_agree(self) -> None:
        state = self.queue.state()
        assert state.working == len(self.working)
        assert not self.unserved & set(state.stuck)

    def teardown(self) -> None:
        for _ in range(50):
            self.clock.now += 10
            for key in self.working:
                self.queue.done(key)
            self.working.clear()
            while (key := self.queue.get(0)) is not None:
                self.unserved.discard(key)
                self.working.append(key)
        assert self.unserved == set()
        assert self.queue.state().waiting == self.queue.state().delayed == 0


QueueMachine.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
test_no_event_is_lost_and_no_key_is_worked_twice_at_once = QueueMachine.TestCase
