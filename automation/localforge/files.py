"""Commits made over the API, branches and tags."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

from automation.core.errors import UnsafePath
from automation.localforge import pushes
from automation.localforge.engine import Engine
from automation.localforge.git import FileChange, RefMoved, Repository, is_branch_name
from automation.localforge.permissions import DEVELOPER, MAINTAINER, may_push, require, rules_for
from automation.localforge.records import Project, User
from automation.localforge.refusals import forbidden, not_found, refused


def commit(
    engine: Engine,
    user: User,
    project: Project,
    branch: str,
    message: str,
    actions: Sequence[Mapping[str, Any]],
    *,
    start_branch: str | None = None,
    start_sha: str | None = None,
    author: tuple[str, str] | None = None,
) -> str:
    """One commit with all ``actions`` on a branch; its id.

    An empty repository gets the branch; otherwise a new branch needs ``start_branch`` or ``start_sha``.

    Raises:
        Refusal: 403 below Developer, 400 for a protected branch, a file that is (not) there, an unsafe path.
    """
    require(engine, user, project, DEVELOPER)
    if not may_push(engine, user, project, branch):
        raise refused(403 if project.archived else 400, "You are not allowed to push into this branch")
    if not is_branch_name(branch):
        raise refused(400, "Branch name is invalid")
    repository = engine.repository(project.id)
    parent = repository.resolve(f"refs/heads/{branch}")
    start = _start(repository, branch, parent, start_branch or start_sha)
    changes = _changes(repository, parent or start, actions)
    name, email = author or (user.name, user.email)
    try:
        sha = repository.commit_files(
            branch,
            parent=parent,
            start=start,
            message=message,
            author_name=name,
            author_email=email,
            changes=changes,
        )
    except UnsafePath:
        raise refused(400, "Path cannot include directory traversal") from None
    except RefMoved:
        raise refused(400, "Could not update the branch: it moved meanwhile") from None
    pushes.pushed(engine, project, user, [(f"refs/heads/{branch}", parent or pushes.ZERO, sha)])
    return sha


def _start(repository: Repository, branch: str, parent: str | None, wanted: str | None) -> str | None:
    if parent is not None:
        if wanted and repository.resolve(wanted) != parent:
            raise refused(
                400, f"A branch called '{branch}' already exists. Switch to that branch to make changes"
            )
        return None
    if wanted:
        start = repository.resolve(wanted)
        if start is None:
            raise refused(400, "You can only create or edit files when you are on a branch")
        return start
    if not repository.is_empty():
        raise refused(400, "You can only create or edit files when you are on a branch")
    return None


def _changes(
    repository: Repository, base: str | None, actions: Sequence[Mapping[str, Any]]
) -> list[FileChange]:
    """The actions as file changes, each held against what the actions before it left."""
    index = (
        {entry.path: entry.mode for entry in repository.tree(base, recursive=True) if entry.type == "blob"}
        if base
        else {}
    )
    written: dict[str, FileChange] = {}
    for action in actions:
        for change in _one(repository, base, index, written, action):
            written[change.path] = change
            if change.content is None:
                index.pop(change.path, None)
            else:
                index[change.path] = "100755" if change.executable else "100644"
    return list(written.values())


def _one(
    repository: Repository,
    base: str | None,
    index: Mapping[str, str],
    written: Mapping[str, FileChange],
    action: Mapping[str, Any],
) -> list[FileChange]:
    kind, path = str(action.get("action")), str(action.get("file_path") or "")
    if kind == "create":
        if path in index:
            raise refused(400, "A file with this name already exists")
        return [FileChange(path, _content(action), bool(action.get("execute_filemode")))]
    source = str(action.get("previous_path") or "") if kind == "move" else path
    if source not in index:
        raise refused(400, "A file with this name doesn't exist")
    executable = index[source] == "100755"
    if kind == "update":
        return [FileChange(path, _content(action), executable)]
    if kind == "delete":
        return [FileChange(path, None)]
    held = written[source].content if source in written else repository.read(base or "", source)
    if kind == "chmod":
        return [FileChange(path, held or b"", bool(action.get("execute_filemode")))]
    if kind == "move":
        content = _content(action) if action.get("content") is not None else held or b""
        return [FileChange(source, None), FileChange(path, content, executable)]
    raise refused(400, "actions[action] does not have a valid value")


def _content(action: Mapping[str, Any]) -> bytes:
    text = str(action.get("content") or "")
    if action.get("encoding") != "base64":
        return text.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise refused(400, "content is not valid base64") from None


# -- branches and tags -------------------------------------------------------------------------------


def create_branch(engine: Engine, user: User, project: Project, name: str, ref: str) -> str:
    """A new branch at ``ref``; its head."""
    require(engine, user, project, DEVELOPER)
    if not may_push(engine, user, project, name):
        raise forbidden()
    repository = engine.repository(project.id)
    sha = repository.resolve(ref)
    if sha is None:
        raise refused(400, f"Invalid reference name: {ref}")
    if repository.resolve(f"refs/heads/{name}") is not None:
        raise refused(400, "Branch already exists")
    try:
        repository.create_branch(name, sha)
    except RefMoved:
        raise refused(400, "Branch name is invalid") from None
    pushes.pushed(engine, project, user, [(f"refs/heads/{name}", pushes.ZERO, sha)])
    return sha


def delete_branch(engine: Engine, user: User, project: Project, name: str) -> None:
    """Delete a branch that is neither protected nor the default one."""
    require(engine, user, project, DEVELOPER)
    sha = engine.repository(project.id).resolve(f"refs/heads/{name}")
    if sha is None:
        raise not_found("Branch")
    if rules_for(engine, project.id, name):
        raise refused(
            403, "Protected branch can't be removed" if name != project.default_branch else "403 Forbidden"
        )
    if name == project.default_branch or project.archived:
        raise refused(403, "Cannot remove HEAD branch")
    engine.repository(project.id).delete_branch(name)
    pushes.pushed(engine, project, user, [(f"refs/heads/{name}", sha, pushes.ZERO)])


def create_tag(engine: Engine, user: User, project: Project, name: str, ref: str) -> str:
    """A new lightweight tag at ``ref``; its commit."""
    require(engine, user, project, DEVELOPER)
    repository = engine.repository(project.id)
    sha = repository.resolve(ref)
    if sha is None:
        raise refused(400, "Target is invalid")
    try:
        repository.create_tag(name, sha)
    except RefMoved:
        raise refused(400, f"Tag {name} already exists") from None
    pushes.pushed(engine, project, user, [(f"refs/tags/{name}", pushes.ZERO, sha)])
    return sha


def delete_tag(engine: Engine, user: User, project: Project, name: str) -> None:
    """Delete a tag (Maintainer)."""
    require(engine, user, project, MAINTAINER)
    sha = engine.repository(project.id).resolve(f"refs/tags/{name}")
    if sha is None:
        raise not_found("Tag")
    engine.repository(project.id).delete_tag(name)
    pushes.pushed(engine, project, user, [(f"refs/tags/{name}", sha, pushes.ZERO)])
