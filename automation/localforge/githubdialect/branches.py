"""Routes: branches and their classic protection (docs.github.com/rest/branches)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automation.localforge import users
from automation.localforge.githubdialect import rendergit
from automation.localforge.githubdialect.call import ADMIN, PULL, PUSH, Call, Route, Rows, not_found, refused
from automation.localforge.githubdialect.protectionjson import branch_facts, facts_of, protection_json
from automation.localforge.githubprotection import protect, protection_of
from automation.localforge.githubreports import guard_of
from automation.localforge.permissions import code_readable, project_level
from automation.localforge.records import Namespace, Project


def _visible(call: Call) -> Project:
    project = call.project(PULL)
    if not code_readable(call.engine, call.user, project):
        raise not_found()
    return project


def _list_branches(call: Call) -> Any:
    """Empty for an empty repository, which this address does not refuse."""
    project = _visible(call)
    rows = call.engine.repository(project.id).branches()
    wanted = call.asked("protected")
    if wanted in {"true", "false"}:
        guard = guard_of(call.engine)
        rows = [row for row in rows if guard.is_protected(project, row[0]) == (wanted == "true")]
    return Rows(rows, lambda row: _short(call, project, *row))


def _short(call: Call, project: Project, name: str, sha: str) -> Any:
    root = rendergit.api(call.engine, project)
    return {
        "name": name,
        "commit": {"sha": sha, "url": f"{root}/commits/{sha}"},
        "protected": guard_of(call.engine).is_protected(project, name),
        "protection": branch_facts(protection_of(call.engine, project.id, name)),
        "protection_url": f"{root}/branches/{rendergit.branch_name_url(name)}/protection",
    }


def _get_branch(call: Call) -> Any:
    project = _visible(call)
    name = call.path["branch"]
    sha = call.engine.branch_head(project.id, name)
    found = call.engine.repository(project.id).commit(sha) if sha else None
    if found is None:
        raise refused(404, "Branch not found")
    place = f"{rendergit.api(call.engine, project)}/branches/{rendergit.branch_name_url(name)}"
    page = f"{rendergit.page(call.engine, project)}/tree/{rendergit.branch_name_url(name)}"
    return {
        **_short(call, project, name, found.sha),
        "commit": rendergit.commit(call.engine, project, found),
        "_links": {"self": place, "html": page},
    }


# -- protection --------------------------------------------------------------------------------------


def _administered(call: Call) -> Project:
    """The repository for who administers it: to others its protection is 404 (measured), to strangers too."""
    project = _visible(call)
    if project_level(call.engine, call.user, project) < ADMIN:
        raise not_found()
    return project


def _existing_branch(call: Call, project: Project) -> str:
    name = call.path["branch"]
    if call.engine.branch_head(project.id, name) is None:
        raise refused(404, "Branch not found")
    return name


def _get_protection(call: Call) -> Any:
    project = _administered(call)
    refuse_plan(call, project)
    name = _existing_branch(call, project)
    facts = protection_of(call.engine, project.id, name)
    if facts is None:
        raise refused(404, "Branch not protected")
    return protection_json(call, project, name, facts)


def _put_protection(call: Call) -> Any:
    project = _administered(call)
    refuse_plan(call, project)
    name = _existing_branch(call, project)
    facts = facts_of(call)
    _check_restrictions(call, project, facts)
    protect(call.engine, project.id, name, facts)
    return protection_json(call, project, name, facts)


def _delete_protection(call: Call) -> Any:
    project = _administered(call)
    name = _existing_branch(call, project)
    if protection_of(call.engine, project.id, name) is None:
        raise refused(404, "Branch not protected")
    protect(call.engine, project.id, name, None)


def refuse_plan(call: Call, project: Project) -> None:
    """Private repositories of organisations on GitHub Free have neither protection nor rulesets."""
    free = call.engine.store.value(
        "SELECT 1 FROM github_free_plans WHERE namespace_id = ?", project.namespace_id
    )
    if free is not None and project.visibility == "private":
        raise refused(403, "Upgrade to GitHub Pro or make this repository public to enable this feature.")


def _check_restrictions(call: Call, project: Project, facts: Mapping[str, Any]) -> None:
    named = facts["restrictions"]
    if named is None:
        return
    space = call.engine.store.one(Namespace, "SELECT * FROM namespaces WHERE id = ?", project.namespace_id)
    if space is not None and space.kind == "user":
        raise refused(
            422, "Validation Failed", ["Only organization repositories can have users and team restrictions"]
        )
    for login in named["users"]:
        user = users.find_user(call.engine, login)
        if user is None or project_level(call.engine, user, project) < PUSH:
            raise refused(422, "Validation Failed", [f"{login} does not have push access to this repository"])
    for slug in named["apps"]:
        if call.engine.store.value("SELECT 1 FROM apps WHERE slug = ?", slug) is None:
            raise refused(422, "Validation Failed", [f"{slug} is not an app with write access"])


# -- the required checks by themselves ---------------------------------------------------------------


def _checked(call: Call) -> tuple[Project, str, dict[str, Any]]:
    project = _administered(call)
    name = _existing_branch(call, project)
    facts = protection_of(call.engine, project.id, name)
    if facts is None:
        raise refused(404, "Branch not protected")
    if facts["required_status_checks"] is None:
        raise refused(404, "Required status checks not enabled")
    return project, name, facts


def _get_checks(call: Call) -> Any:
    project, name, facts = _checked(call)
    return protection_json(call, project, name, facts)["required_status_checks"]


def _patch_checks(call: Call) -> Any:
    """Here ``checks`` outweighs ``contexts`` when both are sent (google/go-github#2276, measured there)."""
    project, name, facts = _checked(call)
    checks = facts["required_status_checks"]
    body = dict(call.body)
    if "checks" in body:
        body.pop("contexts", None)
    sent = facts_of(call, {**_EMPTY, "required_status_checks": {**checks, "checks": None, **body}})
    kept = sent["required_status_checks"]
    if "checks" not in body and "contexts" not in body:
        kept["checks"] = checks["checks"]
    protect(call.engine, project.id, name, {**facts, "required_status_checks": kept})
    return _get_checks(call)


_EMPTY = {"enforce_admins": None, "required_pull_request_reviews": None, "restrictions": None}
_B = "/repos/{owner}/{repo}/branches"
_P = f"{_B}/{{branch}}/protection"
ROUTES: tuple[Route, ...] = (
    Route("GET", _B, _list_branches, ("contents", "read")),
    Route("GET", f"{_B}/{{branch*}}", _get_branch, ("contents", "read")),
    Route("GET", _P, _get_protection, ("administration", "read")),
    Route("PUT", _P, _put_protection, ("administration", "write")),
    Route("DELETE", _P, _delete_protection, ("administration", "write")),
    Route("GET", f"{_P}/required_status_checks", _get_checks, ("administration", "read")),
    Route("PATCH", f"{_P}/required_status_checks", _patch_checks, ("administration", "write")),
)
