"""Routes: rulesets of a repository, as far as branches go (docs.github.com/rest/repos/rules)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from automation.localforge.githubdialect import rendergit
from automation.localforge.githubdialect.branches import refuse_plan
from automation.localforge.githubdialect.call import (
    ADMIN,
    PULL,
    Call,
    Route,
    Rows,
    mistyped,
    not_found,
    refused,
)
from automation.localforge.githubprotection import Ruleset, rules_on, rulesets
from automation.localforge.records import Project

_RULES = {
    "creation",
    "update",
    "deletion",
    "required_linear_history",
    "required_signatures",
    "pull_request",
    "required_status_checks",
    "non_fast_forward",
}


def _rules_of_branch(call: Call) -> Any:
    """The active rulesets' rules alone: classic protection is not shown here (measured)."""
    project = call.project(PULL)
    refuse_plan(call, project)
    rows = rules_on(call.engine, project, call.path["branch"])
    return Rows(rows, lambda row: _rule_json(project, *row))


def _rule_json(project: Project, ruleset: Ruleset, rule: Mapping[str, Any]) -> Any:
    return {
        **rule,
        "ruleset_source_type": "Repository",
        "ruleset_source": project.full_path,
        "ruleset_id": ruleset.id,
    }


def _ruleset_json(call: Call, project: Project, row: Ruleset) -> dict[str, Any]:
    place = f"{rendergit.api(call.engine, project)}/rulesets/{row.id}"
    return {
        "id": row.id,
        "name": row.name,
        "target": row.target,
        "source_type": "Repository",
        "source": project.full_path,
        "enforcement": row.enforcement,
        "node_id": rendergit.node_id("RRS", row.id),
        "_links": {
            "self": {"href": place},
            "html": {"href": f"{rendergit.page(call.engine, project)}/rules/{row.id}"},
        },
        "created_at": rendergit.short(row.created_at),
        "updated_at": rendergit.short(row.updated_at),
    }


def _list(call: Call) -> Any:
    project = call.project(PULL)
    refuse_plan(call, project)
    return Rows(rulesets(call.engine, project.id), lambda row: _ruleset_json(call, project, row))


def _one(call: Call, level: int) -> tuple[Project, Ruleset]:
    project = call.project(level)
    wanted = call.number("ruleset_id")
    for row in rulesets(call.engine, project.id):
        if row.id == wanted:
            return project, row
    raise not_found()


def _get(call: Call) -> Any:
    project, row = _one(call, PULL)
    return {**_ruleset_json(call, project, row), **row.told}


def _create(call: Call) -> Any:
    project = call.project(ADMIN)
    refuse_plan(call, project)
    name, enforcement = call.needed("name"), call.needed("enforcement")
    if enforcement not in {"disabled", "active", "evaluate"}:
        raise refused(422, "Validation Failed", ["enforcement is invalid"])
    if any(row.name == name for row in rulesets(call.engine, project.id)):
        raise refused(422, "Validation Failed", ["Name must be unique"])
    facts = {
        "bypass_actors": _objects(call, "bypass_actors"),
        "conditions": call.body.get("conditions") or {"ref_name": {"include": [], "exclude": []}},
        "rules": _objects(call, "rules"),
    }
    if any(rule.get("type") not in _RULES for rule in facts["rules"]):
        raise refused(422, "Validation Failed", ["Invalid rule"])
    now = call.engine.now()
    row_id = call.engine.store.insert(
        "github_rulesets",
        project_id=project.id,
        name=name,
        target=call.text("target") or "branch",
        enforcement=enforcement,
        facts=json.dumps(facts),
        created_at=now,
        updated_at=now,
    )
    made = next(row for row in rulesets(call.engine, project.id) if row.id == row_id)
    return {**_ruleset_json(call, project, made), **made.told}


def _objects(call: Call, name: str) -> list[Mapping[str, Any]]:
    rows = call.body.get(name) or []
    if not isinstance(rows, list) or not all(isinstance(one, Mapping) for one in rows):
        raise mistyped(name, rows, "an array of objects")
    return rows


def _delete(call: Call) -> Any:
    _, row = _one(call, ADMIN)
    call.engine.store.run("DELETE FROM github_rulesets WHERE id = ?", row.id)


_R = "/repos/{owner}/{repo}"
ROUTES: tuple[Route, ...] = (
    Route("GET", f"{_R}/rules/branches/{{branch*}}", _rules_of_branch, ("metadata", "read")),
    Route("GET", f"{_R}/rulesets", _list, ("metadata", "read")),
    Route("POST", f"{_R}/rulesets", _create, ("administration", "write")),
    Route("GET", f"{_R}/rulesets/{{ruleset_id}}", _get, ("metadata", "read")),
    Route("DELETE", f"{_R}/rulesets/{{ruleset_id}}", _delete, ("administration", "write")),
)
