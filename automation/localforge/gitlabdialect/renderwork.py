"""Records of the work itself as GitLab's JSON: issues, merge requests, notes, statuses, commits."""

from __future__ import annotations

from typing import Any

from automation.localforge import approvalrules, labels, merging, noteables, threads
from automation.localforge.engine import Engine, stamp
from automation.localforge.forks import source_of
from automation.localforge.git import CommitRecord
from automation.localforge.gitlabdialect import render
from automation.localforge.records import (
    Issue,
    MergeRequest,
    Note,
    Pipeline,
    PushEvent,
    Status,
    User,
)

Json = dict[str, Any]


def _common(engine: Engine, thing: Issue | MergeRequest) -> Json:
    target = noteables.target_of(thing)
    assigned = [render.user_basic(engine, one) for one in noteables.assignees(engine, thing)]
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
        "closed_by": render.basic_by_id(engine, thing.closed_by_id),
        "labels": [one.name for one in labels.labels_on(engine, target, thing.id)],
        "milestone": render.milestone(engine, labels.milestone_by_id(engine, thing.milestone_id)),
        "assignees": assigned,
        "assignee": assigned[0] if assigned else None,
        "author": render.basic_by_id(engine, thing.author_id),
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
    detail = merging.shown_status(engine, record, target)
    early = detail if detail in {"preparing", "unchecked", "checking"} else None
    conflict = early is None and merging.has_conflicts(engine, record, target)
    merger = render.basic_by_id(engine, record.merge_user_id)
    pipeline_ = merging.head_pipeline(engine, record)
    draft = merging.is_draft(record)
    return {
        **_common(engine, record),
        "source_project_id": source_of(record),
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
        "merge_status": _merge_status(early, conflict),
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
        "blocking_discussions_resolved": threads.all_resolved(engine, record),
        "web_url": f"{engine.url}/{path}/-/merge_requests/{record.iid}",
        "references": {
            "short": f"!{record.iid}",
            "relative": f"!{record.iid}",
            "full": f"{path}!{record.iid}",
        },
    }


def _merge_status(early: str | None, conflict: bool) -> str:
    """The older, coarser word, which has no ``preparing``."""
    if early is not None:
        return "checking" if early == "checking" else "unchecked"
    return "cannot_be_merged" if conflict else "can_be_merged"


def approvals(engine: Engine, record: MergeRequest, user: User | None) -> Json:
    """The approvals of a merge request; on Free none is required."""
    left = approvalrules.missing(engine, record)
    given = merging.approvals(engine, record)
    approved_by = [
        {"user": render.basic_by_id(engine, one.user_id), "approved_at": one.created_at} for one in given
    ]
    return {
        "id": record.id,
        "iid": record.iid,
        "project_id": record.project_id,
        "title": record.title,
        "state": record.state,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "approved": not left,
        "approvals_required": approvalrules.required(engine, record.project_id),
        "approvals_left": sum(left.values()),
        "approval_rules_left": [{"id": rule.id, "name": rule.name} for rule in left],
        "approved_by": approved_by,
        "user_has_approved": user is not None and any(one.user_id == user.id for one in given),
        "user_can_approve": user is not None and merging.may_approve(engine, user, record),
    }


def note(engine: Engine, record: Note, iid: int, changes: Json | None = None) -> Json:
    """A note under the thing with that number."""
    kind = "Issue" if record.target == "issue" else "MergeRequest"
    thread = threads.thread_of(engine, record)
    resolving = (
        {
            "resolved": thread.resolved,
            "resolved_by": render.basic_by_id(engine, thread.resolved_by_id),
            "resolved_at": thread.resolved_at,
        }
        if thread is not None
        else {}
    )
    return {
        "id": record.id,
        "type": None if thread is None else "DiscussionNote",
        "body": record.body,
        "author": render.basic_by_id(engine, record.author_id),
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "system": record.system,
        "noteable_id": record.target_id,
        "noteable_type": kind,
        "project_id": record.project_id,
        "resolvable": thread is not None,
        **resolving,
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
        "user": render.basic_by_id(engine, record.user_id),
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
        "author": render.basic_by_id(engine, record.user_id),
    }


def push_event(engine: Engine, record: PushEvent) -> Json:
    """A push event."""
    names = {"created": "pushed new", "pushed": "pushed to", "removed": "deleted"}
    author = render.basic_by_id(engine, record.user_id)
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
