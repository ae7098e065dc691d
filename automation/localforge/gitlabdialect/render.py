"""Records as GitLab's JSON."""

from __future__ import annotations

import json
from typing import Any

from automation.localforge import labels, merging, noteables
from automation.localforge.engine import Engine, stamp
from automation.localforge.git import CommitRecord
from automation.localforge.records import (
    Board,
    BoardList,
    BranchRule,
    Hook,
    Issue,
    Label,
    Membership,
    MergeRequest,
    Milestone,
    Namespace,
    Note,
    Pipeline,
    Project,
    PushEvent,
    Status,
    Token,
    User,
)
from automation.localforge.users import get_user

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
    return {
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


def _common(engine: Engine, thing: Issue | MergeRequest) -> Json:
    target = noteables.target_of(thing)
    assigned = [user_basic(engine, one) for one in noteables.assignees(engine, thing)]
    remarks = engine.store.value(
        "SELECT count(*) FROM notes WHERE target = ? AND target_id = ? AND system = 0", target, thing.id
    )
    return {
        "id": thing.id,
        "iid": thing.iid,
        "project_id": thing.project_id,
        "title": thing.title,
        "description": thing.description,
        "state": thing.state,
        "created_at": thing.created_at,
        "updated_at": thing.updated_at,
        "closed_at": thing.closed_at,
        "closed_by": basic_by_id(engine, thing.closed_by_id),
        "last_edited_at": thing.last_edited_at,
        "labels": [one.name for one in labels.labels_on(engine, target, thing.id)],
        "milestone": milestone(engine, labels.milestone_by_id(engine, thing.milestone_id)),
        "assignees": assigned,
        "assignee": assigned[0] if assigned else None,
        "author": basic_by_id(engine, thing.author_id),
        "user_notes_count": remarks,
    }


def issue(engine: Engine, record: Issue, path: str) -> Json:
    """An issue of the project at ``path``."""
    return {
        **_common(engine, record),
        "type": "ISSUE",
        "issue_type": "issue",
        "due_date": record.due_date,
        "confidential": record.confidential,
        "web_url": f"{engine.url}/{path}/-/work_items/{record.iid}",
        "references": {
            "short": f"#{record.iid}",
            "relative": f"#{record.iid}",
            "full": f"{path}#{record.iid}",
        },
    }


def merge_request(engine: Engine, record: MergeRequest, path: str) -> Json:
    """A merge request of the project at ``path``."""
    target = merging.target_head(engine, record)
    detail = merging.detailed_status(engine, record, target)
    conflict = detail in {"conflict", "need_rebase", "commits_status"}
    merger = basic_by_id(engine, record.merge_user_id)
    pipeline_ = merging.head_pipeline(engine, record)
    draft = merging.is_draft(record)
    return {
        **_common(engine, record),
        "source_project_id": record.project_id,
        "target_project_id": record.project_id,
        "source_branch": record.source_branch,
        "target_branch": record.target_branch,
        "sha": record.head_sha,
        "diff_refs": {
            "base_sha": merging.base_of(engine, record, target),
            "head_sha": record.head_sha,
            "start_sha": target,
        },
        "draft": draft,
        "work_in_progress": draft,
        "merge_status": "cannot_be_merged" if conflict else "can_be_merged",
        "detailed_merge_status": detail,
        "has_conflicts": conflict,
        "merge_commit_sha": record.merge_commit_sha,
        "squash_commit_sha": None,
        "merged_by": merger,
        "merge_user": merger,
        "merged_at": record.merged_at,
        "merge_when_pipeline_succeeds": False,
        "should_remove_source_branch": None,
        "force_remove_source_branch": record.remove_source,
        "squash": False,
        "head_pipeline": pipeline(engine, pipeline_, path) if pipeline_ else None,
        "blocking_discussions_resolved": True,
        "web_url": f"{engine.url}/{path}/-/merge_requests/{record.iid}",
        "references": {
            "short": f"!{record.iid}",
            "relative": f"!{record.iid}",
            "full": f"{path}!{record.iid}",
        },
    }


def approvals(engine: Engine, record: MergeRequest, user: User | None) -> Json:
    """The approvals of a merge request, as GitLab Free shows them."""
    given = merging.approvals(engine, record)
    approved_by = [{"user": basic_by_id(engine, one.user_id), "approved_at": one.created_at} for one in given]
    return {
        "id": record.id,
        "iid": record.iid,
        "project_id": record.project_id,
        "title": record.title,
        "state": record.state,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "approved": True,
        "approvals_required": 0,
        "approvals_left": 0,
        "approved_by": approved_by,
        "user_has_approved": user is not None and any(one.user_id == user.id for one in given),
        "user_can_approve": user is not None and merging.may_approve(engine, user, record),
    }


def note(engine: Engine, record: Note, iid: int, changes: Json | None = None) -> Json:
    """A note under the thing with that number."""
    kind = "Issue" if record.target == "issue" else "MergeRequest"
    return {
        "id": record.id,
        "type": None,
        "body": record.body,
        "author": basic_by_id(engine, record.author_id),
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "last_edited_at": record.last_edited_at,
        "system": record.system,
        "noteable_id": record.target_id,
        "noteable_type": kind,
        "project_id": record.project_id,
        "resolvable": False,
        "confidential": False,
        "internal": False,
        "noteable_iid": iid,
        "commands_changes": changes or {},
    }


def pipeline(engine: Engine, record: Pipeline, path: str) -> Json:
    """A pipeline."""
    return {
        "id": record.id,
        "iid": record.iid,
        "project_id": record.project_id,
        "sha": record.sha,
        "ref": record.ref,
        "status": record.status,
        "source": record.source,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "web_url": f"{engine.url}/{path}/-/pipelines/{record.id}",
        "user": basic_by_id(engine, record.user_id),
    }


def status(engine: Engine, record: Status) -> Json:
    """A commit status."""
    return {
        "id": record.id,
        "sha": record.sha,
        "ref": record.ref,
        "status": record.state,
        "name": record.name,
        "target_url": record.target_url,
        "description": record.description,
        "created_at": record.created_at,
        "started_at": record.started_at,
        "finished_at": record.finished_at,
        "allow_failure": False,
        "coverage": record.coverage,
        "pipeline_id": record.pipeline_id,
        "author": basic_by_id(engine, record.user_id),
    }


def hook(record: Hook) -> Json:
    """A webhook, without its token."""
    return {
        "id": record.id,
        "url": record.url,
        "project_id": record.project_id,
        "created_at": record.created_at,
        "push_events": record.push_events,
        "issues_events": record.issues_events,
        "note_events": record.note_events,
        "merge_requests_events": record.merge_requests_events,
        "tag_push_events": False,
        "confidential_issues_events": False,
        "confidential_note_events": False,
        "pipeline_events": False,
        "job_events": False,
        "enable_ssl_verification": record.enable_ssl_verification,
        "alert_status": "temporarily_disabled" if record.disabled_until else "executable",
        "disabled_until": record.disabled_until,
        "url_variables": [],
    }


def push_event(engine: Engine, record: PushEvent) -> Json:
    """A push event."""
    names = {"created": "pushed new", "pushed": "pushed to", "removed": "deleted"}
    author = basic_by_id(engine, record.user_id)
    return {
        "id": record.id,
        "project_id": record.project_id,
        "action_name": names[record.action],
        "target_id": None,
        "target_iid": None,
        "target_type": None,
        "target_title": None,
        "author_id": record.user_id,
        "created_at": record.created_at,
        "author": author,
        "author_username": author["username"] if author else None,
        "imported": False,
        "push_data": {
            "commit_count": record.commit_count,
            "action": record.action,
            "ref_type": record.ref_type,
            "commit_from": record.commit_from,
            "commit_to": record.commit_to,
            "ref": record.ref,
            "commit_title": record.commit_title,
            "ref_count": None,
        },
    }


def commit(engine: Engine, record: CommitRecord, path: str) -> Json:
    """A commit of the project at ``path``."""
    return {
        "id": record.sha,
        "short_id": record.sha[:8],
        "created_at": stamp(record.committed_at),
        "parent_ids": list(record.parents),
        "title": record.message.split("\n", 1)[0],
        "message": record.message,
        "author_name": record.author_name,
        "author_email": record.author_email,
        "authored_date": stamp(record.authored_at),
        "committer_name": record.committer_name,
        "committer_email": record.committer_email,
        "committed_date": stamp(record.committed_at),
        "trailers": {},
        "web_url": f"{engine.url}/{path}/-/commit/{record.sha}",
    }
