"""Forks: a project of one's own with another's history, and merge requests from it."""

from __future__ import annotations

from automation.localforge.engine import Engine
from automation.localforge.permissions import require_code
from automation.localforge.projects import create_project, project_by_id
from automation.localforge.records import MergeRequest, Namespace, Project, User


def create_fork(
    engine: Engine, user: User, parent: Project, namespace: Namespace, *, path: str = "", name: str = ""
) -> Project:
    """A copy of ``parent`` in ``namespace``, with all its branches.

    Raises:
        Refusal: 403 for who may not read the code or make projects there, 400 for a path that is taken.
    """
    require_code(engine, user, parent)
    facts = {
        "description": parent.description,
        "visibility": parent.visibility,
        "default_branch": parent.default_branch,
    }
    made = create_project(engine, user, namespace, path or parent.path, name=name or parent.name, facts=facts)
    engine.store.insert("forks", project_id=made.id, parent_id=parent.id)
    repository = engine.repository(made.id)
    for branch, sha in engine.repository(parent.id).branches():
        repository.take(engine.repository_path(parent.id), sha, f"refs/heads/{branch}")
    return made


def parent_of(engine: Engine, project_id: int) -> Project | None:
    """The project that this one is a fork of, None for none."""
    parent = engine.store.value("SELECT parent_id FROM forks WHERE project_id = ?", project_id)
    known = engine.store.value("SELECT 1 FROM projects WHERE id = ?", parent) if parent else None
    return project_by_id(engine, parent) if known else None


def forks_of(engine: Engine, project_id: int) -> list[Project]:
    """The forks of a project."""
    return engine.store.all(
        Project,
        "SELECT p.* FROM projects p JOIN forks f ON f.project_id = p.id WHERE f.parent_id = ? ORDER BY p.id",
        project_id,
    )


def source_of(request: MergeRequest) -> int:
    """The id of the project that a merge request's branch is in."""
    return request.source_project_id or request.project_id


def bring_head(engine: Engine, source: int, target: int, iid: int, sha: str) -> None:
    """Take a fork's commit into the target's repository, under the merge request's own ref."""
    path = engine.repository_path(source)
    engine.repository(target).take(path, sha, f"refs/merge-requests/{iid}/head")
