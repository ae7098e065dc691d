"""Routes: branches and tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from automation.localforge import files
from automation.localforge.git import Repository
from automation.localforge.gitlabdialect import renderwork
from automation.localforge.gitlabdialect.call import Call, Route, Rows
from automation.localforge.gitlabdialect.repository import open_repository
from automation.localforge.permissions import may_push, rules_for
from automation.localforge.records import Project
from automation.localforge.refusals import not_found


def _branch_json(call: Call, project: Project, repository: Repository, name: str, sha: str) -> Any:
    found = repository.commit(sha)
    rules = rules_for(call.engine, project.id, name)
    return {
        "name": name,
        "commit": renderwork.commit(call.engine, found, project.full_path) if found else None,
        "merged": False,
        "protected": bool(rules),
        "developers_can_push": any(rule.push_level == 30 for rule in rules),
        "developers_can_merge": any(rule.merge_level == 30 for rule in rules),
        "can_push": may_push(call.engine, call.user, project, name),
        "default": name == project.default_branch,
        "web_url": f"{call.engine.url}/{project.full_path}/-/tree/{name}",
    }


def _list_branches(call: Call) -> Any:
    project, repository = open_repository(call)
    search = call.text("search") or ""
    rows = [row for row in repository.branches() if search in row[0]]
    return Rows(rows, lambda row: _branch_json(call, project, repository, *row))


def _get_branch(call: Call) -> Any:
    project, repository = open_repository(call)
    name = call.path["name"]
    sha = call.engine.branch_head(project.id, name)
    if sha is None:
        raise not_found("Branch")
    return _branch_json(call, project, repository, name, sha)


def _create_branch(call: Call) -> Any:
    project, user, name = call.project(), call.actor, call.needed("branch")
    sha = files.create_branch(call.engine, user, project, name, call.needed("ref"))
    return _branch_json(call, project, call.engine.repository(project.id), name, sha)


def _delete_branch(call: Call) -> Any:
    files.delete_branch(call.engine, call.actor, call.project(), call.path["name"])


def _tag_json(call: Call, project: Project, name: str, sha: str) -> Any:
    found = call.engine.repository(project.id).commit(sha)
    return {
        "name": name,
        "message": "",
        "target": sha,
        "commit": renderwork.commit(call.engine, found, project.full_path) if found else None,
        "release": None,
        "protected": False,
    }


def _list_tags(call: Call) -> Any:
    project, repository = open_repository(call)
    return Rows(repository.tags(), lambda row: _tag_json(call, project, *row))


def _get_tag(call: Call) -> Any:
    project, repository = open_repository(call)
    sha = repository.resolve(f"refs/tags/{call.path['name']}")
    if sha is None:
        raise not_found("Tag")
    return _tag_json(call, project, call.path["name"], sha)


def _create_tag(call: Call) -> Any:
    project, user, name = call.project(), call.actor, call.needed("tag_name")
    return _tag_json(
        call, project, name, files.create_tag(call.engine, user, project, name, call.needed("ref"))
    )


def _delete_tag(call: Call) -> Any:
    files.delete_tag(call.engine, call.actor, call.project(), call.path["name"])


_R = "/projects/{id}/repository"
ROUTES: Sequence[Route] = [
    ("GET", f"{_R}/branches", _list_branches),
    ("POST", f"{_R}/branches", _create_branch),
    ("GET", f"{_R}/branches/{{name}}", _get_branch),
    ("DELETE", f"{_R}/branches/{{name}}", _delete_branch),
    ("GET", f"{_R}/tags", _list_tags),
    ("POST", f"{_R}/tags", _create_tag),
    ("GET", f"{_R}/tags/{{name}}", _get_tag),
    ("DELETE", f"{_R}/tags/{{name}}", _delete_tag),
]
