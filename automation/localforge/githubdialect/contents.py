"""Routes: single files and the history of commits (docs.github.com/rest/repos/contents, /rest/commits)."""

from __future__ import annotations

import base64
from typing import Any

from automation.core.errors import UnsafePath
from automation.localforge import pushes
from automation.localforge.git import ZERO, FileChange, RefMoved, Repository, TreeEntry, is_branch_name
from automation.localforge.githubdialect import rendergit
from automation.localforge.githubdialect.call import PULL, PUSH, Call, Reply, Route, Rows, not_found, refused
from automation.localforge.githubdialect.gitdata import decoded, open_repository, signature
from automation.localforge.githubdialect.moving import refuse_forbidden
from automation.localforge.githubprotection import Move
from automation.localforge.permissions import code_readable
from automation.localforge.records import Project
from automation.localforge.refusals import Refusal

# Above this the JSON has no content, and only the raw media type or the blob gives it.
LARGEST_JSON = 1024 * 1024
_KINDS = {"100644": "file", "100755": "file", "120000": "symlink", "160000": "submodule", "040000": "dir"}


def _open(call: Call) -> tuple[Project, Repository, str]:
    """The repository and the commit that ``ref`` names."""
    project = call.project(PULL)
    if not code_readable(call.engine, call.user, project):
        raise not_found()
    repository = call.engine.repository(project.id)
    if repository.is_empty():
        raise refused(404, "This repository is empty.")
    ref = call.asked("ref") or project.default_branch
    sha = repository.resolve(ref)
    if sha is None:
        raise refused(404, f"No commit found for the ref {ref}")
    return project, repository, sha


def _get_content(call: Call) -> Any:
    project, repository, sha = _open(call)
    path = call.path.get("path", "").strip("/")
    folder = path.rpartition("/")[0]
    entry = next((one for one in repository.tree(sha, folder) if one.path == path), None)
    if entry is None and path:
        raise not_found()
    if entry is None or entry.type == "tree":
        return [_facts(call, project, one) for one in repository.tree(sha, path)]
    if entry.mode == "120000":
        entry = _followed(repository, sha, entry)
    if entry.type == "commit":
        return {**_facts(call, project, entry), "submodule_git_url": None}
    content = repository.read_blob(entry.id) or b""
    if ".raw" in call.accept:
        return Reply(200, raw=content, media="application/vnd.github.raw+json; charset=utf-8")
    if entry.mode == "120000":
        return {**_facts(call, project, entry), "target": content.decode("utf-8", "replace")}
    shown = base64.encodebytes(content).decode() if len(content) <= LARGEST_JSON else ""
    encoding = "base64" if len(content) <= LARGEST_JSON else "none"
    return {**_facts(call, project, entry), "content": shown, "encoding": encoding}


def _followed(repository: Repository, sha: str, entry: TreeEntry) -> TreeEntry:
    """What a symbolic link to an ordinary file points at, as GitHub answers; any other is itself."""
    target = (repository.read_blob(entry.id) or b"").decode("utf-8", "replace")
    folder = entry.path.rpartition("/")[0]
    parts: list[str] = [] if target.startswith("/") else folder.split("/") if folder else []
    for part in target.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in {"", ".", ".."}:
            parts.append(part)
    path = "/".join(parts)
    found = [one for one in repository.tree(sha, "/".join(parts[:-1])) if one.path == path]
    return found[0] if found and found[0].mode in {"100644", "100755"} else entry


def _facts(call: Call, project: Project, entry: TreeEntry) -> dict[str, Any]:
    root, web = rendergit.api(call.engine, project), rendergit.page(call.engine, project)
    ref = call.asked("ref") or project.default_branch
    path = f"{rendergit.branch_name_url(ref)}/{rendergit.branch_name_url(entry.path)}"
    place = f"{root}/contents/{rendergit.branch_name_url(entry.path)}?ref={rendergit.branch_name_url(ref)}"
    kind = "tree" if entry.type == "tree" else "blob"
    return {
        "type": _KINDS[entry.mode],
        "size": entry.size or 0,
        "name": entry.name,
        "path": entry.path,
        "sha": entry.id,
        "url": place,
        "git_url": f"{root}/git/{kind}s/{entry.id}",
        "html_url": f"{web}/{kind}/{path}",
        "download_url": None if kind == "tree" else f"{web}/raw/{path}",
        "_links": {
            "self": place,
            "git": f"{root}/git/{kind}s/{entry.id}",
            "html": f"{web}/{kind}/{path}",
        },
    }


# -- writing -----------------------------------------------------------------------------------------


def _put_content(call: Call) -> Any:
    """Create or replace one file; in an empty repository this makes the default branch."""
    project, branch, parent = _target(call)
    message, text = call.needed("message"), call.text("content")
    if text is None:
        raise refused(422, 'Invalid request.\n\n"content" wasn\'t supplied.')
    content = decoded(text)
    standing = _standing(call, project, parent)
    if standing is not None:
        _same(call, standing)
    change = FileChange(call.path["path"], content, standing is not None and standing.mode == "100755")
    sha = _commit(call, project, branch, parent, message, change)
    written = _entry_at(call, project, sha)
    body = {
        "content": _facts(call, project, written) if written else None,
        "commit": _made(call, project, sha),
    }
    return Reply(200 if standing else 201, body)


def _delete_content(call: Call) -> Any:
    project, branch, parent = _target(call)
    message = call.needed("message")
    standing = _standing(call, project, parent)
    if standing is None:
        raise not_found()
    _same(call, standing)
    sha = _commit(call, project, branch, parent, message, FileChange(call.path["path"], None))
    return {"content": None, "commit": _made(call, project, sha)}


def _target(call: Call) -> tuple[Project, str, str | None]:
    project = call.project(PUSH)
    branch = call.text("branch") or project.default_branch
    parent = call.engine.branch_head(project.id, branch) if is_branch_name(branch) else None
    if parent is None:
        empty = call.engine.repository(project.id).is_empty()
        if not (empty and branch == project.default_branch):
            raise refused(404, f"Branch {branch} not found")
    move = Move(branch, created=parent is None)
    refuse_forbidden(call.engine, call.actor, project, move, status=409)
    return project, branch, parent


def _standing(call: Call, project: Project, parent: str | None) -> TreeEntry | None:
    return _entry_at(call, project, parent) if parent else None


def _entry_at(call: Call, project: Project, sha: str) -> TreeEntry | None:
    path = call.path["path"]
    entries = call.engine.repository(project.id).tree(sha, path.rpartition("/")[0])
    return next((one for one in entries if one.path == path and one.type == "blob"), None)


def _same(call: Call, standing: TreeEntry) -> None:
    """The caller must name the blob that it replaces, so that no other writer's work is lost."""
    sha = call.text("sha")
    if sha is None:
        raise refused(422, 'Invalid request.\n\n"sha" wasn\'t supplied.')
    if sha != standing.id:
        raise refused(409, f"{call.path['path']} does not match {sha}")


def _commit(
    call: Call, project: Project, branch: str, parent: str | None, message: str, change: FileChange
) -> str:
    author = signature(call.engine, call.actor, call.body.get("author"))
    try:
        sha = call.engine.repository(project.id).commit_files(
            branch,
            parent=parent,
            message=message,
            author_name=author.name,
            author_email=author.email,
            changes=[change],
            when=author.when,
        )
    except UnsafePath:
        raise refused(422, "path contains a malformed path component") from None
    except RefMoved:
        raise refused(409, f"is at another commit but expected {parent}") from None
    pushes.pushed(call.engine, project, call.actor, [(f"refs/heads/{branch}", parent or ZERO, sha)])
    return sha


def _made(call: Call, project: Project, sha: str) -> Any:
    found = call.engine.repository(project.id).commit(sha)
    return rendergit.git_commit(call.engine, project, found) if found else None


# -- history -----------------------------------------------------------------------------------------


def _list_commits(call: Call) -> Any:
    project, repository = open_repository(call)
    ref = call.asked("sha") or project.default_branch
    if repository.resolve(ref) is None:
        raise not_found()
    rows = repository.log(ref, path=call.asked("path") or None, limit=10_000)
    return Rows(rows, lambda row: rendergit.commit(call.engine, project, row))


def _get_commit(call: Call) -> Any:
    project, repository = open_repository(call)
    found = repository.commit(call.path["ref"])
    if found is None:
        raise _no_commit(call.path["ref"])
    if ".sha" in call.accept:
        return Reply(200, raw=found.sha.encode(), media="application/vnd.github.sha; charset=utf-8")
    return rendergit.commit(call.engine, project, found)


def _no_commit(ref: str) -> Refusal:
    return refused(422, f"No commit found for SHA: {ref}")


def _compare(call: Call) -> Any:
    project, repository = open_repository(call)
    base_name, dots, head_name = call.path["basehead"].partition("...")
    base, head = repository.commit(base_name), repository.commit(head_name)
    if not dots or base is None or head is None:
        raise not_found()
    fork = call.engine.merge_base(project.id, base.sha, head.sha)
    common = repository.commit(fork) if fork else None
    if common is None:
        raise refused(404, "No common ancestor between the two commits.")
    ahead = repository.log(head.sha, exclude=base.sha, limit=10_000)[::-1]
    behind = len(repository.log(base.sha, exclude=head.sha, limit=10_000))
    root, web = rendergit.api(call.engine, project), rendergit.page(call.engine, project)
    place = f"{web}/compare/{call.path['basehead']}"
    status = "diverged" if ahead and behind else "ahead" if ahead else "behind" if behind else "identical"
    return {
        "url": f"{root}/compare/{call.path['basehead']}",
        "html_url": place,
        "permalink_url": place,
        "diff_url": f"{place}.diff",
        "patch_url": f"{place}.patch",
        "base_commit": rendergit.commit(call.engine, project, base),
        "merge_base_commit": rendergit.commit(call.engine, project, common),
        "status": status,
        "ahead_by": len(ahead),
        "behind_by": behind,
        "total_commits": len(ahead),
        "commits": [rendergit.commit(call.engine, project, one) for one in ahead[:250]],
        "files": [],
    }


_R = "/repos/{owner}/{repo}"
ROUTES: tuple[Route, ...] = (
    Route("GET", f"{_R}/contents", _get_content, ("contents", "read")),
    Route("GET", f"{_R}/contents/{{path*}}", _get_content, ("contents", "read")),
    Route("PUT", f"{_R}/contents/{{path*}}", _put_content, ("contents", "write")),
    Route("DELETE", f"{_R}/contents/{{path*}}", _delete_content, ("contents", "write")),
    Route("GET", f"{_R}/commits", _list_commits, ("contents", "read")),
    Route("GET", f"{_R}/commits/{{ref*}}", _get_commit, ("contents", "read")),
    Route("GET", f"{_R}/compare/{{basehead*}}", _compare, ("contents", "read")),
)
