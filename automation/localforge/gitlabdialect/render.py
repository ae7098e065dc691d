"""Records as GitLab's JSON."""

from __future__ import annotations

import json
from typing import Any

from automation.localforge import forks, labels
from automation.localforge.engine import Engine
from automation.localforge.records import (
    Board,
    BoardList,
    BranchRule,
    Hook,
    Label,
    Membership,
    Milestone,
    Namespace,
    Project,
    Token,
    User,
)
from automation.localforge.users import get_user
from automation.localforge.webhooks import NEVER

Json = dict[str, Any]


def user_basic(engine: Engine, user: User | None) -> Json | None:
    """An account as it stands beside other things."""
    if user is None:
        return None
    return {
        "id": user.id,
        "username": user.username,
        "public_email": "",
        "name": user.name,
        "state": user.state,
        "locked": False,
        "avatar_url": None,
        "web_url": f"{engine.url}/{user.username}",
    }


def basic_by_id(engine: Engine, user_id: int | None) -> Json | None:
    """The same from an id."""
    return None if user_id is None else user_basic(engine, get_user(engine, user_id))


def user_full(engine: Engine, user: User) -> Json:
    """An account by itself."""
    return {**(user_basic(engine, user) or {}), "created_at": user.created_at, "bio": "", "bot": user.bot}


def user_private(engine: Engine, user: User) -> Json:
    """An account as it and administrators see it."""
    return {
        **user_full(engine, user),
        "email": user.email,
        "is_admin": user.admin,
        "can_create_group": True,
        "can_create_project": True,
        "two_factor_enabled": False,
        "external": False,
    }


def token(record: Token, secret: str | None = None) -> Json:
    """A token's record, with the token itself only when it was just made."""
    shown = {
        "id": record.id,
        "name": record.name,
        "revoked": record.revoked,
        "active": not record.revoked,
        "created_at": record.created_at,
        "scopes": record.scopes.split(),
        "user_id": record.user_id,
        "expires_at": record.expires_at,
        "last_used_at": None,
    }
    return shown if secret is None else {**shown, "token": secret}


def group(engine: Engine, record: Namespace) -> Json:
    """A group."""
    return {
        "id": record.id,
        "web_url": f"{engine.url}/groups/{record.full_path}",
        "name": record.name,
        "path": record.path,
        "description": record.description,
        "visibility": record.visibility,
        "full_name": record.full_path.replace("/", " / "),
        "full_path": record.full_path,
        "parent_id": record.parent_id,
        "created_at": record.created_at,
        "project_creation_level": "developer",
        "subgroup_creation_level": "maintainer",
    }


def namespace(engine: Engine, record: Namespace) -> Json:
    """A namespace as it stands in a project."""
    return {
        "id": record.id,
        "name": record.name,
        "path": record.path,
        "kind": record.kind,
        "full_path": record.full_path,
        "parent_id": record.parent_id,
        "web_url": f"{engine.url}/{record.full_path}",
    }


def project(engine: Engine, record: Project) -> Json:
    """A project; ``default_branch`` is null and ``empty_repo`` true before the first commit."""
    place = engine.store.one(Namespace, "SELECT * FROM namespaces WHERE id = ?", record.namespace_id)
    empty = engine.is_empty(record)
    open_issues = engine.store.value(
        "SELECT count(*) FROM issues WHERE project_id = ? AND state = 'opened'", record.id
    )
    web = f"{engine.url}/{record.full_path}"
    parent = forks.parent_of(engine, record.id)
    forked = (
        {"forked_from_project": {"id": parent.id, "path_with_namespace": parent.full_path}} if parent else {}
    )
    return {
        **forked,
        "issues_enabled": True,
        "merge_requests_enabled": True,
        "only_allow_merge_if_all_discussions_are_resolved": False,
        "remove_source_branch_after_merge": False,
        "topics": [],
        **json.loads(record.settings),
        "id": record.id,
        "description": record.description or None,
        "name": record.name,
        "name_with_namespace": f"{place.name if place else ''} / {record.name}",
        "path": record.path,
        "path_with_namespace": record.full_path,
        "created_at": record.created_at,
        "last_activity_at": record.last_activity_at,
        "default_branch": None if empty else record.default_branch,
        "empty_repo": empty,
        "archived": record.archived,
        "visibility": record.visibility,
        "creator_id": record.creator_id,
        "namespace": namespace(engine, place) if place else None,
        "http_url_to_repo": f"{web}.git",
        "ssh_url_to_repo": None,
        "web_url": web,
        "readme_url": None,
        "merge_method": record.merge_method,
        "only_allow_merge_if_pipeline_succeeds": record.pipeline_must_succeed,
        "open_issues_count": open_issues,
    }


def member(engine: Engine, record: Membership) -> Json:
    """A member with the level."""
    basic = basic_by_id(engine, record.user_id) or {}
    return {
        **basic,
        "access_level": record.level,
        "created_at": record.created_at,
        "expires_at": None,
        "membership_state": "active",
    }


def branch_rule(record: BranchRule) -> Json:
    """A protected branch."""
    return {
        "id": record.id,
        "name": record.name,
        "push_access_levels": [_level(record.id * 10 + 1, record.push_level)],
        "merge_access_levels": [_level(record.id * 10 + 2, record.merge_level)],
        "allow_force_push": record.allow_force_push,
        "code_owner_approval_required": False,
    }


_LEVEL_NAMES = {0: "No one", 30: "Developers + Maintainers", 40: "Maintainers", 60: "Administrators"}


def _level(level_id: int, level: int) -> Json:
    return {
        "id": level_id,
        "access_level": level,
        "access_level_description": _LEVEL_NAMES.get(level, str(level)),
        "user_id": None,
        "group_id": None,
    }


def label(record: Label) -> Json:
    """A label."""
    return {
        "id": record.id,
        "name": record.name,
        "color": record.color,
        "text_color": "#FFFFFF",
        "description": record.description or None,
        "description_html": "",
        "priority": record.priority,
        "is_project_label": True,
        "subscribed": False,
    }


def milestone(engine: Engine, record: Milestone | None) -> Json | None:
    """A milestone, or None."""
    if record is None:
        return None
    return {
        "id": record.id,
        "iid": record.iid,
        "project_id": record.project_id,
        "title": record.title,
        "description": record.description,
        "state": record.state,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "due_date": record.due_date,
        "start_date": record.start_date,
        "expired": bool(record.due_date and record.due_date < engine.now()[:10]),
    }


def board(engine: Engine, record: Board) -> Json:
    """A board with its lists."""
    lists = [board_list(engine, item) for item in labels.board_lists(engine, record)]
    return {"id": record.id, "name": record.name, "hide_backlog_list": False, "lists": lists}


def board_list(engine: Engine, record: BoardList) -> Json:
    """One list of a board."""
    shown = engine.store.one(Label, "SELECT * FROM labels WHERE id = ?", record.label_id)
    return {
        "id": record.id,
        "label": label(shown) if shown else None,
        "position": record.position,
    }


def hook(record: Hook) -> Json:
    """A webhook, without its token."""
    return {
        "id": record.id,
        "url": record.url,
        "name": record.name,
        "description": record.description,
        "project_id": record.project_id,
        "created_at": record.created_at,
        "push_events": record.push_events,
        "issues_events": record.issues_events,
        "note_events": record.note_events,
        "merge_requests_events": record.merge_requests_events,
        "tag_push_events": False,
        "confidential_issues_events": False,
        "confidential_note_events": False,
        "pipeline_events": record.pipeline_events,
        "job_events": False,
        "enable_ssl_verification": record.enable_ssl_verification,
        "alert_status": _alert_status(record),
        "disabled_until": None if record.disabled_until == NEVER else record.disabled_until,
        "token_present": record.token is not None,
        "signing_token_present": record.signing_token is not None,
        "url_variables": [],
    }


def _alert_status(record: Hook) -> str:
    if record.disabled_until is None:
        return "executable"
    return "disabled" if record.disabled_until == NEVER else "temporarily_disabled"
