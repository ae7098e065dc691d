"""What was reported on a commit: commit statuses and check runs, as GitHub keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from automation.localforge.engine import Engine
from automation.localforge.githubprotection import GitHubGuard, Report

__all__ = [
    "CheckRun",
    "CommitStatus",
    "check_runs",
    "get_check_run",
    "guard_of",
    "latest",
    "reports_on",
    "statuses",
]

_PASSED = frozenset({"success", "neutral", "skipped"})


@dataclass(frozen=True, slots=True)
class CommitStatus:
    """A commit status; none is ever changed, a newer one of its context takes its place."""

    id: int
    project_id: int
    sha: str
    context: str
    state: str
    description: str | None
    target_url: str | None
    user_id: int
    created_at: str


@dataclass(frozen=True, slots=True)
class CheckRun:
    """A check run of an app; ``annotations`` is a JSON list as they were sent."""

    id: int
    project_id: int
    sha: str
    app_id: int
    name: str
    external_id: str
    status: str
    conclusion: str | None
    details_url: str | None
    started_at: str | None
    completed_at: str | None
    title: str | None
    summary: str | None
    text: str | None
    annotations: str


def statuses(engine: Engine, project_id: int, sha: str) -> list[CommitStatus]:
    """All statuses of a commit, newest first."""
    return engine.store.all(
        CommitStatus,
        "SELECT * FROM github_statuses WHERE project_id = ? AND sha = ? ORDER BY id DESC",
        project_id,
        sha,
    )


def check_runs(engine: Engine, project_id: int, sha: str) -> list[CheckRun]:
    """All check runs of a commit, newest first."""
    return engine.store.all(
        CheckRun,
        "SELECT * FROM github_check_runs WHERE project_id = ? AND sha = ? ORDER BY id DESC",
        project_id,
        sha,
    )


def get_check_run(engine: Engine, project_id: int, run_id: int) -> CheckRun | None:
    """One check run of a repository."""
    return engine.store.one(
        CheckRun, "SELECT * FROM github_check_runs WHERE project_id = ? AND id = ?", project_id, run_id
    )


def latest(runs: Iterable[CheckRun]) -> list[CheckRun]:
    """The newest run of each name and app, of runs that come newest first."""
    newest: dict[tuple[str, int], CheckRun] = {}
    for run in runs:
        newest.setdefault((run.name, run.app_id), run)
    return list(newest.values())


def reports_on(engine: Engine, project_id: int, sha: str) -> list[Report]:
    """The newest report of each name and source: a status's source is the app whose account posted it."""
    found = [
        Report(run.name, run.app_id, run.status == "completed" and run.conclusion in _PASSED)
        for run in latest(check_runs(engine, project_id, sha))
    ]
    return found + _status_reports(engine, statuses(engine, project_id, sha))


def _status_reports(engine: Engine, rows: Sequence[CommitStatus]) -> list[Report]:
    newest: dict[str, CommitStatus] = {}
    for row in rows:
        newest.setdefault(row.context, row)
    return [
        Report(row.context, _app_of(engine, row.user_id), row.state == "success") for row in newest.values()
    ]


def _app_of(engine: Engine, user_id: int) -> int | None:
    found = engine.store.value("SELECT id FROM apps WHERE bot_id = ?", user_id)
    return None if found is None else int(found)


def guard_of(engine: Engine) -> GitHubGuard:
    """The engine's guard, put in its place where it is not yet there."""
    if not isinstance(engine.guard, GitHubGuard):
        engine.guard = GitHubGuard(engine, lambda project_id, sha: reports_on(engine, project_id, sha))
    return engine.guard
