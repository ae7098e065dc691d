"""What laik costs each forge: calls by event, by sweep over 0 to 10,000 cases, by repository; the adapters.

Counted beside the same work in the same run without what saves calls: every read whole instead of 304, and
every case asked instead of what changed.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import github
import gitlab

from automation import sweep
from automation.demo import organisation as org
from automation.forges.gitlab import projects
from automation.keys import EVERYTHING, SERVING
from automation.settings import ForgeKind
from tests.bench.timing import Bench, Measure, medians
from tests.effects.neutral import Neutral, neutral_world
from tests.effects.quiet import quiet_cases
from tests.effects.test_thrift_on_both import EVENTS, Case, mark_now

SIZES = (0, 1, 100, 1_000, 10_000)
ASKED = 50  # requests in one piece of work of the adapter's measure
ROUNDS = 5


def calls_of(dialect: ForgeKind) -> Bench:
    """The benchmark on one dialect."""

    def run() -> Iterator[Measure]:
        with (
            warnings.catch_warnings(),
            tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
            neutral_world(Path(folder), dialect) as world,
        ):
            warnings.simplefilter("ignore")  # the people's clients, not laik's
            for measure in _measures(world):
                yield replace(measure, name=f"{dialect}_{measure.name}")

    return run


def _measures(world: Neutral) -> Iterator[Measure]:
    key = world.filed("ukur")
    yield from _provisioned("case_file", world, key)
    world.paste(org.HEAD, key, "ajukan permohonan")
    yield from _provisioned("application", world, key)
    number, branch = world.asked(key, "ukur")
    world.who(org.REVIEWERS[1]).say(org.HOSTING, number, "Saya lihat.", kind="merge_request")
    world.who(org.ICT_HEAD).say(org.CONTROL, int(key[8:]), "Kami pantau.")  # an account is met once
    world.worked(EVERYTHING)
    yield from _events(world, Case(key, "ukur", number, branch))
    yield from _sweeps(world, key)
    yield from _overhead(world)


def _beside(name: str, value: int, peer: str, peer_value: int) -> Measure:
    return Measure(name, value, "calls", peer, peer_value, peer_value / value if value else None)


def _provisioned(kind: str, world: Neutral, key: str) -> Iterator[Measure]:
    cost = world.spent(lambda: world.worked(key))
    whole = cost.calls - cost.writes
    yield _beside(f"reads_with_{kind}_made", cost.reads, "without cache", whole)
    yield Measure(f"writes_with_{kind}_made", cost.writes, "calls")
    yield Measure(f"fetches_with_{kind}_made", cost.fetches, "fetches")


def _events(world: Neutral, case: Case) -> Iterator[Measure]:
    for event in EVENTS:
        hint, name = event(world, case), event.__name__
        cost = world.handled(hint)
        yield _beside(f"reads_{name}", cost.reads, "without cache", cost.calls - cost.writes)
        yield Measure(f"writes_{name}", cost.writes, "calls")
        yield Measure(f"fetches_{name}", cost.fetches, "fetches")
        world.handled(hint)
    repeated = world.handled(hint)
    yield _beside("reads_repeated_event", repeated.reads, "without cache", repeated.calls)
    yield Measure("writes_repeated_event", repeated.writes, "calls")


def _sweeps(world: Neutral, key: str) -> Iterator[Measure]:
    """A thrifty sweep beside a whole one: its listings as counted, and each case as the one that was run."""
    one = world.spent(lambda: world.worked(key)).calls
    overlap, activity = sweep.OVERLAP, projects.ACTIVITY_CLOCK
    sweep.OVERLAP, projects.ACTIVITY_CLOCK = timedelta(0), timedelta(0)  # all was made this very hour
    made = 0
    try:
        for size in SIZES:
            quiet_cases(world, size - made)
            made = size
            listed = world.spent(world.laik.reconciler.keys).calls
            world.worked(EVERYTHING)
            mark_now(world)
            cost = world.spent(lambda: world.worked(EVERYTHING))
            yield _beside(f"calls_sweep_of_{size}_cases", cost.calls, "every case", listed + size * one)
            yield Measure(f"writes_sweep_of_{size}_cases", cost.writes, "calls")
    finally:
        sweep.OVERLAP, projects.ACTIVITY_CLOCK = overlap, activity
    world.worked(SERVING)


def _overhead(world: Neutral) -> Iterator[Measure]:
    """One and the same request through the adapter and through the client alone."""
    bare = _bare(world, world.organisation[org.OWNER].token)
    work: dict[str, Callable[[], object]] = {
        "laik": lambda: [world.laik.forge.find_user(org.TEAM) for _ in range(ASKED)],
        "bare": lambda: [bare() for _ in range(ASKED)],
    }
    seconds = medians(ROUNDS, **work)
    ours, theirs = (seconds[name] / ASKED * 1_000_000 for name in ("laik", "bare"))
    peer = "PyGithub" if world.organisation.forge == "github" else "python-gitlab"
    yield Measure("find_user_through_adapter", ours, "us", peer, theirs, theirs / ours)


def _bare(world: Neutral, token: str) -> Callable[[], Any]:
    if world.organisation.forge == "github":
        client = github.Github(
            auth=github.Auth.Token(token),
            base_url=f"{world.forge.url}/api/v3",
            retry=None,
            seconds_between_requests=0,
            seconds_between_writes=0,
        )
        return lambda: client.get_user(org.TEAM).raw_data
    asked = gitlab.Gitlab(world.forge.url, private_token=token, keep_base_url=True)
    return lambda: list(asked.users.list(username=org.TEAM, iterator=True))


gitlab_calls = calls_of("gitlab")
github_calls = calls_of("github")
