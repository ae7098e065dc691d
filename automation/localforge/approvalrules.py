"""Approval rules of a project, as GitLab Premium has them; on Free approvals are there but optional."""

from __future__ import annotations

import json
from collections.abc import Sequence

from automation.localforge.engine import Engine
from automation.localforge.records import ApprovalRule, MergeRequest
from automation.localforge.refusals import not_found


def list_rules(engine: Engine, project_id: int) -> list[ApprovalRule]:
    """All rules of a project."""
    return engine.store.all(
        ApprovalRule, "SELECT * FROM approval_rules WHERE project_id = ? ORDER BY id", project_id
    )


def get_rule(engine: Engine, project_id: int, rule_id: int) -> ApprovalRule:
    """One rule; 404 when it is not this project's."""
    for rule in list_rules(engine, project_id):
        if rule.id == rule_id:
            return rule
    raise not_found()


def create_rule(
    engine: Engine, project_id: int, name: str, *, required: int, user_ids: Sequence[int]
) -> ApprovalRule:
    """A new rule; without ``user_ids`` anybody's approval counts."""
    rule_id = engine.store.insert(
        "approval_rules",
        project_id=project_id,
        name=name,
        approvals_required=required,
        user_ids=json.dumps(list(user_ids)),
    )
    return get_rule(engine, project_id, rule_id)


def delete_rule(engine: Engine, rule: ApprovalRule) -> None:
    """Take a rule away."""
    engine.store.run("DELETE FROM approval_rules WHERE id = ?", rule.id)


def missing(engine: Engine, request: MergeRequest) -> dict[ApprovalRule, int]:
    """How many approvals each rule still wants, for the rules that want any; the author's own never count."""
    if engine.quirks.edition == "free":
        return {}
    given = set(
        engine.store.column("SELECT user_id FROM approvals WHERE merge_request_id = ?", request.id)
    ) - {request.author_id}
    left = {}
    for rule in list_rules(engine, request.project_id):
        eligible = set(json.loads(rule.user_ids))
        counted = len(given & eligible if eligible else given)
        if counted < rule.approvals_required:
            left[rule] = rule.approvals_required - counted
    return left


def required(engine: Engine, project_id: int) -> int:
    """The approvals that all rules together ask for."""
    if engine.quirks.edition == "free":
        return 0
    return sum(rule.approvals_required for rule in list_rules(engine, project_id))
