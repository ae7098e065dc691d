"""Routes: blobs, trees, commits and refs (docs.github.com/rest/git)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from automation.core.errors import UnsafePath
from automation.localforge.engine import Engine
from automation.localforge.git import ZERO, Repository
from automation.localforge.githubdialect import rendergit
from automation.localforge.githubdialect.call import (
    PULL,
    PUSH,
    Call,
    Reply,
    Route,
    invalid,
    mistyped,
    not_found,
    refused,
)
from automation.localforge.githubdialect.moving import head_of, move_ref, objects_of
from automation.localforge.gitobjects import BadObject, Signature, TreeChange
from automation.localforge.permissions import code_readable
from automation.localforge.records import Project, User

_MODES = {"100644", "100755", "040000", "160000", "120000"}


def open_repository(call: Call, level: int = PULL) -> tuple[Project, Repository]:
    """The repository that the path names; 409 while it is empty, as the whole git data API answers."""
    project = call.project(level)
    if not code_readable(call.engine, call.user, project):
        raise not_found()
    if level >= PUSH and project.archived:
        raise refused(403, "Repository was archived so is read-only.")
    repository = call.engine.repository(project.id)
    if repository.is_empty():
        raise refused(409, "Git Repository is empty.")
    return project, repository


# -- refs --------------------------------------------------------------------------------------------


def _ref_json(call: Call, project: Project, row: tuple[str, str, str]) -> Any:
    return rendergit.ref(call.engine, project, *row)


def _get_ref(call: Call) -> Any:
    project, _ = open_repository(call)
    wanted = f"refs/{call.path['ref']}"
    for row in objects_of(call.engine, project).refs(wanted):
        if row[0] == wanted:
            return _ref_json(call, project, row)
    raise not_found()


def _matching_refs(call: Call) -> Any:
    """Not paged: the specification has no page parameters for it."""
    project, _ = open_repository(call)
    rows = objects_of(call.engine, project).refs(f"refs/{call.path['ref']}")
    return [_ref_json(call, project, row) for row in rows]


def _create_ref(call: Call) -> Any:
    project, _ = open_repository(call, PUSH)
    ref, sha = call.needed("ref"), call.needed("sha")
    if not ref.startswith("refs/") or ref.count("/") < 2:
        raise refused(422, "Reference name must start with 'refs/' and have at least two slashes.")
    if head_of(call.engine, project, ref) is not None:
        raise refused(422, "Reference already exists")
    move_ref(call.engine, call.actor, project, ref, sha)
    return _moved(call, project, ref, 201)


def _update_ref(call: Call) -> Any:
    project, _ = open_repository(call, PUSH)
    ref = f"refs/{call.path['ref']}"
    if head_of(call.engine, project, ref) is None:
        raise refused(422, "Reference does not exist")
    force = bool(call.flag("force", False))
    move_ref(call.engine, call.actor, project, ref, call.needed("sha"), force=force)
    return _moved(call, project, ref, 200)


def _moved(call: Call, project: Project, ref: str, status: int) -> Reply:
    row = next(row for row in objects_of(call.engine, project).refs(ref) if row[0] == ref)
    return Reply(status, _ref_json(call, project, row))


def _delete_ref(call: Call) -> Any:
    project, _ = open_repository(call, PUSH)
    ref = f"refs/{call.path['ref']}"
    if head_of(call.engine, project, ref) is None:
        raise refused(422, "Reference does not exist")
    move_ref(call.engine, call.actor, project, ref, ZERO)
    return None


# -- blobs -------------------------------------------------------------------------------------------


def _get_blob(call: Call) -> Any:
    project, repository = open_repository(call)
    sha = call.path["sha"]
    content = repository.read_blob(sha)
    if content is None:
        raise not_found()
    if ".raw" in call.accept:
        return Reply(200, raw=content)
    return {
        "sha": sha,
        "node_id": rendergit.node_id("Blob", project.id, sha),
        "size": len(content),
        "url": f"{rendergit.api(call.engine, project)}/git/blobs/{sha}",
        "content": base64.encodebytes(content).decode(),
        "encoding": "base64",
    }


def decoded(text: str, field: str = "content") -> bytes:
    """Base64 of a body, line breaks allowed; 422 for anything else."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise refused(422, f"{field} is not valid Base64") from None


def _create_blob(call: Call) -> Any:
    project, _ = open_repository(call, PUSH)
    text = call.text("content")
    if text is None:
        raise refused(422, 'Invalid request.\n\n"content" wasn\'t supplied.')
    encoding = call.text("encoding") or "utf-8"
    if encoding not in {"utf-8", "base64"}:
        raise invalid("Blob", "encoding", "invalid")
    content = decoded(text) if encoding == "base64" else text.encode("utf-8", "replace")
    sha = objects_of(call.engine, project).put_blob(content)
    return {"url": f"{rendergit.api(call.engine, project)}/git/blobs/{sha}", "sha": sha}


# -- trees -------------------------------------------------------------------------------------------


def _get_tree(call: Call) -> Any:
    project, repository = open_repository(call)
    name = call.path["sha"]
    objects = objects_of(call.engine, project)
    named = name if objects.kind(name) in {"tree", "commit"} else repository.resolve(name)
    found = objects.tree(named, recursive="recursive" in call.query) if named else None
    if found is None:
        raise not_found()
    return rendergit.tree(call.engine, project, *found)


def _create_tree(call: Call) -> Any:
    project, _ = open_repository(call, PUSH)
    rows = call.body.get("tree")
    if not isinstance(rows, list) or not rows:
        raise refused(422, "Invalid tree info")
    objects = objects_of(call.engine, project)
    changes = [_change(call, project, row) for row in rows]
    try:
        sha = objects.make_tree(call.text("base_tree"), changes)
    except UnsafePath:
        raise refused(422, "tree.path contains a malformed path component") from None
    except BadObject as problem:
        raise refused(422, str(problem)) from None
    found = objects.tree(sha, recursive=False)
    return rendergit.tree(call.engine, project, sha, found[1] if found else [])


def _change(call: Call, project: Project, row: Any) -> TreeChange:
    """One row: content of its own, an object's id, or null to take the path away."""
    if not isinstance(row, Mapping):
        raise mistyped("tree/items", row, "an object")
    path, mode = row.get("path"), row.get("mode")
    if not isinstance(path, str) or mode not in _MODES:
        raise refused(422, "Must supply a valid tree.mode")
    if ("sha" in row) == ("content" in row):
        raise refused(
            422,
            "Must supply either tree.sha or tree.content. Request will be rejected if both are present.",
        )
    if "content" in row:
        content = row["content"]
        if not isinstance(content, str):
            raise mistyped("tree/items/content", content, "a string")
        sha = objects_of(call.engine, project).put_blob(content.encode("utf-8", "replace"))
        return TreeChange(path, str(mode), sha)
    if row["sha"] is not None and not isinstance(row["sha"], str):
        raise mistyped("tree/items/sha", row["sha"], "a string")
    return TreeChange(path, str(mode), row["sha"])


# -- commits -----------------------------------------------------------------------------------------


def _get_commit(call: Call) -> Any:
    project, repository = open_repository(call)
    found = repository.commit(call.path["sha"])
    if found is None or found.sha != call.path["sha"]:
        raise not_found()
    return rendergit.git_commit(call.engine, project, found)


def _create_commit(call: Call) -> Any:
    project, repository = open_repository(call, PUSH)
    parents = call.texts("parents") or []
    author = signature(call.engine, call.actor, call.body.get("author"))
    given = call.body.get("committer") or call.body.get("author")
    committer = signature(call.engine, call.actor, given)
    try:
        sha = objects_of(call.engine, project).make_commit(
            call.needed("tree"), parents, call.needed("message"), author, committer
        )
    except BadObject as problem:
        raise refused(422, str(problem)) from None
    made = repository.commit(sha)
    if made is None:  # pragma: no cover - made just above
        raise not_found()
    return rendergit.git_commit(call.engine, project, made)


def signature(engine: Engine, user: User, given: Any) -> Signature:
    """Who makes a commit: as the body says, else the account, now."""
    if given is None:
        return Signature(user.name, user.email, engine.clock())
    if not isinstance(given, Mapping) or not all(
        isinstance(given.get(key), str) for key in ("name", "email")
    ):
        raise refused(422, "Invalid request.\n\nauthor needs a name and an email.")
    try:
        when = datetime.fromisoformat(given["date"]) if given.get("date") else engine.clock()
    except (TypeError, ValueError):
        raise invalid("Commit", "date", "invalid") from None
    return Signature(given["name"], given["email"], when)


_G = "/repos/{owner}/{repo}/git"
ROUTES: tuple[Route, ...] = (
    Route("GET", f"{_G}/ref/{{ref*}}", _get_ref, ("contents", "read")),
    Route("GET", f"{_G}/matching-refs/{{ref*}}", _matching_refs, ("contents", "read")),
    Route("POST", f"{_G}/refs", _create_ref, ("contents", "write")),
    Route("PATCH", f"{_G}/refs/{{ref*}}", _update_ref, ("contents", "write")),
    Route("DELETE", f"{_G}/refs/{{ref*}}", _delete_ref, ("contents", "write")),
    Route("GET", f"{_G}/blobs/{{sha}}", _get_blob, ("contents", "read")),
    Route("POST", f"{_G}/blobs", _create_blob, ("contents", "write")),
    Route("GET", f"{_G}/trees/{{sha*}}", _get_tree, ("contents", "read")),
    Route("POST", f"{_G}/trees", _create_tree, ("contents", "write")),
    Route("GET", f"{_G}/commits/{{sha}}", _get_commit, ("contents", "read")),
    Route("POST", f"{_G}/commits", _create_commit, ("contents", "write")),
)
