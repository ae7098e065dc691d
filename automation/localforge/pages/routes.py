"""Addresses to views. A part ``-`` ends a project's path: no group, account or project can be named so."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from automation.localforge.engine import Engine
from automation.localforge.pages import code, places, work
from automation.localforge.pages.page import ONLOOKER, Look, Page
from automation.localforge.projects import get_project
from automation.localforge.records import Project
from automation.localforge.refusals import not_found

VIEWS: Mapping[str, Callable[[Look], Page]] = {
    "issues": work.issue,
    "work_items": work.issue,
    "merge_requests": work.merge_request,
    "milestones": work.milestone,
    "pipelines": work.pipeline,
    "statuses": work.head_statuses,
    "tree": code.tree,
    "blob": code.blob,
    "commits": code.commits,
    "commit": code.commit,
}
# GitHub's addresses stand right behind owner and name.
GITHUB_VIEWS: Mapping[str, Callable[[Look], Page]] = {
    **{kind: VIEWS[kind] for kind in ("issues", "tree", "blob", "commits", "commit")},
    "pull": work.merge_request,
    "pulls": work.merge_request,
    "milestone": work.milestone,
    "milestones": work.milestone,
}
# No address of ours holds these; in an argument list a NUL would be an error of the operating system.
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def find(engine: Engine, path: str, query: Mapping[str, str]) -> Page:
    """The page at an address.

    Raises:
        Refusal: 404 when there is nothing there.
    """
    parts = [part for part in path.split("/") if part]
    if _CONTROL.search(path) or {".", ".."} & set(parts):
        raise not_found()
    if "-" in parts:
        return _inside(engine, parts, query)
    if engine.dialect == "github" and len(parts) > 2 and parts[2] in GITHUB_VIEWS:
        project = get_project(engine, ONLOOKER, "/".join(parts[:2]))
        return GITHUB_VIEWS[parts[2]](Look(engine, project, tuple(parts[3:]), query))
    if not parts:
        return places.front(engine)
    return _place(engine, parts)


def _inside(engine: Engine, parts: list[str], query: Mapping[str, str]) -> Page:
    place = parts.index("-")
    kind, tail = parts[place + 1 : place + 2], tuple(parts[place + 2 :])
    view = VIEWS.get(kind[0]) if kind else None
    if view is None:
        raise not_found()
    project = get_project(engine, ONLOOKER, "/".join(parts[:place]))
    return view(Look(engine, project, tail, query))


def _place(engine: Engine, parts: list[str]) -> Page:
    """A project (also by its clone address), a group or an account."""
    full_path = "/".join(parts)
    project = _project(engine, full_path) or _project(engine, full_path.removesuffix(".git"))
    if project is not None:
        return places.project(Look(engine, project))
    if parts[0] == "groups" and len(parts) > 1:
        return places.group(engine, "/".join(parts[1:]))
    found = places.namespace_of(engine, full_path)
    if found is None:
        raise not_found()
    return places.account(engine, found.path) if found.kind == "user" else places.group(engine, full_path)


def _project(engine: Engine, full_path: str) -> Project | None:
    return engine.store.one(Project, "SELECT * FROM projects WHERE full_path = ?", full_path)
