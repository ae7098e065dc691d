"""Routes: the issues and pull requests of a whole organisation in one listing."""

from __future__ import annotations

from typing import Any

from automation.localforge import projects
from automation.localforge.githubdialect import render, renderwork
from automation.localforge.githubdialect.call import Call, Route, Rows
from automation.localforge.githubdialect.issues import all_in, fits
from automation.localforge.githubdialect.orgs import organisation_of
from automation.localforge.records import Issue, MergeRequest, Project

Noteable = Issue | MergeRequest


def _list(call: Call) -> Any:
    """Those of all repositories that the account may see; without ``filter=all`` only those assigned to it.

    Source: docs.github.com/rest/issues/issues#list-organization-issues-assigned-to-the-authenticated-user.
    """
    place = organisation_of(call)
    found: list[tuple[Project, Noteable]] = []
    if call.asked("filter", "assigned") == "all":
        for project in projects.list_projects(call.engine, call.actor, namespace=place):
            if call.sees(project):
                found += [(project, row) for row in all_in(call, project) if fits(call, row)]
    by = "updated_at" if call.asked("sort") == "updated" else "created_at"
    down = call.asked("direction", "desc") == "desc"
    found.sort(key=lambda pair: (getattr(pair[1], by), pair[1].id), reverse=down)
    return Rows(found, lambda pair: _shown(call, *pair))


def _shown(call: Call, project: Project, row: Noteable) -> dict[str, Any]:
    home = render.repository(call.engine, call.user, project)
    return {**renderwork.issue(call.engine, project, row), "repository": home}


ROUTES: tuple[Route, ...] = (Route("GET", "/orgs/{org}/issues", _list, ("issues", "read")),)
