"""Commit statuses and the pipelines they hang on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from automation.localforge.engine import Engine
from automation.localforge.permissions import DEVELOPER, require
from automation.localforge.records import Pipeline, Project, Status, User
from automation.localforge.refusals import forbidden, not_found, refused

STATES = ("pending", "running", "success", "failed", "canceled", "skipped")
_OPEN = ("created", "pending", "running")

# From which states GitLab's state machine lets an event start (the target state's own event).
_EVENTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "pending": ("enqueue", ("created", "skipped")),
    "running": ("run", ("created", "pending")),
    "success": ("success", _OPEN),
    "failed": ("drop", _OPEN),
    "canceled": ("cancel", _OPEN),
    "skipped": ("skip", _OPEN),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A status to post; ``ref`` and ``pipeline_id`` narrow down the pipeline it goes to."""

    state: str
    name: str = "default"
    description: str | None = None
    target_url: str | None = None
    coverage: float | None = None
    ref: str | None = None
    pipeline_id: int | None = None


def post_status(engine: Engine, user: User, project: Project, sha: str, wanted: Wanted) -> Status:
    """Post a status (Developer).

    A status of the same name by another account counts as a retry and hides the older one.

    Raises:
        Refusal: 404 without the commit, a branch holding it or the named pipeline of it (before GitLab 18 a
            wrong ``pipeline_id`` opened a new one); 400 for a state that cannot follow.
    """
    require(engine, user, project, DEVELOPER)
    if project.archived:
        raise forbidden()
    if wanted.state not in STATES:
        raise refused(400, "state does not have a valid value")
    commit = engine.repository(project.id).resolve(sha)
    if commit is None:
        raise not_found("Commit")
    ref = wanted.ref or _branch_holding(engine, project, commit)
    pipeline = _pipeline(engine, user, project, commit, ref, wanted)
    status = _status(engine, user, pipeline, wanted.name)
    _check_transition("created" if status is None else status.state, wanted.state)
    status_id = _write(engine, user, pipeline, status, wanted)
    _settle(engine, pipeline)
    return _by_id(engine, status_id)


def _branch_holding(engine: Engine, project: Project, sha: str) -> str:
    branches = engine.repository(project.id).branches()
    exact = [name for name, head in branches if head == sha]
    if exact:
        return project.default_branch if project.default_branch in exact else exact[0]
    for name, head in branches:
        if engine.is_ancestor(project.id, sha, head):
            return name
    raise not_found("References for commit")


def _pipeline(engine: Engine, user: User, project: Project, sha: str, ref: str, wanted: Wanted) -> Pipeline:
    """The newest pipeline of commit, ref and ``pipeline_id``; a new external one when there is none."""
    rows = engine.store.all(
        Pipeline,
        "SELECT * FROM pipelines WHERE project_id = ? AND sha = ? AND ref = ? ORDER BY id DESC",
        project.id,
        sha,
        ref,
    )
    fitting = [row for row in rows if wanted.pipeline_id in (None, row.id)]
    if fitting:
        return fitting[0]
    if wanted.pipeline_id is not None:
        raise not_found("Pipeline for pipeline_id, sha and ref")
    now = engine.now()
    pipeline_id = engine.store.insert(
        "pipelines",
        project_id=project.id,
        iid=engine.store.next_number(project.id, "pipeline"),
        sha=sha,
        ref=ref,
        user_id=user.id,
        status="created",
        created_at=now,
        updated_at=now,
    )
    return get_pipeline(engine, project, pipeline_id)


def _status(engine: Engine, user: User, pipeline: Pipeline, name: str) -> Status | None:
    """The unfinished status of that name and account in the pipeline: it is updated, not repeated."""
    return engine.store.one(
        Status,
        "SELECT * FROM statuses WHERE pipeline_id = ? AND name = ? AND user_id = ? AND retried = 0"
        " AND state IN ('pending', 'running') ORDER BY id DESC LIMIT 1",
        pipeline.id,
        name,
        user.id,
    )


def _check_transition(old: str, new: str) -> None:
    event, sources = _EVENTS[new]
    if old not in sources:
        raise refused(400, f"Cannot transition status via :{event} from :{old}")


def _write(engine: Engine, user: User, pipeline: Pipeline, status: Status | None, wanted: Wanted) -> int:
    now = engine.now()
    facts = {
        "state": wanted.state,
        "description": wanted.description,
        "target_url": wanted.target_url,
        "coverage": wanted.coverage,
        "started_at": now if wanted.state == "running" else status.started_at if status else None,
        "finished_at": None if wanted.state in _OPEN else now,
    }
    if status is not None:
        engine.store.update("statuses", status.id, **facts)
        return status.id
    engine.store.run(
        "UPDATE statuses SET retried = 1 WHERE pipeline_id = ? AND name = ?", pipeline.id, wanted.name
    )
    return engine.store.insert(
        "statuses",
        project_id=pipeline.project_id,
        pipeline_id=pipeline.id,
        sha=pipeline.sha,
        ref=pipeline.ref,
        name=wanted.name,
        user_id=user.id,
        created_at=now,
        **facts,
    )


def _settle(engine: Engine, pipeline: Pipeline) -> None:
    """Bring the pipeline's own status in line with its statuses."""
    states = set(
        engine.store.column("SELECT state FROM statuses WHERE pipeline_id = ? AND retried = 0", pipeline.id)
    )
    engine.store.update("pipelines", pipeline.id, status=_composite(states), updated_at=engine.now())


def _composite(states: set[str]) -> str:
    if states & {"running", "pending"}:
        return "pending" if states <= {"pending", "created"} else "running"
    for state in ("failed", "canceled", "success", "skipped"):
        if state in states:
            return state
    return "created"


def _by_id(engine: Engine, status_id: int) -> Status:
    found = engine.store.one(Status, "SELECT * FROM statuses WHERE id = ?", status_id)
    if found is None:
        raise not_found("Status")
    return found


def list_statuses(
    engine: Engine, project: Project, sha: str, *, everything: bool = False, wanted: Mapping[str, object]
) -> Sequence[Status]:
    """The statuses of a commit, oldest first: the latest of each name in each pipeline, or ``everything``."""
    rows = engine.store.all(
        Status, "SELECT * FROM statuses WHERE project_id = ? AND sha = ? ORDER BY id", project.id, sha
    )
    rows = [row for row in rows if everything or not row.retried]
    for key in ("name", "ref", "pipeline_id"):
        if wanted.get(key):
            rows = [row for row in rows if str(getattr(row, key)) == str(wanted[key])]
    return rows


def get_pipeline(engine: Engine, project: Project, pipeline_id: int) -> Pipeline:
    """The pipeline with that id; 404 when it is not this project's."""
    found = engine.store.one(
        Pipeline, "SELECT * FROM pipelines WHERE project_id = ? AND id = ?", project.id, pipeline_id
    )
    if found is None:
        raise not_found()
    return found


def list_pipelines(engine: Engine, project: Project, wanted: Mapping[str, object]) -> list[Pipeline]:
    """Pipelines, newest first; of one ``sha``, ``ref`` or ``status`` when given."""
    rows = engine.store.all(
        Pipeline, "SELECT * FROM pipelines WHERE project_id = ? ORDER BY id DESC", project.id
    )
    for key in ("sha", "ref", "status", "source"):
        if wanted.get(key):
            rows = [row for row in rows if getattr(row, key) == wanted[key]]
    return rows
