"""Routes: pull requests and merging them."""

from __future__ import annotations

import json
from typing import Any

from automation.localforge import forks, githubpulls, mergerequests, merging, noteables
from automation.localforge.engine import Engine
from automation.localforge.githubdialect import renderpulls, reviews
from automation.localforge.githubdialect.call import (
    PUSH,
    Call,
    Reply,
    Route,
    Rows,
    forbidden,
    invalid,
    refused,
)
from automation.localforge.githubdialect.finding import LONGEST_BODY
from automation.localforge.githubdialect.issues import LONGEST_TITLE
from automation.localforge.githubdialect.rendergit import commit
from automation.localforge.githubdialect.reviews import target
from automation.localforge.githubprotection import Move, rules_on
from automation.localforge.githubreports import guard_of
from automation.localforge.records import MergeRequest, Project, User

_DOCS = "https://docs.github.com/rest/pulls/pulls#merge-a-pull-request"
_SORTS = {"created": "created_at", "updated": "updated_at"}


# -- reading -----------------------------------------------------------------------------------------


def _list(call: Call) -> Any:
    project = call.project()
    rows = mergerequests.list_merge_requests(call.engine, project, {})
    rows = [row for row in rows if _fits(call, project, row)]
    by = _SORTS.get(call.asked("sort", "created"), "created_at")
    # As documented: newest first by default when sorted by creation, else oldest first.
    usual = "desc" if by == "created_at" else "asc"
    rows.sort(key=lambda row: (getattr(row, by), row.iid), reverse=call.asked("direction", usual) == "desc")
    return Rows(rows, lambda row: renderpulls.pull(call.engine, project, row, call.user))


def _fits(call: Call, project: Project, row: MergeRequest) -> bool:
    state, base, head = call.asked("state", "open"), call.asked("base"), call.asked("head")
    if state not in {"open", "closed", "all"}:
        raise invalid("PullRequest", "state", "invalid")
    owner = project.full_path.partition("/")[0]
    return (
        (state == "all" or (row.state == "opened") == (state == "open"))
        and (not base or row.target_branch == base)
        and (not head or f"{owner}:{row.source_branch}".casefold() == head.casefold())
    )


def _get(call: Call) -> Any:
    project, request = target(call)
    return renderpulls.pull(call.engine, project, request, call.user, full=True)


def _files(call: Call) -> Any:
    project, request = target(call)
    rows = renderpulls.changes(call.engine, project, request)
    return Rows(rows, lambda row: renderpulls.file(call.engine, project, request, row))


def _commits(call: Call) -> Any:
    project, request = target(call)
    rows = renderpulls.commits(call.engine, project, request)
    return Rows(rows, lambda row: commit(call.engine, project, row))


def _is_merged(call: Call) -> Any:
    _, request = target(call)
    if request.state != "merged":
        raise refused(404, "Not Found")


# -- writing -----------------------------------------------------------------------------------------


def _create(call: Call) -> Any:
    user = call.actor
    project = call.project()
    source, head, base = _branches(call, project)
    title = _text(call, "title", LONGEST_TITLE)
    if not title or not title.strip():
        raise invalid("PullRequest", "title", "missing_field")
    _refuse_second(call.engine, project, source, head, base)
    facts: dict[str, Any] = {"title": title, "description": _text(call, "body", LONGEST_BODY) or ""}
    if source.id != project.id:
        facts["target_project_id"] = project.id
    made = mergerequests.create_merge_request(call.engine, user, source, head, base, facts)
    if call.flag("draft"):
        githubpulls.set_draft(call.engine, made, draft=True)
    return renderpulls.pull(call.engine, project, made, user, full=True)


def _text(call: Call, name: str, longest: int) -> str | None:
    text = call.text(name)
    if text is not None and len(text) > longest:
        message = f"{name} is too long (maximum is {longest} characters)"
        raise invalid("PullRequest", name, "custom", message)
    return text


def _branches(call: Call, project: Project) -> tuple[Project, str, str]:
    """The repository of the head (this one, or ``owner:branch`` of a fork), head and base.

    Raises:
        Refusal: 422 for a branch that is not there, or a head that brings nothing.
    """
    namespace, _, branch = call.needed("head").rpartition(":")
    source = _source(call, project, namespace)
    base = call.needed("base")
    base_sha = call.engine.branch_head(project.id, base)
    if base_sha is None:
        raise invalid("PullRequest", "base", "invalid")
    head_sha = call.engine.branch_head(source.id, branch)
    if head_sha is None:
        raise invalid("PullRequest", "head", "invalid")
    if source.id == project.id and call.engine.is_ancestor(project.id, head_sha, base_sha):
        raise _custom(f"No commits between {base} and {branch}")
    return source, branch, base


def _source(call: Call, project: Project, namespace: str) -> Project:
    """The fork of the repository that lies in that namespace; itself without one."""
    if not namespace or namespace.casefold() == project.full_path.partition("/")[0].casefold():
        return project
    for row in forks.forks_of(call.engine, project.id):
        if row.full_path.partition("/")[0].casefold() == namespace.casefold():
            return row
    raise invalid("PullRequest", "head", "invalid")


def _refuse_second(engine: Engine, project: Project, source: Project, head: str, base: str) -> None:
    other = engine.store.value(
        "SELECT 1 FROM merge_requests WHERE project_id = ? AND source_branch = ? AND target_branch = ?"
        " AND state = 'opened' AND coalesce(source_project_id, project_id) = ?",
        project.id,
        head,
        base,
        source.id,
    )
    if other is not None:
        owner = source.full_path.partition("/")[0]
        raise _custom(f"A pull request already exists for {owner}:{head}.")


def _custom(message: str) -> Exception:
    error = {"resource": "PullRequest", "code": "custom", "message": message}
    return refused(422, "Validation Failed", [error])


def _update(call: Call) -> Any:
    user = call.actor
    project, request = target(call)
    if not noteables.may_edit(call.engine, user, request):
        raise forbidden("Must have admin rights to Repository.")
    facts: dict[str, Any] = {}
    title, body, state = (
        _text(call, "title", LONGEST_TITLE),
        _text(call, "body", LONGEST_BODY),
        call.text("state"),
    )
    if title is not None:
        facts["title"] = title
    if body is not None:
        facts["description"] = body
    if state is not None:
        facts["state_event"] = _state_event(request, state)
    base = call.text("base")
    if base is not None:
        if call.engine.branch_head(project.id, base) is None:
            raise invalid("PullRequest", "base", "invalid")
        facts["target_branch"] = base
    changed = mergerequests.edit_merge_request(call.engine, user, request, facts)
    return renderpulls.pull(call.engine, project, changed, user, full=True)


def _state_event(request: MergeRequest, state: str) -> str:
    if state not in {"open", "closed"} or (state == "open" and request.state == "merged"):
        raise invalid("PullRequest", "state", "invalid")
    return "reopen" if state == "open" else "close"


# -- merging -----------------------------------------------------------------------------------------


def _merge(call: Call) -> Any:
    """PUT merge: 405 for whatever stands in the way, 409 for another head than the one that was named."""
    user, (project, request) = call.actor, target(call, PUSH)
    if request.state != "opened":
        raise _not_mergeable()
    if githubpulls.facts_of(call.engine, request).draft:
        raise refused(405, "Pull Request is still a draft", docs=_DOCS)
    sha = call.text("sha")
    if sha is not None and sha != request.head_sha:
        raise refused(409, "Head branch was modified. Review and try the merge again.", docs=_DOCS)
    if githubpulls.is_late(call.engine, request):
        # A reply and not a refusal: that it was asked for stays noted.
        return Reply(405, _not_mergeable().body)
    _refuse_method(call, project)
    _refuse_by_rules(call.engine, user, project, request)
    if not githubpulls.can_be_merged(call.engine, request):
        raise _not_mergeable()
    merged = merging.carry_out(call.engine, user, request, message=_message(call, project, request))
    return Reply(
        200,
        {"sha": merged.merge_commit_sha, "merged": True, "message": "Pull Request successfully merged"},
    )


def _not_mergeable() -> Any:
    return refused(405, "Pull Request is not mergeable", docs=_DOCS)


def _refuse_method(call: Call, project: Project) -> None:
    method = call.text("merge_method") or "merge"
    names = {"merge": "merge_commit", "squash": "squash_merge", "rebase": "rebase_merge"}
    if method not in names:
        raise invalid("PullRequest", "merge_method", "invalid")
    # The embedded forge makes merge commits alone, as a repository may be set to.
    allowed = json.loads(project.settings).get("allow_merge_commit", True)
    if method != "merge" or not allowed:
        what = {"merge": "Merge commits", "squash": "Squash merges", "rebase": "Rebase merges"}[method]
        raise refused(405, f"{what} are not allowed on this repository.", docs=_DOCS)


def _refuse_by_rules(engine: Engine, user: User, project: Project, request: MergeRequest) -> None:
    """Refuse what the base branch's protection and rulesets forbid."""
    if any(rule["type"] == "merge_queue" for _, rule in rules_on(engine, project, request.target_branch)):
        message = "Repository rule violations found\n\nChanges must be made through the merge queue\n\n"
        raise refused(405, message, docs=_DOCS)
    move = Move(
        request.target_branch,
        new=request.head_sha,
        merging=True,
        approvals=githubpulls.approvals(engine, request),
    )
    found = guard_of(engine).violation(user, project, move)
    if found is not None:
        raise refused(405, found.message, docs=_DOCS)


def _message(call: Call, project: Project, request: MergeRequest) -> str:
    owner = project.full_path.partition("/")[0]
    title = (
        call.text("commit_title") or f"Merge pull request #{request.iid} from {owner}/{request.source_branch}"
    )
    text = call.text("commit_message")
    text = request.title if text is None else text
    return f"{title}\n\n{text}" if text else title


_P = "/repos/{owner}/{repo}/pulls"
ROUTES: tuple[Route, ...] = (
    Route("GET", _P, _list, ("pull_requests", "read")),
    Route("POST", _P, _create, ("pull_requests", "write")),
    Route("GET", f"{_P}/{{number}}", _get, ("pull_requests", "read")),
    Route("PATCH", f"{_P}/{{number}}", _update, ("pull_requests", "write")),
    Route("GET", f"{_P}/{{number}}/files", _files, ("pull_requests", "read")),
    Route("GET", f"{_P}/{{number}}/commits", _commits, ("pull_requests", "read")),
    Route("GET", f"{_P}/{{number}}/merge", _is_merged, ("pull_requests", "read")),
    # Merging writes to a branch, so GitHub asks for the permission Contents.
    Route("PUT", f"{_P}/{{number}}/merge", _merge, ("contents", "write")),
    *reviews.ROUTES,
)
