"""Routes: labels, milestones, boards, webhooks, protected branches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from automation.localforge import hooks, labels, protections
from automation.localforge.gitlabdialect import render
from automation.localforge.gitlabdialect.call import Call, Route, Rows
from automation.localforge.permissions import DEVELOPER, MAINTAINER, REPORTER, require
from automation.localforge.records import Board, Project
from automation.localforge.refusals import invalid


def _at_least(call: Call, level: int) -> Project:
    call.sign_in()
    project = call.project()
    require(call.engine, call.user, project, level)
    return project


# -- labels ------------------------------------------------------------------------------------------


def _list_labels(call: Call) -> Any:
    rows = labels.list_labels(call.engine, call.project().id, search=call.text("search"))
    return Rows(rows, render.label)


def _create_label(call: Call) -> Any:
    project = _at_least(call, REPORTER)
    made = labels.create_label(
        call.engine,
        project.id,
        call.needed("name"),
        color=call.needed("color"),
        description=call.text("description") or "",
        priority=call.integer("priority"),
    )
    return render.label(made)


def _get_label(call: Call) -> Any:
    return render.label(labels.get_label(call.engine, call.project().id, call.reference("label")))


def _label_name(call: Call) -> int | str:
    if "label" in call.path:
        return call.reference("label")
    value = call.integer("label_id") or call.text("name")
    if value is None:
        raise invalid("label_id, name are missing, exactly one parameter must be provided")
    return value


def _update_label(call: Call) -> Any:
    project = _at_least(call, REPORTER)
    found = labels.get_label(call.engine, project.id, _label_name(call))
    return render.label(labels.update_label(call.engine, found, call.arguments))


def _delete_label(call: Call) -> Any:
    project = _at_least(call, REPORTER)
    labels.delete_label(call.engine, labels.get_label(call.engine, project.id, _label_name(call)))


# -- milestones --------------------------------------------------------------------------------------


def _list_milestones(call: Call) -> Any:
    rows = labels.list_milestones(
        call.engine, call.project().id, state=call.text("state"), title=call.text("title")
    )
    search = (call.text("search") or "").lower()
    return Rows(
        [row for row in rows if search in row.title.lower()], lambda row: render.milestone(call.engine, row)
    )


def _create_milestone(call: Call) -> Any:
    project = _at_least(call, REPORTER)
    made = labels.create_milestone(call.engine, project.id, call.needed("title"), call.arguments)
    return render.milestone(call.engine, made)


def _get_milestone(call: Call) -> Any:
    found = labels.get_milestone(call.engine, call.project().id, call.number("milestone_id"))
    return render.milestone(call.engine, found)


def _update_milestone(call: Call) -> Any:
    project = _at_least(call, REPORTER)
    found = labels.get_milestone(call.engine, project.id, call.number("milestone_id"))
    return render.milestone(call.engine, labels.update_milestone(call.engine, found, call.arguments))


def _delete_milestone(call: Call) -> Any:
    project = _at_least(call, REPORTER)
    labels.delete_milestone(
        call.engine, labels.get_milestone(call.engine, project.id, call.number("milestone_id"))
    )


# -- boards ------------------------------------------------------------------------------------------


def _board(call: Call, level: int) -> Board:
    return labels.get_board(call.engine, _at_least(call, level).id, call.number("board_id"))


def _list_boards(call: Call) -> Any:
    rows = labels.list_boards(call.engine, call.project().id)
    return Rows(rows, lambda row: render.board(call.engine, row))


def _create_board(call: Call) -> Any:
    project = _at_least(call, REPORTER)
    return render.board(call.engine, labels.create_board(call.engine, project.id, call.needed("name")))


def _get_board(call: Call) -> Any:
    return render.board(call.engine, _board(call, 0))


def _update_board(call: Call) -> Any:
    board = _board(call, REPORTER)
    call.engine.store.update("boards", board.id, name=call.text("name") or board.name)
    return render.board(call.engine, _board(call, REPORTER))


def _delete_board(call: Call) -> Any:
    labels.delete_board(call.engine, _board(call, REPORTER))


def _lists(call: Call) -> Any:
    rows = labels.board_lists(call.engine, _board(call, 0))
    return Rows(rows, lambda row: render.board_list(call.engine, row))


def _create_list(call: Call) -> Any:
    board = _board(call, REPORTER)
    label = labels.get_label(call.engine, board.project_id, call.needed_integer("label_id"))
    return render.board_list(call.engine, labels.create_list(call.engine, board, label))


def _move_list(call: Call) -> Any:
    board = _board(call, REPORTER)
    moved = labels.get_list(call.engine, board, call.number("list_id"))
    return render.board_list(
        call.engine, labels.move_list(call.engine, board, moved, call.needed_integer("position"))
    )


def _delete_list(call: Call) -> Any:
    board = _board(call, REPORTER)
    labels.delete_list(call.engine, labels.get_list(call.engine, board, call.number("list_id")))


# -- webhooks ----------------------------------------------------------------------------------------


def _list_hooks(call: Call) -> Any:
    return Rows(hooks.list_hooks(call.engine, _at_least(call, MAINTAINER).id), render.hook)


def _create_hook(call: Call) -> Any:
    project = _at_least(call, MAINTAINER)
    call.needed("url")
    return render.hook(hooks.create_hook(call.engine, project.id, call.facts(*hooks.FLAGS)))


def _get_hook(call: Call) -> Any:
    project = _at_least(call, MAINTAINER)
    return render.hook(hooks.get_hook(call.engine, project.id, call.number("hook_id")))


def _update_hook(call: Call) -> Any:
    project = _at_least(call, MAINTAINER)
    found = hooks.get_hook(call.engine, project.id, call.number("hook_id"))
    return render.hook(hooks.update_hook(call.engine, found, call.facts(*hooks.FLAGS)))


def _delete_hook(call: Call) -> Any:
    project = _at_least(call, MAINTAINER)
    hooks.delete_hook(call.engine, hooks.get_hook(call.engine, project.id, call.number("hook_id")))


# -- protected branches ------------------------------------------------------------------------------


def _list_rules(call: Call) -> Any:
    project = _at_least(call, DEVELOPER)
    return Rows(protections.list_rules(call.engine, project.id), render.branch_rule)


def _protect(call: Call) -> Any:
    project = _at_least(call, MAINTAINER)
    rule = protections.protect(
        call.engine,
        project.id,
        call.needed("name"),
        push_level=call.integer("push_access_level"),
        merge_level=call.integer("merge_access_level"),
        allow_force_push=call.flag("allow_force_push"),
    )
    return render.branch_rule(rule)


def _get_rule(call: Call) -> Any:
    project = _at_least(call, DEVELOPER)
    return render.branch_rule(protections.get_rule(call.engine, project.id, call.path["name"]))


def _change_rule(call: Call) -> Any:
    project = _at_least(call, MAINTAINER)
    rule = protections.get_rule(call.engine, project.id, call.path["name"])
    changes: dict[str, Any] = {}
    if "allow_force_push" in call.arguments:
        changes["allow_force_push"] = call.flag("allow_force_push")
    for column, key in (("push_level", "push_access_level"), ("merge_level", "merge_access_level")):
        wanted = call.integer(key)
        if wanted is None:
            wanted = _level_in(call.arguments.get(_LISTS[key]))
        if wanted is not None:
            changes[column] = wanted
    return render.branch_rule(protections.change_rule(call.engine, rule, changes))


_LISTS = {"push_access_level": "allowed_to_push", "merge_access_level": "allowed_to_merge"}


def _level_in(value: Any) -> int | None:
    """The level in ``[{"access_level": 40}]``; entries that are destroyed do not count."""
    rows = value if isinstance(value, list) else []
    for row in rows:
        if isinstance(row, dict) and "access_level" in row and not row.get("_destroy"):
            return int(row["access_level"])
    return None


def _unprotect(call: Call) -> Any:
    project = _at_least(call, MAINTAINER)
    protections.unprotect(call.engine, protections.get_rule(call.engine, project.id, call.path["name"]))


_P = "/projects/{id}"
ROUTES: Sequence[Route] = [
    ("GET", f"{_P}/labels", _list_labels),
    ("POST", f"{_P}/labels", _create_label),
    ("PUT", f"{_P}/labels", _update_label),
    ("DELETE", f"{_P}/labels", _delete_label),
    ("GET", f"{_P}/labels/{{label}}", _get_label),
    ("PUT", f"{_P}/labels/{{label}}", _update_label),
    ("DELETE", f"{_P}/labels/{{label}}", _delete_label),
    ("GET", f"{_P}/milestones", _list_milestones),
    ("POST", f"{_P}/milestones", _create_milestone),
    ("GET", f"{_P}/milestones/{{milestone_id}}", _get_milestone),
    ("PUT", f"{_P}/milestones/{{milestone_id}}", _update_milestone),
    ("DELETE", f"{_P}/milestones/{{milestone_id}}", _delete_milestone),
    ("GET", f"{_P}/boards", _list_boards),
    ("POST", f"{_P}/boards", _create_board),
    ("GET", f"{_P}/boards/{{board_id}}", _get_board),
    ("PUT", f"{_P}/boards/{{board_id}}", _update_board),
    ("DELETE", f"{_P}/boards/{{board_id}}", _delete_board),
    ("GET", f"{_P}/boards/{{board_id}}/lists", _lists),
    ("POST", f"{_P}/boards/{{board_id}}/lists", _create_list),
    ("PUT", f"{_P}/boards/{{board_id}}/lists/{{list_id}}", _move_list),
    ("DELETE", f"{_P}/boards/{{board_id}}/lists/{{list_id}}", _delete_list),
    ("GET", f"{_P}/hooks", _list_hooks),
    ("POST", f"{_P}/hooks", _create_hook),
    ("GET", f"{_P}/hooks/{{hook_id}}", _get_hook),
    ("PUT", f"{_P}/hooks/{{hook_id}}", _update_hook),
    ("DELETE", f"{_P}/hooks/{{hook_id}}", _delete_hook),
    ("GET", f"{_P}/protected_branches", _list_rules),
    ("POST", f"{_P}/protected_branches", _protect),
    ("GET", f"{_P}/protected_branches/{{name}}", _get_rule),
    ("PATCH", f"{_P}/protected_branches/{{name}}", _change_rule),
    ("DELETE", f"{_P}/protected_branches/{{name}}", _unprotect),
]
