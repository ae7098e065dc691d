"""Protected branches as a project's settings (their effect is in ``permissions`` and ``pushes``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automation.localforge.engine import Engine
from automation.localforge.records import BranchRule
from automation.localforge.refusals import not_found, refused

LEVELS = (0, 30, 40, 60)


def _check(level: int) -> int:
    if level not in LEVELS:
        raise refused(400, "access level does not have a valid value")
    return level


def protect(
    engine: Engine,
    project_id: int,
    name: str,
    *,
    push_level: int | None = None,
    merge_level: int | None = None,
    allow_force_push: bool = False,
) -> BranchRule:
    """Protect a branch name or pattern; levels are Maintainer by default; 409 when it is already."""
    if find_rule(engine, project_id, name) is not None:
        raise refused(409, f"Protected branch '{name}' already exists")
    engine.store.insert(
        "protections",
        project_id=project_id,
        name=name,
        push_level=_check(40 if push_level is None else push_level),
        merge_level=_check(40 if merge_level is None else merge_level),
        allow_force_push=allow_force_push,
    )
    return get_rule(engine, project_id, name)


def find_rule(engine: Engine, project_id: int, name: str) -> BranchRule | None:
    """The rule of exactly that name, or None."""
    return engine.store.one(
        BranchRule, "SELECT * FROM protections WHERE project_id = ? AND name = ?", project_id, name
    )


def get_rule(engine: Engine, project_id: int, name: str) -> BranchRule:
    """The rule of exactly that name; 404 when there is none."""
    found = find_rule(engine, project_id, name)
    if found is None:
        raise not_found()
    return found


def list_rules(engine: Engine, project_id: int) -> list[BranchRule]:
    """All rules of a project."""
    return engine.store.all(
        BranchRule, "SELECT * FROM protections WHERE project_id = ? ORDER BY id", project_id
    )


def change_rule(engine: Engine, rule: BranchRule, changes: Mapping[str, Any]) -> BranchRule:
    """Change ``push_level``, ``merge_level`` or ``allow_force_push`` in one step."""
    for key in ("push_level", "merge_level"):
        if key in changes:
            _check(changes[key])
    engine.store.update("protections", rule.id, **changes)
    return get_rule(engine, rule.project_id, rule.name)


def unprotect(engine: Engine, rule: BranchRule) -> None:
    """Take the protection away."""
    engine.store.run("DELETE FROM protections WHERE id = ?", rule.id)
