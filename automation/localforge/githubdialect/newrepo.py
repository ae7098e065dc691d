"""What a request says of a repository, and making one."""

from __future__ import annotations

import json
from typing import Any

from automation.localforge import members, projects, pushes
from automation.localforge.git import FileChange
from automation.localforge.githubdialect import render
from automation.localforge.githubdialect.call import Call, invalid, refused
from automation.localforge.permissions import ADMIN, NONE, OWNER, group_level
from automation.localforge.records import Namespace, Project

__all__ = ["BELONGS", "create_repository", "repository_facts", "repository_settings"]

BELONGS = 5
"""The level of who belongs to an organisation and sees nothing by that alone."""


def create_repository(call: Call, place: Namespace) -> Any:
    """A repository in that place, with the creator as its administrator."""
    engine = call.engine
    if group_level(engine, call.actor, place.id) == NONE:
        raise refused(403, "You need admin access to the organization before adding a repository to it.")
    name = call.needed("name")
    facts = repository_facts(call)
    taken = engine.store.value("SELECT 1 FROM projects WHERE full_path = ?", f"{place.full_path}/{name}")
    if taken is not None:
        problem = {
            "resource": "Repository",
            "code": "custom",
            "field": "name",
            "message": "name already exists on this account",
        }
        raise refused(422, "Repository creation failed.", [problem])
    made = projects.create_project(engine, call.actor, place, name, facts=facts, needs=BELONGS)
    engine.store.run("DELETE FROM moved WHERE full_path = ?", made.full_path)
    engine.store.update("projects", made.id, settings=json.dumps(repository_settings(call)))
    if group_level(engine, call.actor, place.id) < ADMIN and not call.actor.bot:
        members.set_member(engine, "project", made.id, call.actor.id, OWNER)
    if call.flag("auto_init"):
        _first_commit(call, made)
    return render.repository(engine, call.user, projects.project_by_id(engine, made.id), full=True)


def repository_facts(call: Call) -> dict[str, Any]:
    """What of a repository has a column."""
    description = call.text("description")
    if description is not None and (len(description) > 350 or any(ord(one) < 32 for one in description)):
        raise invalid("Repository", "description", "custom", "description control characters are not allowed")
    facts: dict[str, Any] = {} if description is None else {"description": description}
    private = call.flag("private")
    if private is not None:
        facts["visibility"] = "private" if private else "public"
    elif call.text("visibility"):
        facts["visibility"] = call.text("visibility")
    elif "repo" not in call.path and "repository_id" not in call.path:
        facts["visibility"] = "public"
    return facts


def repository_settings(call: Call) -> dict[str, Any]:
    """What of a repository is only kept and told."""
    flags = (
        *("has_issues", "has_projects", "has_wiki", "is_template", "allow_rebase_merge"),
        *("allow_squash_merge", "allow_merge_commit", "allow_auto_merge", "delete_branch_on_merge"),
        "allow_update_branch",
    )
    told: dict[str, Any] = {name: call.flag(name) for name in flags if call.flag(name) is not None}
    if call.text("homepage") is not None:
        told["homepage"] = call.text("homepage")
    return told


def _first_commit(call: Call, project: Project) -> None:
    """The README with which ``auto_init`` begins."""
    sha = call.engine.repository(project.id).commit_files(
        project.default_branch,
        parent=None,
        message="Initial commit",
        author_name=call.actor.name or call.actor.username,
        author_email=call.actor.email,
        changes=[FileChange("README.md", f"# {project.path}\n".encode())],
    )
    moved = (f"refs/heads/{project.default_branch}", pushes.ZERO, sha)
    pushes.pushed(call.engine, project, call.actor, [moved])
