"""Routes: files, trees, commits, branches, tags."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from typing import Any

from automation.localforge import files
from automation.localforge.git import CommitRecord, DiffEntry, Repository, TreeEntry
from automation.localforge.gitlabdialect import renderwork
from automation.localforge.gitlabdialect.call import Call, Keyset, Reply, Route, Rows
from automation.localforge.permissions import require_code
from automation.localforge.records import Project
from automation.localforge.refusals import invalid, not_found


def diff_entry(entry: DiffEntry) -> Any:
    """One changed file."""
    return {
        "old_path": entry.old_path,
        "new_path": entry.new_path,
        "a_mode": entry.old_mode,
        "b_mode": entry.new_mode,
        "new_file": entry.new_file,
        "renamed_file": entry.renamed,
        "deleted_file": entry.deleted,
        "diff": entry.patch,
    }


def open_repository(call: Call) -> tuple[Project, Repository]:
    """The project the path names and its repository, for who may read code."""
    project = call.project()
    require_code(call.engine, call.user, project)
    return project, call.engine.repository(project.id)


def _ref(call: Call, project: Project) -> str:
    return call.text("ref") or project.default_branch


# -- files -------------------------------------------------------------------------------------------


def _file(call: Call) -> tuple[Project, str, bytes, str]:
    project, repository = open_repository(call)
    ref = call.text("ref") or "HEAD"
    sha = repository.resolve(project.default_branch if ref == "HEAD" else ref)
    if sha is None:
        raise not_found("Commit")
    content = repository.read(sha, call.path["file_path"])
    if content is None:
        raise not_found("File")
    return project, ref, content, sha


def _get_file(call: Call) -> Any:
    project, ref, content, sha = _file(call)
    path = call.path["file_path"]
    last = call.engine.repository(project.id).log(sha, path=path, limit=1)
    return {
        "file_name": path.rpartition("/")[2],
        "file_path": path,
        "size": len(content),
        "encoding": "base64",
        "content": base64.b64encode(content).decode(),
        "content_sha256": hashlib.sha256(content).hexdigest(),
        "ref": ref,
        "blob_id": hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest(),
        "commit_id": sha,
        "last_commit_id": last[0].sha if last else sha,
        "execute_filemode": _executable(call.engine.repository(project.id), sha, path),
    }


def _executable(repository: Repository, sha: str, path: str) -> bool:
    folder = path.rpartition("/")[0]
    return any(entry.path == path and entry.mode == "100755" for entry in repository.tree(sha, folder))


def _raw_file(call: Call) -> Any:
    return Reply(200, raw=_file(call)[2])


def _write_file(kind: str) -> Any:
    def act(call: Call) -> Any:
        user, project = call.actor, call.project()
        action = {**call.arguments, "action": kind, "file_path": call.path["file_path"]}
        branch = call.needed("branch")
        files.commit(
            call.engine,
            user,
            project,
            branch,
            call.needed("commit_message"),
            [action],
            start_branch=call.text("start_branch"),
        )
        return None if kind == "delete" else {"file_path": call.path["file_path"], "branch": branch}

    return act


def _tree(call: Call) -> Any:
    project, repository = open_repository(call)
    ref, path = _ref(call, project), call.text("path") or ""
    if repository.resolve(ref) is None:
        raise not_found("Tree")
    rows = repository.tree(ref, path, recursive=call.flag("recursive"))
    if path and not rows:
        raise not_found("invalid revision or path")
    return Rows(rows, _tree_entry, _TREE_KEYSET)


def _tree_position(entry: TreeEntry) -> tuple[str]:
    """Where git lists an entry: a folder stands right before what is in it."""
    return (entry.path + "/" if entry.type == "tree" else entry.path,)


_TREE_KEYSET = Keyset("Tree", {"": _tree_position, "id": _tree_position}, parameter="page_token")


def _tree_entry(entry: TreeEntry) -> Any:
    return {"id": entry.id, "name": entry.name, "type": entry.type, "path": entry.path, "mode": entry.mode}


def _blob(call: Call) -> bytes:
    content = open_repository(call)[1].read_blob(call.path["sha"])
    if content is None:
        raise not_found("Blob")
    return content


def _get_blob(call: Call) -> Any:
    content = _blob(call)
    encoded = base64.b64encode(content).decode()
    return {"size": len(content), "encoding": "base64", "content": encoded, "sha": call.path["sha"]}


def _raw_blob(call: Call) -> Any:
    return Reply(200, raw=_blob(call))


# -- commits -----------------------------------------------------------------------------------------


def _list_commits(call: Call) -> Any:
    project, repository = open_repository(call)
    ref = call.text("ref_name") or project.default_branch
    start, _, end = ref.partition("..")
    if repository.resolve(end or start) is None:
        raise not_found("Commit") if not repository.is_empty() else not_found("Repository")
    rows = repository.log(end or start, path=call.text("path"), limit=10_000, exclude=start if end else None)
    return Rows(rows, lambda row: renderwork.commit(call.engine, row, project.full_path))


def _commit(call: Call) -> tuple[Project, Repository, CommitRecord]:
    project, repository = open_repository(call)
    found = repository.commit(call.path["sha"])
    if found is None:
        raise not_found("Commit")
    return project, repository, found


def _get_commit(call: Call) -> Any:
    project, _, found = _commit(call)
    return renderwork.commit(call.engine, found, project.full_path)


def _create_commit(call: Call) -> Any:
    user, project = call.actor, call.project()
    actions = call.arguments.get("actions")
    if not isinstance(actions, list) or not all(isinstance(one, dict) for one in actions):
        raise invalid("actions is invalid")
    name, email = call.text("author_name"), call.text("author_email")
    sha = files.commit(
        call.engine,
        user,
        project,
        call.needed("branch"),
        call.needed("commit_message"),
        actions,
        start_branch=call.text("start_branch"),
        start_sha=call.text("start_sha"),
        author=(name or user.name, email or user.email),
    )
    found = call.engine.repository(project.id).commit(sha)
    if found is None:  # pragma: no cover - written just above
        raise not_found("Commit")
    return renderwork.commit(call.engine, found, project.full_path)


def _commit_diff(call: Call) -> Any:
    _, repository, found = _commit(call)
    return Rows(repository.diff(found.parents[0], found.sha) if found.parents else [], diff_entry)


def _commit_refs(call: Call) -> Any:
    project, repository, found = _commit(call)
    rows = [
        {"type": "branch", "name": name}
        for name, head in repository.branches()
        if call.engine.is_ancestor(project.id, found.sha, head)
    ]
    return Rows(rows, lambda row: row)


def _compare(call: Call) -> Any:
    project, repository = open_repository(call)
    old, new = repository.resolve(call.needed("from")), repository.resolve(call.needed("to"))
    if old is None or new is None:
        raise not_found("Ref")
    base = old if call.flag("straight") else call.engine.merge_base(project.id, old, new)
    commits = repository.log(new, limit=1000, exclude=old)
    shown = [renderwork.commit(call.engine, one, project.full_path) for one in reversed(commits)]
    return {
        "commit": shown[-1] if shown else None,
        "commits": shown,
        "diffs": [diff_entry(one) for one in repository.diff(base, new)] if base else [],
        "compare_timeout": False,
        "compare_same_ref": old == new,
    }


def _merge_base(call: Call) -> Any:
    project, repository = open_repository(call)
    refs = call.arguments.get("refs")
    if not isinstance(refs, list) or len(refs) < 2:
        raise invalid("refs is invalid")
    shas = [repository.resolve(str(ref)) for ref in refs]
    base = shas[0]
    for other in shas[1:]:
        base = call.engine.merge_base(project.id, base, other) if base and other else None
    found = repository.commit(base) if base else None
    if found is None:
        raise not_found("Merge Base")
    return renderwork.commit(call.engine, found, project.full_path)


_R = "/projects/{id}/repository"
ROUTES: Sequence[Route] = [
    ("GET", f"{_R}/files/{{file_path}}", _get_file),
    ("HEAD", f"{_R}/files/{{file_path}}", _get_file),
    ("POST", f"{_R}/files/{{file_path}}", _write_file("create")),
    ("PUT", f"{_R}/files/{{file_path}}", _write_file("update")),
    ("DELETE", f"{_R}/files/{{file_path}}", _write_file("delete")),
    ("GET", f"{_R}/files/{{file_path}}/raw", _raw_file),
    ("GET", f"{_R}/tree", _tree),
    ("GET", f"{_R}/blobs/{{sha}}", _get_blob),
    ("GET", f"{_R}/blobs/{{sha}}/raw", _raw_blob),
    ("GET", f"{_R}/commits", _list_commits),
    ("POST", f"{_R}/commits", _create_commit),
    ("GET", f"{_R}/commits/{{sha}}", _get_commit),
    ("GET", f"{_R}/commits/{{sha}}/diff", _commit_diff),
    ("GET", f"{_R}/commits/{{sha}}/refs", _commit_refs),
    ("GET", f"{_R}/compare", _compare),
    ("GET", f"{_R}/merge_base", _merge_base),
]
