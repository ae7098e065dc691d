"""Commits, trees, refs and branches as GitHub's JSON."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from automation.localforge.engine import Engine
from automation.localforge.git import CommitRecord, TreeEntry
from automation.localforge.records import Project

__all__ = ["api", "branch_name_url", "commit", "git_commit", "moment", "node_id", "ref", "short", "tree"]


def node_id(kind: str, *parts: Any) -> str:
    """A global id as the older ones are made: base64 of kind and numbers."""
    text = f"{len(kind):03}:{kind}{':'.join(str(part) for part in parts)}"
    return base64.b64encode(text.encode()).decode()


def api(engine: Engine, project: Project) -> str:
    """The repository's REST address."""
    return f"{engine.url}/api/v3/repos/{project.full_path}"


def page(engine: Engine, project: Project) -> str:
    """The repository's address for people."""
    return f"{engine.url}/{project.full_path}"


def moment(when: datetime) -> str:
    """A time in whole seconds, ``Z``."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def short(text: str) -> str:
    """A table's time without its milliseconds."""
    return text[:19] + "Z"


def branch_name_url(name: str) -> str:
    """A branch name or path inside an address."""
    return quote(name)


def _signature(name: str, email: str, when: datetime) -> dict[str, Any]:
    return {"name": name, "email": email, "date": moment(when)}


_UNVERIFIED = {
    "verified": False,
    "reason": "unsigned",
    "signature": None,
    "payload": None,
    "verified_at": None,
}


def git_commit(engine: Engine, project: Project, found: CommitRecord) -> dict[str, Any]:
    """A commit of the git data API."""
    root, web = api(engine, project), page(engine, project)
    return {
        "sha": found.sha,
        "node_id": node_id("Commit", project.id, found.sha),
        "url": f"{root}/git/commits/{found.sha}",
        "html_url": f"{web}/commit/{found.sha}",
        "author": _signature(found.author_name, found.author_email, found.authored_at),
        "committer": _signature(found.committer_name, found.committer_email, found.committed_at),
        "tree": {"sha": found.tree, "url": f"{root}/git/trees/{found.tree}"},
        "message": found.message.rstrip("\n"),
        "parents": [
            {"sha": sha, "url": f"{root}/git/commits/{sha}", "html_url": f"{web}/commit/{sha}"}
            for sha in found.parents
        ],
        "verification": dict(_UNVERIFIED),
    }


def commit(engine: Engine, project: Project, found: CommitRecord) -> dict[str, Any]:
    """A commit of the repository's history. Its accounts are not looked up by e-mail address: null."""
    root, web = api(engine, project), page(engine, project)
    return {
        "sha": found.sha,
        "node_id": node_id("Commit", project.id, found.sha),
        "commit": {
            "author": _signature(found.author_name, found.author_email, found.authored_at),
            "committer": _signature(found.committer_name, found.committer_email, found.committed_at),
            "message": found.message.rstrip("\n"),
            "tree": {"sha": found.tree, "url": f"{root}/git/trees/{found.tree}"},
            "url": f"{root}/git/commits/{found.sha}",
            "comment_count": 0,
            "verification": dict(_UNVERIFIED),
        },
        "url": f"{root}/commits/{found.sha}",
        "html_url": f"{web}/commit/{found.sha}",
        "comments_url": f"{root}/commits/{found.sha}/comments",
        "author": None,
        "committer": None,
        "parents": [
            {"sha": sha, "url": f"{root}/commits/{sha}", "html_url": f"{web}/commit/{sha}"}
            for sha in found.parents
        ],
    }


def ref(engine: Engine, project: Project, name: str, sha: str, kind: str) -> dict[str, Any]:
    """A ref by its full name."""
    root = api(engine, project)
    return {
        "ref": name,
        "node_id": node_id("Ref", project.id, name),
        "url": f"{root}/git/{branch_name_url(name)}",
        "object": {"sha": sha, "type": kind, "url": f"{root}/git/{kind}s/{sha}"},
    }


def tree(engine: Engine, project: Project, sha: str, entries: list[TreeEntry]) -> dict[str, Any]:
    """A tree; ``size`` for files alone."""
    root = api(engine, project)
    return {
        "sha": sha,
        "url": f"{root}/git/trees/{sha}",
        "tree": [_entry(root, entry) for entry in entries],
        "truncated": False,
    }


def _entry(root: str, entry: TreeEntry) -> Mapping[str, Any]:
    facts: dict[str, Any] = {"path": entry.path, "mode": entry.mode, "type": entry.type, "sha": entry.id}
    if entry.size is not None:
        facts["size"] = entry.size
    if entry.type != "commit":
        facts["url"] = f"{root}/git/{entry.type}s/{entry.id}"
    return facts
