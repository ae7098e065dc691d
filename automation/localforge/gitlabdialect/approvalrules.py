"""Routes: approval rules (Premium; on Free there is no such address)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from automation.localforge import approvalrules, mergerequests
from automation.localforge.gitlabdialect import render
from automation.localforge.gitlabdialect.call import Call, Route, Rows
from automation.localforge.permissions import MAINTAINER, require, require_code
from automation.localforge.records import ApprovalRule, Project
from automation.localforge.refusals import Refusal, invalid


def _project(call: Call, level: int = 0) -> Project:
    if call.engine.quirks.edition == "free":
        raise Refusal(404, {"error": "404 Not Found"})
    project = call.project()
    if level:
        call.sign_in()
        require(call.engine, call.user, project, level)
    else:
        require_code(call.engine, call.user, project)
    return project


def _shown(call: Call, rule: ApprovalRule) -> Any:
    people = [render.basic_by_id(call.engine, one) for one in json.loads(rule.user_ids)]
    return {
        "id": rule.id,
        "name": rule.name,
        "rule_type": "regular" if people else "any_approver",
        "eligible_approvers": people,
        "approvals_required": rule.approvals_required,
        "users": people,
        "groups": [],
        "contains_hidden_groups": False,
        "protected_branches": [],
        "applies_to_all_protected_branches": False,
    }


def _list(call: Call) -> Any:
    rows = approvalrules.list_rules(call.engine, _project(call).id)
    return Rows(rows, lambda row: _shown(call, row))


def _create(call: Call) -> Any:
    project = _project(call, MAINTAINER)
    people = call.arguments.get("user_ids") or []
    if not isinstance(people, list):
        raise invalid("user_ids is invalid")
    made = approvalrules.create_rule(
        call.engine,
        project.id,
        call.needed("name"),
        required=call.needed_integer("approvals_required"),
        user_ids=[int(one) for one in people],
    )
    return _shown(call, made)


def _delete(call: Call) -> Any:
    project = _project(call, MAINTAINER)
    rule = approvalrules.get_rule(call.engine, project.id, call.number("rule_id"))
    approvalrules.delete_rule(call.engine, rule)


def _state(call: Call) -> Any:
    project = _project(call)
    request = mergerequests.get_merge_request(call.engine, project, call.number("iid"))
    left = approvalrules.missing(call.engine, request)
    rows = approvalrules.list_rules(call.engine, project.id)
    return {
        "approval_rules_overwritten": False,
        "rules": [{**_shown(call, row), "approved": row not in left} for row in rows],
    }


_P = "/projects/{id}"
ROUTES: Sequence[Route] = [
    ("GET", f"{_P}/approval_rules", _list),
    ("POST", f"{_P}/approval_rules", _create),
    ("DELETE", f"{_P}/approval_rules/{{rule_id}}", _delete),
    ("GET", f"{_P}/merge_requests/{{iid}}/approval_state", _state),
]
